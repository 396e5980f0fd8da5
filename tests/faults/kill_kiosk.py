"""kill -9 of a kiosk that sells without a pause, at any moment from its start on."""

from __future__ import annotations

import time
from pathlib import Path

from kiosk.journal.verify import verify
from tests.faults.children import living
from tests.faults.frame import Fault, Log, Outcome, dice, scratch
from tests.faults.seller import sales_of, sell_for_ever, thanks_of

NEW_SHOP_EVERY = 20
"""So that first starts are killed too."""


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """One kill a round; every twentieth round begins with an empty folder."""
    outcome = Outcome()
    with scratch(in_memory=False) as folder:
        thanked: dict[str, str] = {}
        for number in range(rounds):
            directory = folder / f"shop-{number // NEW_SHOP_EVERY}"
            if number % NEW_SHOP_EVERY == 0:
                thanked.clear()
            rng = dice(seed, "kill_kiosk", number)
            # One in four is killed while it starts, the others in the middle of selling.
            starts = rng.random() < 0.25
            after_s = rng.uniform(0, 0.05 if starts else 0.12)
            _kill(directory, f"r{number}", after_s, thanked, outcome, starts=starts)
            _check(directory, f"round {number}", thanked, outcome)
            log.advance()
    return outcome


def _kill(
    directory: Path,
    name: str,
    after_s: float,
    thanked: dict[str, str],
    outcome: Outcome,
    *,
    starts: bool,
) -> None:
    with living(sell_for_ever, directory, name) as child:
        said = [] if starts else [child.first_line().rstrip()]
        time.sleep(after_s)
        said += child.kill()
        outcome.expect(child.exit_code == -9, f"{name}: it ended by itself ({child.exit_code})")
    new = {checkout: receipt for checkout, receipt, _ in thanks_of([x for x in said if x])}
    outcome.counts["kills"] += 1
    outcome.counts["sales thanked for"] += len(new)
    thanked |= new


def _check(directory: Path, where: str, thanked: dict[str, str], outcome: Outcome) -> None:
    if not (directory / "identity.json").exists():
        outcome.expect(not thanked, f"{where}: thanked before there was a kiosk")
        return
    report = verify(directory)
    outcome.expect(report.ok, f"{where}: the journal is not in order: {report}")
    stored, doubled = sales_of(directory)
    lost = [checkout for checkout, receipt in thanked.items() if stored.get(checkout) != receipt]
    outcome.counts["sales lost"] += len(lost)
    outcome.counts["sales doubled"] += len(doubled)
    outcome.expect(not lost, f"{where}: lost {lost}")
    outcome.expect(not doubled, f"{where}: doubled {doubled}")


FAULT = Fault(
    "kill_kiosk",
    "kill -9 of the kiosk while it sells or starts",
    "no sale that was thanked for is lost, none is doubled, the journal verifies",
    "kills",
    300,
    15,
    run,
)
