"""Visits, counts, money taken out and QR claims are shown on the day on which they really were."""

import random
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from kiosk.domain.entries import (
    Boot,
    CashCount,
    CashOut,
    CashReceived,
    ClockSet,
    EntryBody,
    EntryRef,
    FloatIn,
    QrTender,
    Restock,
    RestockLine,
    Sale,
)
from kiosk.domain.ledger import day_of
from sync.server.money.claims import claim_at, open_claims
from sync.server.rollups import rebuild
from sync.server.schema.money import cash_out, money_day, money_month
from sync.server.schema.rollups import visit
from tests.sync.harness import NOW_MS, RunningServer, sale
from tests.sync.test_clock_moves import BEHIND, DAY_MS, MINUTE_MS, TODAY, WrongClock
from tests.sync.test_upload import push

EVER = (date(1970, 1, 1), date(2100, 1, 1))


def count(visit_id: str, notes: int, expected: int | None = None) -> CashCount:
    return CashCount({"n1000": notes}, "asel", expected, f"{visit_id}-count-1")


def restock(visit_id: str) -> Restock:
    return Restock((RestockLine("water-asu", 10, None, 90),), "asel", f"{visit_id}-restock-1")


def take_out(visit_id: str) -> CashOut:
    return CashOut({"n1000": 2}, "bank", "asel", f"{visit_id}-take_out-1")


def by_qr(number: int) -> Sale:
    return Sale(f"qr-{number}", "kk", sale().lines, 180, QrTender(180))


@dataclass(frozen=True)
class Shown:
    """What the pages say of one shop."""

    visits: dict[str, tuple[date, int, int]]
    money: dict[date, tuple[int, int]]
    out: dict[int, tuple[date, int | None]]
    claims: dict[int, tuple[date, int]]


def shown(server: RunningServer, shop_id: int) -> Shown:
    def work(connection: Any) -> Shown:
        def rows(table: Any, *names: str) -> list[Any]:
            query = select(*(table.c[name] for name in names)).where(table.c.shop_id == shop_id)
            return list(connection.execute(query))

        money = rows(money_day, "day", "counted_cash_tenge", "restock_cost_tenge")
        out = rows(cash_out, "seq", "day", "kiosk_received_ms")
        return Shown(
            {x[0]: tuple(x[1:]) for x in rows(visit, "visit_id", "day", "began_ms", "ended_ms")},
            {row[0]: (row[1], row[2]) for row in money if any(row[1:])},
            {row[0]: (row[1], row[2]) for row in out},
            {x.seq: (x.day, x.at_ms) for x in open_claims(connection, shop_id, *EVER)},
        )

    return server.store.read(work)


def true_ms(journal: WrongClock, number: int) -> int:
    """The minute at which the journal's entry ``number`` was really made, in the first boot."""
    return NOW_MS + number * MINUTE_MS


@pytest.fixture
def journal() -> WrongClock:
    return WrongClock()


@pytest.mark.parametrize("is_sent_before", [True, False])
def test_a_visit_its_money_and_the_claims_move_to_the_day_on_which_they_were(
    server: RunningServer, journal: WrongClock, *, is_sent_before: bool
) -> None:
    given = server.enrol(journal)
    for body in (Boot("1"), count("a", 5), restock("a"), by_qr(1), count("b", 9, 5000)):
        journal.write(body)
    journal.write(take_out("b"))
    journal.write(CashReceived(EntryRef(journal.identity.epoch, 6), "berik"))
    if is_sent_before:
        push(journal, given)
        before = shown(server, 1)
        assert {row[0] for row in before.visits.values()} == {BEHIND}
        assert before.money == {BEHIND: (4000, 900)}
        assert {row[0] for row in before.claims.values()} == {BEHIND}
    journal.hear_the_centre()
    journal.write(by_qr(2))
    push(journal, given)
    after = shown(server, 1)
    assert after.visits == {
        "a": (TODAY, true_ms(journal, 2), true_ms(journal, 3)),
        "b": (TODAY, true_ms(journal, 5), true_ms(journal, 6)),
    }
    assert after.money == {TODAY: (4000, 900)}
    assert after.out == {6: (TODAY, true_ms(journal, 7))}
    assert after.claims == {4: (TODAY, true_ms(journal, 4)), 9: (TODAY, true_ms(journal, 9))}
    assert rebuild.check(server.store) == []
    rebuild.rebuild(server.store)
    assert shown(server, 1) == after


def test_claims_of_a_week_are_found_whatever_their_stamps_say(
    server: RunningServer, journal: WrongClock
) -> None:
    given = server.enrol(journal)
    journal.write(Boot("1"))
    journal.write(by_qr(1))
    journal.hear_the_centre()
    push(journal, given)

    def found(first: date, last: date) -> list[int]:
        return [x.seq for x in server.store.read(lambda c: open_claims(c, 1, first, last))]

    assert found(TODAY, TODAY) == [2]
    assert found(BEHIND, BEHIND) == []
    kiosk_id, epoch = journal.identity.kiosk_id, journal.identity.epoch
    claim = server.store.read(lambda c: claim_at(c, 1, kiosk_id, epoch, 2))
    assert claim is not None
    assert (claim.day, claim.at_ms) == (TODAY, true_ms(journal, 2))


