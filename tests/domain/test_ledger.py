from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.entries import (
    Abandoned,
    Boot,
    CashCount,
    CashOut,
    CashTender,
    Correction,
    EntryBody,
    FloatIn,
    HelpCall,
    PieceMissing,
    QrTender,
    Restock,
    RestockLine,
    Sale,
    SaleLine,
    SaleRef,
    StockLine,
    Stocktake,
    StocktakeLine,
    Tender,
    WriteOff,
    decode,
    encode,
)
from kiosk.domain.ledger import Box, DayTotals, Ledger, day_of, fold_all
from kiosk.domain.money import NOTHING, Pieces, coin, note
from tests.domain.journals import NOON_MS, entry_of
from tests.domain.strategies import pieces

TODAY = "2026-11-19"
WATER = SaleLine("Су", 180, 2, "water")
COUNT = CashCount({"n500": 1, "c20": 10}, "asel")


def ledger_of(*bodies: EntryBody) -> Ledger:
    return fold_all(entry_of(body) for body in bodies)


def sale(tender: Tender, *lines: SaleLine, checkout_id: str = "v") -> Sale:
    lines = lines or (WATER,)
    return Sale(checkout_id, "kk", lines, sum(x.total_tenge for x in lines), tender)


PAID_500 = sale(CashTender({"n500": 1}, {"c20": 7}))


def test_before_the_first_count_nobody_knows_the_pieces_but_the_sum_is_expected():
    ledger = ledger_of(PAID_500)
    assert ledger.box == Box(360, None)
    assert not ledger.box.known


def test_a_count_makes_both_what_is_expected_and_what_is_available_true():
    ledger = ledger_of(PAID_500, COUNT)
    assert ledger.box == Box(700, Pieces({note(500): 1, coin(20): 10}))


def test_an_empty_box_that_was_counted_is_known_to_be_empty():
    assert ledger_of(CashCount({}, "asel")).box == Box(0, NOTHING)


def test_a_sale_moves_the_very_pieces():
    assert ledger_of(COUNT, PAID_500).box == Box(1060, Pieces({note(500): 2, coin(20): 3}))


def test_an_exact_amount_is_expected_but_never_offered():
    ledger = ledger_of(COUNT, sale(CashTender(None)))
    assert ledger.box.expected_tenge == 700 + 360
    assert ledger.box.available == Pieces({note(500): 1, coin(20): 10})


def test_there_is_none_lowers_what_is_available_and_not_what_is_expected():
    ledger = ledger_of(COUNT, PieceMissing("c20"))
    assert ledger.box == Box(700, Pieces({note(500): 1}))


def test_there_is_none_says_nothing_about_a_box_that_was_never_counted():
    assert ledger_of(PAID_500, PieceMissing("c20")).box == Box(360, None)


def test_change_that_the_book_did_not_know_of_never_makes_a_negative_count():
    ledger = ledger_of(COUNT, PieceMissing("c20"), PAID_500)
    assert ledger.box == Box(1060, Pieces({note(500): 2}))


def test_money_left_to_the_cause_is_in_the_box_and_in_the_day():
    ledger = ledger_of(COUNT, sale(CashTender({"n500": 1}, {"c100": 1}, 40)))
    assert ledger.box.expected_tenge == 700 + 400
    day = ledger.days[TODAY]
    assert (day.cash_tenge, day.left_to_cause_tenge, day.collected_tenge) == (360, 40, 400)


def test_what_rounding_lets_off_is_not_expected():
    rounded = sale(
        CashTender({"n500": 1}, {"c20": 2, "c100": 1}, rounded_off_tenge=3), water_at(363)
    )
    ledger = ledger_of(COUNT, rounded)
    assert ledger.box.expected_tenge == 700 + 360
    assert ledger.collected_tenge == 360


def water_at(price_tenge: int) -> SaleLine:
    return SaleLine("Су", price_tenge, 1, "water")


def test_a_qr_sale_moves_goods_and_no_cash():
    ledger = ledger_of(COUNT, sale(QrTender(360)))
    assert ledger.box.expected_tenge == 700
    assert ledger.days[TODAY] == DayTotals(sales=1, items=2, qr_tenge=360)
    assert ledger.stock == {"water": -2}


