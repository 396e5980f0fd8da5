"""A visit's report: worked out by hand, and laws that hold for every shop."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.entries import (
    Abandoned,
    Body,
    CashCount,
    CashOut,
    CashTender,
    Correction,
    Entry,
    FloatIn,
    QrTender,
    Restock,
    RestockLine,
    Sale,
    SaleLine,
    SaleRef,
    Stamp,
    StockLine,
    Stocktake,
    StocktakeLine,
    WriteOff,
)
from kiosk.domain.ledger import Ledger
from kiosk.domain.money import Pieces
from kiosk.domain.visit_report import (
    Band,
    ProductGap,
    Ratio,
    VisitReport,
    reaches_back,
    report_of,
    visit_of,
)

PRICE_TENGE = 100


@dataclass
class Shop:
    """A shop whose journal is written by hand, and what is really in its box and on its shelf."""

    bodies: list[Body] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    box_tenge: int = 0
    shelf: dict[str, int] = field(default_factory=dict)
    forms: int = 0

    def write(self, *bodies: Body) -> None:
        for body in bodies:
            self.ledger = self.ledger.apply(Entry(body, Stamp(len(self.bodies), "boot", 0)))
            self.bodies.append(body)

    def form_id(self, visit: str, step: str) -> str:
        self.forms += 1
        return f"{visit}-{step}-{self.forms}" if visit else ""

    # --- shoppers ---

    def sell(self, pieces: int = 1, *, paid_tenge: int | None = None, product: str = "bun") -> None:
        """A sale for the exact sum; ``paid_tenge`` is what really went into the box."""
        total_tenge = pieces * PRICE_TENGE
        self.write(sale(pieces, CashTender(None), product))
        self.box_tenge += total_tenge if paid_tenge is None else paid_tenge
        self.shelf[product] = self.shelf.get(product, 0) - pieces

    def sell_by_qr(self, pieces: int = 1) -> None:
        self.write(sale(pieces, QrTender(pieces * PRICE_TENGE)))
        self.shelf["bun"] = self.shelf.get("bun", 0) - pieces

    def sell_and_leave(self, pieces: int, left_tenge: int) -> None:
        """The change stays in the box, for the cause."""
        paid_tenge = pieces * PRICE_TENGE + left_tenge
        tender = CashTender({f"n{paid_tenge}": 1}, left_to_cause_tenge=left_tenge)
        self.write(sale(pieces, tender))
        self.box_tenge += paid_tenge
        self.shelf["bun"] = self.shelf.get("bun", 0) - pieces

    def take_unlogged(self, pieces: int = 1, product: str = "bun") -> None:
        self.shelf[product] = self.shelf.get(product, 0) - pieces

    # --- volunteers ---

    def restock(self, pieces: int, visit: str = "", product: str = "bun") -> None:
        form_id = self.form_id(visit, "restock")
        self.write(Restock((RestockLine(product, pieces),), "v", form_id))
        self.shelf[product] = self.shelf.get(product, 0) + pieces

    def count(self, visit: str = "") -> None:
        box = self.ledger.box
        expected_tenge = box.expected_tenge if box.known else None
        form_id = self.form_id(visit, "count")
        self.write(CashCount({"c1": self.box_tenge}, "v", expected_tenge, form_id))

    def take_stock(self, visit: str = "") -> None:
        lines = tuple(
            StocktakeLine(name, there, self.ledger.stock.get(name), PRICE_TENGE)
            for name, there in self.shelf.items()
        )
        self.write(Stocktake(lines, "v", self.form_id(visit, "stocktake")))

    def put_in(self, tenge: int, visit: str = "") -> None:
        if tenge:
            self.write(FloatIn({"c1": tenge}, "v", self.form_id(visit, "change_float")))
            self.box_tenge += tenge

    def take_out(self, tenge: int, visit: str = "") -> None:
        self.write(CashOut({"c1": tenge}, "bank", "v", self.form_id(visit, "take_out")))
        self.box_tenge -= tenge

    def visit(self, name: str, float_tenge: int = 0) -> None:
        """A whole visit, every step of it."""
        self.count(name)
        self.take_out(self.box_tenge // 2, name)
        self.take_stock(name)
        self.restock(20, name)
        self.put_in(float_tenge, name)

    def report(self, visit: str, price_of: dict[str, int] | None = None) -> VisitReport:
        return report_of(visit, self.newest_first(), price_of or {})

    def newest_first(self) -> list[Entry]:
        entries = [Entry(body, Stamp(n, "boot", 0)) for n, body in enumerate(self.bodies)]
        return entries[::-1]


def sale(pieces: int, tender: CashTender | QrTender, product: str = "bun") -> Sale:
    line = SaleLine("Тоқаш", PRICE_TENGE, pieces, product)
    return Sale(f"s-{id(line)}", "kk", (line,), pieces * PRICE_TENGE, tender)


def opened_shop() -> Shop:
    """Twenty buns, 500 ₸ of change, everything counted by the visit ``first``."""
    shop = Shop()
    shop.shelf = {"bun": 0, "pen": 0}
    shop.restock(20, "first")
    shop.restock(10, "first", "pen")
    shop.put_in(500, "first")
    shop.count("first")
    shop.take_stock("first")
    return shop


def per_mille(ratio: Ratio | None) -> int:
    assert ratio is not None
    return ratio.per_mille


# --- worked out by hand ---


def test_a_short_box_and_a_bun_gone_give_both_ratios() -> None:
    shop = opened_shop()
    for _ in range(9):
        shop.sell()
    shop.sell(1, paid_tenge=40)  # 60 ₸ short
    shop.take_unlogged(1)
    shop.count("second")
    shop.take_stock("second")
    report = shop.report("second")
    assert (report.till.expected_tenge, report.till.counted_tenge) == (1500, 1440)
    assert (report.till.cash_due_tenge, report.till.difference_tenge) == (1000, -60)
    assert per_mille(report.till.ratio) == 940
    assert (report.stock.goods_paid_tenge, report.stock.goods_due_tenge) == (940, 1100)
    assert per_mille(report.stock.ratio) == 854
    assert report.stock.gaps == (ProductGap("bun", 1, 100),)


def test_qr_counts_as_paid_for_the_goods_and_is_no_cash() -> None:
    shop = opened_shop()
    shop.sell(2)
    shop.sell_by_qr(3)
    shop.count("second")
    shop.take_stock("second")
    report = shop.report("second")
    assert report.till.cash_due_tenge == 200
    assert report.stock.goods_due_tenge == report.stock.goods_paid_tenge == 500


def test_what_is_left_to_the_cause_is_due_in_the_box_but_not_for_the_goods() -> None:
    shop = opened_shop()
    shop.sell_and_leave(1, 400)
    shop.count("second")
    shop.take_stock("second")
    report = shop.report("second")
    assert (report.till.cash_due_tenge, report.till.difference_tenge) == (500, 0)
    assert report.stock.goods_due_tenge == 100


def test_what_rounding_let_off_is_not_due() -> None:
    shop = opened_shop()
    shop.write(sale(1, CashTender({"c50": 1, "c40": 1}, rounded_off_tenge=10)))
    shop.box_tenge += 90
    shop.shelf["bun"] -= 1
    shop.count("second")
    shop.take_stock("second")
    report = shop.report("second")
    assert (report.till.cash_due_tenge, report.stock.goods_due_tenge) == (90, 90)
    assert per_mille(report.till.ratio) == per_mille(report.stock.ratio) == 1000


def test_a_sale_that_was_taken_back_is_not_due() -> None:
    shop = opened_shop()
    shop.sell(2)
    shop.sell(1)
    line = SaleLine("Тоқаш", PRICE_TENGE, 1, "bun")
    ref = SaleRef(1, 9, "00")
    shop.write(Correction(ref, "volunteer", "mistake", (line,), 100, 0, 0, "cash", 100, None, {}))
    shop.box_tenge -= 100
    shop.shelf["bun"] += 1
    shop.count("second")
    shop.take_stock("second")
    report = shop.report("second")
    assert (report.till.cash_due_tenge, report.stock.goods_due_tenge) == (200, 200)
    assert report.till.sold.corrections == 1


def test_without_a_count_there_is_no_till_ratio() -> None:
    shop = opened_shop()
    shop.sell()
    shop.take_stock("second")
    report = shop.report("second")
    assert report.till.ratio is None
    assert not report.till.was_counted
    assert report.till.cash_due_tenge == 100
    assert per_mille(report.stock.ratio) == 1000


def test_without_a_stocktake_there_is_no_stock_ratio() -> None:
    shop = opened_shop()
    shop.sell()
    shop.count("second")
    report = shop.report("second")
    assert report.stock.ratio is None
    assert per_mille(report.till.ratio) == 1000


def test_the_first_count_ever_has_no_difference() -> None:
    shop = Shop(box_tenge=700)
    shop.sell()
    shop.count("first")
    till = shop.report("first").till
    assert till.was_counted
    assert (till.counted_tenge, till.expected_tenge, till.difference_tenge) == (800, None, None)
    assert till.ratio is None


def test_the_first_stocktake_ever_can_compare_nothing() -> None:
    shop = Shop(shelf={"bun": 3})
    shop.take_stock("first")
    assert not shop.report("first").stock.is_comparable
    assert shop.report("first").stock.ratio is None


def test_nothing_sold_gives_no_ratio() -> None:
    shop = opened_shop()
    shop.count("second")
    shop.take_stock("second")
    report = shop.report("second")
    assert report.till.ratio is None
    assert report.stock.ratio is None


def test_counted_twice_in_one_visit_the_differences_add_up() -> None:
    shop = opened_shop()
    shop.sell(10)
    shop.box_tenge -= 300  # overlooked at first
    shop.count("second")
    shop.take_out(200, "second")
    shop.box_tenge += 250  # 50 are really gone
    shop.count("second")
    till = shop.report("second").till
    assert (till.expected_tenge, till.counted_tenge, till.difference_tenge) == (1500, 1450, -50)
    assert per_mille(till.ratio) == 950


def test_goods_counted_again_in_one_visit_are_counted_once() -> None:
    shop = opened_shop()
    shop.sell(5)
    shop.take_unlogged(2)
    shop.take_stock("second")
    shop.shelf["bun"] += 1  # one lay behind the others
    shop.take_stock("second")
    assert shop.report("second").stock.gap_tenge == 100


def test_all_counts_since_the_last_stocktake_tell_what_the_goods_brought() -> None:
    shop = opened_shop()
    shop.sell(5, paid_tenge=400)
    shop.count("second")  # 100 short, no stocktake
    shop.sell(5, paid_tenge=450)
    shop.count("third")  # 50 short
    shop.take_stock("third")
    report = shop.report("third")
    assert per_mille(report.till.ratio) == 900
    assert (report.stock.goods_paid_tenge, report.stock.goods_due_tenge) == (850, 1000)


def test_a_count_of_the_last_stocktakes_visit_is_not_told_again() -> None:
    shop = opened_shop()
    shop.sell(5, paid_tenge=400)
    shop.take_stock("second")
    shop.count("second")  # after the stocktake, and in the second visit's report
    assert shop.report("second").stock.cash_difference_tenge == -100
    shop.sell(1)
    shop.count("third")
    shop.take_stock("third")
    assert shop.report("third").stock.cash_difference_tenge == 0


def test_what_was_done_is_told_of_this_visit_only() -> None:
    shop = opened_shop()
    shop.count("second")
    shop.take_out(120, "second")
    shop.restock(7, "second")
    shop.write(WriteOff((StockLine("bun", 2), StockLine("gone", 1)), "expired", "v", "id"))
    shop.put_in(80, "second")
    report = shop.report("second", {"bun": 150})
    assert report.taken_out.total_tenge == 120
    assert report.float_in.total_tenge == 80
    assert report.restocked_pieces == 7
    assert (report.written_off_pieces, report.written_off_tenge) == (3, 300)
    assert shop.report("first").taken_out == Pieces()


def test_what_was_written_off_in_the_visit_before_is_not_told_again() -> None:
    shop = opened_shop()
    shop.write(WriteOff((StockLine("bun", 2),), "expired", "v", "id"))
    shop.put_in(80, "second")
    shop.count("third")
    assert shop.report("third").written_off_pieces == 0


def test_abandoned_payments_since_the_last_count_are_told() -> None:
    line = SaleLine("Тоқаш", PRICE_TENGE, 1, "bun")
    gone = [Abandoned(f"a{n}", "timed_out", "cash", (line,), 100, {}) for n in range(3)]
    shop = opened_shop()
    shop.write(gone[0])
    shop.count("second")
    shop.write(*gone[1:])
    shop.count("third")
    assert shop.report("third").abandoned == 2


def test_the_ten_largest_gaps_are_told_the_largest_first() -> None:
    shop = Shop()
    lines = tuple(StocktakeLine(f"p{n:02}", 10 - n, 10, PRICE_TENGE) for n in range(1, 11))
    more = (StocktakeLine("p11", 12, 10, 500), StocktakeLine("even", 5, 5, 900))
    shop.write(Stocktake((*lines, *more), "v", "v1-stocktake-1"))
    gaps = shop.report("v1").stock.gaps
    assert [gap.product_id for gap in gaps[:3]] == ["p10", "p11", "p09"]
    assert len(gaps) == 10
    assert gaps[1] == ProductGap("p11", -2, -1000)


def test_bands_begin_at_90_and_80_percent() -> None:
    found = [Ratio(paid, 10_000).band for paid in (9000, 8999, 8000, 7999, -5)]
    assert Ratio(1051, 1000).band is Band.OVER
    assert Ratio(1050, 1000).band is Band.HONEST
    assert found == [Band.HONEST, Band.TOLERABLE, Band.TOLERABLE, Band.POOR, Band.POOR]


def test_only_nothing_missing_is_called_a_whole() -> None:
    assert Ratio(99_999, 100_000).per_mille == 999


def test_a_visit_is_read_off_its_forms() -> None:
    assert visit_of("9f3a-take_out-2") == "9f3a"
    assert visit_of("9f3a") == visit_of("") == visit_of("id-17-4") == ""


def test_entries_reach_back_when_they_hold_the_counts_before() -> None:
    shop = opened_shop()
    shop.sell()
    shop.count("second")
    newest_first = shop.newest_first()
    assert not reaches_back("second", newest_first[:2])
    assert reaches_back("second", newest_first[:4])  # count, sale, stocktake, count
    shop.take_stock("second")
    newest_first = shop.newest_first()
    assert not reaches_back("second", newest_first[:3])
    assert reaches_back("second", newest_first[:5])


# --- laws ---

honest_acts = st.lists(
    st.one_of(
        st.tuples(st.just("sell"), st.integers(1, 5)),
        st.tuples(st.just("sell_by_qr"), st.integers(1, 5)),
        st.tuples(st.just("put_in"), st.integers(0, 900)),
    ),
    max_size=12,
)


def lived(acts: list[tuple[str, int]], visits: int = 1, float_tenge: int = 0) -> Shop:
    """A shop where all of this happened after so many visits."""
    shop = opened_shop()
    for number in range(visits):
        shop.sell()
        shop.visit(f"visit{number}", float_tenge)
    for act, amount in acts:
        getattr(shop, act)(amount)
    shop.sell()  # something is always due
    return shop


@given(honest_acts, st.integers(0, 3), st.integers(0, 5000))
def test_where_all_pay_both_ratios_are_whole(
    acts: list[tuple[str, int]], visits: int, float_tenge: int
) -> None:
    shop = lived(acts, visits, float_tenge)
    shop.visit("last")
    report = shop.report("last")
    assert per_mille(report.till.ratio) == 1000
    assert per_mille(report.stock.ratio) == 1000
    assert report.stock.gaps == ()


@given(honest_acts, st.integers(1, 100))
def test_cash_that_is_missing_lowers_both_ratios(
    acts: list[tuple[str, int]], missing_tenge: int
) -> None:
    shop = lived(acts)
    shop.box_tenge -= missing_tenge
    shop.visit("last")
    report = shop.report("last")
    assert report.till.difference_tenge == -missing_tenge
    for ratio in (report.till.ratio, report.stock.ratio):
        assert ratio is not None
        assert ratio.due_tenge - ratio.paid_tenge == missing_tenge
        assert ratio.per_mille < 1000


@given(honest_acts, st.integers(1, 5))
def test_goods_that_nobody_logged_lower_the_stock_ratio_alone(
    acts: list[tuple[str, int]], pieces: int
) -> None:
    shop = lived(acts)
    shop.take_unlogged(pieces, "pen")
    shop.visit("last")
    report = shop.report("last")
    assert per_mille(report.till.ratio) == 1000
    assert report.stock.ratio is not None
    assert report.stock.ratio.due_tenge - report.stock.ratio.paid_tenge == pieces * PRICE_TENGE
    assert report.stock.gaps == (ProductGap("pen", pieces, pieces * PRICE_TENGE),)


@given(honest_acts, st.integers(0, 100), st.integers(0, 100_000))
def test_the_float_changes_nothing(
    acts: list[tuple[str, int]], missing_tenge: int, float_tenge: int
) -> None:
    ratios = []
    for put_in_tenge in (0, float_tenge):
        shop = lived(acts, 1, put_in_tenge)
        shop.box_tenge -= missing_tenge
        shop.visit("last")
        report = shop.report("last")
        ratios.append((report.till.ratio, report.stock.ratio))
    assert ratios[0] == ratios[1]


@given(honest_acts)
def test_what_lies_before_the_periods_changes_nothing(acts: list[tuple[str, int]]) -> None:
    shop = lived(acts, 2)
    shop.visit("last")
    newest_first = shop.newest_first()
    enough = next(n for n in range(len(newest_first) + 1) if reaches_back("last", newest_first[:n]))
    short, whole = (report_of("last", x, {}) for x in (newest_first[:enough], newest_first))
    assert short == whole
