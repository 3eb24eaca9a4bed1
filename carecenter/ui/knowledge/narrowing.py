"""Narrowing what was found to one body, audience or channel, a key each; in the pane and on the page alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Final

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.queries.articles import ArticleRow
from carecenter.ui.views import article_texts, words


class By(StrEnum):
    """What is narrowed by."""

    BODY = "body"
    AUDIENCE = "audience"
    CHANNEL = "channel"


_KEYS: Final = {By.BODY: "Alt+B", By.AUDIENCE: "Alt+A", By.CHANNEL: "Alt+C"}


class Narrowing:
    """What is chosen; nothing at first."""

    def __init__(self) -> None:
        self.chosen: dict[By, str] = {}

    def choose(self, by: By, value: str | None) -> None:
        """One value, or all of them."""
        if value is None:
            self.chosen.pop(by, None)
        else:
            self.chosen[by] = value

    def fits(self, row: ArticleRow, without: By | None = None) -> bool:
        """Whether an article is among what is chosen, one of the choices left out."""
        return all(value in _values(row, by) for by, value in self.chosen.items() if by is not without)

    def step(self, by: By, rows: Sequence[ArticleRow]) -> None:
        """To the next value that any of `rows` has, the best row's first; after the last one to all of them."""
        values = list(dict.fromkeys(value for row in rows if self.fits(row, by) for value in _values(row, by)))
        present = self.chosen.get(by)
        at = values.index(present) + 1 if present in values else 0
        self.choose(by, values[at] if at < len(values) else None)

    def label(self, rows: Iterable[ArticleRow]) -> str:
        """What is chosen, in words; empty for nothing. `rows` carry the bodies' names."""
        bodies = {row.body_code: words.name(row.body_name_ar, row.body_name_en) for row in rows}
        return " · ".join(i18n.isolate(label(by, value, bodies)) for by, value in self.chosen.items())


def label(by: By, value: str, bodies: dict[str | None, str]) -> str:
    """The word for a value, in the language of the screen; `bodies`: their names by code."""
    screen = article_texts.speaker("ar" if i18n.right_to_left() else "en")
    match by:
        case By.AUDIENCE:
            return article_texts.audience_label(value, screen)
        case By.CHANNEL:
            return article_texts.channel_label(value, screen)
    return bodies.get(value, value)


class NarrowingKeys:
    """A key for each on `widget`; `step` is told which was pressed."""

    def __init__(self, widget: QWidget, step: Callable[[By], None]) -> None:
        self._shortcuts = {by: QShortcut(QKeySequence(keys), widget) for by, keys in _KEYS.items()}
        for by, shortcut in self._shortcuts.items():
            shortcut.activated.connect(lambda by=by: step(by))

    def retranslate(self) -> None:
        """What the keys do, for the sheet of keys."""
        self._shortcuts[By.BODY].setWhatsThis(_("Only this body; again: the next one, then all"))
        self._shortcuts[By.AUDIENCE].setWhatsThis(_("Only for these people; again: the next ones, then all"))
        self._shortcuts[By.CHANNEL].setWhatsThis(_("Only by this channel; again: the next one, then all"))


def _values(row: ArticleRow, by: By) -> tuple[str, ...]:
    match by:
        case By.BODY:
            return (row.body_code,) if row.body_code else ()
        case By.AUDIENCE:
            return row.audience
        case By.CHANNEL:
            return row.channels
