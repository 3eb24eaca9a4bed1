"""What this desk did on its own is brought along to the server: opened, looked at, confirmed, told what came."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from carecenter.core import i18n
from carecenter.core.backup_key import BackupKey, ByPassword
from carecenter.core.errors import Unreachable, UserError
from carecenter.core.i18n import gettext as _
from carecenter.core.joining import Author, Belongings, Brought, Joined, OwnWork
from carecenter.queries import accounts
from carecenter.queries.accounts import AccountRow
from carecenter.ui.language import Translated
from carecenter.ui.messages import sentence
from carecenter.ui.settings.office import Office
from carecenter.ui.settings.people import PeopleForm
from carecenter.ui.tasks import Tasks
from carecenter.ui.views import words
from carecenter.ui.views.key_form import KeyForm
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.section import Section

if TYPE_CHECKING:
    from carecenter.store.desk import Desk


class BringAlong(Translated, Section):
    """Hidden where nothing was ever done without a server."""

    def __init__(self, tasks: Tasks, desk: Desk, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._desk, self._office = tasks, desk, office
        self._own: OwnWork | None = None
        self._key: BackupKey | None = None
        self._say: Callable[[], str] = str
        self._work = tasks.latest()
        self.text, self.people_text, self.outcome = PlainLabel(), PlainLabel(), PlainLabel()
        for label in (self.text, self.people_text, self.outcome):
            label.setWordWrap(True)
        self.people_text.setProperty("tone", "muted")
        self.form, self.people, self.bar = KeyForm(), PeopleForm(), QProgressBar()
        self.bar.setTextVisible(False)
        self.again, self.look, self.bring, self.back = (QPushButton() for _button in range(4))
        for button in (self.look, self.bring):
            button.setProperty("part", "primary")
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.again, self.look, self.bring, self.back):
            row.addWidget(button)
        row.addStretch(1)
        for part in (self.text, self.form, self.outcome, self.people_text, self.people, self.bar):
            self.body.addWidget(part)
        self.body.addLayout(row)
        self.form.entered.connect(self._on_look)
        self.look.clicked.connect(self._on_look)
        self.bring.clicked.connect(lambda: self._work.start(self._bring()))
        self.back.clicked.connect(self._on_back)
        self.again.clicked.connect(self._on_again)
        self._show()
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """All texts of the section."""
        self.set_title(_("What this desk did on its own"))
        self.people_text.setText(
            _(
                "Who is who at the server? Whoever has no account there stays as a name in what they wrote, and"
                " signs in nowhere. Roles, passwords and settings are not taken along."
            )
        )
        self.again.setText(_("Bring it along again…"))
        self.look.setText(_("See what there is"))
        self.bring.setText(_("Bring it along"))
        self.back.setText(_("Cancel"))
        self.bar.setAccessibleName(_("Bringing it along"))
        self.text.setText(self._introduction())
        self.outcome.setText(self._say())

    def shown(self) -> None:
        """What was begun goes on; what was only typed is forgotten."""
        if self._key is None:
            self._tasks.spawn(self._refresh())

    async def _refresh(self) -> None:
        self._own = await self._office.own_work()
        self._tell(str)
        self._show()
        if self._own is not None:
            self.form.offer(self._own.names, by_password=self._own.by_password)
        joined = self._joined
        worth_telling = self._office.server is not None or (joined is not None and joined.complete)
        self.setVisible(self._own is not None and worth_telling)
        self.text.setText(self._introduction())

    @property
    def _joined(self) -> Joined | None:
        return self._own.joined if self._own is not None else None

    def _introduction(self) -> str:
        joined = self._joined
        if self._own is None:
            return ""
        if self._own.made_up:
            return _(
                "It is the demonstration: its people were made up, so they are not brought to a server where people"
                " are real."
            )
        if joined is not None and joined.complete:
            done = _("It was brought to {server} on {time}. The desk's own files stay as they were.")
            text = done.format(server=i18n.isolate(joined.server), time=i18n.date_time(joined.at))
            later = _("What is done here now is not there.")
            return text if self._office.server is not None else f"{text} {later}"
        if joined is not None:
            text = _("It began to be brought to {server} and did not come to an end. Go on: nothing comes twice.")
            return text.format(server=i18n.isolate(joined.server))
        return _(
            "Callers, calls, tickets and their timelines can be brought along to the server, under their numbers."
            " To open them, a password of somebody who led this desk is needed, or its recovery code."
        )

    def _show(self, *, asking: bool = True, preview: bool = False, busy: bool = False) -> None:
        """The parts of a step. What was brought, and what is made up, asks for nothing by itself."""
        joined = self._joined
        done = joined is not None and joined.complete
        possible = self._office.server is not None and self._own is not None and not self._own.made_up
        asks = asking and possible and not done and not preview and not busy
        self.again.setVisible(asking and possible and done and not preview and not busy)
        self.text.setVisible(not preview and not busy)
        self.form.setVisible(asks)
        self.look.setVisible(asks)
        for part in (self.people_text, self.people, self.bring):
            part.setVisible(preview)
        self.bar.setVisible(busy)
        self.back.setVisible(preview or busy)

    def _on_again(self) -> None:
        self._show(asking=False)
        self.form.show()
        self.look.show()
        self.back.show()
        self.form.focus_first()

    def _on_back(self) -> None:
        self._work.cancel()
        self._key = None
        self._tasks.spawn(self._refresh())

    def _on_look(self) -> None:
        key = self.form.key()
        if key is not None and self.look.isEnabled():
            self._work.start(self._look(key))

    async def _look(self, key: BackupKey) -> None:
        self.look.setEnabled(False)
        try:
            found = await self._office.look_at_own(key)
        except UserError as error:
            self.form.complain(sentence(error))
            return
        finally:
            self.look.setEnabled(True)
        known = await self._choices()
        self.form.forget()
        self._key = key
        self.people.offer(found.people, known, self._likely(found.people, known, key))
        self._tell(lambda: _amounts(found))
        self._show(preview=True)
        self.bring.setFocus()

    async def _choices(self) -> Sequence[AccountRow]:
        """Whom this account may name: those who lead anybody, the others only themselves."""
        viewer = self._desk.viewer
        everybody = await self._desk.ask(accounts.accounts)
        return [one for one in everybody if one.active and (viewer.leads or one.id == viewer.account_id)]

    def _likely(self, people: Sequence[Author], known: Sequence[AccountRow], key: BackupKey) -> Mapping[str, str]:
        """As was chosen before; else whoever has the same name, and whoever opened it is whoever is signed in."""
        if self._joined is not None and not self._joined.complete:
            return self._joined.people
        named = {one.name.casefold(): one.id for one in known}
        likely = {author.id: named.get(author.name.casefold(), "") for author in people}
        mine = self._desk.viewer.account_id
        for author in people:
            if isinstance(key, ByPassword) and author.name == key.name and mine not in likely.values():
                likely[author.id] = likely[author.id] or mine
        return likely

    async def _bring(self) -> None:
        key = self._key
        if key is None:
            return
        self.bar.setRange(0, 0)
        self._tell(str)
        self._show(busy=True)
        self.back.setFocus()
        try:
            came = await self._office.bring(key, self.people.chosen(), self._on_progress)
        except UserError as error:
            failure = error
            self._tell(lambda: _failed(failure), "danger")
            self._show(preview=True)
            return
        self._key = None
        self._own = await self._office.own_work()
        self.text.setText(self._introduction())
        self._show()
        self._tell(lambda: _result(came), "warning" if came.renumbered or came.left else "success")

    def _on_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self._tell(lambda: _("{done} of {total}").format(done=i18n.number(done), total=i18n.number(total)), "muted")

    def _tell(self, say: Callable[[], str], tone: str = "") -> None:
        self._say = say
        self.outcome.setText(say())
        self.outcome.setVisible(bool(say()))
        self.outcome.setProperty("tone", tone)
        self.outcome.style().polish(self.outcome)


def _failed(error: UserError) -> str:
    if isinstance(error, Unreachable):
        stays = _("What has come stays, and nothing comes twice: try again when the server answers.")
        return f"{sentence(error)} {stays}"
    return sentence(error)


def _amounts(found: Belongings) -> str:
    text = _(
        "Callers: {callers}. Calls: {calls}. Tickets: {tickets}, with timeline entries: {entries}."
        " Callbacks: {callbacks}."
    )
    return text.format(
        callers=i18n.number(found.callers),
        calls=i18n.number(found.calls),
        tickets=i18n.number(found.tickets),
        entries=i18n.number(found.entries),
        callbacks=i18n.number(found.callbacks),
    )


def _result(came: Brought) -> str:
    parts = [
        _(
            "All of it has come. Callers: {callers}. Calls: {calls}. Tickets: {tickets}, with timeline entries:"
            " {entries}."
        ).format(
            callers=i18n.number(came.callers),
            calls=i18n.number(came.calls),
            tickets=i18n.number(came.tickets),
            entries=i18n.number(came.entries),
        )
    ]
    if came.renumbered:
        numbers = _(", ").join(map(words.reference, came.renumbered))
        text = i18n.ngettext(
            "This number had been given at the server too: {numbers}. It leads to both tickets; the one that came"
            " has a new number, and its caller has to be called back.",
            "These numbers had been given at the server too: {numbers}. Each leads to both tickets; those that came"
            " have new numbers, and their callers have to be called back.",
            len(came.renumbered),
        )
        parts.append(text.format(numbers=numbers))
    if came.reviewed:
        text = _("The server put up for review: {count}.")
        parts.append(text.format(count=i18n.number(came.reviewed)))
    if came.left:
        text = _("The server did not take: {count}. It stays in the desk's own files; tell your administrator.")
        parts.append(text.format(count=i18n.number(came.left)))
    return "\n".join(parts)
