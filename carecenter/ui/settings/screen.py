"""How the screen is set: language, digits, colours, size of text, and when it locks itself."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QFrame, QGridLayout, QSpinBox, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.ui.preferences import Preferences
from carecenter.ui.settings.part import Part
from carecenter.ui.tasks import Tasks
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.segmented import Segmented
from carecenter.ui.widgets.spin_room import give_room

_SCALES: Final = (100, 125, 150, 200)


class ScreenPart(Part):
    """Every choice holds at once and is remembered."""

    def __init__(self, tasks: Tasks, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(tasks, parent)
        self._preferences = preferences
        self.language = Segmented(("ar", "en"))
        self.language.setProperty("data", True)  # each language's own name for itself
        self.language.set_text("ar", "العربية")
        self.language.set_text("en", "English")
        self.digits = Segmented(("latn", "arab"))
        self.digits.setProperty("data", True)
        self.digits.set_text("latn", "0123")
        self.digits.set_text("arab", "٠١٢٣")
        self.theme = Segmented(("system", "light", "dark"))
        self.scale = Segmented(tuple(str(scale) for scale in _SCALES))
        self.idle = QSpinBox()
        self.idle.setRange(1, 240)
        give_room(self.idle)
        self._labels: dict[str, PlainLabel] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(16)
        self._grid.setColumnStretch(1, 1)
        for key, field in self._fields().items():
            self._add(key, field)
        self.body.addLayout(self._grid)
        self.language.chosen.connect(lambda code: preferences.change(language=code))
        self.digits.chosen.connect(lambda digits: preferences.change(digits=digits))
        self.theme.chosen.connect(lambda theme: preferences.change(theme=theme))
        self.scale.chosen.connect(lambda scale: preferences.change(text_scale=int(scale)))
        self.idle.valueChanged.connect(self._name_unit)
        self.idle.editingFinished.connect(lambda: preferences.change(idle_lock_minutes=self.idle.value()))
        preferences.changed.connect(self._show)
        self._show()
        self.retranslate()

    def retranslate(self) -> None:
        """All texts of the part."""
        self.heading.setText(_("Screen"))
        self.lead.setText(_("Changes take effect at once, even in the middle of a call. Nothing typed is lost."))
        words = {
            "language": _("Language"),
            "digits": _("Digits"),
            "theme": _("Colours"),
            "scale": _("Text size"),
            "idle": _("Lock the screen when nobody touches it for"),
        }
        for key, text in words.items():
            self._labels[key].setText(text)
            self._fields()[key].setAccessibleName(text)
        for theme, text in (("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))):
            self.theme.set_text(theme, text)
        for scale in _SCALES:
            self.scale.set_text(str(scale), i18n.isolate(i18n.percent(scale)))
        self._name_unit()

    def _name_unit(self) -> None:
        minutes = self.idle.value()
        self.idle.setSuffix(" " + i18n.ngettext("minute", "minutes", minutes))

    def _fields(self) -> dict[str, QWidget]:
        return {
            "language": self.language,
            "digits": self.digits,
            "theme": self.theme,
            "scale": self.scale,
            "idle": self.idle,
        }

    def _add(self, key: str, field: QWidget) -> None:
        label = self._labels[key] = PlainLabel()
        label.setWordWrap(True)
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0)
        holder = QFrame()
        cell = QGridLayout(holder)
        cell.setContentsMargins(0, 0, 0, 0)
        cell.addWidget(field, 0, 0)
        cell.setColumnStretch(1, 1)
        self._grid.addWidget(holder, row, 1)

    def _show(self) -> None:
        settings = self._preferences.settings
        self.language.choose("ar" if settings.language == "ar" else "en")
        self.digits.choose(settings.digits)
        self.theme.choose(settings.theme)
        nearest = min(_SCALES, key=lambda scale: abs(scale - settings.text_scale))
        self.scale.choose(str(nearest))
        self.idle.setValue(settings.idle_lock_minutes)