def test_float_comes_in_and_cash_goes_out():
    ledger = ledger_of(COUNT, FloatIn({"c50": 4}, "a"), CashOut({"n500": 1, "c20": 1}, "bank", "a"))
    assert ledger.box == Box(380, Pieces({coin(50): 4, coin(20): 9}))


def test_the_shelf_follows_restock_sale_write_off_and_stocktake():
    ledger = ledger_of(
        Restock((RestockLine("water", 12), RestockLine("samsa", 5)), "a"),
        PAID_500,
        WriteOff((StockLine("samsa", 1),), "old", "a"),
    )
    assert ledger.stock == {"water": 10, "samsa": 4}
    counted = ledger.apply(entry_of(Stocktake((StocktakeLine("water", 8),), "a")))
    assert counted.stock == {"water": 8, "samsa": 4}


def test_a_thing_the_catalogue_does_not_know_is_on_no_shelf():
    unknown = SaleLine("?", 90, 1, code="04000000000006", price_entered=True)
    assert ledger_of(sale(QrTender(90), unknown)).stock == {}


def test_most_entries_move_nothing():
    before = ledger_of(COUNT, PAID_500)
    for body in (Boot("x"), HelpCall("cash", "kk"), Abandoned("v", "cancelled", "qr", (), 0, {})):
        assert before.apply(entry_of(body)) == before


def test_a_ledger_that_somebody_holds_does_not_change():
    before = ledger_of(COUNT, Restock((RestockLine("water", 12),), "a"))
    before.apply(entry_of(PAID_500))
    assert before == ledger_of(COUNT, Restock((RestockLine("water", 12),), "a"))


def test_a_day_begins_at_midnight_in_kazakhstan():
    midnight_ms = 1_795_028_400_000  # 2026-11-18 19:00 UTC
    assert day_of(midnight_ms).isoformat() == "2026-11-19"
    assert day_of(midnight_ms - 1).isoformat() == "2026-11-18"
    assert day_of(0).isoformat() == "1970-01-01"


def test_the_last_millisecond_of_all_still_has_a_day():
    assert day_of(253_402_300_799_999).isoformat() == "9999-12-31"


def test_totals_are_kept_by_day():
    ledger = Ledger().apply(entry_of(PAID_500)).apply(entry_of(PAID_500, NOON_MS + 86_400_000))
    assert {day: totals.sales for day, totals in ledger.days.items()} == {TODAY: 1, "2026-11-20": 1}
    assert ledger.collected_tenge == 720


def test_a_correction_takes_the_sale_out_of_box_shelf_and_sums_and_counts_itself():
    start = (COUNT, Restock((RestockLine("water", 12),), "a"))
    back = Correction(
        SaleRef(1, 3, "ab" * 32), "shopper", "r", PAID_500.lines, 360, 0, 0,
        "cash", 500, {"n500": 1}, {"c20": 7},
    )  # fmt: skip
    before, after = ledger_of(*start), ledger_of(*start, PAID_500, back)
    assert (after.box, after.stock) == (before.box, before.stock)
    assert after.days[TODAY] == DayTotals(sales=1, items=0, corrections=1)
    assert after.collected_tenge == 0


@given(st.lists(pieces(most=3, empty=False), min_size=1, max_size=6), pieces())
def test_expected_cash_is_the_count_and_all_that_moved_since(floats: list[Pieces], counted: Pieces):
    moves = [FloatIn(x.to_codes(), "a") for x in floats]
    ledger = ledger_of(*moves, CashCount(counted.to_codes(), "a"), *moves)
    total = counted
    for more in floats:
        total = total + more
    assert ledger.box == Box(total.total_tenge, total)


def test_folding_what_was_read_back_is_folding_what_was_written():
    bodies: list[EntryBody] = [COUNT, PAID_500, PieceMissing("c20"), sale(QrTender(360))]
    read = [decode(encode(entry_of(body))) for body in bodies]
    assert fold_all(read) == ledger_of(*bodies)
