"""Help is calm: it waits, it stays, it ends with a read."""

import itertools

import pytest

from kiosk.aim import Aim, Hint
from kiosk.scanner.coach import Coach
from kiosk.scanner.sight import Sight, Stripes

FRAME_S = 1 / 15
GOOD = Stripes((0.5, 0.4), 0.5, 0.2, 0.0, at_edges=False)
FAR = Stripes((0.5, 0.4), 0.12, 0.05, 0.0, at_edges=False)
NEAR = Stripes((0.5, 0.4), 0.97, 0.5, 0.0, at_edges=True)
DAZZLED = Stripes((0.5, 0.4), 0.5, 0.2, 0.2, at_edges=False)


class Film:
    """Frames for a coach, and what he shows after each."""

    def __init__(self) -> None:
        self.coach = Coach()
        self.now_s = 100.0

    def saw(self, stripes: Stripes | None, *, seconds: float, light: float = 0.5) -> list[Aim]:
        aims = []
        for _ in range(round(seconds / FRAME_S)):
            self.now_s += FRAME_S
            self.coach.saw(Sight(light, stripes), now_s=self.now_s)
            aims.append(self.aim)
        return aims

    def passes(self, seconds: float) -> None:
        self.now_s += seconds

    @property
    def aim(self) -> Aim:
        return self.coach.aim(now_s=self.now_s)


@pytest.mark.parametrize(
    ("stripes", "light", "hint"),
    [
        (FAR, 0.5, Hint.CLOSER),
        (NEAR, 0.5, Hint.FURTHER),
        (GOOD, 0.05, Hint.DARK),
        (DAZZLED, 0.5, Hint.GLARE),
        (None, 0.5, Hint.SHOW_STRIPES),
        (GOOD, 0.5, Hint.HOLD_STILL),
    ],
)
def test_each_obstacle_has_its_hint(stripes, light, hint):
    assert Film().saw(stripes, seconds=2.5, light=light)[-1] == Aim(hint=hint)


def test_nothing_is_said_in_the_first_second():
    assert set(Film().saw(NEAR, seconds=0.95)) == {Aim()}


def test_a_hint_stays_however_the_next_frames_look():
    film = Film()
    film.saw(NEAR, seconds=1.2)
    assert film.aim.hint is Hint.FURTHER
    mixed = [film.saw(stripes, seconds=FRAME_S)[0] for stripes in (FAR, GOOD, None, DAZZLED) * 3]
    assert {aim.hint for aim in mixed} == {Hint.FURTHER}


def test_hints_never_change_more_often_than_once_a_second():
    film, changes, last = Film(), [], None
    for stripes in (NEAR, FAR, DAZZLED, GOOD) * 12:
        for aim in film.saw(stripes, seconds=0.3):
            if aim.hint is not last:
                changes.append(film.now_s)
                last = aim.hint
    assert all(after - before >= 1.0 for before, after in itertools.pairwise(changes))


def test_one_odd_frame_among_many_says_nothing():
    film = Film()
    film.saw(FAR, seconds=1.5)
    film.passes(0.01)
    film.saw(NEAR, seconds=FRAME_S)
    assert film.saw(FAR, seconds=2)[-1].hint is Hint.CLOSER


def test_a_pack_that_moves_fast_is_asked_to_be_held_still():
    film = Film()
    for number in range(30):
        at = (0.2 + 0.06 * (number % 10), 0.4)
        moving = Stripes(at, 0.5, 0.2, 0.0, at_edges=False)
        film.saw(moving, seconds=FRAME_S)
    assert film.aim.hint is Hint.HOLD_STILL


def test_a_read_ends_the_hint_at_once_and_is_green_for_a_moment():
    film = Film()
    film.saw(NEAR, seconds=1.5)
    film.coach.read(now_s=film.now_s)
    assert film.aim == Aim(is_read=True)
    film.passes(1.1)
    assert film.aim == Aim()


def test_a_pack_that_lies_still_unread_keeps_its_hint():
    film = Film()
    film.saw(NEAR, seconds=1.5)
    for _ in range(30):
        film.passes(FRAME_S)
        film.coach.saw_the_same(now_s=film.now_s)
    assert film.aim.hint is Hint.FURTHER


def test_a_pack_that_has_gone_takes_its_hint_along_after_a_while():
    film = Film()
    film.saw(NEAR, seconds=1.5)
    film.passes(2.0)
    assert film.aim == Aim()
    assert set(film.saw(NEAR, seconds=0.9)) == {Aim()}, "the next one gets its own second"


def test_a_held_pack_that_was_read_is_not_helped():
    film = Film()
    film.saw(GOOD, seconds=1.5)
    film.coach.rest()
    assert film.aim == Aim()
