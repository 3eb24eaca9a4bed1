"""How the program looks: colours, type, icons and style sheet, light and dark, from `palette` and the files
under `resources/`.

Colours are known by role ("text", "accent", "danger_soft"), never by value; `ui.palette` is the only place
with values and tells which roles may lie on which. What the widgets are is not this module's matter.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template
from typing import Any, Final

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from carecenter.ui.palette import DARK, LIGHT

FAMILY: Final = "IBM Plex Sans Arabic"
BODY_PX: Final = 14
ICON_SIZES: Final = (16, 20, 40)
MIRRORED: Final = frozenset(
    {
        "arrow-right",
        "chevron-left",
        "chevron-right",
        "external-link",
        "file-text",
        "list-checks",
        "log-in",
        "log-out",
        "undo-2",
    }
)
"""The icons with a direction of reading in them; a telephone receiver or a clock has none."""


def resource_folder() -> Path:
    """Where fonts, icons and theme lie: inside an installed package, beside it in a checkout or a PyInstaller
    folder.
    """
    package = Path(__file__).resolve().parent.parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def new_application(*arguments: str) -> QApplication:
    """The QApplication, in the Qt style that the style sheet is written for.

    Named at its birth: to change the style of a living one Qt loads much more, before the first picture.
    """
    return QApplication(["carecenter", *arguments, "-style", "fusion"])


class Theme(QObject):
    """Dresses the application; make one after `new_application`. `changed` tells that colours or sizes are
    others.
    """

    changed = Signal()

    def __init__(self, app: QApplication, *, dark: bool = False, scale: float = 1.0) -> None:
        super().__init__(app)
        self._app, self._dark, self._scale = app, dark, scale
        _load_fonts()
        self._apply()
        app.layoutDirectionChanged.connect(self._renew_icons)

    @property
    def dark(self) -> bool:
        """Whether the dark half of the palette is in use."""
        return self._dark

    @property
    def scale(self) -> float:
        """The size of text, 1.0 being 14 px for the body."""
        return self._scale

    def set_dark(self, dark: bool) -> None:
        """Changes to the other half of the palette, at once and everywhere."""
        if dark != self._dark:
            self._dark = dark
            self._apply()

    def set_scale(self, scale: float) -> None:
        """Changes the size of all text; 2.0 doubles it."""
        if scale != self._scale:
            self._scale = scale
            self._apply()

    def _apply(self) -> None:
        _wear(self._dark)
        font = QFont(FAMILY)
        font.setPixelSize(round(BODY_PX * self._scale))
        self._app.setFont(font)
        self._app.setPalette(qt_palette())
        self._app.setStyleSheet(style_sheet(self._scale))
        self._renew_icons()
        self.changed.emit()

    def _renew_icons(self) -> None:
        for widget in self._app.allWidgets():
            for target in (widget, *widget.actions()):
                if name := target.property("icon_name"):
                    _dress(target, name, target.property("icon_role"))


def set_icon(target: Any, name: str, role: str = "text") -> None:
    """Gives a button, action or icon label an icon that follows the theme and the layout direction from now
    on.

    An action must belong to a widget to be followed. Raises KeyError for an unknown role and
    FileNotFoundError for an unknown icon.
    """
    target.setProperty("icon_name", name)
    target.setProperty("icon_role", role)
    _dress(target, name, role)


def icon(name: str, role: str = "text") -> QIcon:
    """The icon in the colour of `role`, turned round if it has a direction and the layout is right-to-left.

    It does not follow a change of theme: use `set_icon` for what stays on the screen. Raises as `set_icon`
    does.
    """
    mirrored = name in MIRRORED and QApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
    app = QApplication.instance()
    ratio = app.devicePixelRatio() if isinstance(app, QApplication) else 1.0
    return _icon(name, _colours[role], mirrored, ratio)


def colour(role: str) -> QColor:
    """The colour of a role in the half of the palette in use. Raises KeyError for an unknown role."""
    return QColor(_colours[role])


def qt_palette() -> QPalette:
    """The palette in Qt's roles, for what is painted without the style sheet."""
    palette = QPalette()
    roles = QPalette.ColorRole
    for qt_role, role in (
        (roles.Window, "window"),
        (roles.WindowText, "text"),
        (roles.Base, "surface"),
        (roles.AlternateBase, "window"),
        (roles.Text, "text"),
        (roles.PlaceholderText, "muted"),
        (roles.Button, "surface"),
        (roles.ButtonText, "text"),
        (roles.BrightText, "on_accent"),
        (roles.Highlight, "selection"),
        (roles.HighlightedText, "on_selection"),
        (roles.Accent, "accent"),
        (roles.Link, "accent"),
        (roles.LinkVisited, "accent"),
        (roles.ToolTipBase, "text"),
        (roles.ToolTipText, "window"),
        (roles.Mid, "line"),
        (roles.Midlight, "line"),
        (roles.Dark, "border"),
        (roles.Shadow, "border"),
        (roles.Light, "hover"),
    ):
        palette.setColor(qt_role, colour(role))
    for qt_role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, qt_role, colour("disabled"))
    return palette


def style_sheet(scale: float = 1.0) -> str:
    """The style sheet in the colours in use; raises KeyError where it names a role that the palette lacks."""
    sizes = {
        "small": round(12 * scale),
        "body": round(BODY_PX * scale),
        "title": round(16 * scale),
        "large": round(22 * scale),
        "huge": round(28 * scale),
        "pill": round(11 * scale),
    }
    folder = resource_folder() / "theme"
    text = (folder / "style.qss").read_text(encoding="utf-8")
    half = "dark" if _colours == DARK else "light"
    words: dict[str, str | int] = {**_colours, **sizes, "theme": folder.as_posix(), "half": half}
    # The comments speak of $words too, and Qt need not read them.
    return Template(text[text.index("*/") + 2 :]).substitute(words)


def _wear(dark: bool) -> None:
    _colours.clear()
    _colours.update(DARK if dark else LIGHT)


@cache
def _load_fonts() -> None:
    """Once in a process. Qt is not asked which families it has: it would read all those of the system."""
    for file in sorted((resource_folder() / "fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(file))


def _dress(target: Any, name: str, role: str) -> None:
    target.setIcon(icon(name, role))


@cache
def _icon(name: str, value: str, mirrored: bool, ratio: float) -> QIcon:
    from PySide6.QtSvg import QSvgRenderer

    svg = (resource_folder() / "icons" / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", value)
    renderer = QSvgRenderer(svg.encode())
    made = QIcon()
    for size in ICON_SIZES:
        pixmap = QPixmap(round(size * ratio), round(size * ratio))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        if mirrored:
            painter.translate(pixmap.width(), 0)
            painter.scale(-1, 1)
        renderer.render(painter, QRectF(pixmap.rect()))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        made.addPixmap(pixmap)
    return made


_colours: dict[str, str] = {}
