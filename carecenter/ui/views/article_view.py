"""An article of the knowledge base as an agent reads it out: in either language or in both, line beside line.

Everything is written into the document as text; nothing an article contains is taken for markup, loaded or
followed. The words are `article_texts`'.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final, Literal

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QGuiApplication,
    QKeySequence,
    QShortcut,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextLength,
    QTextTable,
    QTextTableCellFormat,
    QTextTableFormat,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTextEdit, QToolButton, QVBoxLayout, QWidget

from carecenter.core import analysis, i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.kuwait import KUWAIT
from carecenter.core.terms import Verification, label
from carecenter.queries import articles
from carecenter.ui.language import Translated
from carecenter.ui.theme import BODY_PX, colour, set_icon
from carecenter.ui.views import article_texts, words
from carecenter.ui.views.article_texts import Section, Style
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.row_list import Row
from carecenter.ui.widgets.segmented import Segmented
from carecenter.ui.widgets.status_pill import StatusPill, Tone

Reading = Literal["en", "ar", "both"]

_PILLS: Final[dict[Verification, tuple[str, Tone]]] = {
    Verification.OFFICIAL_PAGE: ("shield-check", "success"),
    Verification.OTHER_OFFICIAL_PAGE: ("shield-check", "success"),
    Verification.PRESS: ("triangle-alert", "warning"),
    Verification.ADDRESS_ONLY: ("triangle-alert", "warning"),
    Verification.PUBLIC_LIST: ("list-checks", "neutral"),
}
_RIGHT_TO_LEFT, _LEFT_TO_RIGHT = Qt.LayoutDirection.RightToLeft, Qt.LayoutDirection.LeftToRight
_HEADING_ABOVE: Final = 14
_ARABIC: Final = re.compile("[\u0620-\u064a]")
_NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"


def list_row(row: articles.ArticleRow, why: str = "", stems: frozenset[str] = frozenset()) -> Row:
    """An article in a list: why it is there, and at the end of its line how it stands. `stems` are those of the
    words that are marked in its title."""
    title = article_texts.name(row.title_ar, row.title_en)
    body = words.name(row.body_name_ar, row.body_name_en) or label(row.kind)
    below = " · ".join(filter(None, (why, i18n.isolate(body) if why else body)))
    return Row(row.id, title, below, standing(row), marks=analysis.places(title, stems))


def standing(row: articles.ArticleRow) -> str:
    """What is to be known of an article before it is opened: pinned, to be confirmed, or not reviewed for long."""
    unsure = article_texts.to_be_confirmed(row)
    old = article_texts.outdated(row, dt.datetime.now(KUWAIT).date())
    parts = (
        _("pinned") if row.pinned else "",
        _("to be confirmed") if unsure else "",
        _("outdated") if old else "",
    )
    return " · ".join(filter(None, parts))


class ArticleView(Translated, QWidget):
    """Shows one article. Alt+L changes the language for reading aloud, Ctrl+Shift+C copies it for the caller.

    The article follows the screen's language until a language was chosen for it. `copied` carries the text that
    went to the clipboard, `reading_changed` the choice ("en", "ar", "both").
    """

    copied = Signal(str)
    reading_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._article: articles.ArticleView | None = None
        self._chosen: Reading | None = None
        self._stems: frozenset[str] = frozenset()
        self._languages = Segmented(("ar", "en", "both"))
        self._languages.chosen.connect(self._on_language_chosen)
        self._copy = QToolButton()
        set_icon(self._copy, "copy")
        self._copy.clicked.connect(self.copy)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(8)
        self.tools.addWidget(self._languages)
        self.tools.addStretch()
        self.tools.addWidget(self._copy)
        self.pill, self.unsure = StatusPill(), StatusPill()
        set_icon(self.unsure.picture, "triangle-alert", "warning")
        self._reviewed = _muted_label()
        self._advice = _muted_label()
        self._advice.setWordWrap(True)
        self.page = _Page()
        self._lay_out()
        self._toggle_key = QShortcut(QKeySequence("Alt+L"), self)
        self._toggle_key.activated.connect(self.toggle_language)
        self._copy_key = QShortcut(QKeySequence("Ctrl+Shift+C"), self)
        self._copy_key.activated.connect(self.copy)
        self.retranslate()

    def retranslate(self) -> None:
        """The words around the article, and the article itself as far as it follows the screen."""
        self._languages.set_text("en", _("English"))
        self._languages.set_text("ar", _("Arabic"))
        self._languages.set_text("both", _("Both"))
        self._languages.setAccessibleName(_("Language of the article"))
        self._toggle_key.setWhatsThis(_("Change the language of the article"))
        self._languages.setToolTip(_with_keys(self._toggle_key))
        self._copy.setAccessibleName(_("Copy the article for the caller"))
        self._copy_key.setWhatsThis(_("Copy the article for the caller, without the agent's notes"))
        self._copy.setToolTip(_with_keys(self._copy_key))
        self.unsure.set_status(_("Details to be confirmed"), "warning")
        self.page.setAccessibleName(_("Article"))
        self._show()

    def show_article(self, article: articles.ArticleView | None, stems: frozenset[str] = frozenset()) -> None:
        """Shows `article` from its beginning, or nothing; the same article again keeps its place.

        `stems`: of the words that are marked in it.
        """
        self._stems = stems
        same = article is not None and self._article is not None and article.row.id == self._article.row.id
        self._article = article
        self._show()
        if not same:
            self.page.verticalScrollBar().setValue(0)

    def article(self) -> articles.ArticleView | None:
        """The article shown."""
        return self._article

    def stems(self) -> frozenset[str]:
        """Of the words that are marked."""
        return self._stems

    def reading(self) -> Reading:
        """The language the article is shown in, or both."""
        return self._chosen or ("ar" if i18n.right_to_left() else "en")

    def read_in(self, reading: Reading | None) -> None:
        """Shows articles in this language from now on; None follows the screen again."""
        self._chosen = reading
        self._show()

    def toggle_language(self) -> None:
        """Turns to the other language; from both, to the one that is not the screen's."""
        screen: Reading = "ar" if i18n.right_to_left() else "en"
        present = screen if self.reading() == "both" else self.reading()
        self._on_language_chosen("en" if present == "ar" else "ar")

    def text(self) -> str:
        """What is copied: the article as shown, without the agent's notes; empty without an article."""
        if self._article is None:
            return ""
        screen_first = ("ar", "en") if i18n.right_to_left() else ("en", "ar")
        codes = screen_first if self.reading() == "both" else (self.reading(),)
        return "\n".join(article_texts.as_text(self._article, code) for code in codes)

    def copy(self) -> None:
        """Puts `text()` on the clipboard."""
        if text := self.text():
            QGuiApplication.clipboard().setText(text)
            self.copied.emit(text)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another palette or size of type: the document carries its colours and sizes itself."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._show()

    def _lay_out(self) -> None:
        facts = QHBoxLayout()
        facts.setSpacing(8)
        for part in (self.pill, self.unsure):
            facts.addWidget(part)
        facts.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self.tools)
        column.addLayout(facts)
        column.addWidget(self._reviewed)
        column.addWidget(self._advice)
        column.addWidget(self.page, 1)
        self.setFocusProxy(self.page)

    def _on_language_chosen(self, key: str) -> None:
        self._chosen = "both" if key == "both" else "ar" if key == "ar" else "en"
        self._show()
        self.reading_changed.emit(self._chosen)

    def _show(self) -> None:
        self._languages.choose(self.reading())
        for key in (self._toggle_key, self._copy_key):
            key.setEnabled(self._article is not None)
        if self._article is None:
            self.page.clear()
            return
        self._show_facts(self._article)
        scroll = self.page.verticalScrollBar()
        place = scroll.value()
        self.page.write(self._article, self.reading())
        self.page.mark(self._stems)
        scroll.setValue(place)

    def _show_facts(self, article: articles.ArticleView) -> None:
        row = article.row
        icon, tone = _PILLS[row.verification]
        self.pill.set_status(label(row.verification), tone)
        set_icon(self.pill.picture, icon, tone)
        doubt_is_said = row.verification in (Verification.PRESS, Verification.ADDRESS_ONLY)
        self.unsure.setVisible(article_texts.to_be_confirmed(row) and not doubt_is_said)
        reviewed = _("Reviewed {date}").format(date=i18n.date(row.reviewed_on))
        age = article_texts.age_of_facts(article.as_of, i18n.translator(i18n.language(), i18n.digit_set()))
        self._reviewed.setText(f"{reviewed} · {age}" if age else reviewed)
        self._advice.setText(article_texts.advice(row.verification))


