"""What a new centre starts with: two queues, the directory of bodies and the starter knowledge base."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from carecenter.core.decoding import decoded
from carecenter.core.resources import resource
from carecenter.core.terms import ArticleKind, Verification
from carecenter.models.queue import Queue
from carecenter.operations import Actor
from carecenter.operations.articles import PublishArticle, PublishBody

GENERAL_QUEUE = "general"
RESTRICTED_QUEUE = "confidential"
_AUTHOR = "centre"

_QUEUES = (
    (GENERAL_QUEUE, "الخط العام 164", "General 164", False),
    ("technical", "الخدمات الإلكترونية", "Online services", False),
    ("bodies", "الإحالة إلى الجهات", "Referrals to bodies", False),
    (RESTRICTED_QUEUE, "الشكاوى السرية", "Confidential complaints", True),
)


def fill(session: Session, at: dt.datetime) -> None:
    """Put the starter content into an empty database, in the caller's transaction."""
    for position, (queue_id, name_ar, name_en, restricted) in enumerate(_QUEUES):
        session.add(Queue(id=queue_id, name_ar=name_ar, name_en=name_en, restricted=restricted, position=position))
    actor = Actor(account_id=_AUTHOR, device_id=_AUTHOR, desk_at=at)
    articles = list(_articles(resource("knowledge")))
    for operation in (*_bodies(articles), *map(_published, articles)):
        operation.apply(session, actor, at)
    session.flush()


def _articles(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob("*/*.json")):
        yield decoded(file.read_bytes(), dict[str, Any])


def _bodies(articles: list[dict[str, Any]]) -> Iterator[PublishBody]:
    for article in articles:
        if article["kind"] == ArticleKind.BODY:
            yield PublishBody(code=article["body"], name_ar=article["ar"]["title"], name_en=article["en"]["title"])


def _published(article: dict[str, Any]) -> PublishArticle:
    return PublishArticle(
        article_id=article["id"],
        kind=ArticleKind(article["kind"]),
        directory=article["depth"] == "directory",
        body_code=article["body"],
        audience=tuple(article["audience"]),
        channels=tuple(article["channels"]),
        verification=Verification(article["verification"]),
        as_of=article["as_of"],
        reviewed_on=dt.date.fromisoformat(article["reviewed"]),
        sources=tuple(article["sources"]),
        content={"ar": article["ar"], "en": article["en"]},
    )
