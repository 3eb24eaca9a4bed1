"""The one channel by which the program speaks to the person: `Messages` is told, the `MessageBar` shows.

A UserError becomes its translated sentence. Anything else is a defect of ours: it is logged under a short
reference, without the texts in it (they may be a caller's), and the person is shown that reference and can
copy it.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from carecenter.core import i18n
from carecenter.core.errors import Unreachable, UserError
from carecenter.core.i18n import gettext as _
from carecenter.ui.language import Translated
from carecenter.ui.theme import set_icon
from carecenter.ui.widgets.icon_label import IconLabel
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.status_pill import Tone, set_tone

logger = logging.getLogger(__name__)

PASSING_MS: Final = 8_000
_ICONS: Final = {"info": "info", "success": "circle-check", "warning": "triangle-alert", "danger": "circle-x"}
_REFERENCE_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is mistaken for another when read out


class Action(NamedTuple):
    """One thing to do about a message; `text` is already translated."""

    text: str
    do: Callable[[], None]


class Message(NamedTuple):
    """What is said. `say` gives the sentence in the language of the moment."""

    tone: Tone
    say: Callable[[], str]
    action: Action | None = None
    reference: str = ""

    @property
    def stays(self) -> bool:
        """Whether it stays until dismissed; the others pass after a while."""
        return self.tone in ("warning", "danger")


def sentence(error: UserError) -> str:
    """The error's message in the present language, its parameters in the reader's digits and direction."""
    text = _(error.message)
    return text.format(**{name: _spelt(value) for name, value in error.params.items()}) if error.params else text


class Messages(QObject):
    """Where every part of the program says something; `said` carries a Message."""

    said = Signal(object)

    def info(self, text: str, action: Action | None = None) -> None:
        """Something worth knowing."""
        self.said.emit(Message("info", lambda: text, action))

    def success(self, text: str, action: Action | None = None) -> None:
        """What was asked for is done."""
        self.said.emit(Message("success", lambda: text, action))

    def warning(self, text: str, action: Action | None = None) -> None:
        """Something needs attention; stays until dismissed."""
        self.said.emit(Message("warning", lambda: text, action))

    def error(self, error: str | UserError, action: Action | None = None) -> None:
        """Something was not done; stays until dismissed."""
        say = (lambda: error) if isinstance(error, str) else (lambda: sentence(error))
        self.said.emit(Message("danger", say, action))

    def failure(self, failure: BaseException) -> None:
        """Whatever was raised and not dealt with: the place for `Tasks` to report to.

        Being offline is a state of the status bar and is not shown here.
        """
        if isinstance(failure, Unreachable):
            logger.info("the centre cannot be reached")
        elif isinstance(failure, UserError):
            self.error(failure)
        else:
            import secrets  # here: it is not needed before something fails

            reference = "".join(secrets.choice(_REFERENCE_LETTERS) for _letter in range(6))
            logger.error("unexpected error %s\n%s", reference, _without_texts(failure))
            self.said.emit(Message("danger", lambda: _unexpected(reference), None, reference))


class MessageBar(Translated, QFrame):
    """Shows the newest message in one line; Esc or its button dismisses it, and what stayed behind comes
    back.

    It never takes the focus; a screen reader is told.
    """

    def __init__(self, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "message")
        self._stack: list[Message] = []
        self._picture = IconLabel(20)
        self._text = PlainLabel("", elide=True)
        self._text.setProperty("data", True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._action = QPushButton()
        self._action.setProperty("data", True)
        self._action.clicked.connect(self._on_action)
        self._copy = QPushButton()
        self._copy.clicked.connect(self._on_copy)
        self._dismiss = QToolButton()
        self._dismiss.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 8, 4)
        row.setSpacing(8)
        for part in (self._picture, self._text, self._action, self._copy, self._dismiss):
            row.addWidget(part, int(part is self._text))
        for button in (self._action, self._copy, self._dismiss):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        self._escape.setContext(Qt.ShortcutContext.WindowShortcut)
        self._escape.activated.connect(self.dismiss)
        self._passing = QTimer(self)
        self._passing.setSingleShot(True)
        self._passing.setInterval(PASSING_MS)
        self._passing.timeout.connect(self.dismiss)
        messages.said.connect(self.show_message)
        self._show_top()
        self.retranslate()

    def retranslate(self) -> None:
        """The buttons, and the message itself as far as it can say itself anew."""
        self._copy.setText(i18n.pgettext("error", "Copy the reference"))
        self._dismiss.setToolTip(_("Dismiss (Esc)"))
        self._dismiss.setAccessibleName(_("Dismiss the message"))
        self.setAccessibleName(_("Message"))
        if self._stack:
            self._text.setText(self._stack[-1].say())

    def text(self) -> str:
        """The message shown; empty if there is none."""
        return self._text.text() if self._stack else ""

    def show_message(self, message: Message) -> None:
        """Puts `message` over those that stay; one that passes goes for good."""
        text = message.say()
        self._stack = [older for older in self._stack if older.stays and older.say() != text]
        self._stack.append(message)
        self._show_top()
        from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # not before somebody is told

        event = QAccessibleAnnouncementEvent(self, self.text())
        if message.stays:
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(event)

    def dismiss(self) -> None:
        """Takes the message away and shows the one under it, if there is one."""
        if self._stack:
            self._stack.pop()
        self._show_top()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Nothing is counted down while another window is in front."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self._stack and not self._stack[-1].stays:
            if self.isActiveWindow():
                self._passing.start()
            else:
                self._passing.stop()

    def _show_top(self) -> None:
        self._passing.stop()
        self.setVisible(bool(self._stack))
        self._escape.setEnabled(bool(self._stack))
        if not self._stack:
            return
        message = self._stack[-1]
        self._text.setText(message.say())
        set_icon(self._picture, _ICONS[message.tone], message.tone)
        set_icon(self._dismiss, "x")
        set_tone(self, message.tone)
        self._action.setText(message.action.text if message.action else "")
        self._action.setVisible(message.action is not None)
        self._copy.setVisible(bool(message.reference))
        if not message.stays:
            self._passing.start()

    def _on_action(self) -> None:
        action = self._stack[-1].action if self._stack else None
        self.dismiss()
        if action:
            action.do()

    def _on_copy(self) -> None:
        if self._stack:
            QGuiApplication.clipboard().setText(self._stack[-1].reference)


def _unexpected(reference: str) -> str:
    text = _("Something went wrong, and nothing you typed was lost. Tell support this reference: {reference}")
    return text.format(reference=i18n.isolate(reference))


def _spelt(value: object) -> str:
    from datetime import date, datetime  # here: the first picture tells no time

    if isinstance(value, datetime):
        return i18n.date_time(value)
    if isinstance(value, date):
        return i18n.date(value)
    if isinstance(value, int | float):
        return i18n.number(value)
    return i18n.isolate(str(value))


def _without_texts(failure: BaseException) -> str:
    """The chain of exceptions by type and place. Their messages may quote what a caller said, so they are
    left out.
    """
    lines: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = failure
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        places = traceback.extract_tb(link.__traceback__)
        lines += [f"{type(link).__module__}.{type(link).__qualname__}"]
        lines += [f"  {place.filename}:{place.lineno} {place.name}" for place in places]
        link = link.__cause__ or link.__context__
    return "\n".join(lines)
