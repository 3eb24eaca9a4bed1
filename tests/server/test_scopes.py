"""Who follows what: a workstation holds only what its people may see and need."""

from carecenter.core.ids import new_id
from carecenter.core.terms import Language, Role, WrapUp
from carecenter.operations import callers, calls, requests
from carecenter.server.scopes import CALLERS, EVERYONE
from tests.houses import GENERAL, RESTRICTED, TECHNICAL, House, open_call, open_ticket
from tests.server.devices import Device


def test_an_agent_follows_their_queues_and_their_own_work(local_house: House) -> None:
    account_id = local_house.account("agent", Role.AGENT, GENERAL, RESTRICTED)
    scopes = Device(local_house.centre, "agent").signed_in.scopes
    assert set(scopes) == {
        *(EVERYONE, CALLERS),
        *(f"queue:{GENERAL}", f"queue:{RESTRICTED}"),
        *(f"account:{account_id}", f"work:{account_id}"),
    }


def test_those_who_lead_follow_everybodys_calls_but_no_restricted_queue(local_house: House) -> None:
    agent = local_house.account("agent")
    local_house.account("boss", Role.SUPERVISOR)
    scopes = Device(local_house.centre, "boss").signed_in.scopes
    assert f"work:{agent}" in scopes
    assert {f"queue:{GENERAL}", f"queue:{TECHNICAL}"} <= set(scopes)
    assert f"queue:{RESTRICTED}" not in scopes
    assert f"account:{agent}" not in scopes


def test_an_editor_holds_no_callers(local_house: House) -> None:
    local_house.account("editor", Role.EDITOR)
    assert CALLERS not in Device(local_house.centre, "editor").signed_in.scopes


def test_what_articles_were_asked_for_is_heard_by_those_who_edit_or_lead(local_house: House) -> None:
    for name, role in (("agent", Role.AGENT), ("boss", Role.SUPERVISOR), ("editor", Role.EDITOR)):
        local_house.account(name, role)
    agent, boss, editor = (Device(local_house.centre, name) for name in ("agent", "boss", "editor"))
    asked = requests.RequestArticle(request_id=new_id(), question="falcons", language=Language.ENGLISH)
    agent.send(asked)
    for device, hears in ((agent, False), (boss, True), (editor, True)):
        assert (asked.request_id in {row.id for row in device.hear()}) is hears


def test_colleagues_hear_of_a_call_when_it_has_ended_and_the_caller_is_known(local_house: House) -> None:
    for name in ("agent", "colleague"):
        local_house.account(name)
    agent, colleague = Device(local_house.centre, "agent"), Device(local_house.centre, "colleague")
    call, caller_id = open_call(), new_id()
    agent.send(call)
    agent.send(callers.RegisterCaller(caller_id=caller_id, name_en="Caller"))
    agent.send(calls.IdentifyCaller(call_id=call.call_id, caller_id=caller_id))
    assert call.call_id in {row.id for row in agent.hear()}
    assert call.call_id not in {row.id for row in colleague.hear()}
    agent.send(calls.EndCall(call_id=call.call_id, wrap_up=WrapUp.ANSWERED, notes="said"))
    assert call.call_id in {row.id for row in colleague.hear()}
    agent.send(calls.IdentifyCaller(call_id=call.call_id, caller_id=None))  # a slip is taken back
    taken = [row for row in colleague.hear() if row.id == call.call_id]
    assert [row.image for row in taken] == [None]


def test_nobody_outside_hears_of_a_restricted_ticket(local_house: House) -> None:
    local_house.account("member", Role.AGENT, RESTRICTED)
    local_house.account("agent")
    local_house.account("boss", Role.SUPERVISOR)
    member = Device(local_house.centre, "member")
    opening = open_ticket(queue_id=RESTRICTED, reference="0000000002")
    member.send(opening)
    assert opening.ticket_id in {row.id for row in member.hear()}
    for name in ("agent", "boss", "leader"):
        heard = Device(local_house.centre, name).hear()
        assert not {opening.ticket_id, opening.entry_id} & {row.id for row in heard}, name