class _Sheet(QTextDocument):
    """A document that has nothing but its text."""

    def loadResource(self, kind: int, name: QUrl | str) -> None:  # noqa: N802 - Qt's signature
        """Loads nothing: an article must not make this program open a file or an address."""


class _Page(QTextEdit):
    """The part of the screen where the article is read."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Qt takes a hanging Arabic line for one that reaches over the edge, and a right-to-left layout would
        # show the page shifted by as much.
        sideways = self.horizontalScrollBar()
        sideways.rangeChanged.connect(lambda: sideways.setRange(0, 0))
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)

    def write(self, article: articles.ArticleView, reading: Reading) -> None:
        """Replaces the text by `article`."""
        # Written aside and laid out once: written in place, each block would move what is seen.
        document = _Sheet(self)
        document.setDefaultFont(self.font())
        document.setUndoRedoEnabled(False)
        cursor = QTextCursor(document)
        if reading == "both":
            self._write_beside(cursor, article)
        else:
            pen = _Pen(cursor, self._size(), reading)
            pen.title(article_texts.title(article, reading))
            for section in article_texts.sections(article, reading):
                pen.section(section)
        pen = _Pen(cursor, self._size(), "ar" if i18n.right_to_left() else "en")
        sources = article_texts.sources(article, article_texts.speaker("ar" if i18n.right_to_left() else "en"))
        pen.section(Section("sources", _("Sources"), Style.PARAGRAPHS, sources))
        self.setDocument(document)  # the one before is this widget's child and deleted with that

    def mark(self, stems: frozenset[str]) -> None:
        """Marks the words with these stems, whatever their endings; the text stays as it is."""
        document, marked = self.document(), []
        block = document.begin()
        while block.isValid():
            text = block.text()
            for start, end in analysis.places(text, stems):
                selection = QTextEdit.ExtraSelection()
                selection.cursor = QTextCursor(block)
                before, word = (len(part.encode("utf-16-le")) // 2 for part in (text[:start], text[start:end]))
                selection.cursor.setPosition(block.position() + before)
                selection.cursor.setPosition(block.position() + before + word, QTextCursor.MoveMode.KeepAnchor)
                selection.format.setBackground(colour("selection"))
                selection.format.setForeground(colour("on_selection"))
                marked.append(selection)
            block = block.next()
        self.setExtraSelections(marked)

    def _write_beside(self, cursor: QTextCursor, article: articles.ArticleView) -> None:
        """English stays on the left and Arabic on the right in either layout: each begins at its own margin."""
        pairs = article_texts.beside(article)
        style = QTextTableFormat()
        style.setLayoutDirection(_LEFT_TO_RIGHT)
        style.setBorder(0)
        style.setCellSpacing(0)
        style.setCellPadding(0)
        style.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        half = QTextLength(QTextLength.Type.PercentageLength, 50)
        style.setColumnWidthConstraints([half, half])
        table = cursor.insertTable(len(pairs) + 1, 2, style)
        for column, code in enumerate(("en", "ar")):
            pen = self._pen_in(table, 0, column, code)
            pen.title(article_texts.title(article, code))
        for number, pair in enumerate(pairs, 1):
            for column, section in enumerate(pair):
                if section is not None:
                    self._pen_in(table, number, column, "ar" if column else "en").section(section)
        cursor.movePosition(QTextCursor.MoveOperation.End)

    def _pen_in(self, table: QTextTable, row: int, column: int, code: str) -> _Pen:
        cell = table.cellAt(row, column)
        if row:  # a cell's first block has no margin over it
            padding = QTextTableCellFormat()
            padding.setTopPadding(_HEADING_ABOVE)
            cell.setFormat(padding)
        pen = _Pen(cell.firstCursorPosition(), self._size(), code)
        pen.gutter = 12
        return pen

    def _size(self) -> int:
        size = self.font().pixelSize()
        return size if size > 0 else BODY_PX


class _Pen:
    """Writes blocks of plain text at a cursor in one language's direction. `size` is the body's, in pixels."""

    def __init__(self, cursor: QTextCursor, size: int, code: str) -> None:
        self._cursor, self._size, self._code = cursor, size, code
        self._rtl = code == "ar"
        self._first = cursor.block().text() == "" and cursor.atBlockStart()
        self.gutter = 0

    def title(self, text: str) -> None:
        """The article's name."""
        self._block(text, _letters("text", self._size + 4, bold=True), above=0)

    def section(self, section: Section) -> None:
        """A heading, if there is one, and its lines."""
        if section.heading:
            self._block(section.heading, _letters("muted", self._size - 2, bold=True), above=_HEADING_ABOVE)
        aside = section.style is Style.ASIDE or section.key in ("body", "sources")
        letters = _letters("muted" if aside else "text", self._size)
        digits = article_texts.speaker(self._code).digits
        for marker, line in zip(section.markers(), section.lines, strict=True):
            before = f"{digits(marker)}{_NO_BREAK_SPACE * 2}" if marker else ""
            self._block(line, letters, before=before, above=4, key=section.key)

    def _block(self, text: str, letters: QTextCharFormat, *, above: int, before: str = "", key: str = "") -> None:
        # An address is read from the left whatever the article's language is.
        rtl = self._rtl and (key != "sources" or _ARABIC.search(text) is not None)
        style = QTextBlockFormat()
        style.setLayoutDirection(_RIGHT_TO_LEFT if rtl else _LEFT_TO_RIGHT)
        side = Qt.AlignmentFlag.AlignRight if self._rtl else Qt.AlignmentFlag.AlignLeft
        style.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)
        style.setTopMargin(above)
        # Qt's margins are left and right in either direction; its tabs are lost in Arabic lines, so that lines
        # hang by the width of what stands before them.
        hanging = QFontMetrics(letters.font()).horizontalAdvance(before) if before else 0
        style.setTextIndent(-hanging)
        style.setLeftMargin((0 if rtl else hanging) + (self.gutter if self._rtl else 0))
        style.setRightMargin((hanging if rtl else 0) + (0 if self._rtl else self.gutter))
        if self._first:
            self._cursor.setBlockFormat(style)
            self._first = False
        else:
            self._cursor.insertBlock(style)
        self._cursor.insertText(before + text.replace("\n", "\u2028"), letters)


def _letters(role: str, size: int, *, bold: bool = False) -> QTextCharFormat:
    letters = QTextCharFormat()
    letters.setForeground(colour(role))
    font = QGuiApplication.font()
    font.setPixelSize(size)
    font.setBold(bold)
    letters.setFont(font)
    return letters


def _muted_label() -> PlainLabel:
    made = PlainLabel()
    made.setProperty("tone", "muted")
    made.setProperty("scale", "small")
    return made


def _with_keys(shortcut: QShortcut) -> str:
    keys = shortcut.key().toString(QKeySequence.SequenceFormat.NativeText)
    return _("{does} ({keys})").format(does=shortcut.whatsThis(), keys=f"\u2066{keys}\u2069")
