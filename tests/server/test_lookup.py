"""What is found at the centre, by whom, how often, and what of it stays on record."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from carecenter.core.errors import Busy, NotAllowed, NotFound, UserError
from carecenter.core.ids import new_id
from carecenter.core.terms import Role, TicketStatus
from carecenter.models.centre import Audit
from carecenter.operations import callers, tickets
from carecenter.queries import tickets as ticket_rows
from carecenter.server import ageing, lookup, slips
from carecenter.server.scopes import Key
from carecenter.server.slips import Slips
from carecenter.wire import LookupAnswer, LookupRequest, OpenFound, Outcome
from tests.houses import GENERAL, RESTRICTED, TECHNICAL, House, add_note, open_ticket
from tests.server.devices import Device
from tests.server.halls import hall, seen

PHONE = "+96599887766"
REFERENCE = "0472915644"


@pytest.fixture
def building(house: House) -> House:
    hall(house)
    house.account("agent", Role.AGENT, GENERAL)
    house.account("engineer", Role.AGENT, TECHNICAL)
    house.account("member", Role.AGENT, RESTRICTED)
    return house


def _card() -> callers.RegisterCaller:
    return callers.RegisterCaller(
        caller_id=new_id(), name_en="Mariam Al-Salem", name_ar="مريم السالم", phone=(new_id(), PHONE)
    )


def _matter(device: Device, queue_id: str) -> tuple[callers.RegisterCaller, tickets.OpenTicket]:
    card = _card()
    opening = open_ticket(caller_id=card.caller_id, queue_id=queue_id, reference=REFERENCE)
    device.send(card)
    device.send(opening)
    return card, opening


def _ask(device: Device, question: str) -> LookupAnswer:
    return device.centre.lookup(device.token, LookupRequest(question=question))


def _wanted(device: Device, key: Key) -> OpenFound:
    """What somebody says who was just told of a row."""
    centre = device.centre
    with centre.transaction() as unit:
        slip = Slips(unit.session, device.account_id, centre.clock()).write(key)
    return OpenFound(entity="ticket" if key[0] == "ticket" else "caller", id=key[1], slip=slip)


def _lines(house: House, action: str) -> list[tuple[str, dict[str, str], str]]:
    with house.centre.transaction() as unit:
        lines = unit.session.scalars(select(Audit).where(Audit.action == action).order_by(Audit.number))
        return [(line.account_id, line.subjects, line.outcome) for line in lines]


@pytest.mark.parametrize("question", ["0472 915 644", "99887766", "mariam sal", "مريم", "السالم"])
def test_a_ticket_of_another_queue_and_its_caller_are_found(building: House, question: str) -> None:
    card, opening = _matter(Device(building.centre, "engineer"), TECHNICAL)
    agent = Device(building.centre, "agent")
    assert not {card.caller_id, opening.ticket_id} & seen(agent).keys()
    answer = _ask(agent, question)
    assert [found.id for found in answer.tickets] == [opening.ticket_id]
    if question != "0472 915 644":
        (found,) = answer.callers
        assert found.id == card.caller_id
        assert found.phones_masked[0].endswith("766")
        assert "99887" not in found.phones_masked[0]


@pytest.mark.parametrize(
    "question", ["Maryam Alsalim", "meriem el salem", "السالم مريم", "مريم سالم", "mariam saalm", "Mariam 7766"]
)
def test_a_name_is_found_however_it_is_spelled(building: House, question: str) -> None:
    card, _ = _matter(Device(building.centre, "engineer"), TECHNICAL)
    assert [found.id for found in _ask(Device(building.centre, "agent"), question).callers] == [card.caller_id]


@pytest.mark.parametrize(
    "question", ["\ud800 \u200f", "محمد " * 2_000, "m" * 10_000, 'AND OR "x" NEAR( * {a,b} \\ \x00 1234', "~ ' --"]
)
def test_whatever_is_typed_is_answered(building: House, question: str) -> None:
    _matter(Device(building.centre, "engineer"), TECHNICAL)
    assert not _ask(Device(building.centre, "agent"), question).callers


def test_others_are_not_found(building: House) -> None:
    _matter(Device(building.centre, "engineer"), TECHNICAL)
    agent = Device(building.centre, "agent")
    for question in ("99887767", "Suad", "0472 915 645", "", "m"):
        assert _ask(agent, question) == LookupAnswer(), question


@pytest.mark.parametrize("question", [REFERENCE, "99887766", "mariam"])
def test_what_lies_in_a_restricted_queue_is_found_by_its_members_alone(building: House, question: str) -> None:
    card, opening = _matter(Device(building.centre, "member"), RESTRICTED)
    building.account("second member", Role.AGENT, RESTRICTED)
    building.account("boss", Role.SUPERVISOR)
    assert [found.id for found in _ask(Device(building.centre, "second member"), question).tickets] == [
        opening.ticket_id
    ]
    for name in ("agent", "boss", "leader"):
        stranger = Device(building.centre, name)
        assert _ask(stranger, question) == LookupAnswer(), name
        # Not even with the centre's word of an earlier day.
        wanted = (
            _wanted(stranger, ("ticket", opening.ticket_id)),
            _wanted(stranger, ("caller", card.caller_id)),
        )
        for found in wanted:
            with pytest.raises(NotFound):
                stranger.centre.open_found(stranger.token, found)
        assert not {card.caller_id, opening.ticket_id} & seen(stranger).keys()


def test_what_is_opened_comes_by_the_feed_with_what_belongs_to_it(building: House) -> None:
    card, opening = _matter(Device(building.centre, "engineer"), TECHNICAL)
    agent, colleague = Device(building.centre, "agent"), Device(building.centre, "member")
    agent.hear()
    agent.centre.open_found(agent.token, _wanted(agent, ("ticket", opening.ticket_id)))
    assert card.phone is not None
    whole = {opening.ticket_id, opening.entry_id, card.caller_id, card.phone[0]}
    assert {row.scope for row in agent.hear() if row.id in whole} == {f"account:{agent.account_id}"}
    fresh = Device(building.centre, "agent")
    assert whole <= seen(fresh).keys()
    assert not whole & seen(colleague).keys()


def test_a_caller_is_opened_without_tickets(building: House) -> None:
    card, opening = _matter(Device(building.centre, "engineer"), TECHNICAL)
    agent = Device(building.centre, "agent")
    agent.centre.open_found(agent.token, _wanted(agent, ("caller", card.caller_id)))
    news = seen(agent)
    assert news[card.caller_id]
    assert opening.ticket_id not in news


def test_only_what_the_centre_found_for_this_account_lately_is_opened(building: House) -> None:
    card, opening = _matter(Device(building.centre, "engineer"), TECHNICAL)
    agent, colleague = Device(building.centre, "agent"), Device(building.centre, "member")
    answer = _ask(agent, "Mariam")
    (caller,), (ticket,) = answer.callers, answer.tickets
    late = str(int(ticket.slip.partition(".")[0]) + 60) + ticket.slip[ticket.slip.index(".") :]
    for slip in ("", ".", caller.slip, late, "٣" + ticket.slip[1:]):
        with pytest.raises(NotFound):
            agent.centre.open_found(agent.token, OpenFound(entity="ticket", id=ticket.id, slip=slip))
    wanted = OpenFound(entity="ticket", id=ticket.id, slip=ticket.slip)
    with pytest.raises(NotFound):
        colleague.centre.open_found(colleague.token, wanted)
    agent.centre.open_found(agent.token, wanted)
    assert seen(agent)[opening.ticket_id]
    building.clock.advance(seconds=slips.LIFE.total_seconds() + 1)
    with pytest.raises(NotFound):
        agent.centre.open_found(agent.token, OpenFound(entity="caller", id=card.caller_id, slip=caller.slip))


def test_on_record_is_who_asked_what_kind_of_question_never_its_text(building: House) -> None:
    _, opening = _matter(Device(building.centre, "engineer"), TECHNICAL)
    agent = Device(building.centre, "agent")
    agent.centre.lookup(agent.token, LookupRequest(question="Mariam", call_id="call-1"))
    agent.centre.open_found(agent.token, _wanted(agent, ("ticket", opening.ticket_id)))
    subjects = {"kind": "words", "results": "2", "call_id": "call-1"}
    assert _lines(building, "Lookup") == [(agent.account_id, subjects, "accepted")]
    assert _lines(building, "OpenFound") == [(agent.account_id, {"ticket_id": opening.ticket_id}, "accepted")]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.AUDITOR])
def test_roles_without_callers_look_nothing_up_and_the_attempt_is_on_record(building: House, role: Role) -> None:
    _, opening = _matter(Device(building.centre, "engineer"), TECHNICAL)
    building.account("other", role)
    other = Device(building.centre, "other")
    with pytest.raises(NotAllowed):
        _ask(other, "Mariam")
    with pytest.raises(NotAllowed):
        other.centre.open_found(other.token, _wanted(other, ("ticket", opening.ticket_id)))
    assert [line[2] for line in _lines(building, "Lookup") + _lines(building, "OpenFound")] == ["refused"] * 2


def _refusal(call: Callable[[], object]) -> UserError | None:
    try:
        call()
    except UserError as error:
        return error
    return None


def test_there_are_only_so_many_a_minute_for_each_account(building: House) -> None:
    agent, other = Device(building.centre, "agent"), Device(building.centre, "engineer")
    answers = [_refusal(lambda: _ask(agent, "nobody")) for _ in range(lookup.A_MINUTE + 1)]
    assert answers[:-1] == [None] * lookup.A_MINUTE
    assert isinstance(answers[-1], Busy)
    assert answers[-1].params["retry_after"] == 60 / lookup.A_MINUTE
    assert _refusal(lambda: _ask(other, "nobody")) is None
    building.clock.advance(seconds=60 / lookup.A_MINUTE)
    assert _refusal(lambda: _ask(agent, "nobody")) is None
    assert isinstance(_refusal(lambda: _ask(agent, "nobody")), Busy)


def test_a_centre_for_one_desk_adds_nothing(local_house: House) -> None:
    local_house.account("agent")
    agent = Device(local_house.centre, "agent")
    card, _ = _matter(agent, GENERAL)
    assert _ask(agent, "99887766") == LookupAnswer()
    with pytest.raises(NotFound):
        agent.centre.open_found(agent.token, _wanted(agent, ("caller", card.caller_id)))


def test_a_ticket_of_another_queue_is_read_and_written_to_for_the_day(building: House) -> None:
    engineer, agent = building.seat("engineer"), building.seat("agent")
    opening = engineer.perform(open_ticket(queue_id=TECHNICAL))
    engineer.push()
    with pytest.raises(NotFound):
        agent.ask(ticket_rows.detail, opening.ticket_id)
    token = agent.signed_in.token
    (found,) = agent.transport.lookup(token, LookupRequest(question=opening.reference)).tickets
    agent.transport.open_found(token, OpenFound(entity="ticket", id=found.id, slip=found.slip))
    agent.pull()
    assert agent.ask(ticket_rows.by_reference, opening.reference)[0].id == opening.ticket_id
    assert agent.ask(ticket_rows.detail, opening.ticket_id).looked_up

    agent.perform(add_note(opening.ticket_id, "she called again"))
    with pytest.raises(NotAllowed):
        agent.perform(
            tickets.MoveTicket(ticket_id=found.id, entry_id=new_id(), was=found.status, now=TicketStatus.IN_WORK)
        )
    assert [result.outcome for result in agent.push()] == [Outcome.ACCEPTED]
    engineer.pull()
    read = engineer.ask(ticket_rows.detail, opening.ticket_id)
    assert (read.timeline[-1].text, read.looked_up) == ("she called again", False)

    building.clock.advance(days=1, hours=12)
    ageing.run(building.centre)
    agent.pull()
    with pytest.raises(NotFound):
        agent.ask(ticket_rows.detail, opening.ticket_id)


def test_a_note_that_comes_when_the_day_is_over_is_put_up_for_review(building: House) -> None:
    engineer, agent = building.seat("engineer"), building.seat("agent")
    opening = engineer.perform(open_ticket(queue_id=TECHNICAL))
    engineer.push()
    token = agent.signed_in.token
    (found,) = agent.transport.lookup(token, LookupRequest(question=opening.reference)).tickets
    agent.transport.open_found(token, OpenFound(entity="ticket", id=found.id, slip=found.slip))
    agent.pull()
    agent.perform(add_note(opening.ticket_id, "written offline"))
    building.clock.advance(days=1, hours=12)
    assert [result.outcome for result in agent.push()] == [Outcome.IN_REVIEW]
    engineer.pull()
    assert engineer.ask(ticket_rows.detail, opening.ticket_id).timeline[-1].text == "written offline"
