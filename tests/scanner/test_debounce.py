"""One pack shown is one scan: the laws of the debounce."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.scanner.debounce import Debounce, Sighting

FRAME_S = 1 / 15
AWAY_S = 1.2


class View:
    """Plays what the camera sees, frame by frame, and keeps what is reported."""

    def __init__(self) -> None:
        self.debounce = Debounce(away_s=AWAY_S, agree_s=2.0)
        self.now_s = 50.0
        self.reported: list[str] = []

    def show(self, *keys: str, seconds: float = FRAME_S, trusted: bool = True, clear: bool = True):
        until_s = self.now_s + seconds - FRAME_S / 2
        while self.now_s < until_s:
            self.now_s += FRAME_S
            sightings = [Sighting(key, trusted) for key in keys]
            self.reported += self.debounce.frame(sightings, clear=clear, now_s=self.now_s)
        return self

    def rest(self, seconds: float, *, clear: bool = True):
        return self.show(seconds=seconds, clear=clear)

    def stand_still(self, seconds: float):
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            self.now_s += FRAME_S
            self.debounce.unchanged(now_s=self.now_s)
        return self


def test_a_held_pack_is_read_once():
    assert View().show("cola", seconds=60).reported == ["cola"]


def test_a_pack_that_stands_still_is_read_once():
    view = View().show("cola").stand_still(600).show("cola", seconds=2)
    assert view.reported == ["cola"]


def test_a_pack_read_only_now_and_then_is_read_once():
    view = View()
    for _ in range(20):
        view.show("cola").rest(0.9)
    assert view.reported == ["cola"]


def test_the_same_pack_shown_again_after_it_was_away_is_read_again():
    assert View().show("cola").rest(AWAY_S + 0.2).show("cola").reported == ["cola", "cola"]


def test_a_different_pack_right_after_is_never_swallowed():
    assert View().show("cola").show("water").reported == ["cola", "water"]


def test_two_packs_in_one_frame_are_both_read_once():
    assert View().show("cola", "water", seconds=3).reported == ["cola", "water"]


def test_a_pack_held_askew_for_two_seconds_has_not_left():
    view = View().show("cola").rest(2.0, clear=False).show("cola")
    assert view.reported == ["cola"]


def test_a_busy_background_does_not_hold_a_pack_back_for_ever():
    view = View().show("cola").rest(5.0, clear=False).show("cola")
    assert view.reported == ["cola", "cola"]


def test_standing_still_after_the_pack_left_counts_as_away():
    view = View().show("cola").rest(FRAME_S).stand_still(2.0).show("cola")
    assert view.reported == ["cola", "cola"]


def test_an_untrusted_code_needs_two_frames():
    view = View().show("odd", trusted=False)
    assert view.reported == []
    assert view.debounce.wants_another_look()
    view.show("odd", trusted=False)
    assert view.reported == ["odd"]
    assert not view.debounce.wants_another_look()


def test_one_frame_does_not_agree_with_itself():
    debounce = Debounce()
    odd = [Sighting("odd", trusted=False)]
    assert debounce.frame(odd, clear=True, now_s=1.0) == []
    assert debounce.frame(odd, clear=True, now_s=1.0) == []


def test_standing_still_is_no_second_frame():
    assert View().show("odd", trusted=False).stand_still(1.0).reported == []


def test_two_untrusted_frames_too_far_apart_do_not_agree():
    assert View().show("odd", trusted=False).rest(2.5).show("odd", trusted=False).reported == []


def test_a_misread_now_and_then_does_not_disturb_the_real_code():
    view = View()
    for misread in ("a", "b", "c", "d"):
        view.show("cola", seconds=0.3).show(misread, trusted=False)
    assert view.reported == ["cola"]


codes = st.sampled_from(["cola", "water", "tea"])
frames = st.lists(st.tuples(st.frozensets(codes), st.booleans()), max_size=200)


@given(frames)
def test_every_trusted_code_is_reported_at_its_first_sight(shown):
    view = View()
    for keys, clear in shown:
        view.show(*sorted(keys), clear=clear)
    seen = {key for keys, _ in shown for key in keys}
    assert set(view.reported) == seen


@given(frames)
def test_reports_of_one_code_are_always_an_absence_apart(shown):
    view = View()
    last_seen_s: dict[str, float] = {}
    for keys, clear in shown:
        before = len(view.reported)
        view.show(*sorted(keys), clear=clear)
        for key in view.reported[before:]:
            assert view.now_s - last_seen_s.get(key, -1e9) >= AWAY_S - 1e-9
        last_seen_s |= dict.fromkeys(keys, view.now_s)


@given(frames, codes)
def test_other_codes_in_view_change_nothing_for_one_code_in_a_clear_view(shown, code):
    alone, among_others = View(), View()
    for keys, _ in shown:
        alone.show(*keys & {code})
        among_others.show(*sorted(keys))
    assert alone.reported == [key for key in among_others.reported if key == code]


@given(st.lists(st.frozensets(codes), max_size=100))
def test_an_untrusted_code_is_never_reported_on_fewer_than_two_frames(shown):
    view = View()
    for keys in shown:
        view.show(*sorted(keys), trusted=False)
    for key in set(view.reported):
        assert 2 * view.reported.count(key) <= sum(key in keys for keys in shown)


# --- codes that nobody vouches for, and that disagree ---


def unsure(view: View, *keys: str, frames: int = 1) -> View:
    return view.show(*keys, seconds=frames * FRAME_S, trusted=False)


def test_an_unsure_code_after_a_frame_of_another_needs_a_frame_more():
    view = unsure(View(), "true")
    assert unsure(view, "false", frames=2).reported == []
    assert unsure(view, "false").reported == ["false"]


def test_two_unsure_packs_side_by_side_do_not_argue():
    assert unsure(View(), "cola", "water", frames=2).reported == ["cola", "water"]


def test_an_unsure_code_of_long_ago_does_not_argue():
    view = unsure(View(), "false").rest(2.5)
    assert unsure(view, "true", frames=2).reported == ["true"]


def test_a_pack_that_was_told_does_not_argue_with_the_next():
    view = unsure(View(), "cola", frames=2)
    assert unsure(view, "water", frames=2).reported == ["cola", "water"]


@given(st.lists(st.sampled_from(["this", "that"]), min_size=1, max_size=20))
def test_of_two_unsure_codes_the_one_told_was_seen_in_two_frames_more(keys):
    view, seen = View(), {"this": 0, "that": 0}
    for key in keys:
        seen[key] += 1
        if unsure(view, key).reported:
            other = "this" if key == "that" else "that"
            assert seen[key] >= seen[other] + 2
            return
