"""Articles made up for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from carecenter.core.terms import ArticleKind, Verification
from carecenter.queries.articles import ArticleRow, ArticleText, ArticleView


def make_article(
    article_id: str = "paci-renew",
    *,
    verification: Verification = Verification.OFFICIAL_PAGE,
    directory: bool = False,
    as_of: str = "2026-10",
    **english: Any,
) -> ArticleView:
    """A service with something in each list; `english` replaces parts of the English text."""
    arabic = _text("تجديد البطاقة المدنية", "تجديد بطاقة انتهت مدتها.", ("الرسوم 5.000 د.ك.",), "هيئة المعلومات")
    text = _text("Renew a Civil ID card", "Renewing a card that has expired.", ("Renewal: 5.000 KWD",), "PACI")
    return ArticleView(
        row=ArticleRow(
            id=article_id,
            kind=ArticleKind.SERVICE,
            directory=directory,
            title_ar=arabic["title"],
            title_en=text["title"],
            body_code="PACI",
            body_name_ar="الهيئة العامة للمعلومات المدنية",
            body_name_en="Public Authority for Civil Information",
            verification=verification,
            reviewed_on=dt.date(2026, 11, 23),
        ),
        arabic=ArticleText(**arabic),
        english=ArticleText(**{**text, **english}),
        audience=("citizen", "resident"),
        channels=("sahel",),
        as_of=as_of,
        sources=("https://www.e.gov.kw/renew",),
    )


def _text(title: str, summary: str, fees: tuple[str, ...], where: str) -> dict[str, Any]:
    return {
        "title": title,
        "summary": summary,
        "who": (),
        "documents": ("1 photo",),
        "steps": ("Step 1", "Step 2"),
        "fees": fees,
        "hours": (),
        "where": where,
        "notes": ("Note",),
    }
