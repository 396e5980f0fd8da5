"""The PIN book: nobody gets in by trying, and nobody who belongs is kept out for long."""

import json
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.admin import pin_hash
from kiosk.admin.pin_file import PinError, PinFileError, Volunteer
from kiosk.admin.pin_hash import HashCost
from kiosk.admin.pin_rules import DELAYS_S, FREE_FAILURES, delay_s, is_pin, is_weak
from kiosk.admin.pins import PinBook, PinRefused

ROOT = Path(__file__).resolve().parents[2]
CHEAP = HashCost(memory_kib=8, passes=1, lanes=1)
RIGHT, OTHER, WRONG = "204817", "935172", "602394"


class Clock:
    def __init__(self) -> None:
        self.now_s = 50.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def book(directory: Path, clock: Clock) -> PinBook:
    return PinBook(directory, monotonic_s=clock, cost=CHEAP)


@pytest.fixture
def pins(tmp_path, clock):
    made = book(tmp_path, clock)
    made.add("Әсел", RIGHT)
    return made


def on_disk(directory: Path) -> dict:
    return json.loads((directory / "volunteers.json").read_text("utf-8"))


# --- coming in -------------------------------------------------------------------------------


def test_the_pin_alone_says_who_it_is(pins):
    pins.add("Болат", OTHER)
    assert pins.try_pin(OTHER).volunteer.name == "Болат"
    assert pins.try_pin(RIGHT).volunteer.volunteer_id == "v1"


def test_a_wrong_pin_lets_nobody_in(pins):
    verdict = pins.try_pin(WRONG)
    assert verdict.volunteer is None
    assert verdict.failures == 1


@pytest.mark.parametrize(
    "typed", ["", "0", RIGHT[:-1], RIGHT + "0", f" {RIGHT}", "9" * 400, "٢٠٤٨١٧"]
)
def test_nothing_like_the_pin_is_as_good_as_the_pin(pins, typed):
    assert pins.try_pin(typed).volunteer is None


def test_a_right_pin_forgives_a_slip_and_nearly_all_of_a_prank(pins, clock, tmp_path):
    pins.try_pin(WRONG)
    assert pins.try_pin(RIGHT).volunteer is not None
    assert on_disk(tmp_path)["failures"] == 0
    for _ in range(12):
        pins.try_pin(WRONG)
        clock.now_s += pins.wait_s()
    assert pins.try_pin(RIGHT).volunteer is not None
    assert pins.wait_s() == 0
    assert on_disk(tmp_path)["failures"] == 3
    assert pins.try_pin(WRONG).wait_s == 15


def test_who_knows_one_pin_cannot_guess_the_others_without_waiting(pins, clock):
    began_s = clock.now_s
    for _ in range(100):
        for _guess in range(2):
            pins.try_pin(WRONG)
            clock.now_s += pins.wait_s()
        assert pins.try_pin(RIGHT).volunteer is not None
    assert clock.now_s - began_s > 95 * (15 + 30)


def test_the_first_slips_cost_nothing_then_the_wait_grows_to_five_minutes(pins, clock):
    waits = []
    for _ in range(12):
        waits.append(pins.try_pin(WRONG).wait_s)
        clock.now_s += pins.wait_s()
    assert waits == [0, 0, 5, 15, 30, 60, 120, 300, 300, 300, 300, 300]


def test_while_the_door_is_shut_even_the_right_pin_is_not_looked_at(pins, clock):
    for _ in range(3):
        pins.try_pin(WRONG)
    clock.now_s += 4.9
    verdict = pins.try_pin(RIGHT)
    assert verdict.volunteer is None
    assert not verdict.checked
    assert verdict.failures == 3, "a try that is not looked at is not counted either"
    clock.now_s += 0.2
    assert pins.try_pin(RIGHT).volunteer is not None


def test_a_restart_begins_the_wait_anew_in_full(pins, clock, tmp_path):
    for _ in range(3):
        pins.try_pin(WRONG)
    clock.now_s += 4.9
    again = book(tmp_path, clock)
    assert again.wait_s() == pytest.approx(5)
    assert again.try_pin(RIGHT).volunteer is None


