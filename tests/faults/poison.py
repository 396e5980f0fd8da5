"""Entries that the centre cannot read, and batches that prove nothing, among good ones."""

from __future__ import annotations

import random

from sqlalchemy import func, select

from kiosk.clock import WALL_MAX_MS
from kiosk.domain.entries import (
    Boot,
    CashTender,
    Entry,
    EntryBody,
    Sale,
    SaleLine,
    Stamp,
    UnknownScan,
    encode,
)
from kiosk.domain.errors import SyncError
from kiosk.domain.money import AMOUNT_TENGE_MAX
from sync import wire
from sync.centre import Centre, CentreRefusedError
from sync.server.schema import entry
from sync.session import Session
from tests.faults.centres import aside, held, name_of, on_each_database, rows_of, sales_summed
from tests.faults.frame import Fault, Log, Outcome, dice
from tests.sync.harness import NOW_MS, MemoryJournal, RunningServer, new_identity, sale

GOOD_MAX = 30


def _entry(body: EntryBody, at_ms: int = NOW_MS) -> bytes:
    return encode(Entry(body, Stamp(at_ms, "boot", 1)))


POISONS: dict[str, bytes] = {
    "of a type from the future": b'{"type":"robbery","v":1,"at_ms":1,"boot":"b","mono_ms":1}',
    "of a version from the future": b'{"type":"boot","v":99,"at_ms":1,"boot":"b","mono_ms":1}',
    "that is no JSON": b"{sale",
    "that is not even text": bytes(range(256)),
    "that is empty": b"",
    "with amounts beyond all bounds": b'{"type":"sale","v":1,"at_ms":1e400,"total_tenge":-1}',
    "nested too deep": b"[" * 20_000 + b"]" * 20_000,
    "with half a character": b'{"type":"boot","v":1,"at_ms":1,"boot":"b","mono_ms":1,'
    b'"software":"\\ud800"}',
}
ODD: dict[str, bytes] = {
    "with a zero byte in its words": _entry(Boot("adal \x00 0.1")),
    "of a scan with a zero byte": _entry(UnknownScan("48\x0070", "ean13\x00", "4870\x00")),
    "of a sale with zero bytes": _entry(
        Sale(
            "odd-1",
            "k\x00k",
            (SaleLine("С\x00у", 180, 1, "wa\x00ter", "048\x00"),),
            180,
            CashTender(None),
        )
    ),
    "of a sale as large as can be": _entry(
        Sale(
            "odd-2",
            "kk",
            (SaleLine("С" * 60_000, AMOUNT_TENGE_MAX, 1, "w" * 60_000, "4" * 60_000),),
            AMOUNT_TENGE_MAX,
            CashTender(None),
        )
    ),
    "of a time at the end of days": _entry(Boot("adal"), WALL_MAX_MS),
}
"""Strange but readable: taken in, counted, and no stumbling block for a database."""
EVERY = POISONS | ODD


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """A round: a kiosk with poison among its sales, and a batch that was spoiled on the way."""
    outcome = Outcome()
    with on_each_database(outcome) as servers:
        for index, server in enumerate(servers):
            for number in range(index, rounds, len(servers)):
                rng = dice(seed, "poison", number)
                name = list(EVERY)[(number // len(servers) + seed) % len(EVERY)]
                where = f"round {number} on {name_of(server)}: an entry {name}"
                _swallowed(server, name, rng, where, outcome)
                _spoiled(server, rng, where, outcome)
                log.advance()
    return outcome


def _swallowed(
    server: RunningServer, name: str, rng: random.Random, where: str, outcome: Outcome
) -> None:
    """The chain vouches for it: it is kept, flagged and not counted, and the rest goes on."""
    journal = MemoryJournal(new_identity())
    given = server.enrol(journal)
    before = sales_summed(server)
    good = 0
    for _ in range(2):
        for _ in range(rng.randint(1, GOOD_MAX)):
            journal.add(sale(good))
            good += 1
        journal.add_payload(EVERY[name])
    journal.add(sale(good))
    good += 1
    try:
        with Centre(server.url, given.token) as centre:
            session = Session(journal, centre, on_acked=lambda epoch, seq: None)
            session.push_all(session.ask_mark())
    except SyncError as error:
        outcome.expect(False, f"{where} holds everything up: {error}")
        return
    flagged = server.store.read(
        lambda c: c.execute(
            select(func.count()).where(
                entry.c.kiosk_id == given.kiosk_id, entry.c.readable.is_(False)
            )
        ).scalar_one()
    )
    poisoned = 2 if name in POISONS else 0
    good += 2 * EVERY[name].startswith(b'{"type":"sale","v":1,"at_ms":17')
    outcome.counts["entries that nobody can read, kept and flagged"] += flagged
    outcome.counts["entries that are strange, taken in"] += 2 - poisoned
    outcome.counts["good entries around them"] += good
    there = held(server, given.kiosk_id) == rows_of(journal.entries)
    outcome.expect(there, f"{where}: the journal did not arrive whole")
    outcome.expect(flagged == poisoned, f"{where}: {flagged} of {poisoned} are flagged")
    summed = sales_summed(server) - before
    outcome.expect(summed == good, f"{where}: {summed} summed up, {good} sold")


def _spoiled(server: RunningServer, rng: random.Random, where: str, outcome: Outcome) -> None:
    """The same numbers with other bytes prove nothing: kept aside, and the true ones follow."""
    journal = MemoryJournal(new_identity())
    given = server.enrol(journal)
    for number in range(rng.randint(3, GOOD_MAX)):
        journal.add(sale(number))
    batch = wire.make_batch(journal.entries, journal.head().seq)
    at = rng.randrange(len(batch.entries))
    words = batch.entries[at].payload or ""
    batch.entries[at] = wire.EntryMessage(
        batch.entries[at].hash, batch.entries[at].signature, words.replace("1", "2")
    )
    code = ""
    with Centre(server.url, given.token) as centre:
        try:
            centre.push(batch)
        except CentreRefusedError as refusal:
            code = refusal.code
        session = Session(journal, centre, on_acked=lambda epoch, seq: None)
        session.push_all(session.ask_mark())
    kept = len(aside(server, given.kiosk_id))
    outcome.counts["spoiled batches kept aside"] += code == "hash" and kept == len(batch.entries)
    outcome.expect(code == "hash", f"{where}: a spoiled batch was answered {code!r}")
    outcome.expect(kept == len(batch.entries), f"{where}: {kept} of a spoiled batch are kept")
    there = held(server, given.kiosk_id) == rows_of(journal.entries)
    outcome.expect(there, f"{where}: the true entries did not follow")


FAULT = Fault(
    "poison",
    "an entry that the centre cannot read, a batch spoiled on the way",
    "kept, flagged, not counted; everything around it arrives",
    "journals",
    156,
    8,
    run,
)
