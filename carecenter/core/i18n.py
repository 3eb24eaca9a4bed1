"""The words, digits, dates and durations a person reads, in the language of the moment.

Catalogues are gettext's, looked up when a function is called, so that the language can change during a call.
Here live no texts, no Qt and no layout: `carecenter.ui.language` swaps the catalogue first and then what Qt
draws. Importing this module loads neither Babel nor gettext nor datetime; each is loaded with its first use.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol

if TYPE_CHECKING:
    from datetime import date as calendar_day
    from datetime import datetime

Digits = Literal["latn", "arab"]

DOMAIN: Final = "carecenter"
LANGUAGES: Final = ("ar", "en")
PSEUDO: Final = "qps"
"""A made-up language: every marked text is recognisable and longer, so that an unmarked one stands out."""
PSEUDO_OPEN: Final = "⟦"
PSEUDO_CLOSE: Final = "⟧"

FIRST_WEEKDAY: Final = 6
"""Sunday, as `datetime.date.weekday` counts. CLDR knows no English/Kuwait; Kuwait's working week starts here.
"""

_ARABIC_INDIC: Final = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_DATE_PATTERNS: Final = {"ar": "d MMMM y", "en": "d MMM y"}
_FIRST_STRONG_ISOLATE, _LEFT_TO_RIGHT_ISOLATE, _POP_ISOLATE = "\u2068", "\u2066", "\u2069"


class Catalogue(Protocol):
    """What gettext's translations offer and this module asks for."""

    def gettext(self, message: str, /) -> str: ...

    def ngettext(self, singular: str, plural: str, n: int, /) -> str: ...

    def pgettext(self, context: str, message: str, /) -> str: ...

    def npgettext(self, context: str, singular: str, plural: str, n: int, /) -> str: ...


