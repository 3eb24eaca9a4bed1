"""A centre full of synthetic people and a year of their calls, so that the program can be seen at work.

Every row comes from the operations that the desks perform, backdated; nobody in it exists. ``fill`` is the face of
the package. Who calls stands in ``people``, about what in ``matters``, what is done about it in ``stories`` and
``remarks``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Final, cast

from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from carecenter.core.terms import Language, Role
from carecenter.models.base import Synced
from carecenter.operations import Actor
from carecenter.operations.callers import RegisterCaller
from carecenter.server import references
from carecenter.server.centre import Centre
from carecenter.server.demo.people import invented_callers
from carecenter.server.demo.stories import BODIES_QUEUE, Act, Staff, Story, Visit, visits
from carecenter.server.starter import GENERAL_QUEUE, RESTRICTED_QUEUE
from carecenter.server.unit import Unit
from carecenter.wire import NewAccount, SignIn

DEMO_PASSWORD: Final = "demo-164164"  # noqa: S105  # shown on the sign-in page of a demo desk
_TECHNICAL: Final = "technical"
_DEVICE: Final = "demo"
_VISITS_AT_ONCE: Final = 250


def _account(name: str, arabic: str, english: str, role: Role, language: Language, *queues: str) -> NewAccount:
    return NewAccount(
        name=name,
        password=DEMO_PASSWORD,
        role=role,
        display_name_ar=arabic,
        display_name_en=english,
        language=language,
        queue_ids=queues,
    )


DEMO_ACCOUNTS: Final = (
    _account("agent", "نورة السالم", "Noura Al-Salem", Role.AGENT, Language.ARABIC, GENERAL_QUEUE, _TECHNICAL),
    _account(
        *("supervisor", "مريم الخالد", "Mariam Al-Khaled", Role.SUPERVISOR, Language.ARABIC),
        *(GENERAL_QUEUE, _TECHNICAL, BODIES_QUEUE, RESTRICTED_QUEUE),
    ),
    _account("editor", "يوسف الأحمد", "Yousef Al-Ahmad", Role.EDITOR, Language.ARABIC),
    _account(
        *("agent2", "جورج ماثيو", "George Mathew", Role.AGENT, Language.ENGLISH),
        *(GENERAL_QUEUE, BODIES_QUEUE, RESTRICTED_QUEUE),
    ),
    _account("agent3", "هبة منصور", "Heba Mansour", Role.AGENT, Language.ARABIC, GENERAL_QUEUE, BODIES_QUEUE),
)
"""Who can sign in to the demonstration, each with ``DEMO_PASSWORD``; the first is who a visitor should be."""


def fill(
    centre: Centre,
    progress: Callable[[int, int], None],
    *,
    callers: int = 2_000,
    tickets: int = 5_000,
    seed: int = 164,
) -> None:
    """Fill a centre that has no accounts yet. ``progress``: how many calls are told, of how many.

    The same seed and clock give the same people, calls and timelines; only ids and references differ.
    Raises ``UserError`` when somebody can sign in already.
    """
    rng = Random(seed)  # noqa: S311  # a show, not a secret
    staff = _staff(centre)
    now = centre.clock()
    planned = visits(now, invented_callers(callers, rng), tickets, rng)
    known: set[str] = set()
    progress(0, len(planned))
    for start in range(0, len(planned), _VISITS_AT_ONCE):
        chunk = planned[start : start + _VISITS_AT_ONCE]
        with centre.transaction() as unit:
            numbers = references.allocate(unit.session, len(chunk))
            stories = [Story(*pair, staff, now, rng) for pair in zip(chunk, numbers, strict=True)]
            _perform(unit, _registrations(chunk, known, staff))
            _perform(unit, (act for story in stories for act in story.opening))
            _perform(unit, (act for story in stories for act in story.rest))
            unit.publish()
        progress(start + len(chunk), len(planned))


def _staff(centre: Centre) -> Staff:
    """The accounts, made as a supervisor would make them."""
    first = next(account for account in DEMO_ACCOUNTS if account.role is Role.SUPERVISOR)
    ids = {first.name: centre.create_account(first)}
    request = SignIn(name=first.name, password=DEMO_PASSWORD, device_id=_DEVICE, device_name=_DEVICE)
    token = centre.sign_in(request).token
    for account in DEMO_ACCOUNTS:
        if account is not first:
            ids[account.name] = centre.create_account(account, by_token=token)
    centre.sign_out(token)
    by_queue: dict[str, tuple[str, ...]] = {}
    for account in DEMO_ACCOUNTS:
        for queue_id in account.queue_ids:
            by_queue[queue_id] = (*by_queue.get(queue_id, ()), ids[account.name])
    agents = tuple(ids[account.name] for account in DEMO_ACCOUNTS if account.role is Role.AGENT)
    return Staff(agents=agents, supervisor=ids[first.name], by_queue=by_queue)


def _registrations(chunk: list[Visit], known: set[str], staff: Staff) -> list[Act]:
    """Cards of those who call for the first time."""
    found: dict[str, Act] = {}
    for visit in chunk:
        caller: RegisterCaller = visit.caller
        if caller.caller_id not in known:
            known.add(caller.caller_id)
            found[caller.caller_id] = Act(visit.at, staff.agents[0], caller)
    return list(found.values())


class _Here:
    """A session that knows only the rows of its transaction: asking the database for each new one takes longer
    than everything else."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.add = session.add

    def get(self, model: type[Synced], row_id: str) -> Synced | None:
        found: Synced | None = self._session.identity_map.get(identity_key(model, row_id))
        return found


def _perform(unit: Unit, acts: Iterable[Act]) -> None:
    """Apply operations that do not build on one another's new rows, with one flush for all of them."""
    here = cast("Session", _Here(unit.session))
    for act in acts:
        actor = Actor(account_id=act.account_id, device_id=_DEVICE, desk_at=act.at)
        act.operation.apply(here, actor, act.at)
    unit.session.flush()
