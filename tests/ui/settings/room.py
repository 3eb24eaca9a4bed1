"""The settings page on a real desk, and a computer in memory that answers as the real one."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path

from pytestqt.qtbot import QtBot

from carecenter.core.backup_key import BackupKey, BackupLook, ByCode, ByPassword
from carecenter.core.errors import UserError, WrongPassword
from carecenter.core.i18n import N_
from carecenter.core.joining import Belongings, Brought, OwnWork
from carecenter.core.server_address import ServerAddress
from carecenter.store.desk import Desk
from carecenter.ui.language import Language
from carecenter.ui.messages import Messages
from carecenter.ui.preferences import Preferences
from carecenter.ui.settings.page import SettingsPage
from carecenter.ui.theme import Theme
from carecenter.wire import NewAccount
from tests.ui.hearing import heard


class SmallOffice:
    """A computer in memory, with the answers of the real one."""

    def __init__(self) -> None:
        self.password = "correct horse"
        self.added: list[NewAccount] = []
        self.active: dict[str, bool] = {}
        self.passwords: dict[str, tuple[str, str]] = {}
        self.look = BackupLook(dt.datetime(2026, 11, 1, 7, tzinfo=dt.UTC), ("Huda", "Sara"), made_here=True)
        self.restored: tuple[Path, BackupKey] | None = None
        self.refusal: UserError | None = None
        self.target: Path | None = None
        self.server: ServerAddress | None = None
        self.probed: list[ServerAddress] = []
        self.own: OwnWork | None = None
        self.belongings = Belongings()
        self.brought: list[tuple[BackupKey, dict[str, str]]] = []
        self.came = Brought()
        self.arrival = asyncio.Event()
        self.used: list[ServerAddress | None] = []

    async def probe(self, address: ServerAddress) -> None:
        self.probed.append(address)
        if self.refusal is not None:
            raise self.refusal

    async def use_server(self, address: ServerAddress | None) -> None:
        self.used.append(address)

    async def own_work(self) -> OwnWork | None:
        return self.own

    async def look_at_own(self, key: BackupKey) -> Belongings:
        if key not in (ByPassword("Huda", "correct horse"), ByCode("ABCD-EFGH")):
            raise WrongPassword(N_("Name and password do not go together. Check both and try again."))
        return self.belongings

    async def bring(
        self, key: BackupKey, people: Mapping[str, str], progress: Callable[[int, int], None]
    ) -> Brought:
        self.brought.append((key, dict(people)))
        progress(1, 2)
        await self.arrival.wait()
        if self.refusal is not None:
            raise self.refusal
        return self.came

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

    async def look_into(self, source: Path) -> BackupLook:
        if self.refusal is not None:
            raise self.refusal
        return self.look

    async def restore(self, source: Path, key: BackupKey) -> None:
        if key not in (ByPassword("Sara", "correct horse"), ByCode("ABCD-EFGH")):
            raise WrongPassword(N_("Name and password do not go together. Check both and try again."))
        self.restored = source, key


class Room:
    """The page and what it stands on."""

    def __init__(self, qtbot: QtBot, desk: Desk, theme: Theme, language: Language, folder: Path) -> None:
        self.desk = desk
        self.messages, self.office = Messages(), SmallOffice()
        self.said = heard(self.messages)
        self.file = folder / "settings.json"
        self.preferences = Preferences(self.file, theme, language)
        self.preferences.change(language="en")
        self.page = SettingsPage(
            desk, self.messages, language, preferences=self.preferences, office=self.office, backups=folder
        )
        self.page.resize(1000, 800)
        qtbot.addWidget(self.page)
        self.page.show()
