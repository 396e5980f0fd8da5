"""Whom to believe of the reads of one picture."""

from kiosk.domain.barcode import Symbology
from kiosk.scanner.engines import Read
from kiosk.scanner.votes import Votes
from tests.scanner.pictures import ORBIT, TEA, WATER

UPCE = "04252614"


def read(
    text: str = WATER,
    symbology: Symbology = Symbology.EAN13,
    *,
    at: tuple[float, float] = (320, 240),
    weak: bool = False,
) -> Read:
    x, y = at
    corners = ((x - 100, y - 40), (x + 100, y - 40), (x + 100, y + 40), (x - 100, y + 40))
    return Read(symbology, text, "engine", at, weak=weak, corners=corners)


def believed(*stages: list[Read]) -> list[str]:
    votes = Votes()
    for reads in stages:
        votes.add(reads)
    return sorted(read.text for read in votes.believed())


def test_a_long_code_is_believed_at_once():
    assert believed([read()]) == [WATER]


def test_a_short_code_needs_two_stages():
    for text, symbology in ((ORBIT, Symbology.EAN8), (UPCE, Symbology.UPCE)):
        assert believed([read(text, symbology)]) == []
        assert believed([read(text, symbology)], [], [read(text, symbology)]) == [text]


def test_the_same_code_twice_in_one_stage_is_one_vote():
    assert believed([read(ORBIT, Symbology.EAN8), read(ORBIT, Symbology.EAN8)]) == []


def test_a_weak_read_needs_another():
    assert believed([read(weak=True)]) == []
    assert believed([read(weak=True)], [read()]) == [WATER]


def test_of_two_codes_at_one_place_the_majority_is_believed_and_a_draw_is_none():
    assert believed([read(), read(TEA)]) == []
    assert believed([read(), read(TEA)], [read(TEA)]) == [TEA]
    assert believed([read(), read(TEA)], [read(TEA)], [read()]) == []


def test_one_that_came_later_makes_the_first_doubtful():
    assert believed([read()], [read(TEA)]) == []


def test_codes_at_two_places_do_not_argue():
    assert believed([read(), read(TEA, at=(320, 420))]) == sorted([WATER, TEA])


def test_a_short_piece_says_nothing_against_the_long_code_around_it():
    assert believed([read(), read(UPCE, Symbology.UPCE, at=(350, 240))]) == [WATER]


def test_an_address_is_believed_and_argues_with_nobody():
    address = read("https://example.kz", Symbology.QR)
    assert believed([address, read()]) == sorted(["https://example.kz", WATER])


def test_one_number_written_two_ways_is_one_code():
    votes = Votes()
    votes.add([read("0012000006494"), read("012000006494", Symbology.UPCA)])
    assert len(votes.believed()) == 1


def test_what_the_shop_knows_counts_whatever_argues_with_it():
    votes = Votes()
    votes.add([read(), read(TEA)])
    assert [known.text for known in votes.known({"0" + TEA}.__contains__)] == [TEA]
