"""One's own password: the old one once, the new one twice, and what is wrong told beside the field."""

from __future__ import annotations

import pytest

from carecenter.ui.settings.own_password import PasswordPart
from tests.ui.settings.room import Room
from tests.ui.waiting import until


def _part(room: Room) -> PasswordPart:
    room.page.show_part("password")
    part = room.page.parts["password"]
    assert isinstance(part, PasswordPart)
    return part


@pytest.mark.asyncio
async def test_a_wrong_present_password_is_told_beside_it(room: Room) -> None:
    part = _part(room)
    part.old.line.setText("wrong")
    for field in (part.new, part.again):
        field.line.setText("a new password")
    part.change.click()
    await until(part.old.accessibleDescription)
    assert part.new.text() == "a new password"
    part.old.line.setText("correct horse")
    part.change.click()
    await until(lambda: room.office.password == "a new password" and not part.old.text())
    await room.page.close_page()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("", "a new password", "a new password"), ("Enter your password.", "", "")),
        (("correct horse", "short", "short"), ("", "at least 8", "")),
        (("correct horse", "a new password", "a new passwort"), ("", "", "Not the same")),
        (("", "short", "other"), ("Enter your password.", "at least 8", "")),
    ],
)
async def test_what_is_wrong_is_told_beside_its_field_and_nothing_changes(
    room: Room, typed: tuple[str, str, str], told: tuple[str, str, str]
) -> None:
    part = _part(room)
    fields = (part.old, part.new, part.again)
    for field, text in zip(fields, typed, strict=True):
        field.line.setText(text)
    part.again.line.returnPressed.emit()
    for field, text in zip(fields, told, strict=True):
        said = field.accessibleDescription()
        assert text in said
        assert bool(said) == bool(text)
    assert room.office.password == "correct horse"
    assert tuple(field.text() for field in fields) == typed
    await room.page.close_page()


@pytest.mark.asyncio
async def test_a_changed_password_is_told_and_nothing_of_it_stays_on_the_screen(room: Room) -> None:
    part = _part(room)
    for field, text in ((part.old, "wrong"), (part.new, "a new password"), (part.again, "a new password")):
        field.line.setText(text)
    part.change.click()
    await until(part.old.accessibleDescription)
    part.old.line.setText("correct horse")
    part.new.reveal.click()
    part.again.line.returnPressed.emit()
    await until(lambda: room.said)
    assert room.said[-1] == "Your password is changed."
    assert room.office.password == "a new password"
    assert [field.text() for field in (part.old, part.new, part.again)] == ["", "", ""]
    assert not part.new.reveal.isChecked(), "the next person's typing is hidden again"
    assert part.old.accessibleDescription() == ""
    await room.page.close_page()


@pytest.mark.asyncio
async def test_what_was_typed_is_gone_when_the_part_is_left(room: Room) -> None:
    part = _part(room)
    part.old.line.setText("correct horse")
    part.new.line.setText("short")
    part.change.click()
    room.page.show_part("screen")
    room.page.show_part("password")
    assert (part.old.text(), part.new.text()) == ("", "")
    assert part.new.accessibleDescription() == ""
    await room.page.close_page()
