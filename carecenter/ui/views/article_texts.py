"""What an article says, in order and in one language: headings, lines, codes, the age of its facts; and the text
that is copied for a caller. How it looks on a screen is `article_view`'s matter.

An article is read aloud in the caller's language, so the words here come from a `Translator` handed in, not from
the screen's language.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import Enum, auto
from itertools import zip_longest
from typing import Final

from carecenter.core import i18n
from carecenter.core.i18n import N_, Translator
from carecenter.core.terms import Verification
from carecenter.queries.articles import ArticleRow, ArticleText, ArticleView
from carecenter.ui.views.words import name as on_screen

_AUDIENCE: Final = {
    "citizen": N_("Citizens"),
    "resident": N_("Residents"),
    "visitor": N_("Visitors"),
    "business": N_("Companies"),
    "government": N_("Government employees"),
}
_CHANNELS: Final = {
    "airport": N_("At the airport"),
    "airport_t4": N_("At the airport, Terminal 4"),
    "ashal": N_("As-hal portal"),
    "csc_app": N_("Civil Service Commission app"),
    "csc_portal": N_("Civil Service Commission portal"),
    "customer_offices": N_("Customer service offices"),
    "egov_portal": N_("e.gov.kw portal"),
    "email": N_("E-mail"),
    "employer": N_("Through the employer"),
    "fax": N_("Fax"),
    "in_person": N_("In person"),
    "integrated_systems": N_("Integrated systems"),
    "kuwait_visa_platform": N_("Kuwait Visa platform"),
    "mew_pay": N_("MEW Pay"),
    "mew_website": N_("Website of the Ministry of Electricity and Water"),
    "moe_website": N_("Website of the Ministry of Education"),
    "moh_app": N_("Ministry of Health app"),
    "moh_website": N_("Website of the Ministry of Health"),
    "mohe_website": N_("Website of the Ministry of Higher Education"),
    "moi_website": N_("Website of the Ministry of Interior"),
    "moj_website": N_("Website of the Ministry of Justice"),
    "my_identity_app": N_("My Identity app"),
    "online": N_("Online"),
    "online_call": N_("Online call"),
    "paci_website": N_("PACI website"),
    "phone": N_("Phone"),
    "phone_139": N_("Phone 139"),
    "phone_150": N_("Phone 150"),
    "phone_164": N_("Phone 164"),
    "phone_1800164965": N_("Phone \u2066+1800164965\u2069 from abroad"),
    "sahel": N_("Sahel app"),
    "sahel_business": N_("Sahel Business app"),
    "salem_app": N_("Salem app"),
    "self_service_device": N_("Self-service machine"),
    "traffic_offices": N_("Traffic offices"),
    "whatsapp_24727732": N_("WhatsApp 24727732"),
}
_ADVICE: Final = {
    Verification.OFFICIAL_PAGE: N_("Say how old it is; fees and conditions only after confirmation."),
    Verification.OTHER_OFFICIAL_PAGE: N_("Say how old it is; fees and conditions only after confirmation."),
    Verification.PRESS: N_("Say that it exists and whom to ask; details only after confirmation."),
    Verification.ADDRESS_ONLY: N_("Say whom to ask; everything else only after confirmation."),
    Verification.PUBLIC_LIST: N_("Say the name, or the day as it is marked."),
}
_SOURCES: Final = frozenset(
    {
        N_("address seen in public code"),
        N_("service name seen in public code"),
        N_("text of the ministry's site seen in public code"),
        N_("public list of government bodies"),
        N_("public list of holidays, holidays 0.109"),
        N_("public telephone numbering data, phonenumbers 9.0.43"),
        N_("press reports on Kuwaiti hotlines"),
        N_("press reports on Civil Service Commission circulars 2024-2026"),
        N_("Decree 266/2006"),
    }
)
_DOUBTFUL: Final = (Verification.PRESS, Verification.ADDRESS_ONLY)
_REVIEWED_FOR: Final = dt.timedelta(days=365)
_AGE: Final = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_UNDATED_LIST: Final = "undated list, read "
_ABROAD: Final = re.compile("(?<!\u2066)\\+\\d[\\d\u00a0]*")
"""A number with its plus sign, unless it is isolated already."""


class Style(Enum):
    """How the lines of a section are written."""

    PARAGRAPHS = auto()
    BULLETS = auto()
    STEPS = auto()
    ASIDE = auto()
    """For the agent, never for the caller."""


@dataclass(frozen=True)
class Section:
    """A part of an article with something to say. Without a heading it stands under the title at once."""

    key: str
    heading: str
    style: Style
    lines: tuple[str, ...]

    def markers(self) -> tuple[str, ...]:
        """What stands before each line, in ASCII digits: `1.` for steps, a dot for lists, nothing for text."""
        if self.style is Style.STEPS:
            return tuple(f"{number}." for number in range(1, len(self.lines) + 1))
        return ("" if self.style is Style.PARAGRAPHS else "•",) * len(self.lines)


def speaker(code: str) -> Translator:
    """The words for an article in `code` ("ar" or "en"). The digits setting is about Arabic text."""
    if code == "ar":
        return i18n.translator("ar", i18n.digit_set())
    # The made-up language stands in for English, so that an unmarked heading stands out in it.
    return i18n.translator(i18n.PSEUDO if i18n.language() == i18n.PSEUDO else "en")


def content(article: ArticleView, code: str) -> ArticleText:
    """The article's own words in `code`."""
    return article.arabic if code == "ar" else article.english