def test_a_thousand_tries_with_restarts_let_in_none_and_take_the_designed_time(tmp_path, clock):
    pins = book(tmp_path, clock)
    pins.add("Әсел", RIGHT)
    started_s = clock.now_s
    for number in range(1000):
        if number % 7 == 3:
            pins = book(tmp_path, clock)
        clock.now_s += pins.wait_s()
        assert pins.try_pin(f"{number:06d}").volunteer is None
    designed_s = sum(delay_s(failures) for failures in range(1000))
    assert designed_s == sum(DELAYS_S) + DELAYS_S[-1] * (999 - FREE_FAILURES - len(DELAYS_S))
    assert clock.now_s - started_s >= designed_s
    assert designed_s > 3 * 86_400, "more than three days"
    assert on_disk(tmp_path)["failures"] == 1000


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.one_of(st.just("try"), st.just("restart"), st.floats(min_value=0, max_value=200)),
        max_size=60,
    )
)
def test_however_one_waits_and_restarts_no_try_comes_sooner_than_designed(tmp_path_factory, steps):
    directory, clock = tmp_path_factory.mktemp("pins"), Clock()
    pins = book(directory, clock)
    pins.add("Әсел", RIGHT)
    failures, free_from_s = 0, clock.now_s
    for step in steps:
        if step == "restart":
            pins = book(directory, clock)
            free_from_s = clock.now_s + delay_s(failures)
        elif step == "try":
            verdict = pins.try_pin(WRONG)
            assert verdict.volunteer is None
            assert verdict.checked == (clock.now_s >= free_from_s)
            if verdict.checked:
                failures += 1
                free_from_s = clock.now_s + delay_s(failures)
        else:
            clock.now_s += step
        assert pins.failures == failures
        assert pins.wait_s() == pytest.approx(max(0.0, free_from_s - clock.now_s))


def test_a_try_is_on_the_disk_before_it_is_checked(pins, tmp_path, monkeypatch):
    seen = []
    real = pin_hash.is_pin_of

    def looked_at(*args):
        seen.append(on_disk(tmp_path)["failures"])
        return real(*args)

    monkeypatch.setattr(pin_hash, "is_pin_of", looked_at)
    pins.try_pin(WRONG)
    pins.try_pin(WRONG)
    assert seen == [1, 2]


_KILLED_WHILE_CHECKING = """
import os, sys
from pathlib import Path
from kiosk.admin import pin_hash
from kiosk.admin.pins import PinBook

pin_hash.is_pin_of = lambda *_args: os._exit(9)
PinBook(Path(sys.argv[1]), cost=pin_hash.HashCost(8, 1, 1)).try_pin(sys.argv[2])
"""


def test_pulling_the_plug_while_a_pin_is_checked_wins_no_free_try(pins, tmp_path, clock):
    for killed in range(1, 4):
        process = subprocess.run(
            [sys.executable, "-c", _KILLED_WHILE_CHECKING, str(tmp_path), WRONG],
            cwd=ROOT,
            check=False,
        )
        assert process.returncode == 9
        assert on_disk(tmp_path)["failures"] == killed
    assert book(tmp_path, clock).wait_s() == 5


