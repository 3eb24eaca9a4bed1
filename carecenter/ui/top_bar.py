"""The line over every page: the search box, and the switches that concern the whole program."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.ui.language import Translated
from carecenter.ui.theme import Theme, set_icon

_WIDEST_SEARCH = 720


class TopBar(Translated, QFrame):
    """Emits what was asked for; the search box is put in by whoever has one."""

    language_asked = Signal()
    theme_asked = Signal()
    keys_asked = Signal()
    sign_out_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("part", "surface")
        self.language = QToolButton()
        self.language.setProperty("data", True)  # the other language's own name for itself
        self.theme = QToolButton()
        self.keys = QToolButton()
        self.sign_out = QToolButton()
        self.sign_out.hide()
        set_icon(self.keys, "keyboard")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 8, 8, 8)
        self._row.setSpacing(4)
        self._row.addStretch(1)
        for button, asked in (
            (self.language, self.language_asked),
            (self.theme, self.theme_asked),
            (self.keys, self.keys_asked),
            (self.sign_out, self.sign_out_asked),
        ):
            button.setIconSize(QSize(20, 20))
            button.clicked.connect(asked)
            self._row.addWidget(button)
        self._search: QWidget | None = None
        theme.changed.connect(self._show_theme)
        self._show_theme()
        self.retranslate()

    def retranslate(self) -> None:
        """The buttons' names and what they do now."""
        arabic = i18n.language() == "ar"
        self.language.setText("English" if arabic else "العربية")
        self._name(
            self.language, _("Change the language to English") if arabic else _("Change the language to Arabic")
        )
        self._name(self.theme, _("Light colours") if self._theme.dark else _("Dark colours"))
        self._name(self.keys, _("Keys of this screen"))
        self._name(self.sign_out, _("Sign out"))
        for button, keys in ((self.language, "Ctrl+Shift+L"), (self.keys, "F1"), (self.sign_out, "Ctrl+Shift+Q")):
            button.setToolTip(f"{button.accessibleName()}  \u2066{keys}\u2069")

    def set_search(self, box: QWidget | None) -> None:
        """Takes the search box of the account that signed in; None when it signs out."""
        if self._search is not None:
            self._row.removeWidget(self._search)
            self._search.hide()
            self._search.deleteLater()
        self._search = box
        if box is not None:
            box.setMaximumWidth(_WIDEST_SEARCH)
            self._row.insertWidget(0, box, 8)

    def show_desk(self, shown: bool) -> None:
        """Shows or hides what only an open desk needs."""
        if shown:
            set_icon(self.sign_out, "log-out")
        self.sign_out.setVisible(shown)
        if self._search is not None:
            self._search.setVisible(shown)

    def _show_theme(self) -> None:
        set_icon(self.theme, "sun" if self._theme.dark else "moon")
        self._name(self.theme, _("Light colours") if self._theme.dark else _("Dark colours"))

    def _name(self, button: QToolButton, name: str) -> None:
        button.setAccessibleName(name)
        button.setToolTip(name)
