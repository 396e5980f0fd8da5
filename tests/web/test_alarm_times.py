"""Alarms of a kiosk that woke in 1970 and was set right later."""

import json
import random

import msgspec
import pytest
from sqlalchemy import select, update

from kiosk.domain.entries import (
    Boot,
    CashCount,
    CashTender,
    EntryBody,
    HelpCall,
    PinFailed,
    Restock,
    RestockLine,
    Sale,
    UnknownScan,
)
from kiosk.domain.ledger import day_of
from sync.server.alarms import folds
from sync.server.alarms.kinds import Kind
from sync.server.alarms.service import evaluate
from sync.server.alarms.state import State, read_state
from sync.server.schema.alarms import alarm, kiosk_fold
from tests.sync.harness import NOW_MS, RunningServer, sale
from tests.sync.test_clock_moves import DAY_MS, MINUTE_MS, TODAY
from tests.sync.test_upload import push
from tests.web.test_true_days import In1970

WATCH_MS = NOW_MS + 6 * DAY_MS
"""When the alarms are looked for: after all that happens here, and it was not long ago."""


@pytest.fixture
def journal() -> In1970:
    return In1970()


def look(server: RunningServer, entries_max: int = folds.ENTRIES_PER_RUN) -> None:
    """One round of the watch, without sending."""
    folds.bring_up_to_date(server.store, WATCH_MS, entries_max)
    evaluate(server.store, WATCH_MS)


def state(server: RunningServer, shop_id: int = 1) -> State:
    query = select(kiosk_fold.c.version, kiosk_fold.c.state).where(kiosk_fold.c.shop_id == shop_id)
    row = server.store.read(lambda c: c.execute(query).one())
    return read_state(row.version, row.state)


def open_alarms(server: RunningServer) -> dict[str, int]:
    """Kind → since when, in milliseconds UTC."""
    query = select(alarm.c.kind, alarm.c.since_ms).where(alarm.c.closed_ms.is_(None))
    return dict(server.store.read(lambda c: [tuple(row) for row in c.execute(query)]))


def true_ms(number: int) -> int:
    return NOW_MS + number * MINUTE_MS


def given_change(number: int) -> Sale:
    tender = CashTender({"n500": 1}, {"c100": 3, "c20": 1})
    return Sale(f"change-{number}", "kk", sale().lines, 180, tender)


@pytest.mark.parametrize("is_looked_at_before", [True, False])
def test_a_call_a_gap_and_codes_of_1970_are_of_today_once_the_clock_was_set(
    server: RunningServer, journal: In1970, *, is_looked_at_before: bool
) -> None:
    given = server.enrol(journal)
    journal.write(Boot("1"))
    journal.write(CashCount({"n1000": 5, "c100": 50, "c20": 50}, "v", 20_000, "a-count-1"))
    journal.write(given_change(1))
    for _ in range(3):
        journal.write(UnknownScan("4006381333931", "ean13", "04006381333931"))
    journal.write(HelpCall("basket", "kk"))
    journal.write(PinFailed(6))
    if is_looked_at_before:
        push(journal, given)
        look(server)
        assert state(server).calls == [7 * MINUTE_MS]
        assert not open_alarms(server).keys() & {Kind.HELP, Kind.CASH_GAP, Kind.UNKNOWN_CODES}
    journal.hear_the_centre()
    push(journal, given)
    look(server)
    now, today = state(server), TODAY.toordinal()
    assert now.calls == [true_ms(7)]
    assert now.count is not None
    assert now.count.at_ms == true_ms(2)
    assert now.codes == {"04006381333931": (3, today)}
    assert now.sold_day == {"water-asu": today}
    assert set(now.net) == {today}
    assert {day for day, _, _ in now.ratios} == {today}
    assert now.pin_failed_ms == true_ms(8)
    alarms = open_alarms(server)
    assert alarms[Kind.HELP] == true_ms(7)
    assert alarms[Kind.CASH_GAP] == true_ms(2)
    assert Kind.UNKNOWN_CODES in alarms


