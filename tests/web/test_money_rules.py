"""What a statement says and which credit pays which sale: pure, so tried without a server."""

import io
import random
import zipfile
from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from sync.server.money import statement
from sync.server.money.claims import start_ms
from sync.server.money.columns import (
    Columns,
    amount_of,
    credits_of,
    day_time_of,
    guess,
    sheet_of,
)
from sync.server.money.documents import media_type_of
from sync.server.money.ledger import defused
from sync.server.money.matching import NEAR_MS, Claim, Line, match
from sync.server.money.statement import StatementError, Wrong, read_rows

MONDAY = date(2026, 11, 16)
HOUR_MS = 3_600_000


def claim(number: int, day: date = MONDAY, hour: float = 12, tenge: int = 200) -> Claim:
    return Claim("kiosk", 1, number, day, start_ms(day) + int(hour * HOUR_MS), tenge)


def line(name: str, day: date = MONDAY, hour: float | None = None, tenge: int = 200) -> Line:
    at_ms = None if hour is None else start_ms(day) + int(hour * HOUR_MS)
    return Line(name.encode(), day, at_ms, tenge)


def numbers(found) -> dict[str, int]:
    return {key.decode(): one.seq for key, one in found.pairs.items()}


def test_each_credit_takes_the_nearest_sale_of_its_amount() -> None:
    claims = [claim(1, hour=10), claim(2, hour=12), claim(3, hour=12, tenge=350)]
    lines = [line("a", hour=12.1), line("b", hour=10.1), line("c", hour=10, tenge=999)]
    assert numbers(match(lines, claims)) == {"a": 2, "b": 1}


def test_two_credits_never_take_one_sale() -> None:
    found = match([line("a", hour=12), line("b", hour=12)], [claim(1)])
    assert len(found.pairs) == 1
    assert found.unclear == set()


def test_sales_of_one_day_and_amount_may_change_places_freely() -> None:
    found = match([line("a"), line("b")], [claim(1), claim(2), claim(3)])
    assert sorted(numbers(found).values()) == [1, 2]


def test_a_credit_booked_on_monday_pays_fridays_sale_when_only_friday_has_one() -> None:
    friday = date(2026, 11, 13)
    assert numbers(match([line("a")], [claim(1, friday)])) == {"a": 1}
    # Thursday is too far back.
    assert numbers(match([line("a")], [claim(1, date(2026, 11, 12))])) == {}
    # The bank's own time says that it is not that sale.
    assert numbers(match([line("a", hour=9)], [claim(1, friday)])) == {}


def test_a_choice_between_days_is_left_to_a_person_unless_all_are_paid() -> None:
    claims = [claim(1, date(2026, 11, 13)), claim(2, date(2026, 11, 14))]
    found = match([line("a")], claims)
    assert (found.pairs, found.unclear) == ({}, {b"a"})
    assert numbers(match([line("a"), line("b")], claims)) == {"a": 1, "b": 2}


def test_about_midnight_the_kiosks_clock_cannot_tell_the_day() -> None:
    tuesday = date(2026, 11, 17)
    claims = [claim(1, MONDAY, 23.95), claim(2, tuesday, 0.05)]
    found = match([line("a", tuesday, 0)], claims)
    assert (found.pairs, found.unclear) == ({}, {b"a"})
    both = match([line("a", MONDAY, 23.97), line("b", tuesday, 0.04)], claims)
    assert numbers(both) == {"a": 1, "b": 2}


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 47), st.sampled_from((200, 350)))),
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.none() | st.integers(0, 47),
            st.sampled_from((200, 350)),
        )
    ),
    st.randoms(use_true_random=False),
)
def test_whatever_comes_pairs_are_one_to_one_equal_near_and_the_same_in_any_order(
    sold: list, credited: list, chance: random.Random
) -> None:
    claims = [claim(n, MONDAY.replace(day=16 + d), h / 2, t) for n, (d, h, t) in enumerate(sold)]
    lines = [
        line(f"l{n}", MONDAY.replace(day=16 + d), None if h is None else h / 2, t)
        for n, (d, h, t) in enumerate(credited)
    ]
    found = match(lines, claims)
    by_name = {one.fingerprint: one for one in lines}
    assert len(set(found.pairs.values())) == len(found.pairs)
    for name, one in found.pairs.items():
        got = by_name[name]
        assert got.amount_tenge == one.amount_tenge
        if got.at_ms is not None:
            assert got.day == one.day or abs(got.at_ms - one.at_ms) <= NEAR_MS
        else:
            assert 0 <= (got.day - one.day).days <= 3
    assert not found.unclear & set(found.pairs)
    chance.shuffle(lines)
    chance.shuffle(claims)
    again = match(lines, claims)
    assert (again.pairs, again.unclear) == (found.pairs, found.unclear)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1 234,00", 1234),
        ("1\u00a0234.00 ₸", 1234),
        ("1,234", 1234),
        ("1.234,00", 1234),
        ("+200 KZT", 200),
        ("-200", -200),
        ("−200,00", -200),
        ("200,50", None),
        ("0", None),
        ("", None),
        ("Иванов", None),
        ("=1+1", None),
        ("99999999999999999999", None),
        ("²", None),
    ],
)
def test_an_amount_is_read_as_banks_write_it(text: str, amount: int | None) -> None:
    assert amount_of(text) == amount


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("21.11.2026", (date(2026, 11, 21), None)),
        ("21.11.2026 14:05:09", (date(2026, 11, 21), time(14, 5, 9))),
        ("2026-11-21T14:05", (date(2026, 11, 21), time(14, 5))),
        ("1/2/2026, 9:30", (date(2026, 2, 1), time(9, 30))),
        ("31.02.2026", None),
        ("21.11.26", None),
        ("200", None),
    ],
)
def test_a_day_is_read_as_banks_write_it(text: str, when: object) -> None:
    assert day_time_of(text) == when


