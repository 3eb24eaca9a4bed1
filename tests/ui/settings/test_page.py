"""The settings: what holds at once, who sees what, what the centre did not take."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from sqlalchemy import text

from carecenter.core.config import read_settings
from carecenter.core.ids import new_id
from carecenter.core.terms import TicketKind
from carecenter.operations.tickets import OpenTicket
from carecenter.store.desk import Desk
from carecenter.ui.language import Language
from carecenter.ui.settings.accounts import AccountsPart
from carecenter.ui.settings.attention import AttentionPart
from carecenter.ui.settings.screen import ScreenPart
from carecenter.ui.theme import Theme
from carecenter.ui.views import words
from carecenter.ui.widgets.row_list import RowList
from tests.ui.pseudo import unmarked_texts
from tests.ui.settings.room import Room
from tests.ui.waiting import until


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
    assert list(room.page.parts) == ["screen", "password", "server", "attention", "about"]
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
    assert "Sara" in leading.said[-1]
    part.fresh_password.line.setText("meant for Sara")
    part.list.set_current(huda)
    part.list.set_current(sara)
    assert not part.fresh_password.text()
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
    number, typed = QGuiApplication.clipboard().text().splitlines()
    assert typed == "البطاقة لم تصل"
    assert words.reference(number) in part.text.text(), "in its groups, as everywhere on the screen"
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
