"""Coming in: the first account, a wrong password, a locked keyring, the recovery code, the demo desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from carecenter.core.terms import Role
from carecenter.ui.language import Language
from carecenter.ui.sign_in.lock import Lock
from carecenter.ui.theme import Theme
from carecenter.ui.views import backup_file
from tests.ui.pseudo import unmarked_texts
from tests.ui.sign_in.room import CODE, LOCKED, Room
from tests.ui.waiting import until

Choose = Callable[[str], None]


@pytest.mark.asyncio
async def test_a_wrong_password_is_told_and_only_it_is_typed_again(room: Room) -> None:
    page = await room.open()
    page.sign_in.name.setCurrentText("Sara")
    page.sign_in.password.line.setText("wrong")
    page.sign_in.password.line.returnPressed.emit()
    await until(page.sign_in.complaint.isVisible)
    assert "do not go together" in page.sign_in.complaint.text()
    assert page.sign_in.name.currentText() == "Sara"
    page.sign_in.password.line.setText("correct horse")
    page.sign_in.enter.click()
    await until(lambda: room.door.inside)
    assert room.door.inside == "Sara"
    await until(lambda: page.card is page.sign_in)
    assert page.sign_in.password.text() == ""
    assert not page.sign_in.complaint.isVisible()


@pytest.mark.asyncio
async def test_a_locked_keyring_is_told_and_the_same_password_tries_again(room: Room) -> None:
    page = await room.open()
    room.door.refusals.append(LOCKED)
    page.sign_in.password.line.setText("correct horse")
    page.sign_in.enter.click()
    await until(page.sign_in.complaint.isVisible)
    assert "keyring" in page.sign_in.complaint.text()
    assert page.sign_in.password.text() == "correct horse"
    page.sign_in.enter.click()
    await until(lambda: room.door.inside == "Huda")


@pytest.mark.asyncio
async def test_a_password_typed_before_the_computer_is_ready_counts(room: Room) -> None:
    room.page.sign_in.password.line.setText("correct horse")
    room.page.sign_in.password.line.returnPressed.emit()
    assert not room.door.inside
    await room.open()
    await until(lambda: room.door.inside == "Huda")


@pytest.mark.asyncio
async def test_the_first_account_leads_and_its_recovery_code_is_shown_once(new_room: Room) -> None:
    page = await new_room.open()
    form = page.first_start
    assert "file" in form.secret.text()  # where the secret lies, and the risk of it
    assert "risk" in form.secret.text()
    form.arabic.setText("هدى")
    form.name.setText("Huda")
    form.password.line.setText("short")
    form.again.line.setText("short")
    form.make.click()
    assert not new_room.door.passwords
    for field in (form.password, form.again):
        field.line.setText("correct horse")
    form.make.click()
    await until(lambda: page.card is not form and page.card is page.recovery_code)
    assert new_room.door.first is not None
    assert (new_room.door.first.role, new_room.door.first.display_name_ar) == (Role.ADMINISTRATOR, "هدى")
    page.recovery_code.copy.click()
    assert QGuiApplication.clipboard().text() == CODE
    assert page.recovery_code.groups.accessibleName().replace(" ", "") == CODE
    page.recovery_code.done.click()
    await until(lambda: page.card is page.sign_in)
    assert page.sign_in.name.currentText() == "Huda"
    assert page.recovery_code.groups.accessibleName() == ""


@pytest.mark.asyncio
async def test_a_keyring_that_refuses_can_be_done_without(new_room: Room) -> None:
    page = await new_room.open()
    form = page.first_start
    new_room.door.refusals.append(LOCKED)
    form.name.setText("Huda")
    for field in (form.password, form.again):
        field.line.setText("correct horse")
    assert not form.in_file.isVisible()
    form.make.click()
    await until(form.in_file.isVisible)
    assert form.name.text() == "Huda"
    form.in_file.setChecked(True)
    form.make.click()
    await until(lambda: new_room.door.file_chosen)


@pytest.mark.asyncio
async def test_the_demo_desk_shows_how_far_it_is_and_can_be_given_up(new_room: Room) -> None:
    page = await new_room.open()
    page.first_start.demo.click()
    await until(lambda: new_room.door.demo_steps > 2)
    assert page.waiting.bar.maximum() == 100
    assert "of 100" in page.waiting.count.text()
    page.waiting.cancel.click()
    await until(lambda: page.card is page.first_start)
    assert not new_room.door.demo
    page.first_start.demo.click()
    await until(lambda: page.card is page.recovery_code if new_room.door.demo else False)
    page.recovery_code.done.click()
    await until(lambda: page.card is page.sign_in)
    assert "demo-164164" in page.sign_in.demo.text()


@pytest.mark.asyncio
async def test_the_recovery_code_sets_a_new_password(room: Room) -> None:
    page = await room.open()
    page.sign_in.recover.click()
    page.recover.code.setText("nonsense")
    page.recover.name.setCurrentText("Sara")
    for field in (page.recover.password, page.recover.again):
        field.line.setText("a new password")
    page.recover.go.click()
    await until(page.recover.complaint.isVisible)
    page.recover.code.setText(CODE)
    page.recover.go.click()
    await until(lambda: page.card is page.sign_in)
    assert room.door.passwords["Sara"] == "a new password"
    assert page.recover.code.text() == ""
    assert page.sign_in.name.currentText() == "Sara"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("first", "again", "told"),
    [("short", "short", ("at least 8", "")), ("a new password", "another one", ("", "Not the same"))],
)
async def test_a_new_password_that_cannot_be_used_is_told_beside_its_field(
    room: Room, first: str, again: str, told: tuple[str, str]
) -> None:
    page = await room.open()
    page.sign_in.recover.click()
    page.recover.code.setText(CODE)
    page.recover.password.line.setText(first)
    page.recover.again.line.setText(again)
    page.recover.again.line.returnPressed.emit()
    for field, text in zip((page.recover.password, page.recover.again), told, strict=True):
        assert text in field.accessibleDescription()
        assert bool(field.accessibleDescription()) == bool(text)
    assert page.card is page.recover
    assert room.door.passwords == dict.fromkeys(("Huda", "Sara"), "correct horse")


@pytest.mark.asyncio
async def test_recovery_given_up_forgets_what_was_typed(room: Room) -> None:
    page = await room.open()
    page.sign_in.recover.click()
    page.recover.code.setText(CODE)
    page.recover.password.line.setText("short")
    page.recover.go.click()
    page.recover.back.click()
    assert page.card is page.sign_in
    page.sign_in.recover.click()
    assert (page.recover.code.text(), page.recover.password.text()) == ("", "")
    assert page.recover.password.accessibleDescription() == ""


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Choose:
    """What a person chooses in the dialog of files from now on."""

    def choose(name: str) -> None:
        async def chosen(_parent: QWidget, _folder: Path) -> Path:
            return Path(name)

        monkeypatch.setattr(backup_file, "to_read", chosen)

    return choose


@pytest.mark.asyncio
async def test_a_new_computer_takes_another_desks_backup_and_a_new_password(new_room: Room, choose: Choose) -> None:
    page = await new_room.open()
    new_room.door.made_here = False
    said: list[str] = []
    new_room.messages.said.connect(lambda message: said.append(message.say()))
    choose("theirs.ccbackup")
    page.first_start.restore.click()
    await until(lambda: page.card is not page.first_start and page.card is page.restore)
    assert page.restore.form.code.isVisible()
    assert not page.restore.form.password.isVisible()
    page.restore.go.click()
    assert page.restore.form.code.accessibleDescription()
    page.restore.form.code.setText("nonsense")
    page.restore.go.click()
    await until(page.restore.complaint.isVisible)
    assert page.restore.form.code.text() == "nonsense"
    page.restore.form.code.setText(CODE)
    page.restore.go.click()
    await until(lambda: page.card is page.recover)
    assert "before-restore-1" in said[-1]
    assert page.recover.code.text() == CODE, "nobody types it twice"
    assert page.recover.name.currentText() == "Omar"
    for field in (page.recover.password, page.recover.again):
        field.line.setText("a new password")
    page.recover.go.click()
    await until(lambda: page.card is page.sign_in)
    assert new_room.door.passwords == {"Omar": "a new password"}


@pytest.mark.asyncio
async def test_this_desks_backup_opens_with_a_password_of_its_time(room: Room, choose: Choose) -> None:
    page = await room.open()
    choose("ours.ccbackup")
    page.sign_in.restore.click()
    await until(lambda: page.card is not page.sign_in and page.card is page.restore)
    page.restore.form.password.line.setText("of that time")
    page.restore.form.password.line.returnPressed.emit()
    await until(lambda: page.card is page.sign_in)
    assert page.sign_in.name.currentText() == "Omar"
    assert page.restore.form.password.text() == ""


@pytest.mark.asyncio
async def test_a_file_that_is_no_backup_is_told_where_it_was_chosen(new_room: Room, choose: Choose) -> None:
    page = await new_room.open()
    choose("holiday.jpg")
    page.first_start.restore.click()
    await until(page.first_start.complaint.isVisible)
    assert "holiday.jpg" in page.first_start.complaint.text()
    assert page.card is page.first_start


@pytest.mark.asyncio
async def test_every_text_follows_the_language_and_what_is_typed_stays(new_room: Room, language: Language) -> None:
    page = await new_room.open()
    page.first_start.name.setText("Huda")
    for card in (page.first_start, page.sign_in, page.recover, page.restore, page.recovery_code, page.waiting):
        page._show(card)
    language.set("qps")
    assert unmarked_texts(page) == []
    assert page.first_start.name.text() == "Huda"


def test_the_lock_asks_for_the_password_and_lets_somebody_else_sit_down(
    qtbot: QtBot, theme: Theme, language: Language
) -> None:
    lock = Lock("سارة", "Sara")
    qtbot.addWidget(lock)
    lock.show()
    assert "Sara" in lock.card.lead.text()
    with qtbot.waitSignal(lock.unlock_asked) as asked:
        lock.card.password.line.setText("wrong")
        lock.card.password.line.returnPressed.emit()
    assert asked.args == ["wrong"]
    lock.refuse("Name and password do not go together.")
    assert lock.card.complaint.isVisible()
    with qtbot.waitSignal(lock.sign_out_asked):
        lock.card.sign_out.click()
