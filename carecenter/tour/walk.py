"""The story of the tour: a first start, a call with its ticket, and the supervisor who looks after it.

Every step ends with something a person would see; the first one that does not ends the tour. How keys are pressed
and things are seen is `person`'s matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from carecenter.core import phone, reference
from carecenter.core.i18n import gettext as _
from carecenter.queries import callers, tickets
from carecenter.queries.tickets import QueueFocus
from carecenter.server import demo
from carecenter.server.demo.people import demo_number
from carecenter.tour.person import NotSeen, Person
from carecenter.tour.record import Record
from carecenter.ui.desk.call_pane import CallPane
from carecenter.ui.desk.page import DeskPage
from carecenter.ui.knowledge.page import KnowledgePage
from carecenter.ui.knowledge.pane import KnowledgePane
from carecenter.ui.search.box import SearchBox
from carecenter.ui.search.model import Group
from carecenter.ui.settings.page import SettingsPage
from carecenter.ui.settings.screen import ScreenPart
from carecenter.ui.supervisor.page import SupervisorPage
from carecenter.ui.supervisor.review import QueueReview
from carecenter.ui.tickets.page import TicketsPage
from carecenter.ui.views import words
from carecenter.ui.views.ticket_view_model import Act

_CALLER: Final = 12
_TICKET_OPENED: Final = "2"
_ARABIC_INDIC: Final = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


class Typed(NamedTuple):
    """What the agent types."""

    question: str
    half: str
    rest: str
    note: str


_TYPED: Final = {
    "ar": Typed(
        "ضيعت بطاقتي المدنية شسوي",
        "لم تصل البطاقة منذ ثلاثة أسابيع",
        " مع أن الرسوم دُفعت.",
        "أرسلنا استفساراً إلى الهيئة.",
    ),
    "en": Typed(
        "I lost my wallet with the card in it",
        "The card has not arrived for three weeks",
        " although the fee was paid.",
        "We have asked the authority.",
    ),
}


class Walk:
    """One tour, from the first start to the supervisor's evening."""

    def __init__(self, person: Person, record: Record, language: str) -> None:
        self._person, self._record = person, record
        self._typed = _TYPED[language]
        self._reference = ""

    async def take(self) -> None:
        """The whole story. Raises NotSeen at the first step whose result does not appear."""
        await self._first_start()
        await self._sign_in("agent")
        await self._take_a_call()
        await self._ask_the_knowledge_base()
        await self._write_a_ticket()
        await self._find_it_again()
        await self._end_the_call()
        await self._read_up()
        await self._sign_out()
        await self._sign_in("supervisor")
        await self._review_the_queue()
        await self._change_the_colours()

    async def _first_start(self) -> None:
        person, panel = self._person, self._person.program.panel
        with self._step("first-start"):
            await person.until(panel.first_start.demo.isEnabled, "the offer of the demo desk")
            await person.see(_("Open the demo desk"))
        with self._step("recovery-code"):
            person.click(panel.first_start.demo)
            await person.until(lambda: panel.card is panel.recovery_code, "the recovery code")
            await person.see(_("Write down the recovery code"))
        person.click(panel.recovery_code.done)

    async def _sign_in(self, name: str) -> None:
        person, panel = self._person, self._person.program.panel
        form = panel.sign_in
        with self._step(f"sign-in-{name}"):
            await person.until(lambda: panel.card is form and form.name.count() > 0, "the sign-in")
            form.choose(name)
            person.click(form.password.line)
            person.type(demo.DEMO_PASSWORD)
            await person.see(name)
        person.press("Return")
        await person.until(lambda: person.program.session is not None, "the desk")

    async def _take_a_call(self) -> None:
        person, desk = self._person, self._desk
        number = demo_number(_CALLER)
        (caller,) = await person.session.desk.ask(callers.by_phone, number)
        with self._step("desk"):
            await person.see(desk.empty.accessibleName() or _("No call is open. Press F2 when the phone rings."))
        with self._step("number"):
            person.press("F2")
            person.type(number.removeprefix("+965").translate(_ARABIC_INDIC))
            await person.until(desk.bar.isVisible, "the line for the number")
        with self._step("caller"):
            person.press("Return")
            await person.until(lambda: desk.pane() is not None, "the call")
            await person.see(words.name(caller.name_ar, caller.name_en))
            await person.see(phone.display(number))

    async def _ask_the_knowledge_base(self) -> None:
        person, beside = self._person, self._desk.findChild(KnowledgePane)
        if not isinstance(beside, KnowledgePane):
            raise NotSeen("the knowledge beside the call")
        with self._step("question"):
            person.click(self._call.notes.edit)
            person.type(self._typed.question)
            await person.until(lambda: bool(beside.results.rows()), "an answer beside the notes")
        with self._step("answer"):
            person.click_row(beside.results)
            person.press("Return", beside.results)
            await person.until(beside.view.isVisible, "the article")
            await person.see(beside.results.rows()[0].title)
        with self._step("search-box"):
            person.press("Ctrl+K")
            person.type(self._typed.question)
            await person.until(lambda: self._finds(Group.KNOWLEDGE), "results under the box")
        person.press("Escape")

    async def _write_a_ticket(self) -> None:
        person, panel = self._person, self._call.tickets
        with self._step("ticket-half-typed"):
            person.press("Ctrl+T")
            await person.until(panel.form.isVisible, "the ticket form")
            person.type(self._typed.half)
            await person.see(self._typed.half)
        with self._step("language-switched"):
            before = person.window.layoutDirection()
            person.press("Ctrl+Shift+L")
            await person.until(lambda: person.window.layoutDirection() != before, "the other direction")
            await person.see(self._typed.half)
            if not panel.form.text.hasFocus():
                raise NotSeen("the keyboard is no longer in the text that was being typed")
        person.press("Ctrl+Shift+L")
        with self._step("reference"):
            person.type(self._typed.rest)
            person.press("Ctrl+Return")
            await person.until(lambda: panel.issued.issued is not None, "the follow-up reference")
            if panel.issued.issued is not None:
                self._reference = self._record.reference = panel.issued.issued.reference
            await person.see(reference.format_grouped(self._reference), panel.issued)
            await person.see(reference.format_grouped(self._reference), panel.rows)

    async def _find_it_again(self) -> None:
        person, page = self._person, self._person.page("tickets", TicketsPage)
        with self._step("found-by-reference"):
            person.press("Ctrl+K")
            person.press("Ctrl+A")
            person.type(reference.format_grouped(self._reference))
            await person.until(lambda: self._finds(Group.TICKETS), "the ticket under the box")
        with self._step("ticket"):
            person.press("Return")
            await person.until(page.isVisible, "the page of tickets")
            await person.see(reference.format_grouped(self._reference))
            await person.until(page.view.actions_panel.isEnabled, "the opened ticket")
        with self._step("note"):
            writing = page.view.actions_panel.text
            person.click(writing)
            person.type(self._typed.note)
            person.press("Ctrl+Return")
            await person.see(self._typed.note, page.view.timeline)
            await person.until(lambda: not writing.toPlainText(), "room for the next note")

    async def _end_the_call(self) -> None:
        person, desk = self._person, self._desk
        with self._step("wrap-up"):
            person.press("Ctrl+1")
            await person.until(desk.isVisible, "the desk")
            person.press("Ctrl+E")
            await person.until(self._call.wrap_up.isVisible, "the wrap-up codes")
        with self._step("call-ended"):
            person.press(_TICKET_OPENED)
            await person.until(lambda: desk.pane() is None, "the free desk")

    async def _read_up(self) -> None:
        person, page = self._person, self._person.page("knowledge", KnowledgePage)
        with self._step("knowledge"):
            person.press("Ctrl+3")
            await person.until(lambda: page.isVisible() and bool(page.results.rows()), "the list of articles")
            everything = len(page.results.rows())
            person.click(page.question)
            person.type(self._typed.question)
            await person.until(lambda: 0 < len(page.results.rows()) < everything, "the articles that answer")
            person.press("Return")
            await person.until(page.view.isVisible, "the article beside the list")
            await person.see(page.results.rows()[0].title)

    async def _sign_out(self) -> None:
        person = self._person
        person.press("Ctrl+Shift+Q")
        await person.until(lambda: person.program.session is None, "the sign-in after the sign-out")

    async def _review_the_queue(self) -> None:
        person, page = self._person, self._queues
        person.press("Ctrl+4")
        review = self._review
        with self._step("queue"):
            await person.until(lambda: page.isVisible() and bool(review.list.rows()), "the queue")
            await person.until(lambda: person.session.desk.status.online, "the centre")
        with self._step("unassigned"):
            person.click(review.filters.focus_chips.button(QueueFocus.UNASSIGNED))
            (ticket,) = await person.session.desk.ask(tickets.by_reference, self._reference)
            await person.until(lambda: self._unassigned(ticket.id), "the new ticket among the unassigned")
        with self._step("assigned"):
            review.list.set_current(ticket.id)
            person.press("Return", review.list)
            await person.until(lambda: review.view.ticket_id() == ticket.id, "the ticket beside the queue")
            actions = review.view.actions_panel
            await person.until(actions.isEnabled, "the opened ticket")
            await person.until(actions.segments.button(Act.ASSIGN).isVisible, "the way to assign")
            person.click(actions.segments.button(Act.ASSIGN))
            person.click(actions.to_me)
            viewer = person.session.desk.viewer
            await person.see(words.name(viewer.display_name_ar, viewer.display_name_en), review.view.timeline)
        with self._step("activity"):
            page.tabs.setCurrentIndex(1)
            await person.see(reference.format_grouped(self._reference))

    async def _change_the_colours(self) -> None:
        person, page = self._person, self._person.page("settings", SettingsPage)
        theme = person.program.theme
        other = "light" if theme.dark else "dark"
        screen = page.parts["screen"]
        if not isinstance(screen, ScreenPart):
            raise NotSeen("the settings of the screen")
        with self._step("settings"):
            person.press("Ctrl+5")
            await person.until(screen.isVisible, "the settings of the screen")
        with self._step(f"settings-{other}"):
            before = theme.dark
            person.click(screen.theme.button(other))
            await person.until(lambda: theme.dark is not before, "the other colours")
        with self._step(f"queue-{other}"):
            person.press("Ctrl+4")
            self._queues.tabs.setCurrentIndex(0)
            await person.until(self._review.list.isVisible, "the queue in the other colours")

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        """What belongs to a step; its picture is taken at the end."""
        yield
        self._person.look_for_trouble()
        self._record.step(name)

    @property
    def _desk(self) -> DeskPage:
        return self._person.page("desk", DeskPage)

    @property
    def _call(self) -> CallPane:
        pane = self._desk.pane()
        if pane is None:
            raise NotSeen("an open call")
        return pane

    @property
    def _queues(self) -> SupervisorPage:
        return self._person.page("supervisor", SupervisorPage)

    @property
    def _review(self) -> QueueReview:
        review = self._queues.review
        if review is None:
            raise NotSeen("the supervisor's queue")
        return review

    def _finds(self, group: Group) -> bool:
        box = self._person.session.pages.search_box
        return isinstance(box, SearchBox) and bool(box.popup().rows(group))

    def _unassigned(self, ticket_id: str) -> bool:
        rows = self._review.list.rows()
        return all(row.assignee_id is None for row in rows) and any(row.id == ticket_id for row in rows)
