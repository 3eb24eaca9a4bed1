"""The panel before the desk: which card is shown, and what follows when a person has filled it in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from carecenter.core.errors import KeyringLockedError, UserError
from carecenter.core.i18n import gettext as _
from carecenter.ui.messages import Messages, sentence
from carecenter.ui.sign_in.card import Card
from carecenter.ui.sign_in.door import Door, Threshold
from carecenter.ui.sign_in.first_start import FirstStart
from carecenter.ui.sign_in.recovery import Recover, RecoveryCode
from carecenter.ui.sign_in.sign_in_form import SignInForm
from carecenter.ui.sign_in.waiting import Waiting


class SignInPage(QScrollArea):
    """Paints at once, before the program behind it is loaded; `open` connects it with the computer's door."""

    language_chosen = Signal(str)

    def __init__(self, messages: Messages, *, set_up: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages = messages
        self._door: Door | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._work: asyncio.Task[None] | None = None
        self.sign_in = SignInForm()
        self.card: Card = self.sign_in
        self._room = QWidget()
        self._column = QVBoxLayout(self._room)
        self._column.setContentsMargins(16, 16, 16, 16)
        self._column.addStretch(1)
        self._column.addStretch(2)
        self.setWidget(self._room)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._cards: dict[str, Card] = {}
