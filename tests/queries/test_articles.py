"""Articles: browsed, in a given order, and opened in both languages."""

import pytest

from carecenter.core.errors import NotFound
from carecenter.core.terms import ArticleKind
from carecenter.queries import articles
from tests.queries.conftest import Rows


def test_browsing_by_kind_and_body(rows: Rows) -> None:
    def ids(*wanted: object) -> list[str]:
        return [row.id for row in articles.browse(rows.session, rows.agent, *wanted)]  # type: ignore[arg-type]  # both

    assert ids() == ["card-renewal", "passport"]
    assert ids(ArticleKind.CENTRE) == ["passport"]
    assert ids(None, "PACI") == ["card-renewal"]
    assert ids(ArticleKind.CENTRE, "PACI") == []


def test_by_ids_keeps_the_order_asked(rows: Rows) -> None:
    found = articles.by_ids(rows.session, rows.agent, ("passport", "gone", "card-renewal"))
    assert [row.id for row in found] == ["passport", "card-renewal"]
    assert [row.body_name_en for row in found] == ["", "Public Authority for Civil Information"]


def test_an_article_opens_in_both_languages(rows: Rows) -> None:
    shown = articles.article(rows.session, rows.editor, "card-renewal")
    assert (shown.english.title, shown.arabic.title) == ("Civil ID renewal", "تجديد البطاقة المدنية")
    assert (shown.english.steps, shown.arabic.steps) == (("Pay.",), ("الدفع",))
    assert shown.row.body_code == "PACI"
    assert articles.article(rows.session, rows.agent, "passport").row.body_name_ar == ""
    with pytest.raises(NotFound):
        articles.article(rows.session, rows.agent, "gone")
