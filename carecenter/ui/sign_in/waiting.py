"""What is shown while something takes its time: how far it is, and a way out where there is one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.ui.sign_in.card import Card
from carecenter.ui.widgets.plain_label import PlainLabel


class Waiting(Card):
    """`cancel_asked` when the person does not want to wait."""

    cancel_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title: Callable[[], str] = str
        self._count = (0, 0)
        self.bar, self.count, self.cancel = QProgressBar(), PlainLabel(), QPushButton()
        self.bar.setTextVisible(False)
        self.count.setProperty("tone", "muted")
        self.cancel.clicked.connect(self.cancel_asked)
        self.body.addWidget(self.bar)
        self.body.addWidget(self.count)
        self.buttons.addWidget(self.cancel)
        self.buttons.addStretch(1)
        self.lead.hide()

    def begin(self, title: Callable[[], str], *, cancellable: bool = False) -> None:
        """Something else is waited for now; how long is not known yet."""
        self._title = title
        self.cancel.setVisible(cancellable)
        self.show_progress(0, 0)
        self.retranslate()

    def show_progress(self, done: int, total: int) -> None:
        """How much is done of how much; a total of 0 is not known."""
        self._count = (done, total)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self._tell()

    def retranslate(self) -> None:
        """All texts of the screen."""
        super().retranslate()
        self.heading.setText(self._title())
        self.bar.setAccessibleName(self._title())
        self.cancel.setText(_("Cancel"))
        self._tell()

    def _tell(self) -> None:
        done, total = self._count
        text = _("{done} of {total}").format(done=i18n.number(done), total=i18n.number(total))
        self.count.setText(text if total else "")
