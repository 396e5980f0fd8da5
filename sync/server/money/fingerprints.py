"""Knowing a line of a statement again without keeping its words.

All that the bank wrote in the chosen columns is hashed with a secret of the shop (HMAC-SHA-256,
cut to 128 bits). Whoever has an exported table without ``bank_key`` cannot test a guessed name
against it; deleting a shop's key makes its lines unlinkable for ever.
"""

from __future__ import annotations

import hmac
import secrets
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from sync.server.money import bank_sums
from sync.server.money.bank_sums import FREE, Credited
from sync.server.money.columns import Credit
from sync.server.schema.money import bank_key, bank_line

KEY_BYTES = 32
FINGERPRINT_BYTES = 16


def add_lines(
    connection: Connection,
    shop_id: int,
    statement_id: str,
    found: Sequence[Credit],
    now_ms: int,
) -> int:
    """Adds the credits that are new to the shop as free lines; returns how many.

    Lines that are alike in everything are told apart by their number, so that two equal payments
    of one minute stay two and a file that comes twice stays one.
    """
    key = _key_of(connection, shop_id)
    alike: Counter[str] = Counter()
    rows: dict[bytes, dict[str, object]] = {}
    by_print: dict[bytes, Credit] = {}
    for credit in found:
        alike[credit.secret] += 1
        words = f"{credit.secret}\x1f{alike[credit.secret]}".encode("utf-8", "surrogatepass")
        fingerprint = hmac.digest(key, words, "sha256")[:FINGERPRINT_BYTES]
        by_print[fingerprint] = credit
        rows[fingerprint] = {
            "shop_id": shop_id,
            "fingerprint": fingerprint,
            "statement_id": statement_id,
            "day": credit.day,
            "at_ms": credit.at_ms,
            "amount_tenge": credit.amount_tenge,
            "state": FREE,
            "changed_ms": now_ms,
        }
    here = set(
        connection.execute(
            select(bank_line.c.fingerprint).where(bank_line.c.shop_id == shop_id)
        ).scalars()
    )
    new = [row for fingerprint, row in rows.items() if fingerprint not in here]
    if new:
        connection.execute(insert(bank_line), new)
        come = [
            Credited(FREE, credit.day, None, credit.amount_tenge)
            for fingerprint, credit in by_print.items()
            if fingerprint not in here
        ]
        bank_sums.change(connection, shop_id, come=come)
    return len(new)


def _key_of(connection: Connection, shop_id: int) -> bytes:
    """The shop's secret, made when it is first needed; holds its row until the commit."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    fresh = dialect.insert(bank_key).values(shop_id=shop_id, key=secrets.token_bytes(KEY_BYTES))
    connection.execute(fresh.on_conflict_do_nothing())
    mine = bank_key.c.shop_id == shop_id
    return bytes(
        connection.execute(select(bank_key.c.key).where(mine).with_for_update()).scalar_one()
    )
