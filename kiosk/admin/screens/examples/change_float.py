"""Pictures of the float."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kiosk.admin.change_float import ChangeFloatState, FloatStage
from kiosk.config import Cash
from kiosk.domain.cash_plan import RunsOut, Usage, float_to_bring
from kiosk.domain.money import NOTHING, Pieces, coin, note
from kiosk.domain.products import Product

HELD = Pieces.from_codes({"n1000": 3, "n500": 2, "c200": 14, "c100": 3, "c50": 1, "c10": 6})
SOON = (RunsOut(coin(20), 0, 0), RunsOut(coin(50), 1, 0), RunsOut(coin(100), 3, 4))
MORE = tuple(RunsOut(kind, 2, 9) for kind in (note(500), coin(10), coin(5)))


def examples(
    _products: dict[str, Product], _language: str
) -> Iterator[tuple[str, ChangeFloatState]]:
    """Entering, and what follows."""
    kinds = Cash().kinds
    bring = float_to_bring(HELD, Usage(), kinds, step_tenge=10)
    begun = ChangeFloatState(kinds=kinds, holds=HELD, soon=SOON, bring=bring)
    yield "begun", begun
    some = replace(begun, pieces=Pieces.from_codes({"c50": 20, "c20": 30}))
    yield "putting", some
    yield "cleared", replace(begun, cleared=some.pieces)
    looking = replace(
        some, stage=FloatStage.LOOKING, soon=SOON[2:], bring=bring - Pieces.of([coin(50)])
    )
    yield "after", looking
    yield "after-much", replace(looking, soon=SOON + MORE, bring=Pieces(dict.fromkeys(kinds, 4)))
    yield "after-enough", replace(looking, soon=(), bring=NOTHING)
    yield "unknown", replace(looking, pieces=NOTHING, holds=None, soon=(), bring=None)
