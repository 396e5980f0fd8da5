"""What is taken home of a kiosk that woke in 1970 and was set right later."""

import json
import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from kiosk.domain.entries import (
    Boot,
    CashCount,
    HelpCall,
    Restock,
    RestockLine,
    Stocktake,
    StocktakeLine,
    UnknownScan,
)
from kiosk.domain.ledger import KAZAKHSTAN, day_of
from sync import journalfile
from sync.enrolment import Enrolment
from sync.server import admin
from sync.server.accounts.roles import Role, Scope
from sync.server.export import true_days, walk, weekly
from sync.tables import TABLES
from tests.sync.harness import NOW_MS, RunningServer, sale
from tests.sync.test_clock_moves import DAY_MS, MINUTE_MS, TODAY, WrongClock, correction_of
from tests.sync.test_upload import push
from tests.web.people import Browser, logged_in
from tests.web.test_exports import api, as_text, file_of, records

FORMATS = ("csv", "xlsx", "parquet", "jsonl")
WOKE = date(1970, 1, 1)


class In1970(WrongClock):
    """A journal whose kiosk has no battery for its clock."""

    behind_ms = NOW_MS

    def visit(self, name: str) -> None:
        self.write(Restock((RestockLine("water-asu", 20, None, 120),), "v", f"{name}-restock-1"))
        self.write(CashCount({"n500": 2}, "v", None, f"{name}-count-1"))
        lines = (StocktakeLine("water-asu", 20, None, 180),)
        self.write(Stocktake(lines, "v", f"{name}-stocktake-1"))


def true_text(number: int) -> str:
    """The minute at which entry ``number`` was really made, as files write it."""
    at = datetime.fromtimestamp((NOW_MS + number * MINUTE_MS) / 1000, KAZAKHSTAN)
    return at.isoformat()


@pytest.fixture
def journal() -> In1970:
    return In1970()


SEQS = {"sales": [5, 6, 7, 11], "lines": [5, 6, 7, 11], "visits": [2, 3, 4]}
SEQS["journal"] = list(range(1, 12))
SET_AT = 10
"""The number of the entry with which the kiosk heard the centre."""


def in_1970(server: RunningServer, journal: In1970) -> Enrolment:
    """Entries 1 to 9 are at the centre, and nobody knows yet that they are of today."""
    given = server.enrol(journal)
    journal.write(Boot("1"))
    journal.visit("a")
    journal.write(sale(1))
    journal.write(sale(2))
    journal.write(correction_of(journal.entries[4]))
    journal.write(HelpCall("basket", "kk"))
    journal.write(UnknownScan("4006381333931", "ean13", "04006381333931"))
    push(journal, given)
    return given


def set_right(journal: In1970, given: Enrolment) -> None:
    """The kiosk hears the centre, and sells once more."""
    journal.hear_the_centre()
    journal.write(sale(3))
    push(journal, given)


def taken(person: Browser, what: str, form: str, first: date, last: date) -> list[dict[str, str]]:
    data = file_of(person, what, form, since=str(first), until=str(last))
    return as_text(records(data, form)) if data else []


def paged(server: RunningServer, token: str, what: str, **asked: object) -> list[dict[str, Any]]:
    """All rows, two entries at a time."""
    rows: list[dict[str, Any]] = []
    cursor: dict[str, object] = {}
    while True:
        page = api(server, token, what, limit=2, **asked, **cursor).json()
        rows += page["rows"]
        if page["cursor"] is None:
            return rows
        cursor = {"cursor": page["cursor"]}


def reader_token(server: RunningServer) -> str:
    return server.store.write(lambda c: admin.add_token(c, name="pc", now_ms=1))


@pytest.mark.parametrize("what", SEQS)
def test_every_format_has_the_day_on_which_it_was_and_the_stamp_that_was_signed(
    server: RunningServer, journal: In1970, what: str
) -> None:
    given = in_1970(server, journal)
    person = logged_in(server, Role.AUDITOR)
    before = taken(person, what, "csv", WOKE, WOKE)
    assert [int(row["seq"]) for row in before] == [n for n in SEQS[what] if n < SET_AT]
    assert all(row["time"] == row["true_time"] for row in before)
    assert taken(person, what, "csv", TODAY, TODAY) == []
    set_right(journal, given)
    for form in FORMATS:
        rows = taken(person, what, form, TODAY, TODAY)
        assert [int(row["seq"]) for row in rows] == SEQS[what], form
        for row in rows:
            number = int(row["seq"])
            assert row["true_time"] == true_text(number), form
            is_of_1970 = row["time"].startswith("1970-01-01T05:0")
            assert is_of_1970 == (number < SET_AT), form
            assert is_of_1970 or row["time"] == row["true_time"], form
        assert taken(person, what, form, WOKE, WOKE) == [], form
    token = reader_token(server)
    rows = paged(server, token, what, since_day=TODAY, until_day=TODAY)
    assert [row["true_time"] for row in rows] == [true_text(n) for n in SEQS[what]]
    assert paged(server, token, what, until_day=WOKE) == []


