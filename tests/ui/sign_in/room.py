"""The panel before the desk, and a computer in memory that answers as the real one."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

from pytestqt.qtbot import QtBot

from carecenter.core.backup_key import BackupKey, BackupLook, ByCode, ByPassword, Restored
from carecenter.core.errors import KeyringLockedError, UserError, WrongPassword
from carecenter.core.i18n import N_
from carecenter.core.recovery_code import new_code
from carecenter.core.server_address import ServerAddress
from carecenter.ui.messages import Messages
from carecenter.ui.sign_in.door import Progress, Threshold
from carecenter.ui.sign_in.page import SignInPage
from carecenter.ui.tasks import Tasks
from carecenter.wire import NewAccount

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
        self.made_here = True
        self.server: ServerAddress | None = None

    async def probe(self, address: ServerAddress) -> None:
        self._refuse()

    async def use_server(self, address: ServerAddress | None) -> None:
        self.server = address

    async def look(self) -> Threshold:
        demo_password = "demo-164164" if self.demo else ""
        names = tuple(self.passwords)
        return Threshold(bool(names), names, self.in_file, demo_password, server=self.server)

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

    async def look_into(self, source: Path) -> BackupLook:
        if source.suffix == ".jpg":
            raise UserError(N_("{file} is not a backup of CareCenter."), file=source.name)
        return BackupLook(dt.datetime(2026, 11, 1, 7, tzinfo=dt.UTC), ("Omar",), made_here=self.made_here)

    async def put_back(self, source: Path, key: BackupKey) -> Restored:
        if key not in (ByPassword("Omar", "of that time"), ByCode(CODE)):
            raise WrongPassword(N_("Name and password do not go together. Check both and try again."))
        self.passwords = {"Omar": "of that time"}
        return Restored("before-restore-1", wants_password=not self.made_here)

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
