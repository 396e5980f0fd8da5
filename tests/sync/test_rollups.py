"""The sums that are kept while entries come in, on both databases."""

import argparse
import json
import random
from datetime import date
from typing import Any, cast

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, select, update

from kiosk.domain.entries import (
    CashCount,
    CashOut,
    CashTender,
    Correction,
    Entry,
    EntryBody,
    FloatIn,
    QrTender,
    Restock,
    RestockLine,
    Sale,
    SaleLine,
    SaleRef,
    Stamp,
    Stocktake,
    StocktakeLine,
    encode,
)
from kiosk.domain.visit_report import report_of
from sync.cli import rollups as commands
from sync.server.rollups import read_payload, rebuild
from sync.server.rollups.plain_sale import read_plain_sale
from sync.server.rollups.reading import read_any
from sync.server.rollups.visits import Numbered, Visit, VisitEntry, Visits
from sync.server.schema import shop_day
from sync.server.schema.rollups import NO_PRODUCT, region_product_day, visit
from tests.sync.harness import NOW_MS, MemoryJournal, RunningServer
from tests.sync.test_upload import push

DAY_MS = 86_400_000


def sale_of(number: int, *lines: SaleLine, tender: str = "cash") -> Sale:
    total = sum(x.total_tenge for x in lines)
    how = QrTender(total) if tender == "qr" else CashTender(None)
    return Sale(f"checkout-{number}", "kk", lines, total, how)


def taken_back(journal: MemoryJournal, sold: Sale) -> Correction:
    cash = isinstance(sold.tender, CashTender)
    return Correction(
        sale=SaleRef(1, 1, "00" * 32),
        by="shopper",
        reason="",
        lines=sold.lines,
        total_tenge=sold.total_tenge,
        left_to_cause_tenge=0,
        rounded_off_tenge=0,
        tender="cash" if cash else "qr",
        taken_back_tenge=sold.total_tenge if cash else 0,
        taken_back=None,
        put_back={},
    )


WATER = SaleLine("Су", 180, 2, "water")
BUN = SaleLine("Тоқаш", 150, 1, "bun")
UNKNOWN = SaleLine("?", 99, 1, None, "04870001157937", price_entered=True)


# --- reading sales quickly ---

codes = st.sampled_from(["c1", "c20", "c200", "n500", "n1000", "x5", "n0", "c07"])
amounts = st.integers(-5, 1200) | st.just(10**12 + 1)
raw_lines = st.fixed_dictionaries(
    {
        "name": st.text(max_size=4),
        "unit_price_tenge": amounts,
        "quantity": st.integers(0, 3) | st.just(10**9 + 1) | st.just(True) | st.just(1.0),
    },
    optional={
        "product_id": st.none() | st.text(max_size=4),
        "code": st.none() | st.text(max_size=3),
        "price_entered": st.booleans(),
        "colour": st.just("red"),
    },
)
raw_tenders = st.fixed_dictionaries(
    {"type": st.just("cash"), "pieces_in": st.none() | st.dictionaries(codes, amounts, max_size=2)},
    optional={
        "change": st.dictionaries(codes, st.integers(-1, 4), max_size=2),
        "left_to_cause_tenge": st.integers(-1, 60),
        "rounded_off_tenge": st.integers(-1, 60),
        "box_known": st.booleans(),
    },
) | st.fixed_dictionaries({"type": st.just("qr"), "claimed_tenge": amounts})


@st.composite
def raw_sales(draw: st.DrawFn) -> bytes:
    lines = draw(st.lists(raw_lines, max_size=3))
    total = sum(cast(int, x["unit_price_tenge"]) * cast(int, x["quantity"]) for x in lines)
    tender = draw(raw_tenders)
    if tender["type"] == "qr" and draw(st.booleans()):
        tender["claimed_tenge"] = total
    if tender.get("pieces_in") is not None and draw(st.booleans()):
        tender["pieces_in"] = {"c1": total + draw(st.integers(0, 40))}
        more = tender["pieces_in"]["c1"] - total
        tender |= {"change": {}, "left_to_cause_tenge": more, "rounded_off_tenge": 0}
    fields = {
        "type": "sale",
        "v": draw(st.sampled_from([1, 1, 1, 1, 1.0, 2, True])),
        "at_ms": draw(st.integers(-1, 2**45) | st.just(253_402_300_799_999)),
        "boot": "b",
        "mono_ms": draw(st.integers(-1, 9)),
        "checkout_id": "c",
        "language": "kk",
        "lines": lines,
        "total_tenge": draw(st.just(total) | amounts),
        "tender": tender,
    }
    if draw(st.integers(0, 9)) == 0:
        del fields[draw(st.sampled_from(sorted(fields)))]
    return json.dumps(fields, separators=(",", ":")).encode()


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(raw_sales())
def test_a_sale_read_quickly_is_read_as_the_domain_reads_it(payload: bytes) -> None:
    assert read_payload(payload) == read_any(payload)


