"""Who is said to be different, and who is left alone."""

import random

from sync.server.measures.bands import Found, Funnel, Place, Total
from sync.server.measures.bands import funnel as funnel_of


def funnel(visits: list[Found]) -> Funnel:
    """Of all visits to a group."""
    totals = []
    for shop_id in sorted({one.shop_id for one in visits}):
        own = [one for one in visits if one.shop_id == shop_id and one.due_tenge > 0]
        due, paid = sum(one.due_tenge for one in own), sum(one.paid_tenge for one in own)
        totals.append(Total(shop_id, len(own), due, paid))
    return funnel_of(totals, visits)


def alike(shops: int, visits: int, seed: int) -> list[Found]:
    """Shops of very different sizes that all lose 3 %, with the same kind of chance."""
    chance = random.Random(seed)
    found = []
    for shop_id in range(shops):
        for _ in range(visits):
            due = chance.randint(1_000, 4_000) * (1 + shop_id % 10)
            found.append(Found(shop_id, due, round(0.97 * due + chance.gauss(0, 3 * due**0.5))))
    return found


def place(of: Funnel, shop_id: int) -> Place:
    return next(one.place for one in of.standings if one.shop_id == shop_id)


def test_of_shops_that_are_all_alike_about_one_in_twenty_is_perhaps_and_hardly_any_clearly_off() -> (
    None
):
    places = [one.place for seed in range(20) for one in funnel(alike(50, 6, seed)).standings]
    perhaps = sum(one in (Place.PERHAPS_ABOVE, Place.PERHAPS_BELOW) for one in places)
    clearly = sum(one in (Place.CLEARLY_ABOVE, Place.CLEARLY_BELOW) for one in places)
    assert len(places) == 1000
    assert perhaps <= 70
    assert clearly <= 5


def test_a_small_shop_and_a_big_one_with_the_same_ratio_are_not_told_the_same() -> None:
    found = alike(20, 6, 1)
    found += [Found(100, 600, 540) for _ in range(6)]
    found += [Found(101, 60_000, 54_000) for _ in range(6)]
    shown = funnel(found)
    assert place(shown, 100) is Place.AS_OTHERS
    assert place(shown, 101) is Place.CLEARLY_BELOW


def test_one_bad_shop_neither_hides_itself_nor_makes_the_others_look_good() -> None:
    found = alike(9, 6, 3) + [Found(9, 20_000, 12_000) for _ in range(6)]
    shown = funnel(found)
    assert place(shown, 9) is Place.CLEARLY_BELOW
    assert not any(one.place is Place.CLEARLY_ABOVE for one in shown.standings)
    assert 0.96 < shown.middle < 0.98


def test_one_slip_of_the_finger_does_not_widen_everybodys_limits() -> None:
    calm = funnel(alike(20, 6, 5))
    slipped = funnel([*alike(20, 6, 5), Found(3, 2_000, 52_000)])
    assert slipped.spread < 1.5 * calm.spread


def test_nothing_is_said_with_few_visits_or_few_shops() -> None:
    assert all(one.place is Place.TOO_LITTLE for one in funnel(alike(50, 2, 7)).standings)
    assert all(one.place is Place.TOO_LITTLE for one in funnel(alike(4, 9, 7)).standings)
    shown = funnel([*alike(10, 6, 7), Found(99, 1_000, 0)])
    assert place(shown, 99) is Place.TOO_LITTLE
    assert funnel([]).per_mille is None
    assert not funnel([]).is_telling


def test_less_than_a_hundredth_is_never_a_difference_however_sure() -> None:
    exact = [Found(n, 10_000, 10_000) for n in range(9) for _ in range(5)]
    nearly = [Found(9, 10_000, 9_910) for _ in range(5)]
    off = [Found(10, 10_000, 9_800) for _ in range(5)]
    shown = funnel([*exact, *nearly, *off])
    assert place(shown, 9) is Place.AS_OTHERS
    assert place(shown, 10) is Place.CLEARLY_BELOW


def test_visits_where_nothing_was_due_say_nothing() -> None:
    assert funnel([Found(1, 0, 0), Found(1, -5, 3)]).standings == ()
