"""The shop's figure: found ÷ due over the last counts, and nothing before there is enough."""

import pytest

from kiosk.domain.entries import (
    Body,
    CashCount,
    CashTender,
    Entry,
    QrTender,
    Sale,
    SaleLine,
    Stamp,
)
from kiosk.domain.honesty import COUNTS_MAX, honesty_of


def entries(*bodies: Body) -> list[Entry]:
    return [Entry(body, Stamp(1_795_000_000_000, "boot", 1)) for body in bodies]


def sale(tenge: int) -> Sale:
    tender = CashTender(pieces_in={"c10": tenge // 10}, change={})
    return Sale("v", "kk", (SaleLine("Су", tenge, 1),), tenge, tender)


def count(held: int, expected: int | None) -> CashCount:
    return CashCount({"c10": held // 10}, "asel", expected_tenge=expected)


def periods(*found_of: tuple[int, int]) -> list[Body]:
    """A first count of an empty box, then a sale and a count for each (found, due)."""
    bodies: list[Body] = [count(0, None)]
    for found, due in found_of:
        bodies += [sale(due), count(found, due)]
    return bodies


def test_three_counts_are_pooled_by_their_money() -> None:
    bodies = periods((1000, 1000), (900, 1000), (990, 1000))
    assert honesty_of(entries(*bodies)) == 963


@pytest.mark.parametrize("number", [0, 1, 2])
def test_fewer_than_three_say_nothing(number: int) -> None:
    assert honesty_of(entries(*periods(*[(1000, 1000)] * number))) is None


def test_a_count_of_which_nothing_was_expected_begins_a_period_only() -> None:
    assert honesty_of(entries(sale(5000), *periods((10, 10), (10, 10)))) is None


def test_what_was_counted_again_in_one_visit_adds_up() -> None:
    bodies = periods((1000, 1000), (1000, 1000), (500, 1000))
    assert honesty_of(entries(*bodies, count(980, 500))) == 993


def test_more_than_was_due_is_no_virtue_and_less_than_nothing_is_nothing() -> None:
    assert honesty_of(entries(*periods(*[(1500, 1000)] * 3))) == 1000
    assert honesty_of(entries(*periods((0, 1000), (0, 1000), (0, 1000)))) == 0


def test_only_the_last_counts_speak() -> None:
    long_ago = [(0, 1000)] * 5
    assert honesty_of(entries(*periods(*long_ago, *[(1000, 1000)] * COUNTS_MAX))) == 1000


def test_money_that_nobody_put_in_the_box_is_not_due_there() -> None:
    by_qr = Sale("v", "kk", (SaleLine("Су", 700, 1),), 700, QrTender(700))
    bodies = periods((1000, 1000), (1000, 1000), (1000, 1000))
    assert honesty_of(entries(*bodies, by_qr, count(1000, 1000))) == 1000