def test_sales_as_our_kiosks_write_them_are_read_quickly() -> None:
    for body in (
        sale_of(1, WATER, BUN),
        sale_of(2, UNKNOWN, tender="qr"),
        Sale("c", "ru", (WATER,), 360, CashTender({"n500": 1}, {"c100": 1}, 40, 0)),
        Sale("c", "ru", (WATER,), 360, CashTender({"n500": 1}, {"c100": 1, "c50": 1}, 0, 10)),
    ):
        payload = encode(Entry(body, Stamp(NOW_MS, "boot", 1)))
        assert read_plain_sale(payload) is not None
        assert read_payload(payload) == read_any(payload)


# --- a visit's figures ---


def random_life(rng: random.Random, days: int = 12) -> list[EntryBody]:
    """Sales, corrections and visits in every order that volunteers can think of."""
    bodies: list[EntryBody] = []
    number = 0
    for visit_number in range(days):
        for _ in range(rng.randrange(5)):
            number += 1
            lines = rng.sample([WATER, BUN, UNKNOWN], rng.randrange(1, 4))
            bodies.append(sale_of(number, *lines, tender=rng.choice(["cash", "qr"])))
            if rng.random() < 0.2:
                bodies.append(taken_back(MemoryJournal(), bodies[-1]))
        for step in range(rng.randrange(6)):
            kind = rng.choice(["count", "take_out", "stocktake", "restock", "change_float"])
            bodies.append(random_step(rng, kind, f"v{visit_number}-{kind}-{step}"))
            if rng.random() < 0.2:
                number += 1
                bodies.append(sale_of(number, BUN))
    return bodies


def random_step(rng: random.Random, kind: str, form_id: str) -> EntryBody:
    pieces = {"c100": rng.randrange(20), "n500": rng.randrange(5)}
    if kind == "count":
        expected = None if rng.random() < 0.2 else rng.randrange(4000)
        return CashCount(pieces, "v1", expected, form_id)
    if kind == "take_out":
        return CashOut(pieces, "bank", "v1", form_id)
    if kind == "change_float":
        return FloatIn(pieces, "v1", form_id)
    if kind == "restock":
        cost = rng.choice([None, 90])
        return Restock((RestockLine("water", 5, unit_cost_tenge=cost),), "v1", form_id)
    expected = rng.choice([None, 7])
    return Stocktake((StocktakeLine("water", rng.randrange(9), expected, 180),), "v1", form_id)


def journal_of(bodies: list[EntryBody]) -> list[Entry]:
    return [
        Entry(body, Stamp(NOW_MS + seq * 60_000, "boot", seq)) for seq, body in enumerate(bodies, 1)
    ]


def numbered(entries: list[Entry]) -> list[Numbered]:
    found = []
    for seq, one in enumerate(entries, 1):
        body = one.body if isinstance(one.body, VisitEntry) else None
        totals = None if body else read_payload(encode(one)).totals
        found.append(Numbered(1, seq, one.stamp.at_ms, body, totals))
    return found


def matches_report(one: Visit, entries: list[Entry]) -> None:
    """Compares with the domain's report at the end of that visit."""
    report = report_of(one.visit_id, entries[: one.last_seq][::-1], {})
    till, stock = report.till, report.stock
    assert (one.counted_tenge, one.difference_tenge) == (till.counted_tenge, till.difference_tenge)
    assert one.expected_tenge == till.expected_tenge
    assert one.cash_due_tenge == (till.cash_due_tenge if till.was_counted else None)
    if stock.was_counted:
        assert one.goods_sold_tenge == stock.goods_sold_tenge
        assert one.goods_paid_tenge == stock.goods_paid_tenge
    if stock.is_comparable:
        assert (one.goods_due_tenge, one.gap_tenge) == (stock.goods_due_tenge, stock.gap_tenge)
        assert one.gap_pieces == stock.gap_pieces
    else:
        assert one.goods_due_tenge is None
    assert one.taken_out_tenge == report.taken_out.total_tenge
    assert one.float_in_tenge == report.float_in.total_tenge
    assert one.restocked_pieces == report.restocked_pieces


@pytest.mark.parametrize("seed", range(60))
def test_a_visits_figures_are_those_of_the_volunteers_own_report(seed: int) -> None:
    entries = journal_of(random_life(random.Random(seed)))
    worked_out = Visits()
    worked_out.add(numbered(entries))
    for one in worked_out.touched.values():
        matches_report(one, entries)


def test_an_entry_without_a_form_is_a_visit_of_its_own() -> None:
    worked_out = Visits()
    worked_out.add(
        numbered(
            journal_of([CashOut({"n500": 2}, "bank", "v1"), CashOut({"n500": 1}, "bank", "v1")])
        )
    )
    assert [x.taken_out_tenge for x in worked_out.touched.values()] == [1000, 500]


# --- at the centre ---


def rows(server: RunningServer, table: Table) -> list[tuple[Any, ...]]:
    return [tuple(x) for x in server.store.read(lambda c: c.execute(select(table)).all())]


