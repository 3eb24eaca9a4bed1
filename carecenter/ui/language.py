"""Changing the language of the whole program while it runs: words, direction, digits, and Qt's own texts.

The words themselves are `carecenter.core.i18n`'s. A widget sets its texts in one method, `retranslate()`, and
nowhere else; `Translated` calls it whenever the language changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QLibraryInfo, QLocale, QObject, Qt, QTranslator, Signal
from PySide6.QtWidgets import QApplication, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import N_

if TYPE_CHECKING:
    _Base = QWidget
else:
    _Base = object

STANDARD_BUTTONS: Final = (
    N_("OK"),
    N_("Save"),
    N_("Save All"),
    N_("Open"),
    N_("Yes"),
    N_("Yes to All"),
    N_("No"),
    N_("No to All"),
    N_("Abort"),
    N_("Retry"),
    N_("Ignore"),
    N_("Close"),
    N_("Cancel"),
    N_("Discard"),
    N_("Help"),
    N_("Apply"),
    N_("Reset"),
    N_("Restore Defaults"),
)
"""The words on Qt's dialog buttons, taken from our catalogue: Qt's Arabic ones are not what a person says."""


class Translated(_Base):
    """First base of a widget with texts: `class Page(Translated, QWidget)`.

    The widget calls `retranslate()` at the end of its `__init__`; from then on it is called with every
    change.
    """

    def retranslate(self) -> None:
        """Sets every text of this widget, in the present language. Must not touch what a person has typed."""
        raise NotImplementedError

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Qt tells every widget of a window that the language is another."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class Language(QObject):
    """Changes the language; make one after the QApplication. `changed` comes after every widget has its new
    words.
    """

    changed = Signal(str)

    def __init__(self, app: QApplication, code: str = "en", digit_set: i18n.Digits = "latn") -> None:
        super().__init__(app)
        self._app = app
        self._qt_texts = QTranslator(self)
        self._buttons = _StandardButtons(self)
        i18n.set_digits(digit_set)
        self.set(code)

    @property
    def code(self) -> str:
        """The present language."""
        return i18n.language()

    def set(self, code: str) -> None:
        """Changes to "ar", "en" or "qps"; raises ValueError for another one, and nothing has changed then."""
        i18n.set_language(code)  # first of all: installing Qt's catalogue already asks the widgets for words
        direction = Qt.LayoutDirection.RightToLeft if i18n.right_to_left() else Qt.LayoutDirection.LeftToRight
        self._app.setLayoutDirection(direction)
        self._set_locale()
        self._swap_qt_texts()
        self._tell()

    def set_digits(self, digit_set: i18n.Digits) -> None:
        """Latin or Arabic-Indic digits, in what is shown from now on and in what is shown already."""
        i18n.set_digits(digit_set)
        self._set_locale()
        self._tell()

    def toggle(self) -> None:
        """Arabic if the language is another, English if it is Arabic."""
        self.set("en" if i18n.language() == "ar" else "ar")

    def _set_locale(self) -> None:
        locale = qt_locale()
        QLocale.setDefault(locale)
        for window in self._app.topLevelWidgets():
            window.setLocale(locale)  # reaches the children that have no locale of their own

    def _swap_qt_texts(self) -> None:
        self._app.removeTranslator(self._buttons)
        self._app.removeTranslator(self._qt_texts)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if i18n.language() == "ar" and self._qt_texts.load("qtbase_ar", folder):
            self._app.installTranslator(self._qt_texts)
        self._app.installTranslator(self._buttons)  # the last one installed is asked first

    def _tell(self) -> None:
        """Now, and once: the events Qt has queued for the translators above would come later and several
        times.
        """
        waiting: list[QObject] = [*self._app.topLevelWidgets(), *self._app.topLevelWindows()]
        for receiver in waiting:  # a native window would hand its event on to its widget
            QCoreApplication.removePostedEvents(receiver, QEvent.Type.LanguageChange.value)
        for window in self._app.topLevelWidgets():
            QCoreApplication.sendEvent(window, QEvent(QEvent.Type.LanguageChange))
        self.changed.emit(i18n.language())


class _StandardButtons(QTranslator):
    """Answers for the buttons of Qt's dialogs from our catalogue."""

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's name
        """Qt doesn't ask a translator that it takes for empty."""
        return False

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        """The button's word; nothing, so that the next translator is asked, for anything else."""
        word = source.replace("&", "")
        if context == "QPlatformTheme" and word in STANDARD_BUTTONS:
            return i18n.gettext(word)
        return None


def qt_locale() -> QLocale:
    """The locale for Qt's own number and date fields.

    Qt ties the digits to the territory: Kuwait's are Arabic-Indic, the Emirates' Latin. It knows no
    English/Kuwait, so a calendar widget is told its first day of the week by whoever makes it.
    """
    if i18n.language() == "ar":
        arabic_digits = i18n.digit_set() == "arab"
        country = QLocale.Country.Kuwait if arabic_digits else QLocale.Country.UnitedArabEmirates
        return QLocale(QLocale.Language.Arabic, country)
    return QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)
