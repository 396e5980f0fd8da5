"""Takes a file's entries in, run by run, as if their kiosk had sent them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, select

from kiosk.domain.chain import StoredEntry
from sync.journalfile import Line
from sync.server import access, shut_out
from sync.server.accounts import audit
from sync.server.accounts.roles import Person
from sync.server.importing import source
from sync.server.importing.known import Known, known_journals
from sync.server.importing.source import Found, JournalId
from sync.server.ingest import take_in
from sync.server.marks import EpochKey
from sync.server.problems import ProblemError
from sync.server.schema import entry, watermark
from sync.server.store import Store
from sync.wire import ENTRIES_PER_BATCH_MAX, fitting

Progress = Callable[[int], None]
UNKNOWN, BLOCKED, ENDED, SHUT_OUT = "unknown", "blocked", "gap", "revoked"
"""Why a journal is not taken in: never enrolled; not approved; entries missing; shut out, and kept
aside."""


@dataclass
class Outcome:
    """What became of one epoch's entries.

    ``new``: taken in now. ``held``: here already. ``aside``: in quarantine now or before.
    ``left``: not taken in. ``problem``: a code of :mod:`sync.server.problems`, ``unknown`` or
    ``blocked``; empty when all is in. ``seq``: how far the centre holds the epoch now.
    """

    kiosk_id: str
    epoch: int
    entries: int
    shop: str = ""
    new: int = 0
    held: int = 0
    aside: int = 0
    problem: str = ""
    message: str = ""
    seq: int = 0

    @property
    def left(self) -> int:
        """Entries that nothing was done with."""
        return self.entries - self.new - self.held - self.aside


@dataclass
class Result:
    """What became of a file."""

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every entry of the file is in the journals now."""
        return all(not one.problem for one in self.outcomes)


def take_file(
    store: Store,
    path: Path,
    found: Mapping[JournalId, Found],
    *,
    person: Person | None,
    now_ms: Callable[[], int],
    name_of_file: str = "",
    progress: Progress = lambda count: None,
) -> Result:
    """Takes in all that the centre may take of a file.

    Args:
        path: see :func:`sync.server.importing.source.read`.
        found: what :func:`sync.server.importing.source.survey` said of it.
        person: who brings it, and whose part of the shops it may touch; None on the server itself.
        name_of_file: for the audit trail, where the path does not tell.
        progress: told how many entries were gone through since the last time.

    Raises:
        WireError: when the file cannot be read to its end; what came before is in.
    """
    known = store.read(lambda connection: known_journals(connection, found, person))
    outcomes = {name: _begun(name, one, known.get(name)) for name, one in found.items()}
    try:
        for run in runs(source.read(path)):
            name = JournalId(run[0].kiosk_id, run[0].epoch)
            outcome = outcomes[name]
            if outcome.problem == SHUT_OUT:
                journal = known[name]
                kept = shut_out.keep(store, journal.key, journal.public_key, run, now_ms())
                outcome.aside += kept.aside
                outcome.held += kept.held
            elif outcome.problem in ("", "fork"):
                journal = known[name]
                head_seq = max(found[name].last_seq, journal.kiosk_head_seq)
                _take_run(store, journal, outcome, run, head_seq, now_ms())
            progress(len(run))
    finally:
        # Also when it breaks off: what is in is in.
        _note(store, known, outcomes, name_of_file or path.name, person, now_ms())
    return Result(list(outcomes.values()))


def runs(lines: Iterable[Line]) -> Iterator[list[StoredEntry]]:
    """Entries as a kiosk would send them: of one epoch, numbered without a gap, no more at once."""
    waiting: list[StoredEntry] = []
    for line in lines:
        one = line.entry
        if waiting and not _follows(waiting[-1], one):
            yield from _batches(waiting)
            waiting = []
        waiting.append(one)
        if len(waiting) >= ENTRIES_PER_BATCH_MAX:
            run = list(fitting(waiting))
            yield run
            waiting = waiting[len(run) :]
    yield from _batches(waiting)


