"""Publishing in the knowledge base and the directory."""

from __future__ import annotations

import datetime as dt

import msgspec

from carecenter.core.terms import ArticleKind, Verification
from carecenter.models.article import Article
from carecenter.models.directory import Body
from carecenter.operations.articles import PublishArticle, PublishBody
from tests.operations.records import Records

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
