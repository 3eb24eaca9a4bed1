"""One line in which a question goes to the editors: what callers ask and no article answers."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from carecenter.core import text
from carecenter.core.i18n import gettext as _
from carecenter.core.i18n import ngettext
from carecenter.core.ids import new_id
from carecenter.core.terms import Language
from carecenter.operations.requests import LONGEST, RequestArticle, without_personal
from carecenter.store.desk import Desk
from carecenter.ui.language import Translated
from carecenter.ui.messages import Messages
from carecenter.ui.tasks import Tasks
from carecenter.ui.widgets.line_edit import LineEdit
from carecenter.ui.widgets.plain_label import PlainLabel

REQUEST_KEYS: Final = "Alt+R"


def only_nearest(count: int) -> str:
    """What stands over so many articles of which none answers the question."""
    return ngettext(
        "No article answers this; this one comes nearest. Alt+R asks the editors for one.",
        "No article answers this; these come nearest. Alt+R asks the editors for one.",
        count,
    )


class RequestLine(Translated, QWidget):
    """Hidden until `begin`. Enter sends what stands there then, with `call_id`, the call in front; Esc puts it
    away.

    `sent` tells that the question is kept, `put_away` that nobody wants to send it. Both come before the line
    hides, so that whoever listens says where the focus goes.
    """

    sent = Signal()
    put_away = Signal()

    def __init__(self, desk: Desk, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._messages = desk, messages
        self._tasks = Tasks(messages.failure)
        self.call_id = ""
        self._remark = PlainLabel()
        self._remark.setWordWrap(True)
        self._remark.setProperty("tone", "muted")
        self._remark.setProperty("scale", "small")
        self.question = LineEdit()
        self.question.setMaxLength(LONGEST)
        self.question.returnPressed.connect(self._on_send)
        self.send = QPushButton()
        self.send.clicked.connect(self._on_send)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.question, 1)
        row.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._remark)
        self.setFocusProxy(self.question)
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """Every text but the question."""
        self.question.setPlaceholderText(_("What the caller wants to know"))
        self.question.setAccessibleName(_("Question for the editors"))
        self.send.setText(_("Send"))
        self.send.setAccessibleName(_("Ask the editors for an article"))
        self._remark.setText(_("Editors read this line. Leave out names; numbers are left out."))

    def begin(self, question: str) -> None:
        """Proposes a question, without what may be a person's."""
        self.question.setText(without_personal(question))
        self.show()
        self.question.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc puts the line away."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_away.emit()
            self.hide()
        else:
            super().keyPressEvent(event)

    def _on_send(self) -> None:
        self._tasks.spawn(self._send(self.question.text()))

    async def _send(self, question: str) -> None:
        if not await request_article(self._desk, question, self.call_id):
            self._messages.info(_("Write what the caller wants to know, in words."))
            return
        self.sent.emit()
        self.hide()
        self._messages.success(_("The editors will see that this was asked."))


async def request_article(desk: Desk, question: str, call_id: str) -> bool:
    """Asks the editors for an article; False where nothing is left of the question once numbers are out."""
    kept = without_personal(question)
    if not text.tokens(kept):
        return False
    language = Language.ARABIC if text.is_arabic(kept) else Language.ENGLISH
    asked = RequestArticle(request_id=new_id(), question=kept, language=language, call_id=call_id or None)
    await desk.perform(asked)
    return True
