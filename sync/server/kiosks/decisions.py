"""What somebody decided about entries in quarantine; see :mod:`sync.server.kiosks.aside`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, tuple_

from sync.server.accounts.roles import Scope
from sync.server.kiosks.aside import open_of, within
from sync.server.schema import quarantine
from sync.server.schema.kiosks import quarantine_decision

GENUINE, ASIDE = "genuine", "aside"
DECISIONS = (GENUINE, ASIDE)
NOTE_LENGTH_MAX = 500
_REASONS = ("fork", "hash", "signature", "revoked", "replaced")
_ROWS_AT_ONCE = 500
_KEY = (
    quarantine.c.shop_id,
    quarantine.c.kiosk_id,
    quarantine.c.epoch,
    quarantine.c.seq,
    quarantine.c.content_sha256,
)


def decide(
    connection: Connection,
    scope: Scope,
    kiosk_id: str,
    chosen: Sequence[str],
    *,
    decision: str,
    note: str,
    account_id: int | None,
    now_ms: int,
) -> dict[int, int]:
    """Writes a decision beside entries; a later one takes the place of an earlier one.

    Args:
        chosen: names of entries (:attr:`sync.server.kiosks.aside.Aside.name`), and ``all:<epoch>:<reason>`` for all open
            ones of an epoch that were set aside for the same reason.

    Returns:
        How many entries it was, by shop.
    """
    wanted = _wanted(chosen)
    if wanted is None:
        return {}
    keys = connection.execute(select(*_KEY).where(*within(scope, kiosk_id), wanted)).all()
    columns = [column.name for column in _KEY]
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        some = [tuple(key) for key in keys[start : start + _ROWS_AT_ONCE]]
        place = tuple_(*(quarantine_decision.c[name] for name in columns))
        connection.execute(delete(quarantine_decision).where(place.in_(some)))
        connection.execute(
            insert(quarantine_decision),
            [
                {
                    **dict(zip(columns, key, strict=True)),
                    "decision": decision,
                    "note": note,
                    "account_id": account_id,
                    "decided_ms": now_ms,
                }
                for key in some
            ],
        )
    shops = [int(key[0]) for key in keys]
    return {shop_id: shops.count(shop_id) for shop_id in sorted(set(shops))}


def _wanted(chosen: Sequence[str]) -> ColumnElement[bool] | None:
    """The condition behind the names in a form; None when they name nothing."""
    conditions = [x for x in map(_condition, chosen) if x is not None]
    if not conditions:
        return None
    first, *others = conditions
    for other in others:
        first = first | other
    return first


def _condition(name: str) -> ColumnElement[bool] | None:
    kind, _, rest = name.partition(":")
    first, _, second = rest.partition(":")
    if not (first.isascii() and first.isdigit() and len(first) <= 9):
        return None
    of_epoch = quarantine.c.epoch == int(first)
    if kind == "all" and second in _REASONS:
        return and_(of_epoch, quarantine.c.reason == second, open_of())
    seq, _, digest = second.partition(":")
    if kind != "one" or not (seq.isascii() and seq.isdigit() and len(seq) <= 15):
        return None
    try:
        content = bytes.fromhex(digest)
    except ValueError:
        return None
    return and_(of_epoch, quarantine.c.seq == int(seq), quarantine.c.content_sha256 == content)
