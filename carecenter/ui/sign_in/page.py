"""The panel before the desk: which card is shown, and what follows when a person has filled it in."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from carecenter.core.errors import KeyringLockedError, UserError
from carecenter.core.i18n import gettext as _
from carecenter.ui.messages import Messages, sentence
from carecenter.ui.sign_in.card import Card, in_the_middle
from carecenter.ui.sign_in.door import Door, Threshold

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

    from carecenter.core.backup_key import BackupKey
    from carecenter.ui.sign_in.first_start import FirstStart
    from carecenter.ui.sign_in.recovery import Recover, RecoveryCode
    from carecenter.ui.sign_in.restore import Restore
    from carecenter.ui.sign_in.server import ServerCard
    from carecenter.ui.sign_in.sign_in_form import SignInForm
    from carecenter.ui.sign_in.waiting import Waiting
    from carecenter.ui.tasks import Tasks


class SignInPage(QScrollArea):
    """Paints at once, before the program behind it is loaded; `open_door` connects it with the computer."""

    language_chosen = Signal(str)

    def __init__(self, messages: Messages, *, is_set_up: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages = messages
        self._door: Door | None = None
        self._tasks: Tasks | None = None
        self._threshold: Threshold | None = None
        self._work: asyncio.Task[Any] | None = None
        self._proposed = ""
        room = QWidget()
        self._column = QVBoxLayout(room)
        self._column.setContentsMargins(16, 16, 16, 16)
        self._column.addStretch(1)
        self._column.addStretch(2)
        self.setWidget(room)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.card: Card = self.sign_in if is_set_up else self.first_start
        self._place(self.card)  # it comes with the window: shown by itself, it would be laid out twice
        self.card.focus_first()

    @cached_property
    def sign_in(self) -> SignInForm:
        """Who is at the desk."""
        from carecenter.ui.sign_in.sign_in_form import SignInForm

        card = SignInForm()
        card.sign_in_asked.connect(lambda name, password: self._start(self._sign_in(name, password), card))
        card.recovery_asked.connect(self._on_recovery)
        card.server_asked.connect(self._on_server)
        card.restore_asked.connect(lambda: self._start(self._choose_backup(), card))
        return card

    @cached_property
    def first_start(self) -> FirstStart:
        """A computer that nobody has set up."""
        from carecenter.ui.sign_in.first_start import FirstStart

        card = FirstStart()
        card.language_chosen.connect(self.language_chosen)
        card.account_asked.connect(lambda *asked: self._start(self._set_up(*asked), card))
        card.server_asked.connect(self._on_server)
        card.demo_asked.connect(lambda: self._start(self._set_up_demo(), card))
        card.restore_asked.connect(lambda: self._start(self._choose_backup(), card))
        return card

    @cached_property
    def recovery_code(self) -> RecoveryCode:
        """A code that was just made."""
        from carecenter.ui.sign_in.recovery import RecoveryCode

        card = RecoveryCode()
        card.written_down.connect(self._on_written_down)
        return card

    @cached_property
    def recover(self) -> Recover:
        """The way in without a password."""
        from carecenter.ui.sign_in.recovery import Recover

        card = Recover()
        card.given_up.connect(lambda: self._show(self.sign_in))
        card.recover_asked.connect(lambda *asked: self._start(self._recover(*asked), card))
        return card

    @cached_property
    def restore(self) -> Restore:
        """A backup that was chosen."""
        from carecenter.ui.sign_in.restore import Restore

        card = Restore()
        card.given_up.connect(self._show_first)
        card.restore_asked.connect(lambda source, key: self._start(self._put_back(source, key), card))
        return card

    @cached_property
    def server(self) -> ServerCard:
        """Where the server is."""
        from carecenter.ui.sign_in.server import ServerCard

        card = ServerCard()
        card.given_up.connect(self._show_first)
        card.form.test_asked.connect(lambda: self._start(self._test_server(), card))
        card.form.choose_asked.connect(lambda: self._start(card.form.choose(), card))
        card.use_asked.connect(lambda: self._start(self._use_server(), card))
        card.alone_asked.connect(lambda: self._start(self._opened().use_server(None), card))
        return card

    @cached_property
    def waiting(self) -> Waiting:
        """Something takes its time."""
        from carecenter.ui.sign_in.waiting import Waiting

        card = Waiting()
        card.cancel_asked.connect(self._on_cancel)
        return card

    async def open_door(self, door: Door, tasks: Tasks) -> None:
        """Everything is loaded: show who can sign in. Raises UserError when this computer cannot be read."""
        self._door, self._tasks = door, tasks
        await self._look()

    def propose(self, name: str) -> None:
        """The account that stands there when the form is shown next."""
        self._proposed = name

    def put_back(self, source: Path, key: BackupKey) -> None:
        """Puts a backup in place; what goes wrong is told on the card that is shown, and nothing has changed."""
        self._start(self._put_back(source, key), self.card)

    def focus_first(self) -> None:
        """Where a person begins."""
        self.card.focus_first()

    async def _look(self) -> None:
        threshold = self._threshold = await self._opened().look()
        if not threshold.is_set_up:
            self.first_start.set_threshold(threshold)
            self._show(self.first_start)
            return
        self.sign_in.set_threshold(threshold)
        if self._proposed in threshold.names:
            self.sign_in.choose(self._proposed)
        if self.card is not self.sign_in and self._work is None:
            self._show(self.sign_in)

    async def _set_up(self, name: str, arabic: str, english: str, password: str, in_file: bool) -> None:
        from carecenter.core import i18n
        from carecenter.core.terms import Language, Role
        from carecenter.wire import NewAccount

        self._wait(lambda: _("Making the encrypted desk…"))
        first = NewAccount(
            name=name,
            password=password,
            role=Role.ADMINISTRATOR,
            display_name_ar=arabic,
            display_name_en=english,
            language=Language.ARABIC if i18n.language() == "ar" else Language.ENGLISH,
        )
        code = await self._opened().set_up(first, in_file=in_file)
        self.propose(name.strip())
        self._show_code(code)

    async def _set_up_demo(self) -> None:
        self._wait(lambda: _("Filling the demo desk…"), cancellable=True)
        self._show_code(await self._opened().set_up_demo(self.waiting.show_progress))

    async def _sign_in(self, name: str, password: str) -> None:
        self._wait(lambda: _("Opening the desk…"))
        await self._opened().sign_in(name, password, self.waiting.show_progress)
        self.sign_in.password.clear()
        self.propose(name)
        self._show(self.sign_in)  # for whoever comes next

    async def _recover(self, code: str, name: str, password: str) -> None:
        self._wait(lambda: _("Opening with the recovery code…"))
        await self._opened().recover(code, name, password)
        self.recover.forget()
        self.propose(name)
        self._messages.success(_("The new password is set. Sign in with it."))
        self._work = None
        await self._look()

    async def _choose_backup(self) -> None:
        from carecenter.ui.views import backup_file

        if self._threshold is None:
            return
        source = await backup_file.to_read(self, self._threshold.backups)
        if source is not None:
            self.card.complain()
            look = await self._opened().look_into(source)
            self.restore.offer(source, look)
            self._show(self.restore)

    async def _put_back(self, source: Path, key: BackupKey) -> None:
        from carecenter.core import i18n
        from carecenter.core.backup_key import ByCode

        self._wait(lambda: _("Putting the backup in place…"))
        restored = await self._opened().put_back(source, key)
        said = [_("The backup is in place.")]
        if restored.kept_in:
            kept = _("What was here before is kept in the folder {folder}.")
            said.append(kept.format(folder=i18n.isolate(restored.kept_in)))
        self._messages.success(" ".join(said))
        self.restore.form.forget()
        self._work = None
        await self._look()
        if restored.wants_password and isinstance(key, ByCode):
            self._on_recovery()
            self.recover.fill_in(key.code)
            self.recover.focus_first()

    async def _test_server(self) -> None:
        await self.server.form.test(self._opened().probe)

    async def _use_server(self) -> None:
        address = await self.server.form.test(self._opened().probe)
        if address is not None:
            await self._opened().use_server(address)

    def _opened(self) -> Door:
        if self._door is None:
            raise RuntimeError("nothing is asked of a door before it is there")
        return self._door

    def _start(self, work: Coroutine[Any, Any, None], card: Card) -> None:
        """One thing at a time; when it fails, the card it came from is back with everything typed."""
        if self._tasks is None or self._work is not None:
            work.close()
            return
        self._work = self._tasks.spawn(self._told(work, card))

    async def _told(self, work: Coroutine[Any, Any, None], card: Card) -> None:
        import asyncio

        try:
            await work
        except UserError as error:
            self._show(card)
            card.complain(_said(error))
            self._help_with(error)
        except asyncio.CancelledError:
            self._show(card)
            raise
        except Exception:
            self._show(card)
            raise
        finally:
            self._work = None

    def _help_with(self, error: UserError) -> None:
        if self.card is self.sign_in:
            self.sign_in.wrong()
        elif self.card is self.first_start and isinstance(error, KeyringLockedError):
            self.first_start.offer_file()

    def _wait(self, title: Callable[[], str], *, cancellable: bool = False) -> None:
        self.waiting.begin(title, cancellable=cancellable)
        self._show(self.waiting)

    def _show_code(self, code: str) -> None:
        self.recovery_code.show_code(code)
        self._show(self.recovery_code)

    def _place(self, card: Card) -> None:
        if card.parent() is None:
            self._column.insertLayout(self._column.count() - 1, in_the_middle(card))

    def _show(self, card: Card) -> None:
        self._place(card)
        if card is not self.card:
            self.card.hide()
        self.card = card
        card.show()
        card.focus_first()

    def _show_first(self) -> None:
        is_set_up = self._threshold is not None and self._threshold.is_set_up
        self._show(self.sign_in if is_set_up else self.first_start)

    def _on_recovery(self) -> None:
        if self._threshold is not None:
            self.recover.set_threshold(self._threshold)
            self._show(self.recover)

    def _on_server(self) -> None:
        if self._threshold is not None:
            self.server.offer(self._threshold.server)
            self._show(self.server)

    def _on_written_down(self) -> None:
        if self._tasks is not None:
            self._tasks.spawn(self._look())

    def _on_cancel(self) -> None:
        if self._work is not None:
            self._work.cancel()


def _said(error: UserError) -> Callable[[], str]:
    return lambda: sentence(error)
