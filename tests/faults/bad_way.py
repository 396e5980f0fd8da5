"""What may stand between kiosk and centre: networks that lose, cut, drip, lie and repeat.

Every message goes through a proxy that throws the dice. Whenever the kiosk believes that
something arrived, the centre's database is asked at once whether it did. A control counts how
often the same lies would have been believed by a client that takes any 200 for a yes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.domain.errors import SyncError
from sync import centre as centre_module
from sync.centre import Centre
from sync.enrolment import Enrolment
from sync.session import Session
from tests.faults.centres import held, held_to, name_of, on_each_database, rows_of, sales_summed
from tests.faults.frame import Fault, Log, Outcome, dice
from tests.faults.kiosks import InSmallBatches
from tests.faults.proxy import LyingProxy
from tests.sync.harness import MemoryJournal, RunningServer, sale

ENTRIES_PER_ROUND_MAX = 12
BATCH = 3
TRIES_MAX = 60
IMPATIENT_S = 1.0
"""Instead of half a minute for an answer, and two for all of it: the dice throw many drips."""


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """A round: some new entries, sent until the centre has them, each message once tricked."""
    outcome = Outcome()
    with on_each_database(outcome) as servers:
        for index, server in enumerate(servers):
            _one_centre(server, range(index, rounds, len(servers)), seed, outcome, log)
    return outcome


def _one_centre(server: RunningServer, share: range, seed: int, outcome: Outcome, log: Log) -> None:
    journal = MemoryJournal()
    given = server.enrol(journal)
    with LyingProxy(server.port, dice(seed, name_of(server))) as proxy, _impatient():
        for number in share:
            rng = dice(seed, "bad_way", number)
            for _ in range(rng.randint(1, ENTRIES_PER_ROUND_MAX)):
                journal.add(sale(len(journal.entries)))
            tries = _send(server, proxy.url, journal, given, f"round {number}", outcome)
            outcome.expect(tries < TRIES_MAX, f"round {number}: it did not come through")
            log.advance()
        _count(proxy, outcome)
        outcome.expect(not proxy.strangers_heard, "a stranger was told the kiosk's token")
    _finish(server, journal, given, outcome)


def _send(
    server: RunningServer,
    url: str,
    journal: MemoryJournal,
    given: Enrolment,
    where: str,
    outcome: Outcome,
) -> int:
    """Tries until everything is there; how many sessions it took."""
    believed: list[int] = []

    def on_acked(epoch: int, seq: int) -> None:
        believed.append(seq)
        there = held_to(server, given.kiosk_id, epoch)
        outcome.counts["acknowledgements believed"] += 1
        outcome.expect(there >= seq, f"{where}: believed {seq}, the centre has {there}")

    for tries in range(TRIES_MAX):
        with Centre(url, given.token, verify=False) as centre:  # there is no TLS here
            session = Session(InSmallBatches(journal, BATCH), centre, on_acked=on_acked)
            try:
                session.push_all(session.ask_mark())
            except SyncError:
                outcome.counts["sessions broken off"] += 1
            if believed and believed[-1] == len(journal.entries):
                return tries
            if held_to(server, given.kiosk_id) == len(journal.entries):
                return tries
    return TRIES_MAX


def _count(proxy: LyingProxy, outcome: Outcome) -> None:
    outcome.counts["messages"] += proxy.messages
    outcome.counts["replays of entries"] += proxy.replays
    for trick, count in proxy.played.items():
        outcome.counts[trick.value] += count
    outcome.counts["lies that any client believing a 200 would have taken"] += proxy.lies_with_200


def _finish(
    server: RunningServer, journal: MemoryJournal, given: Enrolment, outcome: Outcome
) -> None:
    where, entries = name_of(server), rows_of(journal.entries)
    there = held(server, given.kiosk_id)
    outcome.counts["entries"] += len(entries)
    outcome.counts["doubled"] += max(0, len(there) - len(entries))
    outcome.expect(there == entries, f"{where}: something is lost, doubled or another")
    summed = sales_summed(server)
    outcome.expect(summed == len(entries), f"{where}: {summed} summed up, {len(entries)} sold")


@contextmanager
def _impatient() -> Iterator[None]:
    kept = centre_module.READ_TIMEOUT_S, centre_module.ANSWER_TIMEOUT_S
    centre_module.READ_TIMEOUT_S = centre_module.ANSWER_TIMEOUT_S = IMPATIENT_S
    try:
        yield
    finally:
        centre_module.READ_TIMEOUT_S, centre_module.ANSWER_TIMEOUT_S = kept


FAULT = Fault(
    "bad_way",
    "answers lost after the commit, cut bodies, drips, sign-in pages, forged answers, 5xx, "
    "redirects, messages sent twice",
    "nothing else is taken for an acknowledgement; 2,000 replays double nothing",
    "sendings",
    1_400,
    40,
    run,
)