def body_name(row: ArticleRow, code: str) -> str:
    """The responsible body in `code`, else in the other language; empty for the centre's own articles."""
    names = (row.body_name_ar, row.body_name_en)
    return (names[0] or names[1]) if code == "ar" else (names[1] or names[0])


def name(arabic: str, english: str) -> str:
    """The title in the language of the screen, for where an article is only named, or the other."""
    shown = on_screen(arabic, english)
    return reading_digits(shown, speaker("ar" if shown == arabic else "en"))


def title(article: ArticleView, code: str) -> str:
    """The article's title, in its digits."""
    return reading_digits(content(article, code).title, speaker(code))


def sections(article: ArticleView, code: str) -> tuple[Section, ...]:
    """What there is to say, in the order in which a caller needs it; what the source doesn't say is left out."""
    words, text = speaker(code), content(article, code)
    comma = "، " if words.right_to_left else ", "
    fees = words.gettext(N_("Fees"))
    if age := age_of_facts(article.as_of, words):
        fees = f"{fees} · {age}"
    parts = (
        ("body", "", Style.PARAGRAPHS, (body_name(article.row, code),)),
        ("summary", "", Style.PARAGRAPHS, (text.summary,)),
        ("who", words.gettext(N_("Who may use it")), Style.BULLETS, text.who),
        ("documents", words.gettext(N_("Required documents")), Style.BULLETS, text.documents),
        ("steps", words.gettext(N_("Steps")), Style.STEPS, text.steps),
        ("fees", fees, Style.BULLETS, text.fees),
        ("hours", words.gettext(N_("Hours")), Style.BULLETS, text.hours),
        ("where", words.gettext(N_("Where to ask")), Style.PARAGRAPHS, (text.where,)),
        (
            "audience",
            words.gettext(N_("For whom")),
            Style.PARAGRAPHS,
            (comma.join(audience_label(who, words) for who in article.audience),),
        ),
        (
            "channels",
            words.gettext(N_("Channels")),
            Style.PARAGRAPHS,
            (comma.join(channel_label(channel, words) for channel in article.channels),),
        ),
        ("notes", words.gettext(N_("For the agent, not for the caller")), Style.ASIDE, text.notes),
    )
    spoken = ((key, heading, style, _said(lines, words)) for key, heading, style, lines in parts)
    return tuple(Section(key, heading, style, lines) for key, heading, style, lines in spoken if lines)


