"""The same kiosk twice: a copied card, or one restored from an old copy of itself."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from sqlalchemy import select

from kiosk.journal.verify import verify
from sync.server.schema import watermark
from tests.faults.centres import aside, held, name_of, on_each_database
from tests.faults.frame import Fault, Log, Outcome, dice, scratch
from tests.faults.kiosks import FolderKiosk
from tests.sync.harness import RunningServer

COMMON_MAX, BRANCH_MAX = 40, 30


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """A round: one kiosk's folder is copied, and both go on selling and sending."""
    outcome = Outcome()
    with on_each_database(outcome) as servers:
        for index, server in enumerate(servers):
            for number in range(index, rounds, len(servers)):
                rng = dice(seed, "cloned_card", number)
                with scratch() as folder:
                    where = f"round {number} on {name_of(server)}"
                    _one_clone(server, folder, rng, where, outcome)
                log.advance()
    return outcome


def _one_clone(
    server: RunningServer, folder: Path, rng: random.Random, where: str, outcome: Outcome
) -> None:
    early, late = _two_of_one(server, folder, rng)
    outcome.expect(early.send(), f"{where}: the first to send was refused")
    flagged = not late.send()
    # What comes later of either side is kept as well.
    early.sell(rng.randint(0, 3))
    late.sell(rng.randint(0, 3))
    outcome.expect(early.send(), f"{where}: the first to send was refused later")
    flagged = not late.send() and flagged and _is_marked(server, early.kiosk_id)
    outcome.counts["cards cloned"] += 1
    outcome.counts["flagged"] += flagged
    outcome.expect(flagged, f"{where}: the second branch was taken for the first")
    _both_kept(server, early, late, where, outcome)
    _settle(server, late, where, outcome)


def _two_of_one(
    server: RunningServer, folder: Path, rng: random.Random
) -> tuple[FolderKiosk, FolderKiosk]:
    """A kiosk and its copy, with different sales since; in the order in which they will send."""
    first, second = FolderKiosk(folder / "first"), FolderKiosk(folder / "second")
    first.sell(rng.randint(1, COMMON_MAX))
    first.enrol(server)
    if rng.random() < 0.5:
        first.send()
    shutil.copytree(first.directory, second.directory)
    second.given = first.given
    first.sell(rng.randint(1, BRANCH_MAX))
    second.sell(rng.randint(1, BRANCH_MAX))
    early, late = rng.sample([first, second], 2)
    return early, late


def _both_kept(
    server: RunningServer, early: FolderKiosk, late: FolderKiosk, where: str, outcome: Outcome
) -> None:
    mine = early.entries()
    branch = {(row[1], row[2]) for row in set(late.entries()) - set(mine)}
    kept = {(seq, digest) for seq, digest, _reason in aside(server, early.kiosk_id)}
    there = held(server, early.kiosk_id)
    outcome.counts["entries kept aside"] += len(branch & kept)
    outcome.expect(there == mine, f"{where}: the first branch is not whole")
    outcome.expect(branch <= kept, f"{where}: {len(branch - kept)} of the second were not kept")


def _settle(server: RunningServer, late: FolderKiosk, where: str, outcome: Outcome) -> None:
    """The guided way out: a new code gives the second one an epoch of its own."""
    late.enrol(server)
    late.sell(3)
    settled = late.send()
    assert late.given is not None, "it was just enrolled"
    epoch = late.given.epoch
    new = [row for row in held(server, late.kiosk_id) if row[0] == epoch]
    wanted = [row for row in late.entries() if row[0] == epoch]
    settled = settled and new == wanted and len(new) == 3
    outcome.counts["settled by a new code"] += settled
    outcome.expect(settled, f"{where}: it does not go on after a new code")
    outcome.expect(verify(late.directory).ok, f"{where}: its journal is not in order afterwards")


def _is_marked(server: RunningServer, kiosk_id: str) -> bool:
    query = select(watermark.c.forked).where(
        watermark.c.kiosk_id == kiosk_id, watermark.c.epoch == 1
    )
    return bool(server.store.read(lambda c: c.execute(query).scalar_one()))


FAULT = Fault(
    "cloned_card",
    "a kiosk's card is copied, or the kiosk restored from an old copy",
    "every second branch is flagged, both are kept, a new code lets it go on",
    "cards",
    200,
    6,
    run,
)
