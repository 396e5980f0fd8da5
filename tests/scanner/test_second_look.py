"""Stage 2 in its own thread: newest picture, answers for the scene in view, nothing waits for it."""

import threading
import time

import numpy as np
import pytest

from kiosk.domain.barcode import Symbology
from kiosk.scanner.decode import Decoder, Read
from kiosk.scanner.frames import ArrayFrame
from kiosk.scanner.reader import FrameReader
from kiosk.scanner.second_look import LIKELIHOOD, ThreadedLook
from tests.scanner.pictures import TEA, WATER, counter, knowing, pack

PATIENCE_S = 60.0
WATER_READ = Read(Symbology.EAN13, WATER, LIKELIHOOD, (320.0, 240.0), stage=LIKELIHOOD)
SHOP = knowing(WATER, TEA)


class SlowReader:
    """Reads when it is let; says which pictures it was given, by their first pixel."""

    def __init__(self) -> None:
        self.given: list[int] = []
        self.forgot = 0
        self.may_read = threading.Semaphore(0)

    def read(self, luma, known):
        return self.add(luma, known)

    def add(self, luma, known):
        if not len(known):
            return None  # the warm-up
        self.given.append(int(luma[0, 0]))
        assert self.may_read.acquire(timeout=PATIENCE_S)
        if luma[0, 0] == 13:
            raise RuntimeError("an unlucky picture")
        return WATER_READ

    def forget(self):
        self.forgot += 1


@pytest.fixture
def slow():
    return SlowReader()


@pytest.fixture
def look(slow):
    look = ThreadedLook(lambda: slow)
    yield look
    slow.may_read.release(100)
    look.stop()


def picture(number: int) -> np.ndarray:
    return np.full((4, 4), number, np.uint8)


def offer(look, number: int, *, at_s: float = 0.0, sharpness: float = 1.0) -> None:
    look.offer(picture(number), SHOP, now_s=at_s, sharpness=sharpness)


def until(condition) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end_s, "it never came"
        time.sleep(0.005)


def answers(look, count: int) -> list[Read]:
    found: list[Read] = []

    def are_enough() -> bool:
        found.extend(look.answers(now_s=0.0))
        return len(found) >= count

    until(are_enough)
    return found


def test_only_the_newest_picture_waits(look, slow):
    offer(look, 1)
    until(lambda: slow.given == [1])
    for number in (2, 3, 4):
        offer(look, number, at_s=number / 30)
    slow.may_read.release(2)
    assert len(answers(look, 2)) == 2
    assert slow.given == [1, 4]


def test_a_sharper_picture_is_not_pushed_out_while_it_is_fresh(look, slow):
    offer(look, 1)
    until(lambda: slow.given == [1])
    offer(look, 2, at_s=0.1, sharpness=9.0)
    offer(look, 3, at_s=0.2, sharpness=1.0)
    slow.may_read.release(2)
    assert answers(look, 2)
    assert slow.given == [1, 2]


def test_a_sharper_picture_that_is_old_is_pushed_out(look, slow):
    offer(look, 1)
    until(lambda: slow.given == [1])
    offer(look, 2, at_s=0.1, sharpness=9.0)
    offer(look, 3, at_s=0.6, sharpness=1.0)
    slow.may_read.release(2)
    assert answers(look, 2)
    assert slow.given == [1, 3]


def test_an_answer_about_a_pack_that_has_gone_is_dropped(look, slow):
    offer(look, 1)
    until(lambda: slow.given == [1])
    look.forget()
    offer(look, 2)
    slow.may_read.release(2)
    assert len(answers(look, 1)) == 1
    assert slow.given == [1, 2]
    assert slow.forgot == 2, "once for each scene it saw"


def test_a_stumble_over_one_picture_does_not_end_it(look, slow, caplog):
    slow.may_read.release(2)
    offer(look, 13)
    until(lambda: slow.given == [13])
    offer(look, 1)
    assert answers(look, 1) == [WATER_READ]
    assert "an unlucky picture" in caplog.text


def test_offering_waits_for_nobody_while_it_is_busy(look, slow):
    offer(look, 1)
    until(lambda: slow.given == [1])
    for number in range(100):
        offer(look, number)
        look.answers(now_s=0.0)
    assert slow.given == [1]  # it is still at the first: nobody waited for it


def test_stopping_waits_for_no_picture(slow):
    look = ThreadedLook(lambda: slow)
    look.begin()
    began_s = time.monotonic()
    look.stop()
    assert time.monotonic() - began_s < 2.0


# --- in a frame's life ------------------------------------------------------------------------


class Instant:
    """A second look that answers at the next frame, and remembers what it was asked."""

    def __init__(self, *, reads: Read | None = WATER_READ) -> None:
        self._reads = reads
        self._due: list[Read] = []
        self.offered = 0
        self.forgot = 0

    def offer(self, luma, known, *, now_s, sharpness):
        self.offered += 1
        if self._reads is not None:
            self._due = [self._reads]

    def answers(self, *, now_s):
        due, self._due = self._due, []
        return due

    def forget(self):
        self.forgot += 1


def played(frames, second, *, shop=SHOP, thrifty=False) -> list[str]:
    reader = FrameReader(Decoder(), lambda: shop, second)
    found = []
    for number, frame in enumerate(frames):
        scans = reader.take(ArrayFrame(frame), now_s=10 + number / 15, thrifty=thrifty)
        found += [scan.text for scan in scans]
    return found


def unreadable(count: int) -> list[np.ndarray]:
    """A held pack, so blurred that no engine reads it."""
    five = [pack(WATER, blur_px=8, at=(320 + 3 * n, 240), seed=n) for n in range(5)]
    return (five * count)[:count]


def test_a_pack_that_stage_1_cannot_read_is_looked_at_again_and_scanned_once():
    second = Instant()
    assert played(unreadable(20), second) == [WATER]
    assert second.offered >= 1


def test_a_readable_pack_never_needs_a_second_look():
    second = Instant()
    held = [pack(WATER, at=(320 + 3 * n, 240), seed=n) for n in range(6)]
    assert played(held, second) == [WATER]
    assert second.offered == 0


def test_an_empty_counter_never_gets_a_second_look():
    second = Instant()
    assert played([counter(seed=n) for n in range(4)] * 10, second) == []
    assert second.offered == 0


def test_a_code_that_the_shop_does_not_know_needs_two_answers_that_do_not_share_a_picture():
    second = Instant()
    assert played(unreadable(3), second, shop=knowing()) == []
    assert second.forgot >= 1
    assert played(unreadable(20), second, shop=knowing()) == [WATER]


def test_still_stripes_that_give_nothing_are_looked_at_less_and_less():
    second = Instant(reads=None)
    still = [pack(WATER, blur_px=8, seed=n) for n in range(4)]
    assert played(still * 75, second) == []
    assert second.offered <= 14, "twenty seconds"


def test_while_nobody_shops_stripes_on_the_shelf_get_no_second_look_after_the_first_moment():
    second = Instant(reads=None)
    still = [pack(WATER, blur_px=8, seed=n) for n in range(4)]
    played(still * 75, second, thrifty=True)
    assert second.offered <= 4


def test_a_pack_held_up_before_an_idle_kiosk_is_looked_at_again():
    empty = [counter(seed=n) for n in range(4)] * 10
    assert played(empty + unreadable(30), Instant(), thrifty=True) == [WATER]
