"""Sums that are kept so that pages stay quick: they are always what their lines say."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.server.money import bank_sums
from sync.server.money.bank_sums import Credited
from sync.server.schema.money import bank_day, bank_month
from sync.server.whole_months import parts_of
from tests.sync.harness import RunningServer

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(DAYS, st.integers(0, 800))
def test_months_and_the_days_around_them_are_each_day_once(first: date, count: int) -> None:
    last = first + timedelta(days=count)
    times: Counter[date] = Counter()
    for part in parts_of(first, last):
        end = part.last + timedelta(days=1)
        if part.are_months:
            assert part.first.day == part.last.day == 1
            end = (part.last + timedelta(days=31)).replace(day=1)
        else:
            assert (end - part.first).days <= 31
        for n in range((end - part.first).days):
            times[part.first + timedelta(days=n)] += part.sign
    assert +times == Counter(first + timedelta(days=n) for n in range(count + 1))
    assert min(times.values()) >= 0


@given(DAYS)
def test_a_calendar_year_is_twelve_months_and_no_day_more(day: date) -> None:
    [part] = parts_of(date(day.year, 1, 1), date(day.year, 12, 31))
    assert part == (1, True, date(day.year, 1, 1), date(day.year, 12, 1))


@pytest.mark.parametrize(
    ("line", "part"),
    [
        (
            Credited("matched", date(2026, 3, 2), date(2026, 3, 1), 500),
            (date(2026, 3, 1), (500, 0, 0)),
        ),
        (Credited("free", date(2026, 3, 2), None, 500), (date(2026, 3, 2), (0, 500, 0))),
        (Credited("unclear", date(2026, 3, 2), None, 500), (date(2026, 3, 2), (0, 500, 1))),
        (Credited("aside", date(2026, 3, 2), None, 500), None),
    ],
)
def test_a_line_counts_on_its_sales_day_once_it_is_matched(line: Credited, part: object) -> None:
    assert line.part == part


def test_a_line_that_changes_moves_between_days_and_months(server: RunningServer) -> None:
    free = Credited("free", date(2026, 4, 1), None, 700)
    matched = Credited("matched", date(2026, 4, 1), date(2026, 3, 31), 700)
    store = server.store
    store.write(lambda c: bank_sums.change(c, 1, come=[free, free]))
    store.write(lambda c: bank_sums.change(c, 1, gone=[free], come=[matched]))

    days = store.read(lambda c: c.execute(bank_day.select().order_by(bank_day.c.day)).all())
    assert [tuple(row) for row in days] == [
        (1, date(2026, 3, 31), 700, 0, 0),
        (1, date(2026, 4, 1), 0, 700, 0),
    ]
    months = store.read(lambda c: c.execute(bank_month.select().order_by(bank_month.c.month)).all())
    assert [tuple(row) for row in months] == [
        (1, date(2026, 3, 1), 700, 0, 0),
        (1, date(2026, 4, 1), 0, 700, 0),
    ]