def test_a_correction_takes_goods_back_on_its_own_day(server: RunningServer) -> None:
    journal = MemoryJournal()
    sold = sale_of(1, WATER, BUN, UNKNOWN)
    journal.add(sold, NOW_MS)
    journal.add(sale_of(2, WATER, tender="qr"), NOW_MS)
    journal.add(taken_back(journal, sold), NOW_MS + DAY_MS)
    push(journal, server.enrol(journal))
    products = {row[:3]: row[3:] for row in rows(server, region_product_day)}
    first, second = sorted({key[1] for key in products})
    assert products == {
        ("47", first, "water"): (4, 720, 0),
        ("47", first, "bun"): (1, 150, 0),
        ("47", first, NO_PRODUCT): (1, 99, 0),
        ("47", second, "water"): (-2, -360, 1),
        ("47", second, "bun"): (-1, -150, 1),
        ("47", second, NO_PRODUCT): (-1, -99, 1),
    }
    assert isinstance(first, date)
    assert rebuild.check(server.store) == []


def test_visits_are_the_same_however_the_journal_was_cut_into_batches(
    server: RunningServer,
) -> None:
    journal = MemoryJournal()
    given = server.enrol(journal)
    rng = random.Random(7)
    for number, body in enumerate(random_life(rng, 15)):
        journal.add(body, NOW_MS + number * 3_600_000)
        if rng.random() < 0.3:
            push(journal, given)
    push(journal, given)
    assert len(rows(server, visit)) > 8
    assert rebuild.check(server.store) == []


def test_sums_that_went_wrong_are_found_and_made_again(server: RunningServer) -> None:
    journal = MemoryJournal()
    for number, body in enumerate(random_life(random.Random(3))):
        journal.add(body, NOW_MS + number * 3_600_000)
    push(journal, server.enrol(journal))
    before = [rows(server, table) for table in (shop_day, region_product_day, visit)]
    server.store.write(lambda c: c.execute(update(shop_day).values(cash_tenge=7)))
    server.store.write(lambda c: c.execute(region_product_day.delete()))
    server.store.write(lambda c: c.execute(update(visit).values(taken_out_tenge=7)))
    assert {x.table for x in rebuild.check(server.store)} == {
        "shop_day",
        "region_product_day",
        "visit",
    }
    counted = []
    rebuild.rebuild(server.store, counted.append)
    assert sum(counted) == len(journal.entries)
    assert rebuild.check(server.store) == []
    after = [rows(server, table) for table in (shop_day, region_product_day, visit)]
    assert [sorted(x, key=str) for x in after] == [sorted(x, key=str) for x in before]


def test_visits_go_on_after_a_kiosk_enrolled_again(server: RunningServer) -> None:
    journal = MemoryJournal()
    journal.add(CashCount({"n500": 1}, "v1", None, "a-count-1"))
    push(journal, server.enrol(journal))
    journal.add(sale_of(1, WATER))
    push(journal, server.enrol(journal, code=server.code(), auto_approve=True))
    key = Ed25519PrivateKey.generate()
    given = server.enrol(journal, key=key)
    journal.start_epoch(key, given)
    journal.add(CashCount({"n500": 1, "c100": 3}, "v1", 860, "b-count-1"))
    push(journal, given)
    found = server.store.read(
        lambda c: c.execute(select(visit).where(visit.c.visit_id == "b")).one()
    )
    assert (found.epoch, found.cash_due_tenge, found.difference_tenge) == (2, 360, -60)
    assert rebuild.check(server.store) == []


def test_ids_that_no_table_can_hold_do_not_stop_a_journal(server: RunningServer) -> None:
    journal = MemoryJournal()
    journal.add(sale_of(1, replace_id(WATER, "a\0b"), replace_id(BUN, "ұ" * 5000)))
    journal.add(CashOut({"n10000000": 10**9}, "bank", "v1", "\0" + "x" * 5000 + "-count-1"))
    push(journal, server.enrol(journal))
    names = {row[2] for row in rows(server, region_product_day)}
    assert names == {"a\ufffdb", "ұ" * 200}
    assert len(rows(server, visit)) == 1
    assert rebuild.check(server.store) == []


def replace_id(line: SaleLine, product_id: str) -> SaleLine:
    return msgspec.structs.replace(line, product_id=product_id)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser()
    commands.add_commands(parser.add_subparsers())
    options = parser.parse_args(words)
    return int(options.run(options))


def test_the_commands_find_and_mend_what_is_wrong(
    sqlite_server: RunningServer, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = MemoryJournal()
    journal.add(sale_of(1, WATER))
    push(journal, sqlite_server.enrol(journal))
    url = sqlite_server.settings.database_url
    assert main(["rollups", "check", "--db", url, "--json"]) == 0
    sqlite_server.store.write(lambda c: c.execute(update(shop_day).values(sales=9)))
    assert main(["rollups", "check", "--db", url, "--json"]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["wrong"] == {"shop_day": 1}
    assert main(["rollups", "rebuild", "--db", url, "--json"]) == 0
    assert main(["rollups", "check", "--db", url, "--json"]) == 0
