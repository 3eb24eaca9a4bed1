"""The words, digits and dates a person reads."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from carecenter.core import i18n

PLURALS = "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
NOON = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A small Arabic catalogue of this test's own, and the state of the start again at the end."""
    catalog = Catalog(locale="ar")
    catalog.mime_headers = [("Plural-Forms", PLURALS)]
    catalog.add("Save", "حفظ")
    catalog.add("Press 1 to 9, or F2 for {what}", "اضغط من 1 إلى 9، أو F2 لفتح {what}")
    catalog.add("Open", "مفتوحة", context="ticket")
    catalog.add(
        ("{n} call", "{n} calls"), ("لا مكالمات", "مكالمة", "مكالمتان", "{n} مكالمات", "{n} مكالمةً", "{n} مكالمة")
    )
    file = tmp_path / "ar" / "LC_MESSAGES" / "carecenter.mo"
    file.parent.mkdir(parents=True)
    with file.open("wb") as stream:
        write_mo(stream, catalog)
    monkeypatch.setattr(i18n, "catalogue_folders", lambda: [tmp_path])
    monkeypatch.setattr(i18n, "_catalogues", {})
    yield
    i18n.set_language("en")
    i18n.set_digits("latn")


def test_the_language_is_looked_up_at_each_call() -> None:
    assert i18n.gettext("Save") == "Save"
    i18n.set_language("ar")
    assert (i18n.gettext("Save"), i18n.language(), i18n.right_to_left()) == ("حفظ", "ar", True)
    assert i18n.pgettext("ticket", "Open") == "مفتوحة"
    i18n.set_language("en_KW")
    assert i18n.gettext("Save") == "Save"


def test_an_unknown_text_stays_english_and_an_empty_one_empty() -> None:
    i18n.set_language("ar")
    assert (i18n.gettext("Nobody translated this"), i18n.gettext("")) == ("Nobody translated this", "")


def test_an_unknown_language_changes_nothing() -> None:
    i18n.set_language("ar")
    with pytest.raises(ValueError, match="fr"):
        i18n.set_language("fr")
    assert i18n.language() == "ar"


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (0, "لا مكالمات"),
        (1, "مكالمة"),
        (2, "مكالمتان"),
        (3, "3 مكالمات"),
        (11, "11 مكالمةً"),
        (100, "100 مكالمة"),
        (103, "103 مكالمات"),
    ],
)
def test_arabic_has_six_plural_forms(n: int, text: str) -> None:
    i18n.set_language("ar")
    assert i18n.ngettext("{n} call", "{n} calls", n).format(n=i18n.number(n)) == text


def test_english_counts_without_a_catalogue() -> None:
    assert [i18n.ngettext("call", "calls", n) for n in (0, 1, 2)] == ["calls", "call", "calls"]


def test_the_caller_is_answered_in_another_language_than_the_screen() -> None:
    caller = i18n.translator("ar", "arab")
    assert (caller.gettext("Save"), caller.duration(161)) == ("حفظ", "٠٢:٤١")
    assert (i18n.gettext("Save"), i18n.duration(161)) == ("Save", "02:41")


def test_a_day_and_the_clock_are_kuwaits() -> None:
    late = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    assert (i18n.date(late), i18n.time(late)) == ("24 Nov 2026", "01:30")
    assert i18n.date_time(NOON) == "23 Nov 2026, 12:05"
    assert (i18n.date(date(2026, 11, 23)), i18n.weekday(date(2026, 11, 23))) == ("23 Nov 2026", "Monday")
    i18n.set_language("ar")
    assert i18n.date_time(NOON) == "23 نوفمبر 2026، 12:05"
    i18n.set_digits("arab")
    assert i18n.date_time(NOON) == "٢٣ نوفمبر ٢٠٢٦، ١٢:٠٥"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        i18n.time(NOON.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "00:00"), (59.9, "00:59"), (161, "02:41"), (3600, "1:00:00"), (-5, "\u2066−00:05\u2069")],
)
def test_a_duration_reads_as_a_clock(seconds: float, text: str) -> None:
    assert i18n.duration(seconds) == text


def test_numbers_are_grouped_in_the_digits_of_the_reader() -> None:
    assert (i18n.number(1234567), i18n.number(12), i18n.number(1.5)) == ("1,234,567", "12", "1.5")
    assert i18n.number(-12) == "\u2066−12\u2069"
    i18n.set_language("ar")
    i18n.set_digits("arab")
    assert (i18n.number(1234567), i18n.number(1.5), i18n.digits("48 h")) == ("١٬٢٣٤٬٥٦٧", "١٫٥", "٤٨ h")


def test_numbers_in_a_sentence_of_ours_are_in_the_digits_of_the_reader_and_names_of_keys_stay() -> None:
    sentence = "Press 1 to 9, or F2 for {what}"
    i18n.set_digits("arab")
    assert i18n.gettext(sentence) == sentence, "the setting is about Arabic sentences"
    i18n.set_language("ar")
    assert i18n.gettext(sentence) == "اضغط من ١ إلى ٩، أو F2 لفتح {what}"
    i18n.set_digits("latn")
    assert i18n.gettext(sentence) == "اضغط من 1 إلى 9، أو F2 لفتح {what}"


def test_the_sign_of_hundredths_belongs_to_the_digits() -> None:
    assert i18n.percent(90) == "90%"
    i18n.set_digits("arab")
    assert i18n.percent(90) == "٩٠٪\u061c"


def test_how_long_ago_is_told_in_words() -> None:
    assert i18n.relative(NOON - timedelta(minutes=3), NOON) == "3 minutes ago"
    assert i18n.relative(NOON + timedelta(hours=2), NOON) == "in 2 hours"
    assert i18n.relative(NOON - timedelta(minutes=59), NOON) == "59 minutes ago"
    assert i18n.relative(NOON - timedelta(seconds=59), NOON) == "just now"
    i18n.set_language("ar")
    i18n.set_digits("arab")
    assert i18n.relative(NOON - timedelta(minutes=3), NOON) == "قبل ٣ دقائق"


def test_the_pseudo_language_marks_and_lengthens_and_keeps_placeholders() -> None:
    i18n.set_language("qps")
    text = i18n.gettext("Call of {name}")
    assert text.startswith("⟦")
    assert text.endswith("⟧")
    assert len(text) >= 1.3 * len("Call of {name}")
    assert "محمد" in text.format(name="محمد")
    assert i18n.ngettext("call", "calls", 2) == i18n.gettext("calls")
    assert i18n.date(NOON).startswith("⟦")


def test_isolated_text_is_enclosed() -> None:
    assert i18n.isolate("محمد") == "\u2068محمد\u2069"


def test_importing_loads_neither_babel_nor_gettext() -> None:
    program = "import sys, carecenter.core.i18n; print([m for m in ('babel', 'gettext') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
