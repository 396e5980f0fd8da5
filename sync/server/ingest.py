"""Taking journals in: checked, exactly once, nothing thrown away.

One row per (kiosk, epoch), the watermark, says how far the centre holds that chain. It is locked
while a batch goes in, so that a batch is either entirely known, entirely new, or a known
beginning and a new end. What does not fit the chain that is here is set aside and alarmed.

What several kiosks sent at about the same time goes in together (:mod:`sync.server.intake`): the
statements, the rows that all shops of a region meet in, and the commit are paid for once.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from kiosk.domain.chain import Head, StoredEntry
from sync.server import marks
from sync.server.arrivals import Arrival, checked
from sync.server.bulk import EntryRow, insert_entries
from sync.server.marks import EpochKey
from sync.server.money import books
from sync.server.money.box import MONEY_TYPES
from sync.server.problems import ProblemError
from sync.server.rollups import Reading, keep, keep_last, periods, unknown_scans
from sync.server.rollups.clock_moves import CLOCK_SET, moves
from sync.server.rollups.true_times import clocks_of
from sync.server.rollups.visit_rows import move_visits
from sync.server.schema import entry
from sync.server.set_aside import continues_fork, full, set_aside
from sync.server.store import Store
from sync.wire import Ack

_log = logging.getLogger(__name__)


Outcome = Ack | ProblemError
"""What the sender of an arrival is told."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """How an arrival goes on from what is held: ``new`` of it, until the branch at ``fork_at``.

    ``fork_at`` is the number of entries when nothing contradicts what is here.
    """

    arrival: Arrival
    held: marks.Held
    new: slice
    fork_at: int

    @property
    def entries(self) -> Sequence[StoredEntry]:
        """The new ones."""
        return self.arrival.entries[self.new]

    @property
    def readings(self) -> Sequence[Reading]:
        """Of the new ones."""
        return self.arrival.readings[self.new]

    @property
    def head(self) -> Head:
        """What is held with the new ones."""
        return self.entries[-1].head if self.entries else self.held.head


def take_in(
    store: Store,
    key: EpochKey,
    public_key: bytes,
    entries: Sequence[StoredEntry],
    *,
    head_seq: int,
    now_ms: int,
) -> Ack:
    """Takes a run of entries in by itself and says so only after the commit.

    Args:
        store: the database.
        key: the epoch that the sender may write; the entries are of its kiosk and epoch.
        public_key: the 32 raw bytes that the epoch's entries are signed for.
        entries: at least one, numbered without a gap, each following the one before.
        head_seq: the sender's own last entry.
        now_ms: the server's time.

    Raises:
        ProblemError: ``hash`` or ``signature`` when the entries prove nothing, ``fork`` when they
            contradict what is here (both set aside; ``aside_full`` when there is no room for that),
            ``gap`` when earlier ones are missing.
    """
    arrival = checked(store, key, public_key, entries, head_seq=head_seq, now_ms=now_ms)
    [outcome] = take_together(store, [arrival])
    if isinstance(outcome, ProblemError):
        raise outcome
    return outcome


def take_together(store: Store, arrivals: Sequence[Arrival]) -> list[Outcome]:
    """Takes arrivals in, all of different epochs, in one transaction; the outcome of each."""
    outcomes = store.write(lambda connection: _take(connection, arrivals))
    for arrival, outcome in zip(arrivals, outcomes, strict=True):
        if isinstance(outcome, ProblemError) and outcome.problem.code in ("fork", "aside_full"):
            what = "Kept aside" if outcome.problem.code == "fork" else "No room aside"
            _log.error("%s (fork): entries of %s", what, arrival.key)
    return outcomes


def _take(connection: Connection, arrivals: Sequence[Arrival]) -> list[Outcome]:
    held = marks.locked(connection, [one.key for one in arrivals])
    gaps = {
        one.key: _after_a_gap(connection, one, held[one.key].head)
        for one in arrivals
        if one.entries[0].seq > held[one.key].head.seq + 1
    }
    fits = {
        one.key: _fit(connection, one, held[one.key]) for one in arrivals if one.key not in gaps
    }
    if fits:
        _write(connection, list(fits.values()))
    return [gaps.get(one.key) or _outcome(connection, fits[one.key]) for one in arrivals]


def _fit(connection: Connection, arrival: Arrival, held: marks.Held) -> _Fit:
    fork_at = _fork_index(connection, arrival, held.head)
    known = min(held.head.seq + 1 - arrival.entries[0].seq, fork_at)
    return _Fit(arrival, held, slice(known, fork_at), fork_at)


def _fork_index(connection: Connection, arrival: Arrival, head: Head) -> int:
    """Index of the first entry that contradicts what is here; their number for none."""
    entries, key = arrival.entries, arrival.key
    if entries[0].seq == head.seq + 1:
        return len(entries) if entries[0].prev_hash == head.hash else 0
    rows = connection.execute(
        select(entry.c.seq, entry.c.hash).where(
            entry.c.shop_id == key.shop_id,
            entry.c.kiosk_id == key.kiosk_id,
            entry.c.epoch == key.epoch,
            entry.c.seq.between(entries[0].seq, entries[-1].seq),
        )
    )
    here = {row.seq: row.hash for row in rows}
    for index, one in enumerate(entries):
        if one.seq <= head.seq and here.get(one.seq) != one.hash:
            return index
    return len(entries)


def _write(connection: Connection, fits: Sequence[_Fit]) -> None:
    """Writes what is new, where the epochs stand now, and the sums that follow."""
    insert_entries(connection, [row for fit in fits for row in _rows(fit)])
    marks.move(
        connection,
        [marks.Moved(x.arrival.key, x.head, x.arrival.head_seq, x.arrival.now_ms) for x in fits],
    )
    said = [[*fit.readings, *_moved_by_clocks(connection, fit)] for fit in fits]
    changed = keep(
        connection, [(fit.arrival.key, each) for fit, each in zip(fits, said, strict=True)]
    )
    books.keep(
        connection,
        [x.arrival.key for x in fits if any(r.type in MONEY_TYPES for r in x.readings)],
    )
    for fit in fits:
        if days := _follow_clocks(connection, fit):
            shop_id = fit.arrival.key.shop_id
            changed[shop_id] = min(changed.get(shop_id, date.max), *days)
    unknown_scans.keep(
        connection, [(x.arrival.key, x.entries, x.readings, x.arrival.now_ms) for x in fits]
    )
    periods.spoil(
        connection,
        {x.arrival.key.shop_id: x.held.region_code for x in fits},
        changed,
        max(x.arrival.now_ms for x in fits),
    )
    keep_last(
        connection, [(fit.held.region_code, each) for fit, each in zip(fits, said, strict=True)]
    )


def _moved_by_clocks(connection: Connection, fit: _Fit) -> list[Reading]:
    """Sales of before that a kiosk made under a wrong clock, which was set right just now."""
    pairs = zip(fit.entries, fit.readings, strict=True)
    clock_sets = [(one.seq, one.payload) for one, said in pairs if said.type == CLOCK_SET]
    return moves(connection, fit.arrival.key, clock_sets)


def _follow_clocks(connection: Connection, fit: _Fit) -> list[date]:
    """Brings visits and money of before to their true days, as with sales; the days changed."""
    if all(said.type != CLOCK_SET for said in fit.readings):
        return []
    key, since_seq = fit.arrival.key, fit.entries[0].seq
    clocks = clocks_of(connection, key.shop_id)
    books.move(connection, key, clocks, since_seq)
    return move_visits(connection, key, clocks, since_seq)


def _rows(fit: _Fit) -> list[EntryRow]:
    key, now_ms = fit.arrival.key, fit.arrival.now_ms
    return [
        (
            *key,
            one.seq,
            said.type,
            said.at_ms,
            said.type is not None,
            now_ms,
            one.hash,
            one.signature,
            one.payload,
        )
        for one, said in zip(fit.entries, fit.readings, strict=True)
    ]


def _outcome(connection: Connection, fit: _Fit) -> Outcome:
    arrival = fit.arrival
    if fit.fork_at < len(arrival.entries):
        return _set_branch_aside(connection, arrival, fit.fork_at, fit.head)
    last = arrival.entries[-1]
    return Ack(last.epoch, last.seq, last.hash.hex(), arrival.now_ms)


def _after_a_gap(connection: Connection, arrival: Arrival, held: Head) -> ProblemError:
    """Entries beyond the next one: the continuation of a branch set aside, or a gap."""
    first = arrival.entries[0]
    if continues_fork(connection, arrival.key, first):
        return _set_branch_aside(connection, arrival, 0, held)
    return ProblemError(
        "gap",
        f"Entries {held.seq + 1} to {first.seq - 1} are missing here; send them first.",
        mark=marks.message(held),
    )


def _set_branch_aside(
    connection: Connection, arrival: Arrival, fork_at: int, held: Head
) -> ProblemError:
    entries = arrival.entries[fork_at:]
    kept = set_aside(connection, arrival.key, entries, "fork", arrival.now_ms)
    marks.fork(connection, arrival.key)
    if kept < len(entries):
        return full(arrival.key)
    return ProblemError(
        "fork",
        f"Entry {entries[0].seq} of this kiosk is here already with another content: its card was "
        "copied or restored from a backup. Everything is kept; enrol the kiosk again.",
        mark=marks.message(held),
        fork_seq=entries[0].seq,
    )
