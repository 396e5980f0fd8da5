"""The first page: the country as tiles, what needs a person, who looks after it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from kiosk.domain.entries import (
    AdminOpened,
    CashCount,
    CashTender,
    ClockSet,
    FloatIn,
    HelpCall,
    PinFailed,
    Restock,
    RestockLine,
    Sale,
    SaleLine,
    UnknownScan,
)
from kiosk.domain.ledger import day_of
from sync.server import tiles
from sync.server.accounts.roles import Role, Scope
from sync.server.alarms import desk, folds
from sync.server.alarms.counting import Received, fold
from sync.server.alarms.find import find
from sync.server.alarms.kinds import Kind, Severity
from sync.server.alarms.service import evaluate
from sync.server.alarms.signs import KioskNow, hours_missed, signs_of
from sync.server.alarms.state import State
from sync.server.schema import audit, watermark
from sync.server.schema.alarms import alarm, kiosk_fold
from sync.server.tiles import Measure
from tests.sync.harness import MemoryJournal, RunningServer, sale
from tests.sync.test_upload import push
from tests.web.people import logged_in

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
NOW_MS = 1_795_000_000_000 // DAY_MS * DAY_MS + 7 * HOUR_MS  # 12:00 in Kazakhstan
KIOSK = "0" * 16


def look(server: RunningServer, now_ms: int | None = None) -> None:
    """One round of the watch, without sending."""
    at_ms = now_ms or server.settings.now_ms()
    folds.bring_up_to_date(server.store, at_ms)
    evaluate(server.store, at_ms)


def open_kinds(server: RunningServer) -> set[str]:
    return server.store.read(
        lambda c: set(c.execute(select(alarm.c.kind).where(alarm.c.closed_ms.is_(None))).scalars())
    )


def state_of(*bodies: tuple[object, int]) -> State:
    journal = MemoryJournal()
    from kiosk.domain.entries import Entry, Stamp

    assert journal.entries == []
    return fold(State(), [Received(Entry(b, Stamp(at, "b", 1)), at) for b, at in bodies])


def kinds_of(state: State, now_ms: int = NOW_MS, *, seen_ms: int | None = NOW_MS, waiting=0):
    kiosk = KioskNow(1, KIOSK, seen_ms, waiting, False, state)
    return {one.kind: one for one in signs_of(kiosk, now_ms)}


def cash(number: int, came: dict[str, int], change: dict[str, int], price: int) -> Sale:
    return Sale(
        f"c-{number}",
        "kk",
        (SaleLine("Су", price, 1, "water", None),),
        price,
        CashTender(came, change),
    )


# --- signs ---


def test_a_silent_kiosk_is_one_that_says_nothing_while_its_shop_usually_sells():
    # Sold at 10, 11, …, 17 o'clock on each of the last fourteen days.
    start = NOW_MS - 14 * DAY_MS
    sales = [
        (sale(d * 100 + h), start + d * DAY_MS + (h - 12) * HOUR_MS)
        for d in range(14)
        for h in range(10, 18)
    ]
    state = state_of(*[x for x in sales if x[1] <= NOW_MS])
    closing = NOW_MS - DAY_MS + 6 * HOUR_MS  # yesterday 18:00
    morning = NOW_MS - 3 * HOUR_MS  # 9:00
    assert hours_missed(state, closing, morning) == 0
    assert Kind.SILENT not in kinds_of(state, morning, seen_ms=closing)
    assert Kind.SILENT not in kinds_of(state, NOW_MS, seen_ms=closing)
    silent = kinds_of(state, NOW_MS + 2 * HOUR_MS, seen_ms=closing)[Kind.SILENT]
    assert silent.detail["hours"] == 4
    assert silent.severity is Severity.WARNING
    assert silent.since_ms == closing
    later = kinds_of(state, NOW_MS + 2 * DAY_MS, seen_ms=closing)[Kind.SILENT]
    assert later.severity is Severity.URGENT
    assert later.level > silent.level


def test_before_anybody_knows_when_a_shop_sells_a_day_of_silence_counts():
    assert Kind.SILENT not in kinds_of(State(), seen_ms=NOW_MS - 20 * HOUR_MS)
    assert Kind.SILENT in kinds_of(State(), seen_ms=NOW_MS - 25 * HOUR_MS)
    assert Kind.SILENT not in kinds_of(State(), seen_ms=None)


@pytest.mark.parametrize(
    ("expected", "counted", "alarmed"),
    [
        (2_000, 1_500, False),  # not more than 500 ₸
        (2_000, 1_400, True),
        (50_000, 47_500, False),  # not more than 5 %
        (50_000, 47_000, True),
        (2_000, 2_600, True),  # more than expected is a difference too
        (None, 0, False),
    ],
)
def test_a_count_alarms_beyond_what_miscounting_explains(expected, counted, alarmed):
    pieces = {"n500": counted // 500, "c100": counted % 500 // 100}
    state = state_of((CashCount(pieces, "v", expected, "v-count-1"), NOW_MS - HOUR_MS))
    assert (Kind.CASH_GAP in kinds_of(state)) == alarmed


def test_a_box_counted_twice_in_one_visit_is_judged_by_the_sum():
    state = state_of(
        (CashCount({"n500": 2}, "v", 3_000, "v-count-1"), NOW_MS - 2 * HOUR_MS),
        (CashCount({"n500": 6}, "v", 1_000, "v-count-2"), NOW_MS - HOUR_MS),
    )
    assert state.count.difference_tenge == 0
    assert Kind.CASH_GAP not in kinds_of(state)
    assert Kind.CASH_GAP not in kinds_of(state, NOW_MS + 40 * DAY_MS, seen_ms=NOW_MS + 40 * DAY_MS)


def test_goods_are_sold_out_when_the_shelf_that_was_filled_is_empty():
    filled = Restock((RestockLine("water-asu", 2),), "v")
    assert Kind.SOLD_OUT not in kinds_of(state_of((sale(1), NOW_MS), (sale(2), NOW_MS)))
    one_left = [(filled, NOW_MS), (sale(1), NOW_MS)]
    assert Kind.SOLD_OUT not in kinds_of(state_of(*one_left))
    gone = kinds_of(state_of(*one_left, (sale(2), NOW_MS)))[Kind.SOLD_OUT]
    assert gone.detail == {"names": ["A.S.U. суы"], "count": 1}
    refilled = [*one_left, (sale(2), NOW_MS), (filled, NOW_MS)]
    assert Kind.SOLD_OUT not in kinds_of(state_of(*refilled))


def test_change_runs_out_by_what_the_last_days_took_and_not_before_the_box_is_known():
    day = NOW_MS - 4 * DAY_MS
    count = (CashCount({"c20": 10}, "v", None, ""), day)
    sales = [
        (cash(n, {"c200": 1}, {"c20": 2}, 160), day + DAY_MS * n // 2 + HOUR_MS) for n in range(4)
    ]
    short = kinds_of(state_of(count, *sales))[Kind.COINS]
    assert short.detail["pieces"] == [[20, 2, 1]]
    assert Kind.COINS not in kinds_of(state_of(*sales))
    brought = (FloatIn({"c20": 40}, "v"), NOW_MS - HOUR_MS)
    assert Kind.COINS not in kinds_of(state_of(count, *sales, brought))


def test_wrong_pins_alarm_until_a_right_one_comes():
    wrong = [(PinFailed(n), NOW_MS - HOUR_MS) for n in range(1, 7)]
    assert kinds_of(state_of(*wrong))[Kind.PIN].detail == {"failures": 6}
    assert Kind.PIN not in kinds_of(state_of(*wrong[:4]))
    assert Kind.PIN not in kinds_of(state_of(*wrong, (AdminOpened("v"), NOW_MS)))


def test_a_clock_that_is_wrong_is_seen_either_way():
    behind = ClockSet(server_ms=NOW_MS, local_ms=NOW_MS - HOUR_MS)
    assert kinds_of(state_of((behind, NOW_MS)))[Kind.CLOCK].detail == {"minutes": -60}
    little = ClockSet(server_ms=NOW_MS, local_ms=NOW_MS - 60_000)
    assert Kind.CLOCK not in kinds_of(state_of((behind, NOW_MS), (little, NOW_MS)))
    from kiosk.domain.entries import Entry, Stamp

    ahead = fold(State(), [Received(Entry(sale(1), Stamp(NOW_MS + 2 * DAY_MS, "b", 1)), NOW_MS)])
    assert kinds_of(ahead)[Kind.CLOCK].detail == {"minutes": 2 * 24 * 60}


def test_entries_that_wait_alarm_once_a_batch_is_full():
    assert Kind.BACKLOG not in kinds_of(State(), waiting=199)
    assert kinds_of(State(), waiting=200)[Kind.BACKLOG].severity is Severity.NOTICE
    assert kinds_of(State(), waiting=2_000)[Kind.BACKLOG].severity is Severity.WARNING


# --- keeping states and the book, on both databases ---


def test_states_grow_entry_by_entry_to_what_the_whole_journal_says(server: RunningServer) -> None:
    journal = MemoryJournal()
    given = server.enrol(journal)
    at_ms = server.settings.now_ms()

    def held() -> bytes:
        return server.store.read(lambda c: c.execute(select(kiosk_fold.c.state)).scalar_one())

    for number in range(5):
        journal.add(sale(number), at_ms - DAY_MS + number)
        journal.add(CashCount({"n500": 1}, "v", 180 * (number == 0)), at_ms)
        push(journal, given)
        assert folds.bring_up_to_date(server.store, at_ms) == 2
    journal.add_payload(b'{"type":"from the future","v":1}')
    push(journal, given)
    assert folds.bring_up_to_date(server.store, at_ms) == 1
    assert folds.bring_up_to_date(server.store, at_ms) == 0
    grown = held()
    server.store.write(folds.throw_away)
    assert folds.bring_up_to_date(server.store, at_ms) == 11
    assert held() == grown


def test_an_alarm_opens_is_looked_after_comes_back_worse_and_closes_by_itself(
    server: RunningServer,
) -> None:
    journal = MemoryJournal()
    given = server.enrol(journal)
    at_ms = server.settings.now_ms()
    journal.add(HelpCall("basket", "kk"), at_ms)
    push(journal, given)
    look(server)
    person = logged_in(server)
    shown = person.get("/overview?lang=en").text
    assert "Calls that nobody has answered by coming: 1." in shown
    kept = {"shop": "aktau-tsc", "kind": "help", "key": journal.identity.kiosk_id}
    assert person.post("/overview/acknowledge", **kept, note="Барамын <b>").status_code == 200
    shown = person.get("/overview?lang=en").text
    assert "Барамын &lt;b&gt;" in shown
    assert 'class="card alarm s3 acked"' in shown
    look(server)
    assert 'class="card alarm s3 acked"' in person.get("/overview?lang=en").text
    journal.add(HelpCall("basket", "kk"), at_ms + 1)
    push(journal, given)
    look(server)
    shown = person.get("/overview?lang=en").text
    assert 'class="card alarm s3"' in shown
    assert "noted before it got worse" in shown
    journal.add(CashCount({"n500": 1}, "volunteer"), at_ms + 2)
    push(journal, given)
    look(server)
    assert open_kinds(server) == set()
    assert "Nothing needs attention now" in person.get("/overview?lang=en").text
    gone = person.post("/overview/acknowledge", **kept, note="late")
    assert gone.status_code == 404
    noted = server.store.read(lambda c: c.execute(select(audit.c.action)).scalars().all())
    assert list(noted) == ["alarm.acknowledge"]


def test_what_is_the_matter_with_shops_is_found(server: RunningServer) -> None:
    journal = MemoryJournal()
    given = server.enrol(journal)
    at_ms = server.settings.now_ms()
    for _ in range(3):
        journal.add(UnknownScan("4600051000057", "EAN-13", "04600051000057"), at_ms)
    journal.add(UnknownScan("once", "QR", None), at_ms)
    journal.add_payload(b'{"type":"from the future","v":1}')
    push(journal, given)
    copied = journal.copy()
    copied.entries.pop()
    copied.add(HelpCall("start", "kk"))
    with pytest.raises(Exception, match="enrol"):
        push(copied, given)
    server.enrol(MemoryJournal(), auto_approve=False)
    folds.bring_up_to_date(server.store, at_ms)
    found = {one.kind: one for one in server.store.read(lambda c: find(c, at_ms))}
    assert set(found) == {
        Kind.FORK,
        Kind.QUARANTINE,
        Kind.UNREADABLE,
        Kind.UNKNOWN_CODES,
        Kind.PENDING,
    }
    assert found[Kind.UNKNOWN_CODES].detail == {"codes": [["4600051000057", 3]], "count": 1}
    assert found[Kind.QUARANTINE].detail == {"count": 1}


def test_alarms_of_another_region_are_neither_seen_nor_acknowledged(server: RunningServer) -> None:
    journal = MemoryJournal()
    given = server.enrol(journal)
    journal.add(HelpCall("basket", "kk"), server.settings.now_ms())
    push(journal, given)
    look(server)
    other = logged_in(server, Role.REGION, Scope("75"))
    shown = other.get("/overview?lang=en").text
    assert "aktau-tsc" not in shown
    assert "Nothing needs attention now" in shown
    kept = {"shop": "aktau-tsc", "kind": "help", "key": journal.identity.kiosk_id}
    assert other.post("/overview/acknowledge", **kept, note="x").status_code == 404
    auditor = logged_in(server, Role.AUDITOR)
    assert "I look after it" not in auditor.get("/overview?lang=en").text
    assert auditor.post("/overview/acknowledge", **kept, note="x").status_code == 403
    none_acked = select(func.count()).select_from(alarm).where(alarm.c.acked_ms.is_not(None))
    assert server.store.read(lambda c: c.execute(none_acked).scalar()) == 0


def test_codes_of_another_region_are_not_shown(server: RunningServer) -> None:
    journal = MemoryJournal()
    given = server.enrol(journal)
    journal.add(UnknownScan("4600051000057", "EAN-13", "04600051000057"), server.settings.now_ms())
    push(journal, given)
    assert "4600051000057" in logged_in(server).get("/overview").text
    assert "4600051000057" not in logged_in(server, Role.REGION, Scope("75")).get("/overview").text


# --- the map ---


def test_the_map_holds_all_twenty_regions_each_in_a_place_of_its_own(
    sqlite_server: RunningServer,
) -> None:
    shown = logged_in(sqlite_server).get("/overview?lang=en").text
    places = re.findall(r'<li class="(r\d c\d)"><a class="tile', shown.replace("\n", ""))
    assert len(places) == len(set(places)) == 20
    assert set(re.findall(r'href="/regions/(\d\d)"', shown)) == set(tiles.PLACES)
    region = logged_in(sqlite_server, Role.REGION, Scope("47")).get("/overview?lang=en").text
    assert set(re.findall(r'href="/regions/(\d\d)"', region)) <= {"47"}


@pytest.mark.parametrize("measure", list(Measure))
def test_every_measure_reads_its_own_figure(server: RunningServer, measure: Measure) -> None:
    journal = MemoryJournal()
    given = server.enrol(journal)
    at_ms = server.settings.now_ms()
    journal.add(CashCount({"n500": 2}, "v"), at_ms - 2 * DAY_MS)
    journal.add(sale(1, 1_000), at_ms - 2 * DAY_MS)
    journal.add(sale(2, 250, 4), at_ms)
    journal.add(CashCount({"n500": 5}, "v", 3_000), at_ms)
    push(journal, given)
    server.store.write(
        lambda c: c.execute(update(watermark).values(last_seen_ms=at_ms - 5 * DAY_MS))
    )
    look(server)
    found = server.store.read(lambda c: tiles.tiles(c, Scope("47"), at_ms, measure))
    assert [(tile.code, tile.shops) for tile in found] == [("47", 1)]
    expected = {
        Measure.ATTENTION: 1,
        Measure.TODAY: 1_000,
        Measure.WEEK: 2_000,
        Measure.SILENT: 1,
        Measure.TILL: 750,
    }
    assert found[0].value == expected[measure]
    others = server.store.read(lambda c: tiles.tiles(c, Scope("75"), at_ms, measure))
    assert [(tile.code, tile.value) for tile in others] == [("75", None)]
    assert day_of(at_ms) - timedelta(days=2) != day_of(at_ms)


def test_the_book_reads_its_alarms_in_order_of_urgency(server: RunningServer) -> None:
    at_ms = server.settings.now_ms()
    for name, call in (("a", False), ("b", True)):
        server.add_shop(name)
        journal = MemoryJournal()
        given = server.enrol(journal, code=server.code(slug=name))
        journal.add(HelpCall("x", "kk") if call else PinFailed(9), at_ms)
        push(journal, given)
    look(server)
    listed = server.store.read(lambda c: desk.open_alarms(c, Scope().shops()))
    assert [(one.slug, one.kind) for one in listed] == [("b", "help"), ("a", "pin")]