def test_a_try_that_cannot_be_counted_is_not_checked(pins, tmp_path, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kiosk.admin.pin_file.write_whole", full)
    with pytest.raises(PinFileError, match="No space left"):
        pins.try_pin(RIGHT)


def test_tries_at_the_same_moment_are_checked_one_after_the_other(pins, tmp_path):
    threads = [threading.Thread(target=pins.try_pin, args=(WRONG,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Three are looked at; from the third on the door is shut.
    assert on_disk(tmp_path)["failures"] == 3


def test_all_hashes_are_checked_whichever_matches(pins, monkeypatch):
    pins.add("Болат", OTHER)
    looked_at = []
    real = pin_hash.is_pin_of

    def looking(volunteer, *rest):
        looked_at.append(volunteer.volunteer_id)
        return real(volunteer, *rest)

    monkeypatch.setattr(
        pin_hash,
        "is_pin_of",
        looking,
    )
    pins.try_pin(RIGHT)
    pins.try_pin(WRONG)
    assert looked_at == ["v1", "v2"] * 2


def test_an_old_hash_becomes_one_of_todays_cost_when_its_pin_is_used(tmp_path, clock):
    book(tmp_path, clock).add("Әсел", RIGHT)
    today = PinBook(tmp_path, monotonic_s=clock, cost=HashCost(16, 2, 1))
    assert today.try_pin(RIGHT).volunteer is not None
    assert "m=16,t=2,p=1" in on_disk(tmp_path)["volunteers"][0]["pin_hash"]
    assert today.try_pin(RIGHT).volunteer is not None


# --- who -------------------------------------------------------------------------------------


def test_the_file_holds_no_pin_and_nobody_else_can_read_it(pins, tmp_path):
    file = tmp_path / "volunteers.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert RIGHT not in file.read_text("utf-8")
    assert "$argon2id$" in file.read_text("utf-8")


def test_the_file_is_private_from_its_first_byte_even_over_a_leftover(pins, tmp_path):
    leftover = tmp_path / "volunteers.json.new"
    leftover.write_text("half")
    leftover.chmod(0o644)
    pins.try_pin(WRONG)
    assert stat.S_IMODE((tmp_path / "volunteers.json").stat().st_mode) == 0o600
    assert not leftover.exists()


@pytest.mark.parametrize(
    "weak",
    "000000 777777 123456 654321 0123456789 890123 121212 123123 112233 998877 101010 147258"
    " 12345 1234567890123 12a456 246802".split(),
)
def test_a_weak_pin_and_another_volunteers_are_refused_in_the_same_words(pins, weak):
    with pytest.raises(PinRefused) as taken:
        pins.add("Болат", RIGHT)
    with pytest.raises(PinRefused) as refused:
        pins.add("Болат", weak)
    assert str(refused.value) == str(taken.value)
    assert len(pins.volunteers) == 1


@given(st.from_regex(r"[0-9]{6,10}", fullmatch=True))
def test_six_to_ten_digits_are_a_pin_and_nothing_else_is(pin):
    assert is_pin(pin)
    assert not is_pin(pin[:5])
    assert not is_pin(pin + "-")


def test_of_all_six_digit_pins_less_than_two_percent_are_weak():
    weak = sum(is_weak(f"{number:06d}") for number in range(0, 1_000_000, 7))
    assert 0 < weak / (1_000_000 / 7) < 0.02


def test_a_pin_is_changed_for_its_owner_who_may_also_keep_it(pins):
    pins.set_pin("v1", RIGHT)
    pins.set_pin("v1", OTHER)
    assert pins.try_pin(RIGHT).volunteer is None
    assert pins.try_pin(OTHER).volunteer is not None


def test_whether_a_pin_could_be_taken_is_said_before_it_is_typed_again(pins):
    pins.refuse_unusable(OTHER)
    pins.refuse_unusable(RIGHT, for_id="v1")
    with pytest.raises(PinRefused):
        pins.refuse_unusable(RIGHT)


def test_the_last_volunteer_stays_and_an_id_is_never_given_twice(pins):
    with pytest.raises(PinError, match="last volunteer"):
        pins.remove("v1")
    assert pins.add("Болат", OTHER).volunteer_id == "v2"
    pins.remove("v2")
    assert pins.try_pin(OTHER).volunteer is None
    assert pins.add("Дана", OTHER).volunteer_id == "v3"
    assert [known.name for known in pins.volunteers] == ["Әсел", "Дана"]
    assert pins.name_of("v3") == "Дана"
    assert pins.name_of("v2") == "v2"


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "әсел", " Әсел "])
def test_a_name_that_says_nobody_or_somebody_else_is_refused(pins, name):
    with pytest.raises(PinError):
        pins.add(name, OTHER)


def test_somebody_unknown_can_neither_be_changed_nor_removed(pins):
    with pytest.raises(PinError, match="no volunteer 'v9'"):
        pins.set_pin("v9", OTHER)
    with pytest.raises(PinError, match="no volunteer 'v9'"):
        pins.remove("v9")


def test_hashes_from_the_centre_come_in_beside_the_kiosks_own(pins):
    pin_hash = CHEAP.hasher().hash(OTHER)
    pins.take_hashes([Volunteer("c12", "Марат", pin_hash)])
    assert pins.try_pin(OTHER).volunteer.volunteer_id == "c12"
    pins.take_hashes([Volunteer("c12", "Марат А.", CHEAP.hasher().hash(WRONG))])
    assert pins.try_pin(OTHER).volunteer is None
    assert pins.try_pin(WRONG).volunteer.name == "Марат А."
    assert pins.try_pin(RIGHT).volunteer.volunteer_id == "v1"


@pytest.mark.parametrize(
    "pin_hash",
    [
        "$argon2id$nonsense",
        "$2b$12$abcdefghijklmnopqrstuv",
        "$argon2id$v=19$m=4194304,t=3,p=4$c2FsdHNhbHQ$FNqxwHC2l1liWu3JTgGn6w",
    ],
)
def test_a_hash_that_is_none_or_would_stall_the_kiosk_is_refused(pins, pin_hash):
    with pytest.raises(PinError):
        pins.take_hashes([Volunteer("c1", "Марат", pin_hash)])
    assert len(pins.volunteers) == 1


# --- the file ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"volunteers": [{"volunteer_id": "v1"}]}',
        b'{"volunteers": [], "failures": -1}',
        b'{"volunteers": [], "version": 2}',
        b'{"volunteers": [{"volunteer_id": "v1", "name": "A", "pin_hash": "204817"}]}',
    ],
)
def test_a_damaged_file_lets_nobody_in_and_is_never_wiped(tmp_path, clock, content):
    file = tmp_path / "volunteers.json"
    file.write_bytes(content)
    pins = book(tmp_path, clock)
    assert pins.is_set_up, "or the set-up wizard would let anybody in"
    for act in (
        lambda: pins.try_pin(RIGHT),
        lambda: pins.add("Әсел", RIGHT),
        pins.reset_delay,
        lambda: pins.remove("v1"),
    ):
        with pytest.raises(PinFileError, match="is damaged"):
            act()
    assert file.read_bytes() == content


