"""A password field in the program's words and dress, and the one rule for a new password."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.ui.language import Translated
from carecenter.ui.theme import set_icon
from carecenter.ui.widgets.password_edit import PasswordEdit

SHORTEST: Final = 8


class Password(Translated, PasswordEdit):
    """Names its own button; the label comes from the form it stands in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_icon(self.reveal, "eye")
        self.retranslate()

    def retranslate(self) -> None:
        """What the button does."""
        self.set_texts(_("Show the password"), _("Hide the password"))

    def setAccessibleName(self, name: str) -> None:  # noqa: N802 - Qt's name
        """The field itself is what a screen reader stops at."""
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)


def rule() -> str:
    """What a new password must be."""
    text = i18n.ngettext(
        "At least {count} character. A few words are easier to remember than symbols.",
        "At least {count} characters. A few words are easier to remember than symbols.",
        SHORTEST,
    )
    return text.format(count=i18n.number(SHORTEST))


def problem(first: str, again: str) -> tuple[str, str]:
    """What is wrong with the first field and with the second; both empty when the password can be used."""
    if len(first) < SHORTEST:
        text = i18n.ngettext(
            "Too short: at least {count} character.", "Too short: at least {count} characters.", SHORTEST
        )
        return text.format(count=i18n.number(SHORTEST)), ""
    return "", "" if first == again else _("Not the same as the first one.")
