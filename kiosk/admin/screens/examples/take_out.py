"""Pictures of taking cash out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kiosk.admin.cash_waiting import WaitingCash
from kiosk.admin.take_out import TakeOutStage, TakeOutState
from kiosk.config import Cash
from kiosk.domain.cash_plan import Usage, float_to_leave
from kiosk.domain.money import Pieces, note
from kiosk.domain.products import Product

HELD = Pieces.from_codes(
    {"n5000": 3, "n2000": 8, "n1000": 14, "n500": 9, "c200": 14, "c100": 18, "c50": 13, "c20": 11}
)
AT_MS = 1_795_000_000_000


def examples(_products: dict[str, Product], _language: str) -> Iterator[tuple[str, TakeOutState]]:
    """From choosing to a second person."""
    kinds = Cash().kinds
    proposal = HELD - float_to_leave(HELD, Usage(), kinds, step_tenge=10)
    begun = TakeOutState(kinds=tuple(HELD), limit=HELD, available=HELD)
    yield "working", begun
    chosen = replace(begun, proposal=proposal, pieces=proposal)
    waiting = tuple(
        WaitingCash(
            1,
            seq,
            AT_MS - seq * 86_400_000,
            4_500 * seq,
            "bank" if seq % 2 else "cause",
            "v1",
            "Әсел",
        )
        for seq in range(1, 8)
    )
    yield "choosing", replace(begun, proposal=proposal, waiting=waiting[:2], loose_tenge=1_250)
    yield "chosen", chosen
    yield "typing", replace(chosen, typing=note(1000), typed="")
    yield "taking", replace(chosen, stage=TakeOutStage.TAKING, to="bank")
    receiving = replace(begun, stage=TakeOutStage.RECEIVING, receiving=waiting[0])
    yield "receiving", receiving
    yield "waiting", replace(begun, stage=TakeOutStage.WAITING, waiting=waiting)
    yield "uncounted", replace(begun, stage=TakeOutStage.UNCOUNTED)