def test_new_columns_stand_last_so_that_scripts_which_count_go_on() -> None:
    for what in SEQS:
        assert TABLES[what].names[-1] == "true_time"
        assert TABLES[what].names.index("time") < 10
    assert TABLES["stock"].names[-3:] == ("counted_time", "sold", "true_counted_time")


def test_the_shelf_says_what_was_sold_in_true_days_and_when_it_was_really_counted(
    server: RunningServer, journal: In1970
) -> None:
    given = in_1970(server, journal)
    set_right(journal, given)
    person = logged_in(server, Role.AUDITOR)
    for form in FORMATS:
        [today] = taken(person, "stock", form, TODAY, TODAY)
        [then] = taken(person, "stock", form, WOKE, WOKE)
        assert (today["sold"], then["sold"]) == ("2", "0")
        assert today["quantity"] == then["quantity"] == "18"
        assert today["counted_time"].startswith("1970-01-01T05:04")
        assert today["true_counted_time"] == true_text(4)


def test_a_journal_of_true_days_proves_itself_and_has_no_holes(
    server: RunningServer, journal: In1970, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(true_days, "LOOKED_AT_ONCE", 2)
    given = in_1970(server, journal)
    journal.add_payload(b"\xff nothing that anybody can read")
    set_right(journal, given)
    journal.start_again(behind_ms=0)
    journal.mono_ms += 2 * DAY_MS
    journal.write(sale(4))
    push(journal, given)
    person = logged_in(server, Role.AUDITOR)
    for first, last, wanted in (
        (TODAY, TODAY, range(1, 13)),
        (TODAY + timedelta(1), TODAY + timedelta(9), range(13, 14)),
        (WOKE, TODAY - timedelta(1), range(0)),
    ):
        data = file_of(person, "journal", "jsonl", since=str(first), until=str(last))
        lines = data.splitlines()
        assert [json.loads(line)["seq"] for line in lines] == list(wanted)
        for report in journalfile.verify(journalfile.read_lines(lines, "journal.jsonl")):
            assert (report.faults, report.signed) == ((), True)


def week_of(server: RunningServer, day: date) -> weekly.ShopWeek:
    monday = weekly.first_day_of(weekly.week_name(day))
    report = server.store.read(lambda c: weekly.report(c, Scope("47"), "47", monday))
    [shop] = report.shops
    return shop


def test_the_week_of_a_region_has_what_really_happened_in_it(
    server: RunningServer, journal: In1970
) -> None:
    given = in_1970(server, journal)
    seen = (weekly.Note("help_call", 1), weekly.Note("unknown_scan", 1))
    before = week_of(server, WOKE)
    assert (before.sales, before.visits, before.notes) == (2, 1, seen)
    set_right(journal, given)
    today = week_of(server, TODAY)
    assert (today.sales, today.visits, today.notes) == (3, 1, seen)
    assert today.collected_tenge == 360  # three sales, one taken back
    nothing = (weekly.Note("no_sales"), weekly.Note("no_visit"))
    assert week_of(server, WOKE).notes == nothing


def test_each_entry_is_of_one_day_whatever_its_clock_did(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "PAGE_ENTRIES", 3)
    person = logged_in(server, Role.AUDITOR)
    for seed in range(3):
        slug = f"dice-{seed}"
        server.add_shop(slug)
        journal = In1970()
        given = server.enrol(journal, code=server.code(slug=slug))
        really = odd_life(random.Random(seed), journal)
        push(journal, given)
        days = sorted({day_of(at_ms) for at_ms in really.values()})
        found: list[int] = []
        for day in days:
            rows = taken(person, "sales", "csv", day, day)
            own = [row for row in rows if row["shop"] == slug]
            assert all(row["true_time"].startswith(str(day)) for row in own)
            found += [int(row["seq"]) for row in own]
        assert sorted(found) == sorted(really), f"seed {seed}"
        whole = taken(person, "sales", "csv", WOKE, date(2100, 1, 1))
        seqs = [int(row["seq"]) for row in whole if row["shop"] == slug]
        assert seqs == sorted(really), f"seed {seed}"


def odd_life(rng: random.Random, journal: In1970) -> dict[int, int]:
    """Some days of a machine; gives each sale's number and when an export must say it was."""
    stamps: list[tuple[int, str, int, int]] = []
    told: dict[int, int] = {}
    for number in range(40):
        what = rng.choice(("sale", "sale", "sale", "boot", "clock", "pass"))
        journal.mono_ms += rng.randint(0, DAY_MS // 3)
        if what == "sale":
            journal.write(sale(number))
            now_ms = NOW_MS + journal.mono_ms
            stamps.append((len(journal.entries), journal.boot, now_ms - journal.behind_ms, now_ms))
        elif what == "boot":
            journal.start_again(rng.choice((0, DAY_MS, NOW_MS)))
            journal.write(Boot("1"))
        elif what == "clock":
            journal.hear_the_centre()
            told |= {seq: now_ms for seq, boot, _, now_ms in stamps if boot == journal.boot}
            journal.behind_ms = rng.choice((0, -3 * DAY_MS))
    return {seq: told.get(seq, at_ms) for seq, _, at_ms, _ in stamps}
