"""What an article says in words: every code has its word, the age of facts is told, agents' notes stay here."""

from __future__ import annotations

import json

import msgspec
import pytest

from carecenter.core import i18n
from carecenter.core.terms import Verification
from carecenter.ui.language import Language
from carecenter.ui.theme import resource_folder
from carecenter.ui.views import article_texts
from carecenter.ui.views.article_texts import Style
from tests.ui.views.articles import make_article


def test_every_code_of_the_knowledge_base_has_a_word() -> None:
    schema = json.loads((resource_folder() / "knowledge" / "article.schema.json").read_text(encoding="utf-8"))
    english = i18n.translator("en")
    for field, word in (
        ("audience", article_texts.audience_label),
        ("channels", article_texts.channel_label),
    ):
        codes = schema["properties"][field]["items"]["enum"]
        assert [code for code in codes if word(code, english) == code] == []


def test_every_remark_of_ours_on_a_source_has_words_in_arabic() -> None:
    """An address is shown as it is, and so is a title, which begins with its publisher."""
    files = (resource_folder() / "knowledge").rglob("*.json")
    said = {source for file in files for source in json.loads(file.read_text("utf-8")).get("sources", ())}
    ours = tuple(sorted(source for source in said if ":" not in source))
    assert ours
    shown = article_texts.sources(msgspec.structs.replace(make_article(), sources=ours), i18n.translator("ar"))
    assert [source for source in shown if source in said] == []


def test_a_code_of_a_later_release_is_shown_as_it_is() -> None:
    assert article_texts.channel_label("carrier_pigeon", i18n.translator("en")) == "carrier_pigeon"


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        ("", ""),
        ("undated", "source without a date"),
        ("2023", "as of 2023"),
        ("2026-10", "as of October 2026"),
        ("2025-12-23", "as of 23 Dec 2025"),
        ("undated list, read 2026-10", "list without a date, read October 2026"),
        ("last spring", "as of \u2068last spring\u2069"),
    ],
)
def test_the_age_of_the_facts_is_told_in_words(as_of: str, said: str) -> None:
    assert article_texts.age_of_facts(as_of, i18n.translator("en")) == said


def test_fees_are_told_with_their_age() -> None:
    article = make_article(as_of="2026-10", fees=("Issue: 10.000 KWD",))
    (fees,) = (section for section in article_texts.sections(article, "en") if section.key == "fees")
    assert fees.heading == "Fees · as of October 2026"


def test_what_the_source_does_not_say_has_no_heading() -> None:
    keys = {section.key for section in article_texts.sections(make_article(fees=(), hours=()), "en")}
    assert not keys & {"fees", "hours"}


def test_steps_are_numbered_and_documents_are_not() -> None:
    article = make_article(steps=("Apply", "Pay"), documents=("Passport",))
    sections = {section.key: section for section in article_texts.sections(article, "en")}
    assert sections["steps"].markers() == ("1.", "2.")
    assert sections["documents"].markers() == ("•",)


def test_the_copy_for_the_caller_leaves_the_agents_notes_out() -> None:
    article = make_article(notes=("Do not quote this fee.",), steps=("Apply", "Pay"))
    text = article_texts.as_text(article, "en")
    assert "Do not quote" not in text
    assert "1. Apply\n2. Pay" in text
    assert "https://www.e.gov.kw/renew" in text
    assert any(section.style is Style.ASIDE for section in article_texts.sections(article, "en"))


def test_a_press_article_says_in_the_copy_that_it_is_to_be_confirmed() -> None:
    sure, unsure = make_article(), make_article(verification=Verification.PRESS)
    assert "To be confirmed" not in article_texts.as_text(sure, "en")
    assert "To be confirmed" in article_texts.as_text(unsure, "en")


def test_numbers_follow_the_digits_setting_and_names_do_not() -> None:
    arabic = i18n.translator("ar", "arab")
    assert article_texts.reading_digits("الرسوم 10.000 في T4", arabic) == "الرسوم ١٠.٠٠٠ في T4"


def test_a_title_in_a_list_has_the_digits_of_its_language(language: Language) -> None:
    language.set_digits("arab")
    language.set("ar")
    assert article_texts.name("رخصة المادة 18", "Article 18 permit") == "رخصة المادة ١٨"
    assert article_texts.name("", "Article 18 permit") == "Article 18 permit"
    language.set("en")
    assert article_texts.name("رخصة المادة 18", "Article 18 permit") == "Article 18 permit"
    assert article_texts.name("رخصة المادة 18", "") == "رخصة المادة ١٨"


@pytest.mark.parametrize("digits", ["latn", "arab"])
def test_the_plus_of_a_number_stays_before_it_in_an_arabic_line(digits: i18n.Digits) -> None:
    arabic, number = i18n.translator("ar", digits), "+965\u00a02472\u00a07732"
    said = article_texts.reading_digits(f"هاتف {number}.", arabic)
    assert f"\u2066{arabic.digits(number)}\u2069." in said
    isolated = "من الخارج \u2066+1800164965\u2069"
    assert article_texts.reading_digits(isolated, arabic) == arabic.digits(isolated)
    assert article_texts.reading_digits(number, i18n.translator("en")) == number