def beside(article: ArticleView) -> tuple[tuple[Section | None, Section | None], ...]:
    """English and Arabic sections in pairs; `None` where one language has nothing to say."""
    english = {section.key: section for section in sections(article, "en")}
    arabic = {section.key: section for section in sections(article, "ar")}
    order = [key for pair in zip_longest(english, arabic) for key in pair if key]
    return tuple((english.get(key), arabic.get(key)) for key in dict.fromkeys(order))


def as_text(article: ArticleView, code: str) -> str:
    """The article as plain text for the caller: without the agent's notes, with how sure it is and its sources."""
    words = speaker(code)
    blocks = [title(article, code)]
    for section in sections(article, code):
        if section.style is Style.ASIDE:
            continue
        pairs = zip(section.markers(), section.lines, strict=True)
        lines = [f"{words.digits(marker)} {line}".strip() for marker, line in pairs]
        blocks.append("\n".join([section.heading, *lines] if section.heading else lines))
    if age := age_of_facts(article.as_of, words):
        blocks.append(age)
    if to_be_confirmed(article.row):
        blocks.append(words.gettext(N_("To be confirmed with the body.")))
    blocks.append("\n".join((words.gettext(N_("Sources")), *sources(article, words))))
    return "\n\n".join(blocks) + "\n"


def audience_label(code: str, words: Translator) -> str:
    """The word for a group of people; a code of a later release is shown as it is."""
    return words.gettext(_AUDIENCE[code]) if code in _AUDIENCE else code


def channel_label(code: str, words: Translator) -> str:
    """The word for a channel; a code of a later release is shown as it is."""
    return words.gettext(_CHANNELS[code]) if code in _CHANNELS else code


def sources(article: ArticleView, words: Translator) -> tuple[str, ...]:
    """Where the article is from: addresses and titles as they are, our own remarks in words."""
    return tuple(words.gettext(source) if source in _SOURCES else source for source in article.sources)


def advice(verification: Verification) -> str:
    """What may be said to a caller of an article so far verified, in the language of the screen."""
    return i18n.gettext(_ADVICE[verification])


def to_be_confirmed(row: ArticleRow) -> bool:
    """Whether a caller must be told that details are still to be confirmed."""
    return row.directory or row.verification in _DOUBTFUL


def outdated(row: ArticleRow, today: dt.date) -> bool:
    """Whether nobody has compared the article with its sources for a year."""
    return today - row.reviewed_on > _REVIEWED_FOR


def age_of_facts(as_of: str, words: Translator) -> str:
    """The age of the facts in words (`as of October 2026`); empty where the source tells none."""
    if as_of == "undated":
        return words.gettext(N_("source without a date"))
    if as_of.startswith(_UNDATED_LIST):
        day = _day(as_of.removeprefix(_UNDATED_LIST), words)
        return words.gettext(N_("list without a date, read {date}")).format(date=day)
    return words.gettext(N_("as of {date}")).format(date=_day(as_of, words)) if as_of else ""


def reading_digits(text: str, words: Translator) -> str:
    """`text` with its numbers as this reader reads them; names of things (`T4`, `e.gov.kw/2`) stay.

    From right to left, a number with a plus sign is isolated, else the sign would end up behind it.
    """
    read = words.reading(text)
    return _ABROAD.sub("\u2066\\g<0>\u2069", read) if words.right_to_left else read


def _said(lines: tuple[str, ...], words: Translator) -> tuple[str, ...]:
    return tuple(reading_digits(line, words) for line in lines if line)


def _day(text: str, words: Translator) -> str:
    found = _AGE.fullmatch(text)
    if found is None:
        return i18n.isolate(text)
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if day:
        return words.date(dt.date(year, month, day))
    if not month:
        return words.digits(str(year))
    from babel.dates import format_date

    # Kuwait's names of the months are the Gregorian ones, as CLDR has them for ar_KW.
    locale = "ar_KW" if words.right_to_left else "en"
    return words.digits(format_date(dt.date(year, month, 1), "MMMM y", locale=locale))