def test_a_visit_during_which_the_clock_was_set_is_one_visit_of_one_day(
    server: RunningServer, journal: WrongClock
) -> None:
    given = server.enrol(journal)
    journal.write(count("a", 5))
    push(journal, given)
    journal.hear_the_centre()
    journal.write(restock("a"))
    push(journal, given)
    [(day, began_ms, ended_ms)] = shown(server, 1).visits.values()
    assert (day, began_ms, ended_ms) == (TODAY, true_ms(journal, 1), true_ms(journal, 3))
    assert rebuild.check(server.store) == []


def test_what_was_made_before_the_machine_started_keeps_its_stamp(
    server: RunningServer, journal: WrongClock
) -> None:
    given = server.enrol(journal)
    journal.write(Boot("1"))
    journal.write(count("old", 5))
    journal.write(by_qr(1))
    journal.start_again(behind_ms=2 * DAY_MS)
    for body in (Boot("1"), Boot("1"), count("new", 7, 5000), by_qr(2)):
        journal.write(body)
    push(journal, given)
    journal.hear_the_centre()
    push(journal, given)
    after = shown(server, 1)
    assert {name: row[0] for name, row in after.visits.items()} == {"old": BEHIND, "new": TODAY}
    assert after.money == {TODAY: (2000, 0)}
    assert {seq: row[0] for seq, row in after.claims.items()} == {3: BEHIND, 7: TODAY}
    assert rebuild.check(server.store) == []


def test_the_kept_months_follow(server: RunningServer, journal: WrongClock) -> None:
    given = server.enrol(journal)
    for body in (count("a", 5), count("b", 9, 5000)):
        journal.write(body)
    push(journal, given)
    journal.hear_the_centre()
    push(journal, given)
    query = select(money_month.c.month, money_month.c.counted_cash_tenge)
    rows = server.store.read(lambda c: c.execute(query).all())
    assert {row[0]: row[1] for row in rows if row[1]} == {TODAY.replace(day=1): 4000}


def test_any_order_of_entries_and_sendings_gives_what_the_journal_says(
    server: RunningServer,
) -> None:
    for seed in range(6):
        rng = random.Random(seed)
        slug = f"dice-{seed}"
        shop_id = server.add_shop(slug)
        journal = WrongClock()
        given = server.enrol(journal, code=server.code(slug=slug))
        really: dict[str, list[int]] = {}
        wrong: list[tuple[str, int]] = []
        for number in range(30):
            _one(rng, journal, number, really, wrong)
            if rng.random() < 0.3:
                push(journal, given)
        journal.hear_the_centre()
        push(journal, given)
        after = shown(server, shop_id)
        for name, times in really.items():
            if all(one not in wrong for one in ((name, at) for at in times)):
                expected = (day_of(times[0]), times[0], max(times))
                assert after.visits[name] == expected, f"seed {seed}, visit {name}"
    assert rebuild.check(server.store) == []


def _one(
    rng: random.Random,
    journal: WrongClock,
    number: int,
    really: dict[str, list[int]],
    wrong: list[tuple[str, int]],
) -> None:
    """One more entry; ``wrong``: what a restart before any clock was set leaves for ever."""
    what = rng.choice(("visit", "visit", "visit", "qr", "sale", "clock", "boot"))
    if what == "clock":
        journal.hear_the_centre()
        journal.behind_ms = rng.choice((0, 3 * DAY_MS, -5 * DAY_MS))
    elif what == "boot":
        if journal.behind_ms:
            wrong += [(name, at) for name, times in really.items() for at in times]
        journal.start_again(rng.choice((0, DAY_MS, 400 * DAY_MS)))
        journal.write(Boot("1"))
    elif what == "visit":
        name = f"v{number // 4}"
        body: EntryBody = rng.choice(
            (
                count(name, rng.randint(0, 9), rng.choice((None, 4000))),
                restock(name),
                take_out(name),
                FloatIn({"c100": 5}, "asel", f"{name}-change_float-1"),
            )
        )
        journal.write(body)
        really.setdefault(name, []).append(NOW_MS + journal.mono_ms)
    else:
        journal.write(by_qr(number) if what == "qr" else sale(number))


def test_a_centre_time_from_nowhere_moves_nothing_and_breaks_nothing(
    server: RunningServer, journal: WrongClock
) -> None:
    given = server.enrol(journal)
    journal.write(count("a", 5))
    journal.write(by_qr(1))
    journal.write(ClockSet(0, 0))
    push(journal, given)
    assert len(shown(server, 1).claims) == 1
    assert rebuild.check(server.store) == []