class Translator:
    """Everything this module says, in one language: the agent's, or the caller's beside it."""

    def __init__(self, code: str, digit_set: Digits = "latn") -> None:
        self.code = code
        self.digit_set: Digits = digit_set

    @property
    def right_to_left(self) -> bool:
        """Whether this language is written from right to left."""
        return self.code == "ar"

    def gettext(self, message: str) -> str:
        """The message in this language, or itself where the catalogue has none."""
        # gettext answers the empty message with the catalogue's header.
        return self._read(self._catalogue.gettext(message)) if message else ""

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The form for `n`; the placeholder in it is still to be filled (with `number(n)`)."""
        return self._read(self._catalogue.ngettext(singular, plural, n))

    def pgettext(self, context: str, message: str) -> str:
        """The message as meant in `context`, for English words that are two words in Arabic."""
        return self._read(self._catalogue.pgettext(context, message))

    def npgettext(self, context: str, singular: str, plural: str, n: int) -> str:
        """The form for `n` as meant in `context`."""
        return self._read(self._catalogue.npgettext(context, singular, plural, n))

    def digits(self, text: str) -> str:
        """`text` with its ASCII digits as this person reads them. Not for what is dialled, typed or compared."""
        return text.translate(_ARABIC_INDIC) if self.digit_set == "arab" else text

    def reading(self, text: str) -> str:
        """A sentence with its numbers as this person reads them; names of things (`F2`, `e.gov.kw/2`) and
        placeholders stay.
        """
        if self.digit_set != "arab":
            return text
        import re

        parts = re.split(r"(\s+)", text)
        return "".join(part if re.search("[A-Za-z]", part) else self.digits(part) for part in parts)

    def number(self, n: int | float) -> str:
        """A quantity with its thousands grouped, at most three decimals. Not for identifiers."""
        if isinstance(n, int) and -1000 < n < 1000:  # nothing to group: spares the first screen Babel's import
            return self.digits(str(n)) if n >= 0 else self._left_to_right(self.digits(f"−{-n}"))
        from babel.numbers import format_decimal

        text = format_decimal(n, locale=self._locale, numbering_system=self.digit_set)
        return self.digits(text)

    def percent(self, n: int) -> str:
        """So many of a hundred; the sign belongs to the digits, and is at the left of Arabic-Indic ones."""
        arabic = "\N{ARABIC PERCENT SIGN}\N{ARABIC LETTER MARK}"  # as CLDR writes it
        return self.number(n) + (arabic if self.digit_set == "arab" else "%")

    def date(self, d: calendar_day) -> str:
        """A day, as `23 Nov 2026`; a moment is taken in Kuwait's zone.

        Raises ValueError for a datetime without a zone.
        """
        from babel.dates import format_date

        return self._said(format_date(_day(d), _DATE_PATTERNS.get(self.code, "d MMM y"), locale=self._locale))

    def weekday(self, d: calendar_day) -> str:
        """The day's name, as `Monday`; a moment is taken in Kuwait's zone."""
        from babel.dates import format_date

        return self._said(format_date(_day(d), "EEEE", locale=self._locale))

    def time(self, dt: datetime) -> str:
        """The 24-hour clock in Kuwait, as `10:42`. Raises ValueError for a datetime without a zone."""
        return self.digits(f"{_in_kuwait(dt):%H:%M}")

    def date_time(self, dt: datetime) -> str:
        """Day and clock in Kuwait, as `23 Nov 2026, 10:42`. Raises ValueError for a datetime without a zone."""
        comma = "،" if self.right_to_left else ","
        return f"{self.date(dt)}{comma} {self.time(dt)}"

    def duration(self, seconds: float) -> str:
        """Whole seconds as `02:41`, from an hour on as `1:02:41`; what is overdrawn carries a minus sign."""
        whole = int(seconds)
        hours, rest = divmod(abs(whole), 3600)
        minutes, left = divmod(rest, 60)
        text = self.digits(f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes:02}:{left:02}")
        return text if whole >= 0 else self._left_to_right(f"−{text}")

    def relative(self, dt: datetime, now: datetime) -> str:
        """How long before or after `now`, as `3 minutes ago`; under a minute it is `just now`.

        Both must carry a zone (TypeError or a wrong answer otherwise, as with any datetime subtraction).
        """
        delta = dt - now
        if abs(delta.total_seconds()) < 60:
            return self.gettext("just now")
        from babel.dates import format_timedelta

        return self._said(format_timedelta(delta, add_direction=True, threshold=1, locale=self._locale))

    @property
    def _catalogue(self) -> Catalogue:
        return _catalogue(self.code)  # with its first use: importing this module must not read a file

    @property
    def _locale(self) -> str:
        return "ar_KW" if self.code == "ar" else "en"

    def _read(self, message: str) -> str:
        """A message of the catalogue: the digits setting is about Arabic sentences."""
        return self.reading(message) if self.code == "ar" else message

    def _said(self, text: str) -> str:
        """Text from CLDR: our digits, and recognisable in the pseudo-language like any other translated text."""
        return pseudo(text) if self.code == PSEUDO else self.digits(text)

    @staticmethod
    def _left_to_right(text: str) -> str:
        """Keeps a leading minus at the left of its digits in a right-to-left line."""
        return f"{_LEFT_TO_RIGHT_ISOLATE}{text}{_POP_ISOLATE}"


class _PseudoCatalogue:
    """Answers every message with itself, marked and about a third longer; placeholders are left alone."""

    def gettext(self, message: str, /) -> str:
        return pseudo(message)

    def ngettext(self, singular: str, plural: str, n: int, /) -> str:
        return pseudo(singular if n == 1 else plural)

    def pgettext(self, context: str, message: str, /) -> str:
        return pseudo(message)

    def npgettext(self, context: str, singular: str, plural: str, n: int, /) -> str:
        return pseudo(singular if n == 1 else plural)


def pseudo(message: str) -> str:
    """`message` in the pseudo-language: accented, between ⟦ ⟧, padded by 30 %."""
    import re

    accented = str.maketrans("aceghijnorstuyACEGHIJNORSTUY", "áçéğĥîĵñöŕšŧûýÁÇÉĞĤÎĴÑÖŔŠŦÛÝ")
    # {placeholder}, %(placeholder)s and %s are the program's, not the translator's.
    parts = re.split(r"(\{[^{}]*\}|%\(\w+\)[sd]|%[sd])", message)
    text = "".join(part if index % 2 else part.translate(accented) for index, part in enumerate(parts))
    return f"{PSEUDO_OPEN}{text}{'·' * (len(message) * 3 // 10)}{PSEUDO_CLOSE}"


def catalogue_folders() -> list[Path]:
    """Where `<language>/LC_MESSAGES/carecenter.mo` may lie: inside the package, or beside it.

    An installed wheel carries the catalogues inside the package; a checkout and a PyInstaller folder beside
    it.
    """
    package = Path(__file__).resolve().parent.parent
    return [package / "translations", package.parent / "translations"]


def set_language(code: str) -> None:
    """Makes `code` ("ar", "en", "qps"; a territory as in "ar_KW" is ignored) the language of this module's
    functions.

    Raises ValueError for a language the program does not speak. Tells nobody: the user interface changes its
    language through `carecenter.ui.language`.
    """
    _current.code = translator(code).code


def language() -> str:
    """The code of the current language."""
    return _current.code


def right_to_left() -> bool:
    """Whether the current language is written from right to left."""
    return _current.right_to_left


def translator(code: str, digit_set: Digits = "latn") -> Translator:
    """The same functions in another language than the screen's, for instance the caller's.

    Raises ValueError for a language the program does not speak.
    """
    base = code.replace("-", "_").split("_")[0].lower()
    if base not in (*LANGUAGES, PSEUDO):
        raise ValueError(f"no catalogue for the language {code!r}")
    return Translator(base, digit_set)


def set_digits(digit_set: Digits) -> None:
    """Latin ("latn") or Arabic-Indic ("arab") digits in what these functions show, whatever the language."""
    _current.digit_set = digit_set


def digit_set() -> Digits:
    """The digits in use."""
    return _current.digit_set


def gettext(message: str) -> str:
    """The message in the current language."""
    return _current.gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form for `n` in the current language; its placeholder is still to be filled."""
    return _current.ngettext(singular, plural, n)


