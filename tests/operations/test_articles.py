"""Publishing in the knowledge base and the directory."""

from __future__ import annotations

import datetime as dt

import msgspec

from carecenter.core.terms import ArticleKind, Language, Verification
from carecenter.models.article import Article, ArticlePin
from carecenter.models.directory import Body
from carecenter.operations.articles import (
    MOST_QUESTIONS,
    AddQuestion,
    PinArticle,
    PublishArticle,
    PublishBody,
    UnpinArticle,
)
from tests.houses import START
from tests.operations.records import ALI, LATER, Records

ARTICLE = PublishArticle(
    article_id="card",
    kind=ArticleKind.SERVICE,
    directory=False,
    body_code="PACI",
    audience=("citizen",),
    channels=("sahel",),
    verification=Verification.OFFICIAL_PAGE,
    as_of="2026",
    reviewed_on=dt.date(2026, 1, 31),
    sources=("https://www.paci.gov.kw",),
    content={"ar": {"title": "البطاقة المدنية"}, "en": {"title": "Civil ID card"}},
)


def test_a_body_enters_the_directory_and_its_names_can_change(desk: Records) -> None:
    desk.apply(PublishBody(code="PACI", name_ar="المعلومات المدنية", name_en="Civil Information"))
    desk.apply(PublishBody(code="PACI", name_ar="الهيئة العامة للمعلومات المدنية", name_en="PACI"))

    body = desk.row(Body, "PACI")
    assert (body.name_ar, body.name_en) == ("الهيئة العامة للمعلومات المدنية", "PACI")


def test_an_article_stands_as_published_last_in_both_languages(desk: Records) -> None:
    desk.apply(ARTICLE)
    assert desk.row(Article, "card").title_ar == "البطاقة المدنية"
    content = {"ar": {"title": "تجديد البطاقة"}, "en": {"title": "Renew the card"}}

    desk.apply(msgspec.structs.replace(ARTICLE, content=content, reviewed_on=dt.date(2026, 2, 1)))

    article = desk.row(Article, "card")
    assert (article.title_ar, article.title_en) == ("تجديد البطاقة", "Renew the card")
    assert article.reviewed_on == dt.date(2026, 2, 1)
    assert (article.audience, article.sources) == (["citizen"], ["https://www.paci.gov.kw"])


def test_a_question_is_added_once_and_nothing_else_changes(desk: Records) -> None:
    desk.apply(ARTICLE)
    for question in ("ضاعت بطاقتي", "ضاعت بِطاقتي"):  # the same, but for a vowel mark
        desk.apply(AddQuestion(article_id="card", language=Language.ARABIC, question=question))
    article = desk.row(Article, "card")
    assert article.content["ar"] == {"title": "البطاقة المدنية", "questions": ["ضاعت بطاقتي"]}
    assert article.content["en"] == {"title": "Civil ID card"}


def test_an_article_takes_no_more_questions_than_it_may_have(desk: Records) -> None:
    desk.apply(ARTICLE)
    for number in range(MOST_QUESTIONS + 3):
        desk.apply(AddQuestion(article_id="card", language=Language.ENGLISH, question=f"question {number}"))
    assert len(desk.row(Article, "card").content["en"]["questions"]) == MOST_QUESTIONS
    desk.apply(AddQuestion(article_id="elsewhere", language=Language.ENGLISH, question="x"))  # left to the centre


def test_a_pin_holds_for_a_week_and_can_be_taken_out_sooner(desk: Records) -> None:
    desk.apply(PinArticle(article_id="card"))
    assert desk.row(ArticlePin, "card").until == START + dt.timedelta(days=7)
    desk.apply(UnpinArticle(article_id="card"), at=LATER)
    assert desk.row(ArticlePin, "card").until == LATER
    desk.apply(PinArticle(article_id="card"), actor=ALI, at=LATER)
    pin = desk.row(ArticlePin, "card")
    assert (pin.until, pin.pinned_by) == (LATER + dt.timedelta(days=7), "ali")
    desk.apply(UnpinArticle(article_id="never pinned"))
