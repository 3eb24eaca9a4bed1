"""Who of a desk on its own is who at the server: a choice for each, one of them being nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from carecenter.core.i18n import gettext as _
from carecenter.core.joining import Author
from carecenter.queries.accounts import AccountRow
from carecenter.ui.language import Translated
from carecenter.ui.views import words
from carecenter.ui.widgets.choice_box import ChoiceBox
from carecenter.ui.widgets.flow_form import FlowForm


class PeopleForm(Translated, QWidget):
    """Only accounts that may be chosen are offered."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._people: Sequence[Author] = ()
        self._known: Sequence[AccountRow] = ()
        self.boxes: dict[str, ChoiceBox] = {}
        self.form = FlowForm()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.form)
        self.retranslate()

    def retranslate(self) -> None:
        """The names in the present language."""
        for author in self._people:
            self.form.set_label(author.id, words.name(author.display_name_ar, author.display_name_en))
            box = self.boxes[author.id]
            box.setItemText(0, _("Only a name in what was written"))
            for place, account in enumerate(self._known, 1):
                box.setItemText(place, words.name(account.display_name_ar, account.display_name_en))

    def offer(self, people: Sequence[Author], known: Sequence[AccountRow], likely: Mapping[str, str]) -> None:
        """`likely`: who is probably who."""
        self._people, self._known = people, known
        before, self.form = self.form, FlowForm()
        self._column.replaceWidget(before, self.form)
        before.deleteLater()
        self.boxes = {author.id: ChoiceBox() for author in people}
        for author_id, box in self.boxes.items():
            box.setProperty("data", True)
            self.form.add(author_id, box)
            box.addItem("", "")
            for account in known:
                box.addItem("", account.id)
        self.retranslate()
        for author_id, box in self.boxes.items():
            box.setCurrentIndex(max(box.findData(likely.get(author_id, "")), 0))

    def chosen(self) -> dict[str, str]:
        """Account there → account of the server, for those who have one."""
        return {author_id: box.currentData() for author_id, box in self.boxes.items() if box.currentData()}
