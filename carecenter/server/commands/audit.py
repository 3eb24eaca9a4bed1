"""``audit``: what was done and looked at, and the proof that nothing of it was changed."""

from __future__ import annotations

import argparse
from pathlib import Path

from nacl.signing import VerifyKey
from sqlalchemy import select

from carecenter.core import i18n
from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.core.i18n import gettext as _
from carecenter.models.account import Account
from carecenter.models.centre import Audit
from carecenter.server import signed_heads
from carecenter.server.commands import database, showing
from carecenter.server.commands.parser import FOUND, Commands, add, add_json
from carecenter.server.signed_heads import Finding, Flaw


def add_to(commands: Commands) -> None:
    """The commands and their options."""
    examples = ("audit sign --key audit.key --to heads.jsonl", "audit verify --heads heads.jsonl --key 5f2a…")
    more = _("the audit trail: look at it, sign its end, verify it")
    under = add(commands, "audit", None, more, examples=examples).group()
    verify = add(
        under,
        "verify",
        _verify,
        _("find what was changed, moved or taken away"),
        _(
            "Follows the chain of all lines, compares it with heads signed earlier, and finds operations that a"
            " workstation held back. The exit code is 3 when something is found."
        ),
        examples=("audit verify", "audit verify --heads heads.jsonl --key 5f2a…"),
    )
    verify.add_argument("--heads", type=Path, metavar=_("FILE"), help=_("the file of signed heads"))
    verify.add_argument(
        "--key", metavar=_("KEY"), help=_("the public key that signed them, as audit sign tells it")
    )
    sign = add(
        under,
        "sign",
        _sign,
        _("sign the end of the trail and add it to a file"),
        _(
            "Signs the end of the trail. Keep the file of heads on another machine, or print it: what is cut off"
            " after a head was signed is found by it. The key is made at the first call."
        ),
        examples=("audit sign --key /etc/carecenter/audit.key --to /mnt/elsewhere/heads.jsonl",),
    )
    sign.add_argument("--key", required=True, type=Path, metavar=_("FILE"), help=_("the file of the signing key"))
    sign.add_argument("--to", required=True, type=Path, metavar=_("FILE"), help=_("the file of signed heads"))
    show = add(
        under, "show", _show, _("the last lines of the trail"), examples=("audit show --last 50 --account sara",)
    )
    show.add_argument("--last", type=int, default=20, metavar=_("NUMBER"), help=_("how many lines (%(default)s)"))
    show.add_argument("--account", metavar=_("NAME"), help=_("only what this account did"))
    for command in (verify, sign, show):
        add_json(command)
        database.add_database(command)


def _verify(chosen: argparse.Namespace) -> int | None:
    if (chosen.heads is None) != (chosen.key is None):
        raise UserError(N_("Signed heads and their public key go together: --heads and --key."))
    heads = signed_heads.read(chosen.heads) if chosen.heads else ()
    key = _public(chosen.key) if chosen.key else VerifyKey(bytes(32))
    with database.opened(chosen) as centre, centre.transaction() as unit:
        found = signed_heads.check(unit.session, heads, key)
    if chosen.json:
        showing.as_json(found)
    elif not found:
        print(_("The trail is whole. Signed heads compared: {count}").format(count=i18n.number(len(heads))))
    for finding in () if chosen.json else found:
        print(_told(finding))
    return FOUND if found else None


def _told(finding: Finding) -> str:
    texts = {
        Flaw.BROKEN: _("Line {number} was changed, moved or taken away."),
        Flaw.CUT_OFF: _("Line {number} was signed and is not there any more."),
        Flaw.REWRITTEN: _("Line {number} is another one than was signed."),
        Flaw.FORGED_HEAD: _("The head of line {number} was not signed with this key."),
        Flaw.GAP: _("Workstation {device}: its operations {number} to {last} never arrived."),
    }
    return texts[finding.flaw].format(number=finding.number, last=finding.last, device=finding.device_id)


def _public(text: str) -> VerifyKey:
    try:
        return VerifyKey(bytes.fromhex(text))
    except (ValueError, TypeError) as error:
        raise UserError(N_("This is no public key. It has 64 hexadecimal digits.")) from error


def _sign(chosen: argparse.Namespace) -> None:
    key = signed_heads.load_key(chosen.key)
    with database.opened(chosen) as centre, centre.transaction() as unit:
        head = signed_heads.sign_head(unit.session, key, centre.clock())
    try:
        signed_heads.append(chosen.to, head)
    except OSError as error:
        raise UserError(
            N_("{file} cannot be used: {reason}."), file=str(chosen.to), reason=error.strerror or str(error)
        ) from error
    if chosen.json:
        showing.as_json(head)
        return
    print(_("Signed up to line {number}.").format(number=head.number))
    print(_("Public key: {key}").format(key=head.key))


def _show(chosen: argparse.Namespace) -> None:
    with database.opened(chosen) as centre, centre.transaction() as unit:
        names = dict(unit.session.execute(select(Account.id, Account.name)).all())
        statement = select(Audit).order_by(Audit.number.desc()).limit(max(chosen.last, 0))
        if chosen.account is not None:
            ids = [account_id for account_id, name in names.items() if name == chosen.account]
            statement = statement.where(Audit.account_id.in_(ids))
        lines = [
            {
                "number": line.number,
                "at": line.at,
                "account": names.get(line.account_id, line.account_id),
                "device_id": line.device_id,
                "action": line.action,
                "subjects": line.subjects,
                "outcome": line.outcome,
            }
            for line in reversed(unit.session.scalars(statement).all())
        ]
    if chosen.json:
        showing.as_json(lines)
        return
    heads = (_("Line"), _("Time"), _("Account"), _("Action"), _("Outcome"), _("Subjects"))
    rows = [
        (
            str(line["number"]),
            i18n.date_time(line["at"]),
            line["account"],
            line["action"],
            line["outcome"],
            " ".join(f"{name}={value}" for name, value in line["subjects"].items()),
        )
        for line in lines
    ]
    showing.table(heads, rows)
