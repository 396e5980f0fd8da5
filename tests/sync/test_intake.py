"""Batches of several kiosks that go in together, on both databases."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from kiosk.domain.chain import StoredEntry
from sync.server import ingest
from sync.server.arrivals import Arrival, checked
from sync.server.ingest import Outcome
from sync.server.intake import Intake
from sync.server.marks import EpochKey
from sync.server.problems import ProblemError
from sync.server.rollups import rebuild
from sync.server.schema import entry, shop_day
from sync.server.store import Store
from sync.wire import Ack
from tests.sync.harness import NOW_MS, MemoryJournal, RunningServer, wait_until
from tests.sync.test_upload import aside

WAIT_S = 30


def kiosk_in(server: RunningServer, slug: str) -> tuple[MemoryJournal, EpochKey]:
    """An enrolled kiosk of a shop of its own, with five sales that were not sent."""
    shop_id = server.add_shop(slug)
    journal = MemoryJournal()
    server.enrol(journal, code=server.code(slug=slug))
    journal.add_sales(5)
    return journal, EpochKey(shop_id, journal.identity.kiosk_id, 1)


def arrival(
    server: RunningServer,
    journal: MemoryJournal,
    key: EpochKey,
    entries: list[StoredEntry] | None = None,
) -> Arrival:
    return checked(
        server.store,
        key,
        journal.identity.public_key,
        entries or journal.entries,
        head_seq=journal.head().seq,
        now_ms=NOW_MS,
    )


@contextmanager
def waiting(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Callable[[Arrival], Callable[[], Outcome]], Callable[[], None], list[int]]]:
    """An intake whose writer stands still until it is let go; how many went in at once."""
    let_go, sizes = threading.Event(), []
    together = ingest.take_together

    def held_up(store: Store, arrivals: list[Arrival]) -> list[Outcome]:
        assert let_go.wait(WAIT_S)
        sizes.append(len(arrivals))
        return together(store, arrivals)

    monkeypatch.setattr("sync.server.intake.take_together", held_up)
    intake = Intake(store)

    def send(one: Arrival) -> Callable[[], Outcome]:
        answer = intake.take_in(one)
        return lambda: answer.result(WAIT_S)

    try:
        yield send, let_go.set, sizes
    finally:
        let_go.set()
        intake.close()


def sales_by_shop(connection: Connection) -> dict[int, int]:
    rows = connection.execute(select(shop_day.c.shop_id, shop_day.c.sales))
    return {row.shop_id: row.sales for row in rows}


def test_batches_that_wait_go_in_with_one_commit(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosks = [kiosk_in(server, f"shop-{number}") for number in range(4)]
    with waiting(server.store, monkeypatch) as (send, let_go, sizes):
        answers = [send(arrival(server, *one)) for one in kiosks]
        let_go()
        outcomes = [answer() for answer in answers]
    # The first may have found itself alone; whoever came while it was held up went together.
    assert sizes in ([4], [1, 3], [2, 2], [3, 1])
    for (journal, _), outcome in zip(kiosks, outcomes, strict=True):
        assert outcome == Ack(1, 5, journal.entries[-1].hash.hex(), NOW_MS)
    assert server.store.read(sales_by_shop) == {key.shop_id: 5 for _, key in kiosks}
    assert rebuild.check(server.store) == []


def test_a_kiosk_that_waits_twice_is_taken_in_order(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, key = kiosk_in(server, "shop-1")
    with waiting(server.store, monkeypatch) as (send, let_go, sizes):
        parts = journal.entries[:2], journal.entries[2:4], journal.entries[4:]
        answers = [send(arrival(server, journal, key, part)) for part in parts]
        let_go()
        outcomes = [answer() for answer in answers]
    assert [one.seq for one in outcomes if isinstance(one, Ack)] == [2, 4, 5]
    assert sizes == [1, 1, 1]


def test_a_branch_and_a_gap_are_told_to_their_own_kiosks_alone(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (good, good_key), (copied, copied_key), (late, late_key) = (
        kiosk_in(server, f"shop-{number}") for number in range(3)
    )
    twin = copied.copy()
    twin.entries = twin.entries[:3]
    twin.add_sales(2)
    [first] = ingest.take_together(server.store, [arrival(server, copied, copied_key)])
    assert isinstance(first, Ack)
    with waiting(server.store, monkeypatch) as (send, let_go, _):
        answers = [
            send(arrival(server, twin, copied_key)),
            send(arrival(server, good, good_key)),
            send(arrival(server, late, late_key, late.entries[2:])),
        ]
        let_go()
        branch, taken, gap = (answer() for answer in answers)
    assert isinstance(taken, Ack)
    assert taken.seq == 5
    assert isinstance(branch, ProblemError)
    assert (branch.problem.code, branch.problem.fork_seq) == ("fork", 4)
    assert isinstance(gap, ProblemError)
    assert gap.problem.code == "gap"
    assert aside(server) == [(4, "fork"), (5, "fork")]
    assert rebuild.check(server.store) == []


def test_what_the_database_refuses_spoils_nothing_for_its_neighbours(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosks = [kiosk_in(server, f"shop-{number}") for number in range(3)]
    with waiting(server.store, monkeypatch) as (send, let_go, sizes):
        good = arrival(server, *kiosks[0])
        bad = arrival(server, *kiosks[1])
        # No column takes such a number: a stand-in for whatever nobody thought of.
        bad = replace(bad, now_ms=2**70)
        answers = [send(one) for one in (good, bad, arrival(server, *kiosks[2]))]
        let_go()
        assert isinstance(answers[0](), Ack)
        with pytest.raises((OverflowError, DBAPIError, ValueError)):
            answers[1]()
        assert isinstance(answers[2](), Ack)
    assert sizes[-3:] == [1, 1, 1] or sizes == [1, 2, 1, 1]
    assert server.store.read(sales_by_shop) == {kiosks[n][1].shop_id: 5 for n in (0, 2)}
    held = server.store.read(
        lambda c: c.execute(select(entry.c.shop_id).distinct().order_by(entry.c.shop_id)).all()
    )
    assert [row[0] for row in held] == [kiosks[0][1].shop_id, kiosks[2][1].shop_id]


def test_whoever_waits_is_answered_before_the_end(server: RunningServer) -> None:
    journal, key = kiosk_in(server, "shop-1")
    intake = Intake(server.store)
    answer = intake.take_in(arrival(server, journal, key))
    intake.close()
    wait_until(answer.done)
    assert isinstance(answer.result(0), Ack)
