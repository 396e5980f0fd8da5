"""When entries were really made: the laws of the one rule that kiosk and centre share."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.entries import Stamp
from kiosk.domain.true_times import CLOCK_SET, LAST_MS, LookingBack, Told, clock_of

HOUR_MS = 3_600_000
START_MS = 1_795_000_000_000

Journal = list[tuple[int, Told, int]]
"""Number, what is told of the entry, and when it was really made."""


@st.composite
def journals(draw: st.DrawFn) -> Journal:
    """A machine that starts, sells, hears the centre, and whose clock is set by anybody at will."""
    now_ms, mono_ms, off_ms, boot = START_MS, 0, -START_MS, 0
    made: Journal = []
    for what in draw(st.lists(st.sampled_from(["sale", "sale", "boot", "jump", "clock_set"]))):
        passed_ms = draw(st.integers(1, 30 * HOUR_MS))
        now_ms, mono_ms = now_ms + passed_ms, mono_ms + passed_ms
        if what == "boot":
            boot, mono_ms = boot + 1, draw(st.integers(0, HOUR_MS))
        if what in ("boot", "jump"):
            off_ms = draw(st.integers(-START_MS, LAST_MS - 2 * START_MS))
        if what == "clock_set":
            off_ms = 0
        if what != "jump":
            heard_ms = now_ms if what == CLOCK_SET else None
            said = Told(what, now_ms + off_ms, f"boot {boot}", mono_ms, heard_ms)
            made.append((len(made) + 1, said, now_ms))
    return made


def in_truth(made: Journal) -> list[int]:
    clock = clock_of((seq, x) for seq, x, _ in made if x.type in ("boot", CLOCK_SET))
    return [clock.true_ms(seq, said.stamp) for seq, said, _ in made]


def anchored(made: Journal) -> list[bool]:
    """Whether a ``clock_set`` came later in the same boot."""
    return [
        any(x.type == CLOCK_SET and x.boot == said.boot for _, x, _ in made[index + 1 :])
        for index, (_, said, _) in enumerate(made)
    ]


@given(journals())
def test_what_a_clock_set_speaks_of_gets_its_true_time_and_all_else_keeps_its_stamp(
    made: Journal,
) -> None:
    for (_, said, true_ms), is_told, found_ms in zip(
        made, anchored(made), in_truth(made), strict=True
    ):
        assert found_ms == (true_ms if is_told else said.at_ms)


@given(journals())
def test_correcting_twice_is_correcting_once(made: Journal) -> None:
    once = in_truth(made)
    again = [
        (seq, Told(x.type, at_ms, x.boot, x.mono_ms, x.server_ms), true_ms)
        for (seq, x, true_ms), at_ms in zip(made, once, strict=True)
    ]
    assert in_truth(again) == once


@given(journals())
def test_times_that_a_clock_told_follow_the_order_of_the_journal(made: Journal) -> None:
    told = [ms for ms, is_told in zip(in_truth(made), anchored(made), strict=True) if is_told]
    assert told == sorted(told)


@given(journals())
def test_who_reads_from_the_end_finds_the_same(made: Journal) -> None:
    back = LookingBack()
    found = [back.true_ms(1, seq, said) for seq, said, _ in reversed(made)]
    assert found[::-1] == in_truth(made)


@given(journals(), st.integers(START_MS, START_MS + 400 * HOUR_MS), st.integers(1, 60 * HOUR_MS))
def test_what_is_near_a_time_holds_all_that_was_moved_there(
    made: Journal, since_ms: int, length_ms: int
) -> None:
    clock = clock_of((seq, x) for seq, x, _ in made if x.type in ("boot", CLOCK_SET))
    near = clock.near(since_ms, since_ms + length_ms)
    for (seq, said, _), at_ms in zip(made, in_truth(made), strict=True):
        if at_ms != said.at_ms and since_ms <= at_ms < since_ms + length_ms:
            assert near is not None
            assert near[0] <= seq <= near[1]


def test_another_epoch_and_another_boot_are_not_spoken_of() -> None:
    back = LookingBack()
    back.true_ms(2, 5, Told(CLOCK_SET, 9_000, "b", 1_000, START_MS))
    assert back.true_ms(1, 4, Told("sale", 7, "b", 500)) == 7
    assert back.true_ms(2, 4, Told("sale", 8, "a", 500)) == 8
    assert back.true_ms(2, 3, Told("sale", 9, "b", 500)) == START_MS - 500


def test_a_time_that_no_stamp_could_say_is_not_believed() -> None:
    for server_ms, mono_ms in ((0, 60_000), (LAST_MS, -1), (LAST_MS, 0)):
        clock = clock_of([(9, Told(CLOCK_SET, 1, "b", mono_ms, server_ms))])
        assert clock.true_ms(3, Stamp(5, "b", 0)) == (LAST_MS if mono_ms == 0 else 5)
