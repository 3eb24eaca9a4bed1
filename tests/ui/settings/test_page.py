"""The settings: what holds at once, who sees what, what the centre did not take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from carecenter.core.config import read_settings
from carecenter.core.errors import UserError, WrongPassword
from carecenter.core.i18n import N_
from carecenter.core.ids import new_id
from carecenter.core.terms import TicketKind
from carecenter.operations.tickets import OpenTicket
from carecenter.store.desk import Desk
from carecenter.ui.language import Language
from carecenter.ui.messages import Message, Messages
from carecenter.ui.preferences import Preferences
from carecenter.ui.settings.accounts import AccountsPart
from carecenter.ui.settings.attention import AttentionPart
from carecenter.ui.settings.backup import BackupPart
from carecenter.ui.settings.own_password import PasswordPart
from carecenter.ui.settings.page import SettingsPage
from carecenter.ui.settings.screen import ScreenPart
from carecenter.ui.theme import Theme
from carecenter.ui.widgets.row_list import RowList
from carecenter.wire import NewAccount
from tests.ui.pseudo import unmarked_texts
from tests.ui.waiting import until


class SmallOffice:
    """A computer in memory, with the answers of the real one."""

    def __init__(self) -> None:
        self.password = "correct horse"
        self.added: list[NewAccount] = []
        self.active: dict[str, bool] = {}
        self.passwords: dict[str, tuple[str, str]] = {}
        self.restored: Path | None = None
        self.target: Path | None = None

    async def add_account(self, new: NewAccount) -> None:
        if new.name == "Huda":
            raise UserError(N_("There is already an account named {name}."), name=new.name)
        self.added.append(new)

    async def set_active(self, account_id: str, active: bool) -> None:
        self.active[account_id] = active

    async def set_password(self, account_id: str, name: str, password: str) -> None:
        self.passwords[account_id] = (name, password)

    async def change_password(self, old: str, new: str) -> None:
        if old != self.password:
            raise WrongPassword(N_("Name and password do not go together. Check both and try again."))
        self.password = new

    async def new_recovery_code(self) -> str:
        return "ABCD-EFGH"

    async def back_up(self, target: Path, progress: Callable[[int, int], None]) -> None:
        progress(1, 2)
        self.target = target
        progress(2, 2)

    async def restore(self, source: Path) -> None:
        self.restored = source


class Room:
    """The page and what it stands on."""

    def __init__(self, qtbot: QtBot, desk: Desk, theme: Theme, language: Language, folder: Path) -> None:
        self.messages, self.office = Messages(), SmallOffice()
        self.said: list[Message] = []
        self.messages.said.connect(self._on_said)
        self.file = folder / "settings.json"
        self.preferences = Preferences(self.file, theme, language)
        self.preferences.change(language="en")
        self.page = SettingsPage(
            desk, self.messages, language, preferences=self.preferences, office=self.office, backups=folder
        )
        self.page.resize(1000, 800)
        qtbot.addWidget(self.page)
        self.page.show()

    def _on_said(self, message: Message) -> None:
        self.said.append(message)


@pytest.fixture
def room(qtbot: QtBot, desk: Desk, theme: Theme, language: Language, tmp_path: Path) -> Room:
    return Room(qtbot, desk, theme, language, tmp_path)


@pytest.fixture
def leading(qtbot: QtBot, supervisor_desk: Desk, theme: Theme, language: Language, tmp_path: Path) -> Room:
    return Room(qtbot, supervisor_desk, theme, language, tmp_path)


@pytest.mark.asyncio
async def test_a_choice_holds_at_once_and_is_remembered(room: Room, theme: Theme, language: Language) -> None:
    screen = room.page.parts["screen"]
    assert isinstance(screen, ScreenPart)
    screen.language.button("ar").click()
    screen.theme.button("dark").click()
    screen.scale.button("150").click()
    screen.digits.button("arab").click()
    assert (language.code, theme.dark, theme.scale) == ("ar", True, 1.5)
    kept = read_settings(room.file)
    assert (kept.language, kept.theme, kept.text_scale, kept.digits) == ("ar", "dark", 150, "arab")
    await room.page.close_page()


@pytest.mark.asyncio
async def test_an_agent_sees_neither_accounts_nor_backups(room: Room) -> None:
    assert list(room.page.parts) == ["screen", "password", "attention", "about"]
    await room.page.close_page()


@pytest.mark.asyncio
async def test_a_wrong_present_password_is_told_beside_it(room: Room) -> None:
    part = room.page.parts["password"]
    assert isinstance(part, PasswordPart)
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
async def test_who_leads_adds_an_account_and_disables_another(leading: Room) -> None:
    leading.page.show_part("accounts")
    part = leading.page.parts["accounts"]
    assert isinstance(part, AccountsPart)
    await until(lambda: len(part.list.rows()) == 2)
    part.name.setText("Omar")
    for field in (part.password, part.again):
        field.line.setText("correct horse")
    part._boxes["general"].setChecked(True)
    part.add.click()
    await until(lambda: leading.office.added)
    assert leading.office.added[0].queue_ids == ("general",)
    await until(lambda: not part.name.text())
    sara = next(account.id for account in part._accounts if account.name == "Sara")
    part.list.set_current(sara)
    part.active.click()
    await until(lambda: leading.office.active == {sara: False})
    huda = next(account.id for account in part._accounts if account.name == "Huda")
    part.list.set_current(huda)
    assert not part.active.isEnabled(), "nobody shuts themselves out"
    await leading.page.close_page()


@pytest.mark.asyncio
async def test_who_leads_sets_a_new_password_for_somebody_else(leading: Room) -> None:
    leading.page.show_part("accounts")
    part = leading.page.parts["accounts"]
    assert isinstance(part, AccountsPart)
    await until(lambda: len(part.list.rows()) == 2)
    huda, sara = (next(row.id for row in part._accounts if row.name == name) for name in ("Huda", "Sara"))
    part.list.set_current(huda)
    assert not part.fresh.isVisible(), "one's own is changed with the old one"
    part.list.set_current(sara)
    assert part.fresh.isVisible()
    part.fresh_password.line.setText("a new password")
    part.fresh_again.line.setText("another password")
    part.set.click()
    assert part.fresh_again.accessibleDescription()
    assert not leading.office.passwords
    part.fresh_again.line.setText("a new password")
    part.set.click()
    await until(lambda: leading.office.passwords == {sara: ("Sara", "a new password")})
    await until(lambda: not part.fresh_password.text())
    assert "Sara" in leading.said[-1].say()
    part.fresh_password.line.setText("meant for Sara")
    part.list.set_current(huda)
    part.list.set_current(sara)
    assert not part.fresh_password.text()
    await leading.page.close_page()


@pytest.mark.asyncio
async def test_a_backup_goes_where_the_dialog_says(leading: Room, tmp_path: Path) -> None:
    leading.page.show_part("backup")
    part = leading.page.parts["backup"]
    assert isinstance(part, BackupPart)
    part.buttons["back_up"].click()
    await until(lambda: part.findChildren(QFileDialog))
    dialog = part.findChildren(QFileDialog)[0]
    assert dialog.testOption(QFileDialog.Option.DontUseNativeDialog)
    await until(dialog.isVisible)
    dialog.selectFile("mine.ccbackup")
    dialog.done(QFileDialog.DialogCode.Accepted.value)
    await until(lambda: leading.said)
    target = leading.office.target
    assert target is not None
    assert target.suffix == ".ccbackup"
    assert target.name in leading.said[-1].say()
    assert not part.bar.isVisible()
    await leading.page.close_page()


@pytest.mark.asyncio
async def test_what_the_centre_did_not_take_can_be_copied_and_dealt_with(room: Room, desk: Desk) -> None:
    await _refused_ticket(desk, "البطاقة لم تصل")
    room.page.show_attention()
    part = room.page.parts["attention"]
    assert isinstance(part, AttentionPart)
    await until(lambda: len(part.list.rows()) == 1)
    assert "البطاقة لم تصل" in part.text.text()
    assert "not allowed" in part.reason.text()
    part.copy.click()
    assert "البطاقة لم تصل" in QGuiApplication.clipboard().text()
    part.done.click()
    await until(part.empty.isVisible)
    assert await desk.attention() == ()
    await room.page.close_page()


@pytest.mark.asyncio
async def test_why_the_centre_did_not_take_it_is_told_in_the_language_of_the_screen(
    room: Room, desk: Desk, language: Language
) -> None:
    await _refused_ticket(desk, "البطاقة لم تصل", "Your role does not allow this. Ask a supervisor.")
    room.page.show_attention()
    part = room.page.parts["attention"]
    assert isinstance(part, AttentionPart)
    await until(lambda: len(part.list.rows()) == 1)
    assert part.reason.text() == "Why: Your role does not allow this. Ask a supervisor."
    language.set("ar")
    assert "المشرف" in part.reason.text()
    assert "supervisor" not in part.reason.text()
    assert "البطاقة لم تصل" in part.text.text(), "what was typed stays word for word"
    await room.page.close_page()


@pytest.mark.asyncio
async def test_every_text_follows_the_language(leading: Room, language: Language) -> None:
    for key in leading.page.parts:
        leading.page.show_part(key)
    for rows in leading.page.findChildren(RowList):
        rows.setProperty("data", True)
    language.set("qps")
    assert unmarked_texts(leading.page) == []
    await leading.page.close_page()


async def _refused_ticket(desk: Desk, words: str, reason: str = "It is not allowed.") -> None:
    """A ticket in the outbox as the centre leaves it that refuses one."""
    ticket = OpenTicket(
        ticket_id=new_id(), entry_id=new_id(), kind=TicketKind.COMPLAINT, queue_id="general", text=words
    )

    def refuse() -> None:
        with desk.workstation.transaction() as session:
            session.execute(text("UPDATE outbox SET state = 'attention', reason = :reason"), {"reason": reason})

    await desk.perform(ticket)
    await desk.run(refuse)