def pgettext(context: str, message: str) -> str:
    """The message as meant in `context`, in the current language."""
    return _current.pgettext(context, message)


def npgettext(context: str, singular: str, plural: str, n: int) -> str:
    """The form for `n` as meant in `context`, in the current language."""
    return _current.npgettext(context, singular, plural, n)


def N_(message: str) -> str:  # noqa: N802 - the name gettext's users and extractors know
    """Marks a message for the catalogues and returns it as it is, to be translated where it is shown."""
    return message


def NP_(context: str, message: str) -> tuple[str, str]:  # noqa: N802 - as `N_`
    """Marks a message as meant in `context` and returns both, for `pgettext` where it is shown."""
    return context, message


def digits(text: str) -> str:
    """`text` with its ASCII digits as the person reads them; see `Translator.digits`."""
    return _current.digits(text)


def number(n: int | float) -> str:
    """A quantity; see `Translator.number`."""
    return _current.number(n)


def percent(n: int) -> str:
    """So many of a hundred; see `Translator.percent`."""
    return _current.percent(n)


def date(d: calendar_day) -> str:
    """A day; see `Translator.date`."""
    return _current.date(d)


def weekday(d: calendar_day) -> str:
    """A day's name; see `Translator.weekday`."""
    return _current.weekday(d)


def time(dt: datetime) -> str:
    """The clock in Kuwait; see `Translator.time`."""
    return _current.time(dt)


def date_time(dt: datetime) -> str:
    """Day and clock in Kuwait; see `Translator.date_time`."""
    return _current.date_time(dt)


def duration(seconds: float) -> str:
    """mm:ss or h:mm:ss; see `Translator.duration`."""
    return _current.duration(seconds)


def relative(dt: datetime, now: datetime) -> str:
    """`3 minutes ago`; see `Translator.relative`."""
    return _current.relative(dt, now)


def isolate(text: str) -> str:
    """`text` between U+2068 and U+2069: its direction neither leaks into the sentence nor comes from it."""
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"


def _catalogue(code: str) -> Catalogue:
    if code == PSEUDO:
        return _PseudoCatalogue()
    if (known := _catalogues.get(code)) is None:
        known = _catalogues[code] = _load(code)
    return known


def _load(code: str) -> Catalogue:
    import gettext as gnu

    for folder in catalogue_folders():
        if (file := folder / code / "LC_MESSAGES" / f"{DOMAIN}.mo").is_file():
            with file.open("rb") as stream:
                return gnu.GNUTranslations(stream)
    return gnu.NullTranslations()


def _day(d: calendar_day) -> calendar_day:
    from datetime import datetime

    return _in_kuwait(d).date() if isinstance(d, datetime) else d


def _in_kuwait(dt: datetime) -> datetime:
    from carecenter.core.kuwait import KUWAIT

    if dt.tzinfo is None:
        raise ValueError("a moment shown to a person needs a time zone")
    return dt.astimezone(KUWAIT)


_catalogues: dict[str, Catalogue] = {}
_current = Translator("en")
