"""Stamps: never plainly absurd, corrected by the centre, told apart by boots."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import clock
from kiosk.clock import BUILT_MS, DIFFERENCE_MAX_MS, WALL_MAX_MS, StampClock
from kiosk.domain.entries import ClockSet, Stamp, decode
from kiosk.journal import Journal
from tests.journal.support import NOON_MS, Times, sale

YEAR_MS = 365 * 86_400_000
IN_2038_MS = 2_147_483_647_000


def test_a_clock_that_is_right_is_believed():
    times = Times()
    stamp = times.clock("b").stamp()
    assert stamp == Stamp(NOON_MS, "b", 5_000)


def test_a_clock_that_woke_in_1970_goes_on_from_the_build():
    times = Times(wall_ms=1_000)
    kept = times.clock()
    times.pass_ms(7_000)
    assert kept.stamp().at_ms == BUILT_MS + 7_000


def test_a_clock_behind_the_last_entry_goes_on_from_it():
    times = Times(wall_ms=NOON_MS)
    kept = times.clock()
    kept.start_from(Stamp(NOON_MS + YEAR_MS, "an earlier boot", 99))
    times.pass_ms(500)
    assert kept.stamp().at_ms == NOON_MS + YEAR_MS + 500


def test_within_one_boot_the_time_since_the_last_entry_is_known():
    times = Times(wall_ms=1_000, mono_ms=60_000)
    kept = times.clock("same")
    kept.start_from(Stamp(NOON_MS, "same", 20_000))
    assert kept.stamp().at_ms == NOON_MS + 40_000


def test_a_clock_set_back_a_little_while_running_makes_no_stamp_go_back():
    times = Times()
    kept = times.clock()
    first = kept.stamp()
    times.wall_ms -= 10_000
    times.mono_ms += 100
    assert kept.stamp().at_ms >= first.at_ms


def test_a_clock_that_is_set_right_while_running_is_followed():
    times = Times(wall_ms=1_000)
    kept = times.clock()
    kept.stamp()
    times.wall_ms = NOON_MS
    assert kept.stamp().at_ms == NOON_MS


@pytest.mark.parametrize("off_ms", [-DIFFERENCE_MAX_MS, -1, 0, 1, DIFFERENCE_MAX_MS])
def test_a_difference_of_a_minute_or_less_changes_nothing(off_ms):
    times = Times()
    kept = times.clock()
    assert kept.server_time_heard(NOON_MS + off_ms) is None
    assert kept.stamp().at_ms == NOON_MS


@pytest.mark.parametrize("off_ms", [DIFFERENCE_MAX_MS + 1, -DIFFERENCE_MAX_MS - 1, YEAR_MS])
def test_a_larger_difference_is_an_entry_and_corrects_what_follows(off_ms):
    times = Times()
    kept = times.clock()
    kept.stamp()
    heard = kept.server_time_heard(NOON_MS + off_ms)
    assert heard == ClockSet(server_ms=NOON_MS + off_ms, local_ms=NOON_MS)
    times.pass_ms(1_000)
    assert kept.stamp().at_ms == NOON_MS + off_ms + 1_000
    assert kept.server_time_heard(NOON_MS + off_ms + 1_000) is None


@pytest.mark.parametrize("server_ms", [-1, 0, BUILT_MS - 1, WALL_MAX_MS + 1])
def test_a_centre_that_is_plainly_wrong_itself_is_not_believed(server_ms):
    kept = Times().clock()
    assert kept.server_time_heard(server_ms) is None
    assert kept.stamp().at_ms == NOON_MS


def test_one_boot_in_2038_does_not_pin_the_clock_there(directory):
    times = Times(wall_ms=IN_2038_MS)
    kept = times.clock()
    journal = Journal.open(directory, clock=kept)
    journal.append(sale("in 2038")).result(10)
    journal.append(kept.server_time_heard(NOON_MS)).result(10)
    journal.close()

    times = Times(wall_ms=NOON_MS + 60_000, mono_ms=10)
    journal = Journal.open(directory, clock=times.clock("boot-2"))
    stored = journal.append(sale("after")).result(10)
    journal.close()
    assert decode(stored.payload).stamp == Stamp(NOON_MS + 60_000, "boot-2", 10)


def test_a_journal_is_opened_no_earlier_than_its_last_entry(directory):
    journal = Journal.open(directory, clock=Times().clock())
    journal.append(sale()).result(10)
    journal.close()
    journal = Journal.open(directory, clock=Times(wall_ms=0, mono_ms=1).clock("boot-2"))
    assert decode(journal.append(sale("2")).result(10).payload).stamp.at_ms == NOON_MS
    journal.close()


@given(
    steps=st.lists(st.tuples(st.integers(-YEAR_MS, YEAR_MS), st.integers(0, 10_000)), max_size=20)
)
def test_without_the_centre_stamps_never_go_back_nor_below_the_floor(steps):
    times = Times(wall_ms=BUILT_MS)
    kept = times.clock()
    last_ms = BUILT_MS
    for wall_step_ms, mono_step_ms in steps:
        times.wall_ms += wall_step_ms
        times.mono_ms += mono_step_ms
        at_ms = kept.stamp().at_ms
        assert at_ms >= last_ms
        last_ms = at_ms


def test_the_systems_own_clocks_and_boot_are_told():
    first, second = StampClock().stamp(), StampClock().stamp()
    assert first.boot == second.boot
    assert len(first.boot) == 36
    assert second.mono_ms >= first.mono_ms > 0


def test_without_the_kernels_boot_id_each_process_has_its_own(monkeypatch, tmp_path):
    monkeypatch.setattr(clock, "_BOOT_ID_FILE", tmp_path / "nothing")
    assert clock.system_boot_id() != clock.system_boot_id()
