import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.errors import MoneyError
from kiosk.domain.money import (
    AMOUNT_TENGE_MAX,
    NOTHING,
    Denomination,
    Kind,
    Pieces,
    coin,
    format_amount,
    format_tenge,
    note,
    parse_tenge,
)
from tests.domain.strategies import DENOMINATIONS, pieces


def test_thousands_are_parted_by_spaces_that_do_not_wrap_and_the_sign_follows():
    assert format_amount(1_234_567) == "1\u00a0234\u00a0567"
    assert format_tenge(950) == "950\u00a0₸"
    assert format_tenge(0) == "0\u00a0₸"


@given(st.integers(0, AMOUNT_TENGE_MAX))
def test_what_is_printed_can_be_read_again(amount_tenge: int):
    assert parse_tenge(format_tenge(amount_tenge)) == amount_tenge
    assert parse_tenge(f" {amount_tenge} ") == amount_tenge


@pytest.mark.parametrize(
    "text", ["", " ", "₸", "-5", "+5", "12.50", "12,50", "1e3", "٣", "²", "0x10", "five"]
)
def test_what_is_no_whole_amount_is_refused(text: str):
    with pytest.raises(MoneyError, match="whole amount"):
        parse_tenge(text)


def test_an_amount_beyond_any_shop_is_a_slip_and_refused():
    assert parse_tenge(str(AMOUNT_TENGE_MAX)) == AMOUNT_TENGE_MAX
    with pytest.raises(MoneyError, match="more than"):
        parse_tenge(str(AMOUNT_TENGE_MAX + 1))


def test_thousands_of_pasted_digits_are_refused_like_any_other_slip():
    with pytest.raises(MoneyError):
        parse_tenge("9" * 5000)


@given(st.text(max_size=12))
def test_typed_text_gives_an_amount_or_a_money_error(text: str):
    try:
        assert 0 <= parse_tenge(text) <= AMOUNT_TENGE_MAX
    except MoneyError:
        pass


def test_a_coin_stands_before_a_note_of_the_same_value():
    assert sorted([note(500), note(200), coin(200), coin(1)]) == [
        coin(1),
        coin(200),
        note(200),
        note(500),
    ]
    assert coin(200) != note(200)


@pytest.mark.parametrize("denomination", DENOMINATIONS)
def test_a_denomination_is_known_by_its_code(denomination: Denomination):
    assert Denomination.from_code(denomination.code) == denomination


@pytest.mark.parametrize(
    "code", ["", "c", "200", "x200", "c0", "c020", "c-5", "c2.5", "C200", "c٣", "n" + "9" * 5000]
)
def test_a_code_of_no_denomination_is_refused(code: str):
    with pytest.raises(MoneyError):
        Denomination.from_code(code)


@pytest.mark.parametrize("value_tenge", [0, -1, AMOUNT_TENGE_MAX + 1])
def test_a_piece_of_impossible_value_cannot_be_made(value_tenge: int):
    with pytest.raises(MoneyError):
        Denomination(value_tenge, Kind.COIN)


def test_fewer_than_no_pieces_cannot_be():
    with pytest.raises(MoneyError, match="c50"):
        Pieces({coin(50): -1})


def test_pieces_that_are_not_there_cannot_be_taken():
    with pytest.raises(MoneyError):
        Pieces({coin(50): 1}) - Pieces({coin(50): 2})
    with pytest.raises(MoneyError):
        NOTHING.add(coin(1), -1)


def test_single_taps_are_counted():
    assert Pieces.of([coin(50), note(500), coin(50)]) == Pieces({coin(50): 2, note(500): 1})


@given(pieces())
def test_pieces_come_back_from_their_codes_and_stand_from_the_largest_down(some: Pieces):
    codes = some.to_codes()
    assert Pieces.from_codes(codes) == some
    assert Pieces.from_codes(dict(reversed(codes.items()))) == some
    assert list(some) == sorted(some, reverse=True)
    assert all(some[d] > 0 for d in some)


@given(pieces(), pieces())
def test_adding_and_taking_away_are_opposites(some: Pieces, more: Pieces):
    both = some + more
    assert both == more + some
    assert both - more == some
    assert both.total_tenge == some.total_tenge + more.total_tenge
    assert both.count == some.count + more.count


@given(pieces(), pieces())
def test_taking_away_at_most_what_is_there_never_goes_below_nothing(some: Pieces, other: Pieces):
    left = some.minus_at_most(other)
    assert all(left[d] == max(0, some[d] - other[d]) for d in DENOMINATIONS)


@given(pieces(), st.sampled_from(DENOMINATIONS))
def test_without_one_kind_the_rest_stays(some: Pieces, kind: Denomination):
    left = some.without(kind)
    assert left[kind] == 0
    assert left + Pieces({kind: some[kind]}) == some


@given(pieces(), pieces())
def test_equal_pieces_have_equal_hashes(some: Pieces, other: Pieces):
    again = Pieces.from_codes(dict(reversed(some.to_codes().items())))
    assert (again, hash(again)) == (some, hash(some))
    assert (some == other) == (some.to_codes() == other.to_codes())


def test_a_count_of_zero_is_not_kept():
    assert not Pieces({coin(5): 0})
    assert coin(5) not in Pieces({coin(5): 0})
    assert Pieces({coin(5): 0}) == NOTHING