STATEMENT = (
    "АО «Банк»;;;\r\n"
    "Выписка по счёту за ноябрь;;;\r\n"
    "Дата операции;Сумма;Назначение платежа;Терминал\r\n"
    "16.11.2026 12:03:00;200,00;Оплата QR. Плательщик Серикова Айгерим;T-17\r\n"
    "16.11.2026 12:09:00;-150,00;Комиссия;T-17\r\n"
    "16.11.2026 13:00:00;350,50;Оплата QR;T-17\r\n"
    "Итого;199,50;;\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_a_statement_is_read_in_any_of_the_encodings_that_banks_use(encoding: str) -> None:
    sheet = sheet_of(read_rows(STATEMENT.encode(encoding)))
    columns = guess(sheet)
    assert columns == Columns("Дата операции", "", "Сумма", "Назначение платежа", "Терминал")
    found, skipped = credits_of(sheet, columns)
    assert [(x.day, x.amount_tenge, x.place) for x in found] == [(MONDAY, 200, "T-17")]
    assert found[0].at_ms == start_ms(MONDAY) + 12 * HOUR_MS + 3 * 60_000
    assert skipped == {"debit": 1, "tiyn": 1, "unreadable": 1}


def test_an_excel_statement_is_read_like_one_in_csv() -> None:
    from datetime import datetime

    book = Workbook()
    book.active.append(["Дата", "Время", "Кредит", "Дебет"])
    book.active.append([datetime(2026, 11, 16), "12:03", 200.0, None])  # noqa: DTZ001
    book.active.append([datetime(2026, 11, 16), "12:04", None, 70])  # noqa: DTZ001
    file = io.BytesIO()
    book.save(file)
    sheet = sheet_of(read_rows(file.getvalue()))
    found, skipped = credits_of(sheet, guess(sheet))
    assert [(x.amount_tenge, x.at_ms) for x in found] == [
        (200, start_ms(MONDAY) + 12 * HOUR_MS + 3 * 60_000)
    ]
    assert skipped == {"debit": 1}


def test_a_remembered_mapping_that_does_not_fit_gives_way_to_a_guess() -> None:
    sheet = sheet_of(read_rows(STATEMENT.encode()))
    other = Columns("Дата", "", "Сумма", "", "", {"T-17": "aktau-tsc"})
    assert guess(sheet, other).day == "Дата операции"
    assert guess(sheet, other).places == {"T-17": "aktau-tsc"}
    fits = replace(guess(sheet), reference="", time="")
    assert guess(sheet, fits) == fits


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (statement.UNPACKED_BYTES_MAX + 1))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", Wrong.EMPTY),
        (b"\n\n;;\n", Wrong.EMPTY),
        (b"PK\x03\x04 no archive", Wrong.NOT_READABLE),
        (b"\xd0\xcf\x11\xe0", Wrong.OLD_EXCEL),
        (b"a\x00b", Wrong.NOT_READABLE),
        (b"1;2\n" * (statement.ROWS_MAX + 1), Wrong.TOO_MANY_ROWS),
        (b"x" * (statement.FILE_SIZE_BYTES_MAX + 1), Wrong.TOO_LARGE),
        (bomb(), Wrong.TOO_LARGE),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_plain_words(content: bytes, wrong: Wrong) -> None:
    with pytest.raises(StatementError) as refused:
        read_rows(content)
    assert refused.value.wrong is wrong


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    try:
        sheet = sheet_of(read_rows(content))
        credits_of(sheet, guess(sheet))
    except StatementError:
        pass


def test_only_documents_are_documents_whatever_their_name() -> None:
    assert media_type_of(b"%PDF-1.7 x") == "application/pdf"
    for other in (b"<html>", b"PK\x03\x04", b"", b" %PDF-"):
        with pytest.raises(Exception, match="document_kind"):
            media_type_of(other)


@pytest.mark.parametrize("text", ["=1+1", "+7 701", "-2", "@x", "\tx"])
def test_a_formula_is_defused(text: str) -> None:
    assert defused(text) == f"'{text}"
    assert defused("Мектеп = кітап") == "Мектеп = кітап"
