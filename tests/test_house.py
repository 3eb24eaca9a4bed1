"""What the screens may ask of this computer: its answers, its refusals, and work that is given up half-way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Iterator
from pathlib import Path

import pytest

from carecenter.core.backup_key import BackupKey, ByCode, ByPassword
from carecenter.core.config import Paths
from carecenter.core.errors import NotAllowed, UserError, WrongPassword
from carecenter.core.keyslots import KdfCost
from carecenter.core.server_address import ServerAddress
from carecenter.core.terms import Role
from carecenter.house import House, in_thread, in_thread_with_progress
from carecenter.opening import OpenDesk, Progress
from carecenter.standalone import Opened, Standalone
from carecenter.wire import NewAccount

HUDA = NewAccount(name="Huda", password="correct horse", role=Role.ADMINISTRATOR)
SARA = NewAccount(name="Sara", password="battery staple", role=Role.AGENT)


class Application:
    """Who lives in the house, without a window."""

    def __init__(self) -> None:
        self.inside: OpenDesk | None = None
        self.server: ServerAddress | None = None
        self.restored: tuple[Path, BackupKey] | None = None

    @property
    def was_told(self) -> bool:
        """Whether somebody is to be signed out for a restore."""
        return self.restored is not None

    def opened(self) -> OpenDesk | None:
        return self.inside

    async def begin(self, house: House, opened: OpenDesk) -> None:
        self.inside = opened

    def restore(self, source: Path, key: BackupKey) -> Awaitable[None]:
        self.restored = source, key
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def use_server(self, address: ServerAddress | None) -> Awaitable[None]:
        self.server = address
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def leave(self) -> None:
        """Signs out."""
        if self.inside is not None:
            self.inside.workstation.close()
            self.inside.close()
        self.inside = None


@pytest.fixture
def host() -> Iterator[Application]:
    application = Application()
    yield application
    application.leave()


@pytest.fixture
def house(tmp_path: Path, host: Application) -> House:
    return House(Standalone(Paths(tmp_path / "desk"), None, KdfCost.MINIMAL), host)


def _ignore(_done: int, _total: int) -> None:
    pass


async def _at_the_desk(house: House) -> str:
    """Set up and signed in; the recovery code."""
    code = await house.set_up(HUDA, in_file=True)
    await house.sign_in("Huda", "correct horse", _ignore)
    return code


@pytest.mark.asyncio
async def test_a_new_computer_is_seen_as_new_and_then_as_hudas(house: House, tmp_path: Path) -> None:
    before = await house.look()
    assert (before.is_set_up, before.names, before.demo_password) == (False, (), "")
    await house.set_up(HUDA, in_file=True)
    after = await house.look()
    assert (after.is_set_up, after.names) == (True, ("Huda",))
    assert after.secret_in_file
    assert after.backups == tmp_path / "desk" / "backups"


@pytest.mark.asyncio
async def test_signing_in_opens_the_desk_and_tells_how_far_it_is(house: House, host: Application) -> None:
    await house.set_up(HUDA, in_file=True)
    told: list[tuple[int, int]] = []
    loop_thread = threading.get_ident()

    def tell(done: int, total: int) -> None:
        assert threading.get_ident() == loop_thread, "a screen is only touched on its own thread"
        told.append((done, total))

    await house.sign_in("huda", "correct horse", tell)
    await asyncio.sleep(0)
    assert host.inside is not None
    assert host.inside.viewer.name == "Huda"
    assert told[-1][0] == told[-1][1] > 0


@pytest.mark.asyncio
async def test_a_wrong_password_opens_nothing(house: House, host: Application) -> None:
    await house.set_up(HUDA, in_file=True)
    with pytest.raises(WrongPassword):
        await house.sign_in("Huda", "wrong", _ignore)
    assert host.inside is None


@pytest.mark.asyncio
async def test_what_needs_somebody_signed_in_says_so_while_nobody_is(house: House, tmp_path: Path) -> None:
    await house.set_up(HUDA, in_file=True)
    for asked in (
        house.add_account(SARA),
        house.change_password("correct horse", "a better horse"),
        house.set_password("x", "Huda", "a better horse"),
        house.set_active("x", active=False),
        house.new_recovery_code(),
        house.back_up(tmp_path / "x.ccbackup", _ignore),
        house.check_password("correct horse"),
    ):
        with pytest.raises(NotAllowed, match="Nobody is signed in"):
            await asked


@pytest.mark.asyncio
async def test_an_account_is_added_shut_out_and_let_in_again(house: House, host: Application) -> None:
    await _at_the_desk(house)
    await house.add_account(SARA)
    assert (await house.look()).names == ("Huda", "Sara")
    assert isinstance(host.inside, Opened)
    sara = host.inside.centre.account_id("Sara")
    await house.set_active(sara, active=False)
    assert (await house.look()).names == ("Huda",)
    await house.set_active(sara, active=True)
    await house.set_password(sara, "Sara", "staple battery")
    host.leave()
    await house.sign_in("Sara", "staple battery", _ignore)


@pytest.mark.asyncio
async def test_the_lock_takes_the_password_of_whoever_is_signed_in(house: House) -> None:
    await _at_the_desk(house)
    with pytest.raises(WrongPassword):
        await house.check_password("wrong")
    await house.check_password("correct horse")
    await house.change_password("correct horse", "a better horse")
    await house.check_password("a better horse")
    with pytest.raises(WrongPassword):
        await house.check_password("correct horse")


@pytest.mark.asyncio
async def test_a_lost_password_is_replaced_with_the_code_shown_last(house: House, host: Application) -> None:
    first = await _at_the_desk(house)
    code = await house.new_recovery_code()
    host.leave()
    with pytest.raises(WrongPassword):
        await house.recover(first, "Huda", "a better horse")
    await house.recover(code, "Huda", "a better horse")
    await house.sign_in("Huda", "a better horse", _ignore)


@pytest.mark.asyncio
async def test_a_restore_is_handed_on_only_when_the_key_opens_the_backup(
    house: House, host: Application, tmp_path: Path
) -> None:
    code = await _at_the_desk(house)
    file = tmp_path / "monday.ccbackup"
    await house.back_up(file, _ignore)
    assert (await house.look_into(file)).names == ("Huda",)
    for wrong in (ByPassword("Huda", "wrong"), ByCode("ABCD")):
        with pytest.raises(UserError):
            await house.restore(file, wrong)
        assert not host.was_told, "nobody is signed out for a restore that cannot be"
    await house.restore(file, ByCode(code))
    assert host.restored == (file, ByCode(code))
    host.leave()
    restored = await house.put_back(file, ByCode(code))
    assert restored.kept_in
    await house.sign_in("Huda", "correct horse", _ignore)


@pytest.mark.asyncio
async def test_a_desk_on_its_own_has_no_server_to_bring_its_work_to(host: Application, tmp_path: Path) -> None:
    own = Standalone(Paths(tmp_path / "desk"), None, KdfCost.MINIMAL)
    house = House(own, host, own)
    assert await house.own_work() is None
    await _at_the_desk(house)
    work = await house.own_work()
    assert work is not None
    assert (work.names, work.by_password, work.joined) == (("Huda",), True, None)
    with pytest.raises(NotAllowed, match="Sign in to a server first"):
        await house.look_at_own(ByPassword("Huda", "correct horse"))
    with pytest.raises(NotAllowed, match="Sign in to a server first"):
        await house.bring(ByPassword("Huda", "correct horse"), {}, _ignore)


@pytest.mark.asyncio
async def test_work_that_is_given_up_stops_at_its_next_step() -> None:
    begun, go_on, steps = threading.Event(), threading.Event(), []

    def work(progress: Progress) -> str:
        begun.set()
        go_on.wait()
        for step in range(5):
            progress(step, 5)
            steps.append(step)
        return "done"

    task = asyncio.ensure_future(in_thread_with_progress(work, _ignore))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert steps == []


@pytest.mark.asyncio
async def test_work_that_cannot_be_stopped_is_waited_for_and_counts() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        go_on.wait()
        return "done"

    task = asyncio.ensure_future(in_thread(work))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done(), "it still writes: nobody may go on as if it had ended"
    go_on.set()
    assert await task == "done"