def test_a_file_that_vanishes_while_the_kiosk_runs_lets_nobody_in(pins, tmp_path):
    (tmp_path / "volunteers.json").unlink()
    with pytest.raises(PinFileError, match="is gone"):
        pins.try_pin(RIGHT)
    with pytest.raises(PinFileError, match="is gone"):
        pins.add("Болат", OTHER)
    assert pins.is_set_up


def test_one_damaged_hash_does_not_keep_the_others_out(pins, tmp_path):
    pins.add("Болат", OTHER)
    file = tmp_path / "volunteers.json"
    content = on_disk(tmp_path)
    content["volunteers"][0]["pin_hash"] = "$argon2id$v=19$broken"
    file.write_text(json.dumps(content))
    assert pins.try_pin(RIGHT).volunteer is None
    assert pins.try_pin(OTHER).volunteer is not None
    pins.set_pin("v1", RIGHT)
    assert pins.try_pin(RIGHT).volunteer is not None


def test_what_an_operators_command_changes_is_seen_by_the_kiosk_that_runs(pins, clock, tmp_path):
    for _ in range(3):
        pins.try_pin(WRONG)
    assert pins.wait_s() == 5
    operator = book(tmp_path, clock)
    operator.add("Болат", OTHER)
    operator.reset_delay()
    pins.refresh()
    assert pins.wait_s() == 0
    assert pins.try_pin(OTHER).volunteer is not None


def test_before_anybody_has_a_pin_no_pin_is_right(tmp_path, clock):
    pins = book(tmp_path, clock)
    assert not pins.is_set_up
    with pytest.raises(PinError, match="volunteer add"):
        pins.try_pin(RIGHT)


def test_a_file_that_cannot_be_read_is_said_by_name(pins, tmp_path):
    (tmp_path / "volunteers.json").unlink()
    (tmp_path / "volunteers.json").mkdir()
    with pytest.raises(PinFileError, match=r"volunteers\.json cannot be read"):
        pins.try_pin(RIGHT)
    assert book(tmp_path, Clock()).is_set_up


def test_the_shipped_cost_makes_an_argon2id_hash_of_owasps_size(tmp_path, clock):
    pins = PinBook(tmp_path, monotonic_s=clock)
    pins.add("Әсел", RIGHT)
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in on_disk(tmp_path)["volunteers"][0]["pin_hash"]
    assert pins.try_pin(RIGHT).volunteer is not None
