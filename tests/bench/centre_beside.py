"""What stands beside an invented shop's journal: the bank's lines, alarms, suggestions, payouts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Table

from kiosk.domain.ledger import day_of
from sync.fleet.places import UNKNOWN_CODES, WISHES
from sync.server.alarms.kinds import Kind
from sync.server.alarms.state import State
from sync.server.schema import quarantine, suggestion_text
from sync.server.schema.alarms import alarm, kiosk_fold
from sync.server.schema.catalogue import local_decision
from sync.server.schema.money import cash_receipt, money_cost, money_payout
from sync.server.schema.voices import suggestion_case
from tests.bench.centre_goods import (
    CATALOGUE,
    CREDITED_SHARE,
    DAY_MS,
    DAYS,
    NOW_MS,
    START_MS,
)
from tests.bench.centre_one_shop import OneShop

BANK_COLUMNS = (
    *("shop_id", "fingerprint", "statement_id", "day", "at_ms", "amount_tenge", "state"),
    *("kiosk_id", "epoch", "seq", "claim_day", "claim_ms", "claimed_tenge", "changed_ms"),
)

_TODAY = day_of(NOW_MS).toordinal()
_STATE = msgspec.json.encode(
    State(
        stock={x.product_id: 12 for x in CATALOGUE},
        counted={x.product_id for x in CATALOGUE},
        names={x.product_id: x.names["kk"] for x in CATALOGUE},
        sold_day={x.product_id: _TODAY for x in CATALOGUE},
        net={_TODAY - n: {1000: -5, 200: 3, 100: 4, 50: 2} for n in range(28)},
        hours={24 * day + hour: _TODAY for day in range(7) for hour in range(9, 19)},
        ratios=[(_TODAY - 7 * n, 20_000, -100) for n in range(4)],
        codes={f"0{code}": (3, _TODAY) for code in UNKNOWN_CODES},
    )
)
"""What the alarms keep of a kiosk."""


def credits_of(one: OneShop, region_code: str) -> Iterator[tuple[Any, ...]]:
    """What the bank says: nearly every claim, a few credits without one."""
    for seq, at_ms, tenge in one.claims:
        if one.rng.random() > CREDITED_SHARE:
            continue
        day, print_ = day_of(at_ms), os.urandom(32)
        head = (one.number + 1, print_, f"{region_code}{day:%Y%m}", day, at_ms, tenge)
        if one.rng.random() < 0.99:
            yield (*head, "matched", one.kiosk_id, 1, seq, day, at_ms, tenge, at_ms)
        else:
            yield (*head, "free", None, None, None, None, None, None, at_ms)


def beside(one: OneShop) -> dict[Table, list[dict[str, Any]]]:
    """What stands beside the journal: payouts, costs, suggestions, alarms, states, quarantine."""
    rng, shop_id = one.rng, one.number + 1
    here = {"shop_id": shop_id, "kiosk_id": one.kiosk_id}
    months = [day_of(START_MS) + timedelta(days=n) for n in range(27, DAYS, 30)]
    spent = [
        {
            "shop_id": shop_id, "day": day, "document_id": None, "account_id": 1,
            "created_ms": START_MS, "withdrawn_ms": None, "withdrawn_by": None,
        }
        for day in months
    ]  # fmt: skip
    texts, cases = [], []
    for place, (name, at_ms) in enumerate(one.suggestions):
        key = {**here, "suggestion_id": name}
        texts.append({**key, "salt": b"salt", "body": rng.choice(WISHES), "received_ms": at_ms})
        if place < len(one.suggestions) - 1:
            cases.append(
                {
                    **key, "status": "answered", "office": "region", "reply_kk": "Рахмет!",
                    "reply_ru": "Спасибо!", "reply_en": "", "words_public": False,
                    "reply_public": place % 2 == 0, "closed_ms": at_ms + DAY_MS,
                    "deleted_ms": None, "changed_ms": at_ms + DAY_MS,
                }
            )  # fmt: skip
    return {
        money_payout: [
            {**row, "payout_id": f"{n:032x}", "amount_tenge": 20_000, "cause": "Мектепке кітап"}
            for n, row in enumerate(spent)
        ],
        money_cost: [
            {**row, "cost_id": f"{n:032x}", "amount_tenge": 3_000, "what": "Пакет"}
            for n, row in enumerate(spent)
        ],
        local_decision: [
            {
                **here, "epoch": 1, "seq": seq, "accepted": False, "to_region_code": "",
                "to_shop_id": shop_id, "account_id": 1, "decided_ms": at_ms,
                "published_version": 1,
            }
            for seq, at_ms in one.decided
        ],
        cash_receipt: [
            {**here, "epoch": 1, "seq": seq, "account_id": 1, "received_tenge": tenge, "note": "", "at_ms": at_ms}
            for seq, at_ms, tenge in one.taken_out[:-1]
        ],
        suggestion_text: texts,
        suggestion_case: cases,
        alarm: _alarms(one),
        kiosk_fold: [
            {
                **here, "version": 1, "epoch": 1, "seq": one.seq, "cash_due_tenge": 200_000,
                "cash_difference_tenge": -rng.randrange(9_000),
                "state": _STATE,
            }
        ],
        quarantine: [
            {
                **here, "epoch": 1, "seq": one.seq, "content_sha256": os.urandom(32),
                "reason": "forked", "received_ms": NOW_MS - DAY_MS, "prev_hash": bytes(32),
                "hash": bytes(32), "signature": bytes(64), "payload": b"{}",
            }
        ] if one.number % 200 == 7 else [],
    }  # fmt: skip


def _alarms(one: OneShop) -> list[dict[str, Any]]:
    """Every fourth shop has one, as on a bad morning."""
    kinds = (Kind.SILENT, Kind.SOLD_OUT, Kind.CASH_GAP, Kind.BACKLOG)
    if one.number % 4:
        return []
    kind = kinds[one.number // 4 % len(kinds)]
    detail = {
        Kind.SILENT: f'{{"last_seen_ms": {NOW_MS - DAY_MS}, "hours": 30}}',
        Kind.SOLD_OUT: '{"names": ["Самса"], "count": 1}',
        Kind.CASH_GAP: (
            '{"counted_tenge": 18000, "expected_tenge": 20000, "difference_tenge": -2000}'
        ),
        Kind.BACKLOG: '{"waiting": 300}',
    }[kind]
    return [
        {
            "shop_id": one.number + 1, "kind": kind.value, "key": one.kiosk_id, "severity": 2,
            "level": 1, "since_ms": NOW_MS - DAY_MS, "opened_ms": NOW_MS - DAY_MS,
            "last_ms": NOW_MS - DAY_MS, "closed_ms": None, "detail": detail, "acked_ms": None,
            "acked_by": None, "acked_level": None, "ack_note": "", "told_level": 1,
        }
    ]  # fmt: skip
