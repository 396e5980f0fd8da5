"""What the faults brought to light about clocks."""

from kiosk.domain.entries import ClockSet
from tests.journal.support import NOON_MS, Times

YEAR_MS = 365 * 86_400_000


def test_a_clock_that_jumped_ahead_and_back_is_corrected_by_the_centre() -> None:
    times = Times()
    kept = times.clock()
    times.wall_ms += YEAR_MS
    kept.stamp()
    times.wall_ms -= YEAR_MS
    assert kept.stamp().at_ms == NOON_MS + YEAR_MS  # stamps never go back by themselves
    assert kept.server_time_heard(NOON_MS) == ClockSet(NOON_MS, NOON_MS + YEAR_MS)
    assert kept.stamp().at_ms == NOON_MS
