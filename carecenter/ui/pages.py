"""The pages of the account that is signed in: made when first wanted, and what leads from one to another.

Pages do not know each other: each says what is asked for, and here stands where that is found.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

Maker = Callable[[], QWidget]


class Pages(QObject):
    """`made` carries a new page before it is shown, `wanted` the key of the page that another one leads to.

    A page may have the signals `ticket_requested`, `caller_requested`, `article_requested` (each with an id) and
    `new_call_requested`, and the methods `open_ticket`, `open_caller`, `open_article`, `open_call` for what it can
    show. `search_box` has the same signals.
    """

    made = Signal(QWidget)
    wanted = Signal(str)

    def __init__(self, makers: dict[str, Maker], search_box: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.makers = makers
        self._made: dict[str, QWidget] = {}
        self.search_box = search_box
        self._listen(search_box)

    def keys(self) -> tuple[str, ...]:
        """The pages this account has, in the rail's order."""
        return tuple(self.makers)

    def page(self, key: str) -> QWidget:
        """The page, made if need be. Raises KeyError for one this account does not have."""
        if key not in self._made:
            page = self._made[key] = self.makers[key]()
            self._listen(page)
            self.made.emit(page)
        return self._made[key]

    def all(self) -> tuple[QWidget, ...]:
        """The pages made so far."""
        return tuple(self._made.values())

    def show_attention(self) -> None:
        """The settings' list of what the centre did not take."""
        self._lead("settings", "show_attention")

    def open_call(self, *details: Any) -> None:
        """A phone rings."""
        self._lead("desk", "open_call", *details)

    async def close(self) -> None:
        """Every page writes down what is being typed and stops listening; one that fails stops no other."""
        failures: list[Exception] = []
        for part in (*self._made.values(), self.search_box):
            try:
                await _closed(part)
            except Exception as error:
                failures.append(error)
        if failures:
            raise ExceptionGroup("pages that could not be closed", failures)

    def _listen(self, part: QWidget) -> None:
        for signal, key, method in (
            ("ticket_requested", "tickets", "open_ticket"),
            ("caller_requested", "desk", "open_caller"),
            ("article_requested", "knowledge", "open_article"),
            ("new_call_requested", "desk", "new_call"),
        ):
            if (found := getattr(part, signal, None)) is not None:
                found.connect(self._leader(key, method))

    def _leader(self, key: str, method: str) -> Callable[..., None]:
        return lambda *details: self._lead(key, method, *details)

    def _lead(self, key: str, method: str, *details: Any) -> None:
        if key not in self.makers:
            return
        page = self.page(key)
        self.wanted.emit(key)
        getattr(page, method)(*details)


async def _closed(part: QWidget) -> None:
    if (close := getattr(part, "close_page", None)) is not None:
        closing = close()
        if inspect.isawaitable(closing):
            await closing
