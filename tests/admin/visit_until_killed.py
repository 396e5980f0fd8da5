"""A volunteer's visit in a process of its own, which kills itself at a chosen moment.

``python -m tests.admin.visit_until_killed FOLDER MOMENT``: moments are counted before and after
every entry, every draft kept and every step noted as done. MOMENT 0 goes through to the end and
prints how many moments there were.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.admin.pages import Page, Step
from kiosk.admin.visit_book import StepState
from kiosk.domain.money import coin, note
from tests.admin.money_room import money_room
from tests.till.shop import TEA_CODE, WATER_CODE

COUNTED = {"n1000": 2, "c100": 3}


class Moments:
    """Counts moments and pulls the plug at one of them."""

    def __init__(self, fatal: int) -> None:
        self._fatal = fatal
        self.seen = 0

    def pass_one(self) -> None:
        self.seen += 1
        if self.seen == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str, *, is_future: bool = False) -> None:
        """One moment before each call of a method, and one after it has taken effect."""
        real: Callable[..., Any] = getattr(owner, name)

        def watched(*args: Any, **more: Any) -> Any:
            self.pass_one()
            made = real(*args, **more)
            if is_future:
                made.result(20)
            self.pass_one()
            return made

        setattr(owner, name, watched)


def main(folder: str, fatal: str) -> None:
    """Goes on with the visit wherever it stands."""
    room = money_room(Path(folder))
    moments = Moments(int(fatal))
    moments.around(room.journal, "append", is_future=True)
    for name in ("keep", "done"):
        moments.around(room.visit, name)
    steps = dict(room.visit.steps) if room.visit.is_open else {}
    for page, act in ACTS.items():
        if steps.get(Step(page.value)) not in (StepState.DONE, StepState.SKIPPED):
            act(room, room.open(page))
            room.settle()
    room.close()
    print(moments.seen)


def _count(room: Any, desk: Any) -> None:
    for kind, wanted in ((note(1000), 2), (coin(100), 3)):
        while desk.state.pieces[kind] < wanted:
            desk.more(kind)
    desk.counted()
    desk.confirm()


def _take_out(room: Any, desk: Any) -> None:
    while desk.state.pieces[note(1000)] < 1:
        desk.more(note(1000))
    desk.take_to("bank")
    desk.taken()
    room.settle()


def _stocktake(room: Any, desk: Any) -> None:
    counted = {line.product_id for line in desk.lines}
    for product_id, code in (("water", WATER_CODE), ("tea", TEA_CODE)):
        if product_id not in counted:
            room.scan(code)
    desk.finish()


def _restock(room: Any, desk: Any) -> None:
    if not desk.lines:
        room.scan(TEA_CODE)
    desk.finish()


def _float(room: Any, desk: Any) -> None:
    while desk.state.pieces[coin(50)] < 4:
        desk.more(coin(50))
    desk.put_in()
    desk.confirm()


ACTS: dict[Page, Callable[[Any, Any], None]] = {
    Page.COUNT: _count,
    Page.TAKE_OUT: _take_out,
    Page.STOCKTAKE: _stocktake,
    Page.RESTOCK: _restock,
    Page.CHANGE_FLOAT: _float,
}

if __name__ == "__main__":
    main(*sys.argv[1:])