def _batches(entries: list[StoredEntry]) -> Iterator[list[StoredEntry]]:
    while entries:
        run = list(fitting(entries))
        yield run
        entries = entries[len(run) :]


def _follows(before: StoredEntry, one: StoredEntry) -> bool:
    return (one.kiosk_id, one.epoch, one.seq) == (before.kiosk_id, before.epoch, before.seq + 1)


def _begun(name: JournalId, found: Found, known: Known | None) -> Outcome:
    outcome = Outcome(name.kiosk_id, name.epoch, found.entries)
    if known is None:
        outcome.problem = UNKNOWN
        outcome.message = "The centre does not know this kiosk, or not this epoch of it."
        return outcome
    outcome.shop = known.slug
    if known.status == access.REVOKED:
        outcome.problem = SHUT_OUT
        outcome.message = "This kiosk was shut out: its entries are kept aside, in no journal."
    elif known.status not in (access.APPROVED, access.SUSPENDED, access.REPLACED):
        outcome.problem = BLOCKED
        outcome.message = f"This kiosk may not send: it is {known.status}."
    return outcome


def _take_run(
    store: Store,
    known: Known,
    outcome: Outcome,
    run: list[StoredEntry],
    head_seq: int,
    now_ms: int,
) -> None:
    """Takes one run in and counts what became of it."""
    key = known.key
    before, is_held = store.read(lambda c: (_mark(c, key), _is_held(c, key, run)))
    outcome.seq = before
    if is_held:
        outcome.held += len(run)
        return
    try:
        take_in(store, key, known.public_key, run, head_seq=head_seq, now_ms=now_ms)
        taken = len(run)
    except ProblemError as error:
        problem = error.problem
        outcome.problem, outcome.message = problem.code, problem.message
        fork_seq = problem.fork_seq or run[0].seq
        taken = sum(one.seq < fork_seq for one in run)
        if problem.code != ENDED:
            outcome.aside += len(run) - taken
    new = sum(one.seq > before for one in run[:taken])
    outcome.new += new
    outcome.held += taken - new
    outcome.seq = before + new


def _mark(connection: Connection, key: EpochKey) -> int:
    return int(
        connection.execute(
            select(watermark.c.seq).where(
                watermark.c.shop_id == key.shop_id,
                watermark.c.kiosk_id == key.kiosk_id,
                watermark.c.epoch == key.epoch,
            )
        ).scalar_one()
    )


def _is_held(connection: Connection, key: EpochKey, run: list[StoredEntry]) -> bool:
    """Whether every entry is here: then nothing has to be checked or locked."""
    held = connection.execute(
        select(entry.c.hash)
        .where(
            entry.c.shop_id == key.shop_id,
            entry.c.kiosk_id == key.kiosk_id,
            entry.c.epoch == key.epoch,
            entry.c.seq.between(run[0].seq, run[-1].seq),
        )
        .order_by(entry.c.seq)
    ).scalars()
    return [bytes(one) for one in held] == [one.hash for one in run]


def _note(
    store: Store,
    known: Mapping[JournalId, Known],
    outcomes: Mapping[JournalId, Outcome],
    file: str,
    person: Person | None,
    now_ms: int,
) -> None:
    """One line per journal that something came of; bringing a file again leaves none."""
    changed = [(known[name], one) for name, one in outcomes.items() if one.new or one.aside]

    def work(connection: Connection) -> None:
        for journal, one in changed:
            audit.note(
                connection,
                person,
                "journal.import",
                one.kiosk_id,
                now_ms=now_ms,
                region_code=journal.region_code,
                shop_id=journal.key.shop_id,
                file=file[:100],
                epoch=one.epoch,
                new=one.new,
                held=one.held,
                aside=one.aside,
                problem=one.problem,
            )

    if changed:
        store.write(work)
