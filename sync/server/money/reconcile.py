"""Claims and credits of a shop: matched by rule and by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from kiosk.domain.errors import ConfigError
from sync.server.accounts import audit
from sync.server.accounts.roles import Person
from sync.server.money import bank_sums
from sync.server.money.bank_sums import ASIDE, FREE, MATCHED, UNCLEAR, Credited
from sync.server.money.claims import claim_at, open_claims
from sync.server.money.matching import BOOKED_LATE_DAYS, Claim, Line, match
from sync.server.problems import ProblemError
from sync.server.schema.money import bank_line

NO_CLAIM = {
    "kiosk_id": None,
    "epoch": None,
    "seq": None,
    "claim_day": None,
    "claim_ms": None,
    "claimed_tenge": None,
}


def rematch(connection: Connection, shop_id: int, since_day: date, now_ms: int) -> int:
    """Matches what is open since a day, also with journals that came later.

    What a person decided stays as it is.

    Returns:
        How many lines it matched.
    """
    rows = connection.execute(
        select(bank_line)
        .where(bank_line.c.shop_id == shop_id, bank_line.c.day >= since_day)
        .where(or_(bank_line.c.state == FREE, _is_unclear_by_rule()))
        .with_for_update()
    ).all()
    if not rows:
        return 0
    lines = [Line(row.fingerprint, row.day, row.at_ms, row.amount_tenge) for row in rows]
    since = min(line.day for line in lines) - timedelta(BOOKED_LATE_DAYS)
    until = max(line.day for line in lines) + timedelta(1)
    found = match(lines, open_claims(connection, shop_id, since, until))
    gone, come = [], []
    for row in rows:
        claim = found.pairs.get(row.fingerprint)
        state = MATCHED if claim else UNCLEAR if row.fingerprint in found.unclear else FREE
        if state != row.state:
            gone.append(_credited(row))
            come.append(_set(connection, row, state, claim, None, now_ms))
    bank_sums.change(connection, shop_id, gone=gone, come=come)
    return len(found.pairs)


def match_by_hand(
    connection: Connection,
    person: Person,
    shop_id: int,
    fingerprint: bytes,
    claim_key: tuple[str, int, int],
    now_ms: int,
) -> None:
    """A person says which sale a credit paid; the amounts may differ, as typing errors do.

    Raises:
        ProblemError: ``not_found`` for a line or a sale that is not this shop's.
        ConfigError: when one of them is matched already.
    """
    row = _line(connection, shop_id, fingerprint)
    claim = claim_at(connection, shop_id, *claim_key)
    if claim is None:
        raise ProblemError("not_found", "There is no such sale by QR in this shop.")
    kiosk_id, epoch, seq = claim_key
    taken = connection.execute(
        select(bank_line.c.fingerprint).where(
            bank_line.c.shop_id == shop_id,
            bank_line.c.kiosk_id == kiosk_id,
            bank_line.c.epoch == epoch,
            bank_line.c.seq == seq,
        )
    ).first()
    if row.state == MATCHED or taken is not None:
        raise ConfigError("matched_already")
    come = _set(connection, row, MATCHED, claim, person.account_id, now_ms)
    bank_sums.change(connection, shop_id, gone=[_credited(row)], come=[come])
    audit.note(
        connection,
        person,
        "money.match",
        fingerprint.hex(),
        now_ms=now_ms,
        shop_id=shop_id,
        credited=row.amount_tenge,
        claimed=claim.amount_tenge,
        sale=f"{kiosk_id}/{epoch}/{seq}",
    )


def decide(
    connection: Connection,
    person: Person,
    shop_id: int,
    fingerprint: bytes,
    state: str,
    now_ms: int,
) -> None:
    """A person takes a match apart (``unclear``) or says that a credit paid no sale (``aside``).

    Raises:
        ProblemError: ``not_found``, ``bad_message`` for another state.
    """
    if state not in (UNCLEAR, ASIDE):
        raise ProblemError("bad_message", "That is no state of a credit.")
    row = _line(connection, shop_id, fingerprint)
    come = _set(connection, row, state, None, person.account_id, now_ms)
    bank_sums.change(connection, shop_id, gone=[_credited(row)], come=[come])
    action = "money.unmatch" if state == UNCLEAR else "money.set_aside"
    audit.note(
        connection,
        person,
        action,
        fingerprint.hex(),
        now_ms=now_ms,
        shop_id=shop_id,
        was=row.state,
        credited=row.amount_tenge,
    )


def note_rematch(
    connection: Connection, person: Person, shop_id: int, slug: str, count: int, now_ms: int
) -> None:
    """Notes that a person had the open lines tried again."""
    audit.note(
        connection, person, "money.rematch", slug, now_ms=now_ms, shop_id=shop_id, matched=count
    )


def lines_of(connection: Connection, shop_id: int, since_day: date, until_day: date) -> list[Any]:
    """The shop's credits of these days or of sales of these days: open ones first."""
    days = or_(
        bank_line.c.day.between(since_day, until_day),
        bank_line.c.claim_day.between(since_day, until_day),
    )
    found = connection.execute(
        select(bank_line).where(bank_line.c.shop_id == shop_id, days).order_by(bank_line.c.day)
    ).all()
    order = {UNCLEAR: 0, FREE: 1, MATCHED: 2, ASIDE: 3}
    return sorted(found, key=lambda row: order[row.state])


def _is_unclear_by_rule() -> ColumnElement[bool]:
    return and_(bank_line.c.state == UNCLEAR, bank_line.c.account_id.is_(None))


def _line(connection: Connection, shop_id: int, fingerprint: bytes) -> Any:
    row = connection.execute(
        select(bank_line)
        .where(bank_line.c.shop_id == shop_id, bank_line.c.fingerprint == fingerprint)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise ProblemError("not_found", "There is no such credit here.")
    return row


def _credited(row: Any) -> Credited:
    return Credited(row.state, row.day, row.claim_day, row.amount_tenge)


def _set(
    connection: Connection,
    row: Any,
    state: str,
    claim: Claim | None,
    account_id: int | None,
    now_ms: int,
) -> Credited:
    """Changes a line, and says what it adds to the sums now; the caller keeps them."""
    values: dict[str, Any] = dict(NO_CLAIM)
    if claim is not None:
        values = {
            "kiosk_id": claim.kiosk_id,
            "epoch": claim.epoch,
            "seq": claim.seq,
            "claim_day": claim.day,
            "claim_ms": claim.at_ms,
            "claimed_tenge": claim.amount_tenge,
        }
    connection.execute(
        update(bank_line)
        .where(bank_line.c.shop_id == row.shop_id, bank_line.c.fingerprint == row.fingerprint)
        .values(state=state, account_id=account_id, changed_ms=now_ms, **values)
    )
    return Credited(state, row.day, values["claim_day"], row.amount_tenge)