def test_an_open_alarm_moves_with_its_call(sqlite_server: RunningServer, journal: In1970) -> None:
    given = sqlite_server.enrol(journal)
    journal.behind_ms = 8 * DAY_MS
    journal.write(HelpCall("basket", "kk"))
    push(journal, given)
    look(sqlite_server)
    assert open_alarms(sqlite_server)[Kind.HELP] == true_ms(1) - 8 * DAY_MS
    journal.hear_the_centre()
    push(journal, given)
    look(sqlite_server)
    assert open_alarms(sqlite_server)[Kind.HELP] == true_ms(1)


def test_any_order_of_entries_sendings_and_rounds_gives_what_a_state_built_anew_says(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folds, "_ENTRIES_PER_READ", 7)
    for seed in range(2):
        rng = random.Random(seed)
        slug = f"dice-{seed}"
        shop_id = server.add_shop(slug)
        journal = In1970()
        journal.behind_ms = (
            9 * DAY_MS
        )  # what is older is forgotten at once, which is another matter
        given = server.enrol(journal, code=server.code(slug=slug))
        for number in range(35):
            one(rng, journal, number)
            if rng.random() < 0.2:
                push(journal, given)
                folds.bring_up_to_date(server.store, WATCH_MS, rng.choice((1, 5, 1000)))
        push(journal, given)
        folds.bring_up_to_date(server.store, WATCH_MS)
        step_by_step = state(server, shop_id)
        server.store.write(folds.throw_away)
        folds.bring_up_to_date(server.store, WATCH_MS)
        assert plain(step_by_step) == plain(state(server, shop_id)), f"seed {seed}"


def one(rng: random.Random, journal: In1970, number: int) -> None:
    bodies: list[EntryBody] = [
        given_change(number),
        HelpCall("basket", "kk"),
        UnknownScan("4006381333931", "ean13", "04006381333931"),
        CashCount({"n1000": 5}, "v", rng.choice((None, 5000)), f"v{number}-count-1"),
        Restock((RestockLine("water-asu", 10, None, 90),), "v", f"v{number}-restock-1"),
    ]
    journal.mono_ms += rng.randint(0, DAY_MS // 20)
    what = rng.choice((*bodies, "clock", "boot", "odd"))
    if what == "clock":
        journal.hear_the_centre()
        journal.behind_ms = rng.choice((0, 3 * DAY_MS, -2 * DAY_MS))
    elif what == "boot":
        journal.start_again(rng.choice((0, DAY_MS, 9 * DAY_MS)))
        journal.write(Boot("1"))
    elif what == "odd":
        journal.add_payload(b"\xff nothing that anybody can read")
    else:
        assert not isinstance(what, str)
        journal.write(what)


def plain(one: State) -> dict[str, object]:
    """Without the way back, which may lie elsewhere."""
    said = msgspec.to_builtins(msgspec.structs.replace(one, settled=None))
    assert isinstance(said, dict)
    return said


def test_a_state_of_an_older_program_goes_on(sqlite_server: RunningServer, journal: In1970) -> None:
    given = sqlite_server.enrol(journal)
    journal.write(HelpCall("basket", "kk"))
    push(journal, given)
    look(sqlite_server)
    table = kiosk_fold
    data = sqlite_server.store.read(lambda c: c.execute(select(table.c.state)).scalar_one())
    known = json.loads(data)
    for name in ("boot", "settled", "anchor_seq"):
        del known[name]
    older = json.dumps(known).encode()
    sqlite_server.store.write(lambda c: c.execute(update(table).values(state=older)))
    journal.hear_the_centre()
    journal.write(HelpCall("basket", "kk"))
    push(journal, given)
    look(sqlite_server)
    assert state(sqlite_server).calls == [MINUTE_MS, true_ms(3)]
    assert day_of(state(sqlite_server).calls[-1]) == TODAY
