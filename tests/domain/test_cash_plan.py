"""The plan for the box: what runs out, what to leave, what to bring."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.cash_plan import (
    LOOK_BACK_DAYS,
    RESERVE_SHOPPERS,
    RESERVE_TOP_TENGE,
    Movement,
    Usage,
    float_to_bring,
    float_to_leave,
    movement_of,
    needed,
    runs_out,
    step_of,
    usage,
)
from kiosk.domain.change import make_change
from kiosk.domain.entries import (
    CashCount,
    CashTender,
    Correction,
    Entry,
    QrTender,
    Sale,
    SaleLine,
    SaleRef,
    Stamp,
)
from kiosk.domain.ledger import day_of
from kiosk.domain.money import NOTHING, Pieces, coin, note
from tests.domain.strategies import DENOMINATIONS, pieces

KINDS = tuple(d for d in DENOMINATIONS if d != note(200))
TODAY = 740_000
AT_MS = 1_795_000_000_000

days = st.integers(1, 20)
movements = st.lists(
    st.builds(Movement, st.integers(TODAY - 27, TODAY), pieces(most=4), pieces(most=4)), max_size=25
).map(lambda found: sorted(found, key=lambda movement: movement.day))
usages = movements.map(lambda found: usage(found, TODAY))


def gave(day, **codes):
    return Movement(day, NOTHING, Pieces.from_codes(codes))


def entry(body):
    return Entry(body, Stamp(AT_MS, "boot", 0))


def sale(tender, total_tenge=200):
    return Sale("visit", "kk", (SaleLine("Tea", total_tenge, 1),), total_tenge, tender)


def count_of(held, value_tenge):
    return sum(n for kind, n in held.items() if kind.value_tenge == value_tenge)


# --- what moved ---


def test_a_cash_sale_moves_what_was_put_in_and_what_was_given_back():
    moved = movement_of(entry(sale(CashTender({"n500": 1}, {"c200": 1, "c100": 1}))))
    assert moved == Movement(
        day_of(AT_MS).toordinal(),
        Pieces.from_codes({"n500": 1}),
        Pieces.from_codes({"c200": 1, "c100": 1}),
    )


def test_a_correction_moves_the_money_the_other_way():
    correction = Correction(
        sale=SaleRef(1, 1, "00"),
        by="shopper",
        reason="",
        lines=(SaleLine("Tea", 200, 1),),
        total_tenge=200,
        left_to_cause_tenge=0,
        rounded_off_tenge=0,
        tender="cash",
        taken_back_tenge=500,
        taken_back={"n500": 1},
        put_back={"c200": 1, "c100": 1},
    )
    moved = movement_of(entry(correction))
    assert moved.went == Pieces.from_codes({"n500": 1})
    assert moved.came == Pieces.from_codes({"c200": 1, "c100": 1})


@pytest.mark.parametrize(
    "body", [sale(CashTender(None)), sale(QrTender(200)), CashCount({"c50": 3}, "v1")]
)
def test_what_is_not_known_by_piece_moves_nothing(body):
    assert movement_of(entry(body)) is None


# --- usage ---


def test_usage_is_change_given_less_pieces_received_per_day():
    used = usage(
        [
            Movement(TODAY - 9, Pieces.from_codes({"n500": 1}), Pieces.from_codes({"c50": 3})),
            Movement(TODAY - 2, Pieces.from_codes({"c50": 1}), Pieces.from_codes({"c20": 5})),
        ],
        TODAY,
    )
    assert used.days == 10
    assert used.net_per_day(50) == pytest.approx(0.2)
    assert used.net_per_day(20) == pytest.approx(0.5)
    assert used.net_per_day(500) == pytest.approx(-0.1)


def test_a_box_that_saw_nobody_has_no_usage():
    assert usage([], TODAY) == Usage()
    assert Usage().net_per_day(50) == 0
    assert Usage().drain(50, 14) == 0


def test_a_drain_ends_where_coins_come_in():
    used = usage(
        [
            gave(TODAY - 9, c50=4),
            Movement(TODAY - 8, Pieces.from_codes({"c50": 3}), NOTHING),
            gave(TODAY - 7, c50=2),
            gave(TODAY - 1, c50=1),
        ],
        TODAY,
    )
    assert used.drain(50, 28) == 4
    assert used.drain(50, 1) == 4
    assert usage([gave(TODAY - 3, c50=2), gave(TODAY - 2, c50=2)], TODAY).drain(50, 1) == 2


@given(movements, days)
def test_the_drain_is_the_worst_of_all_stretches(found, span):
    used = usage(found, TODAY)
    for value, moves in used.moves.items():
        stretches = [
            sum(count for _, count in moves[begin : end + 1])
            for begin in range(len(moves))
            for end in range(begin, len(moves))
            if moves[end][0] - moves[begin][0] < span
        ]
        assert used.drain(value, span) == max(0, *stretches)


@given(movements, days)
def test_a_longer_stretch_never_drains_less(found, span):
    used = usage(found, TODAY)
    assert all(used.drain(v, span) <= used.drain(v, span + 1) for v in used.moves)


def test_a_clock_that_was_set_back_shortens_no_stretch():
    used = usage([gave(TODAY - 1, c50=2), gave(TODAY - 20, c50=2), gave(TODAY, c50=2)], TODAY)
    assert used.drain(50, 2) == 6


# --- what runs out ---


def test_the_kind_that_runs_out_first_stands_first():
    used = usage([gave(TODAY - 9, c50=10, c20=20, c100=5)], TODAY)
    box = Pieces.from_codes({"c50": 4, "c20": 30, "n1000": 2})
    found = [(x.denomination, x.count, x.days_left) for x in runs_out(box, used, KINDS)]
    assert found == [(coin(100), 0, 0), (coin(50), 4, 4), (coin(20), 30, 15)]


def test_what_gathers_in_the_box_does_not_run_out():
    used = usage([Movement(TODAY, Pieces.from_codes({"n500": 3}), Pieces.of([note(500)]))], TODAY)
    assert runs_out(NOTHING, used, KINDS) == ()


def test_an_old_note_counts_for_the_coin_of_the_same_value():
    used = usage([gave(TODAY, c200=2)], TODAY)
    box = Pieces.from_codes({"n200": 3, "c200": 3})
    (only,) = runs_out(box, used, DENOMINATIONS)
    assert (only.denomination, only.count, only.days_left) == (coin(200), 6, 3)


@given(pieces(), usages)
def test_days_left_are_never_more_than_the_pieces_last(box, used):
    for one in runs_out(box, used, KINDS):
        per_day = used.net_per_day(one.denomination.value_tenge)
        assert one.days_left * per_day <= one.count < (one.days_left + 1) * per_day


# --- the reserve ---


@given(st.integers(1, RESERVE_TOP_TENGE // 10 - 1).map(lambda tens: tens * 10))
def test_a_new_box_with_its_float_gives_several_shoppers_any_change(change_tenge):
    box = float_to_bring(NOTHING, Usage(), KINDS, step_tenge=10)
    assert min(d.value_tenge for d in box) == 10
    for _ in range(RESERVE_SHOPPERS):
        change = make_change(change_tenge, box)
        assert change is not None
        box -= change


@pytest.mark.parametrize(
    ("prices_tenge", "smallest_tenge"),
    [([180, 350, 250], 10), ([200, 300], 100), ([120, 340], 10), ([123], 1), ([], 1), ([55], 5)],
)
def test_no_coins_are_kept_that_no_change_needs(prices_tenge, smallest_tenge):
    box = float_to_bring(NOTHING, Usage(), KINDS, step_tenge=step_of(prices_tenge))
    assert min(d.value_tenge for d in box) == smallest_tenge


# --- leaving and bringing ---


@given(pieces(most=40), usages, days)
def test_never_more_is_left_than_there_is_and_the_rest_can_be_taken(box, used, span):
    left = float_to_leave(box, used, KINDS, span)
    taken = box - left  # raises when a piece is left that is not there
    assert left + taken == box


@given(pieces(most=40), usages, days)
def test_all_that_is_needed_stays_as_far_as_it_is_there(box, used, span):
    left = float_to_leave(box, used, KINDS, span)
    for value, count in needed(used, KINDS, span).items():
        assert count_of(left, value) >= min(count_of(box, value), count)


@given(pieces(most=40), usages, days)
def test_smaller_pieces_stay_for_missing_ones_but_never_for_more_than_is_missing(box, used, span):
    left = float_to_leave(box, used, KINDS, span)
    wanted_tenge = sum(value * count for value, count in needed(used, KINDS, span).items())
    assert left.total_tenge <= wanted_tenge


def test_two_hundreds_stay_where_a_coin_of_200_is_missing():
    enough = float_to_bring(NOTHING, Usage(), KINDS, step_tenge=50)
    box = enough - Pieces.of([coin(200)]) + Pieces.from_codes({"c100": 5, "n5000": 2})
    left = float_to_leave(box, Usage(), KINDS, step_tenge=50)
    assert left == enough - Pieces.of([coin(200)]) + Pieces.from_codes({"c100": 2})


@given(pieces(most=40), usages, days)
def test_after_bringing_what_is_missing_the_box_has_all_it_needs(box, used, span):
    brought = float_to_bring(box, used, KINDS, span)
    full = box + brought
    for value, count in needed(used, KINDS, span).items():
        assert count_of(full, value) >= count
    assert float_to_bring(full, used, KINDS, span) == NOTHING


@given(pieces(most=40), usages)
def test_what_a_full_box_leaves_behind_needs_nothing_more(box, used):
    full = box + float_to_bring(box, used, KINDS)
    assert float_to_bring(float_to_leave(full, used, KINDS), used, KINDS) == NOTHING


@given(movements)
def test_the_float_comes_through_the_same_weeks_again(found):
    used = usage(found, TODAY)
    box = float_to_bring(NOTHING, used, KINDS, LOOK_BACK_DAYS)
    held = {kind.value_tenge: count_of(box, kind.value_tenge) for kind in KINDS}
    for moves_of, value in ((used.moves.get(v, ()), v) for v in held):
        for _, count in moves_of:
            held[value] -= count
            assert held[value] >= 0


def test_usage_is_seen_in_what_to_bring():
    quiet = float_to_bring(NOTHING, Usage(), KINDS, step_tenge=10)
    busy = usage([gave(TODAY - 5, c20=30), gave(TODAY - 1, c20=12)], TODAY)
    assert float_to_bring(NOTHING, busy, KINDS, 3, step_tenge=10)[coin(20)] == 30
    assert quiet[coin(20)] == 2 * RESERVE_SHOPPERS


def test_few_days_seen_are_taken_for_the_days_to_come():
    used = usage([gave(TODAY - 1, c50=8), gave(TODAY, c50=8)], TODAY)
    assert needed(used, KINDS, 14)[50] == 8 * 14
