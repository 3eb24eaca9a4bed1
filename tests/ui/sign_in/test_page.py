"""Coming in: the first account, a wrong password, a locked keyring, the recovery code, the demo desk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from carecenter.core.errors import KeyringLockedError, UserError, WrongPassword
from carecenter.core.i18n import N_
from carecenter.core.recovery_code import new_code
from carecenter.core.terms import Role
from carecenter.ui.language import Language
from carecenter.ui.messages import Messages
from carecenter.ui.sign_in.door import Progress, Threshold
from carecenter.ui.sign_in.lock import Lock
from carecenter.ui.sign_in.page import SignInPage
from carecenter.ui.tasks import Tasks
from carecenter.ui.theme import Theme
from carecenter.wire import NewAccount
from tests.ui.pseudo import unmarked_texts
from tests.ui.waiting import until

CODE = new_code()
LOCKED = KeyringLockedError(N_("The keyring of this computer is locked. Unlock it, then try again."))


class SmallDoor:
    """A computer in memory, with the answers of the real one and the refusals that a test asks for."""

    def __init__(self, *names: str, in_file: bool = False) -> None:
        self.passwords = dict.fromkeys(names, "correct horse")
        self.in_file = in_file
        self.refusals: list[UserError] = []
        self.first: NewAccount | None = None
        self.file_chosen = False
        self.inside = ""
        self.demo_steps = 0
        self.demo = False

    async def look(self) -> Threshold:
        demo_password = "demo-164164" if self.demo else ""
        return Threshold(bool(self.passwords), tuple(self.passwords), self.in_file, demo_password)

    async def set_up(self, first: NewAccount, *, in_file: bool) -> str:
        self._refuse()
        self.first, self.file_chosen = first, in_file
        self.passwords[first.name] = first.password
        return CODE

    async def set_up_demo(self, progress: Progress) -> str:
        for step in range(100):
            progress(step, 100)
            self.demo_steps = step
            await asyncio.sleep(0.01)
        self.passwords, self.demo = {"agent": "demo-164164"}, True
        return CODE

    async def sign_in(self, name: str, password: str, progress: Progress) -> None:
        self._refuse()
        if self.passwords[name] != password:
            raise WrongPassword(N_("Name and password do not go together. Check both and try again."))
        progress(1, 1)
        self.inside = name

    async def recover(self, code: str, name: str, new_password: str) -> None:
        if code != CODE:
            raise WrongPassword(N_("This recovery code does not open this desk."))
        self.passwords[name] = new_password

    def _refuse(self) -> None:
        if self.refusals:
            raise self.refusals.pop()


class Room:
    """The panel with its door, and what both need."""

    def __init__(self, qtbot: QtBot, door: SmallDoor) -> None:
        self.messages, self.door = Messages(), door
        self.failures: list[BaseException] = []
        self.tasks = Tasks(self.failures.append)
        self.page = SignInPage(self.messages, is_set_up=bool(door.passwords))
        self.page.resize(1000, 900)
        qtbot.addWidget(self.page)
        self.page.show()

    async def open(self) -> SignInPage:
        await self.page.open_door(self.door, self.tasks)
        return self.page


@pytest_asyncio.fixture
async def room(qtbot: QtBot, theme: Theme, language: Language) -> AsyncIterator[Room]:
    room = Room(qtbot, SmallDoor("Huda", "Sara"))
    yield room
    await room.tasks.close()
    assert not room.failures


@pytest_asyncio.fixture
async def new_room(qtbot: QtBot, theme: Theme, language: Language) -> AsyncIterator[Room]:
    room = Room(qtbot, SmallDoor(in_file=True))
    yield room
    await room.tasks.close()
    assert not room.failures


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
async def test_every_text_follows_the_language_and_what_is_typed_stays(new_room: Room, language: Language) -> None:
    page = await new_room.open()
    page.first_start.name.setText("Huda")
    for card in (page.first_start, page.sign_in, page.recover, page.recovery_code, page.waiting):
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
