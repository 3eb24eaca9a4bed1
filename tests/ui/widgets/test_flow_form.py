"""Labels over fields, in one column or two."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.flow_form import FlowForm

Fields = dict[str, QLineEdit]


@pytest.fixture
def form(qtbot: QtBot) -> tuple[FlowForm, Fields]:
    """A wide field between narrow ones."""
    form, fields = FlowForm(), {key: QLineEdit() for key in ("name", "phone", "matter", "email")}
    for key, field in fields.items():
        form.add(key, field, wide=key == "matter")
        form.set_label(key, f"&{key}")
    qtbot.addWidget(form)
    form.resize(640, 320)
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    return form, fields


def places(form: FlowForm, fields: Fields) -> dict[str, tuple[int, int]]:
    return {key: field.mapTo(form, QPoint()).toTuple() for key, field in fields.items()}


def test_two_columns_where_there_is_room_and_one_where_not(form: tuple[FlowForm, Fields], qtbot: QtBot) -> None:
    at = places(*form)
    assert at["name"][1] == at["phone"][1] < at["matter"][1] < at["email"][1]
    assert form[1]["matter"].width() > 1.8 * form[1]["name"].width()
    form[0].resize(300, 320)
    qtbot.waitUntil(lambda: form[0].columns() == 1 and places(*form)["phone"][1] > places(*form)["name"][1])
    at = places(*form)
    assert len({x for x, _y in at.values()}) == 1
    assert form[1]["name"].width() == form[0].width()


def test_the_first_column_is_on_the_right_in_arabic(form: tuple[FlowForm, Fields], qtbot: QtBot) -> None:
    assert places(*form)["name"][0] < places(*form)["phone"][0]
    form[0].setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    qtbot.waitUntil(lambda: places(*form)["name"][0] > places(*form)["phone"][0])


def test_a_label_names_its_field_and_its_key_leads_there(form: tuple[FlowForm, Fields], qtbot: QtBot) -> None:
    assert form[1]["phone"].accessibleName() == "phone"
    qtbot.keyClick(form[1]["name"], Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(form[1]["phone"].hasFocus)


def test_a_complaint_is_seen_and_heard_and_goes(form: tuple[FlowForm, Fields]) -> None:
    form[0].set_complaint("phone", "Eight digits")
    seen = [label.text() for label in form[0].findChildren(QLabel) if label.isVisible()]
    assert "Eight digits" in seen
    assert form[1]["phone"].accessibleDescription() == "Eight digits"
    form[0].set_complaint("phone")
    assert "Eight digits" not in [label.text() for label in form[0].findChildren(QLabel) if label.isVisible()]
    assert form[1]["phone"].accessibleDescription() == ""
