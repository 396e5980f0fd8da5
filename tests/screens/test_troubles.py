"""A callback that fails and a disk that hangs, in the real window: it goes on, and says so calmly."""

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from kiosk import failures
from kiosk.domain.entries import Sale
from kiosk.views import Screen
from tests.till.shop import WATER_CODE

pytestmark = pytest.mark.window


@pytest.fixture
def starts() -> list[str]:
    """How often the program was told to begin anew."""
    return []


@pytest.fixture
def kiosk(window: None, tmp_path: Path, starts: list[str]) -> Iterator[Any]:
    """A kiosk as in a lobby: somebody can start it again, so it lives through errors."""
    from kiosk.app import KioskApp
    from tests.screens.driver import FACE, Kiosk

    class Lobby(Kiosk):
        def _make_parts(self, directory: Path) -> None:
            super()._make_parts(directory)
            self.app = KioskApp(self.till, FACE, start_again=lambda: starts.append("again"))

    kiosk = Lobby(tmp_path)
    kiosk.count_box(c100=4, c50=2, c20=10)
    yield kiosk
    kiosk.close()


def fail() -> None:
    raise ValueError("nobody thought of that")


def calm_words(kiosk: Any) -> list[Any]:
    from kiosk.screens.calm import CalmWord

    return [child for child in kiosk.root.children if isinstance(child, CalmWord)]


def test_an_error_in_a_callback_does_not_end_the_window_and_the_next_shopper_buys(
    kiosk: Any, starts: list[str]
) -> None:
    from kiosk.app import post

    kiosk.scan(WATER_CODE)
    post(fail)
    kiosk.frames(4)
    [word] = calm_words(kiosk)
    assert kiosk.till.state.screen is Screen.BASKET
    kiosk.touch(word.ids.go_on)
    assert calm_words(kiosk) == []
    kiosk.tap("pay_cash")
    kiosk.tap_money("n500")
    kiosk.tap("confirm")
    kiosk.until(lambda state: state.screen is Screen.THANKS)
    assert len(kiosk.written(Sale)) == 1
    assert starts == []


def test_a_sale_whose_thanks_cannot_be_drawn_at_first_is_one_sale_and_is_thanked_for(
    kiosk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap_money("n500")
    show, failed = kiosk.root.show, []

    def show_badly(state: Any) -> None:
        if state.screen is Screen.THANKS and not failed:
            failed.append(state)
            fail()
        show(state)

    monkeypatch.setattr(kiosk.root, "show", show_badly)
    kiosk.tap("confirm")
    thanks = kiosk.until(lambda state: state.screen is Screen.THANKS and bool(failed)).thanks
    kiosk.frames(4)
    assert thanks.receipt in kiosk.text_on_screen()
    assert len(kiosk.written(Sale)) == 1


def test_a_tick_that_fails_once_ticks_on(kiosk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks: list[int] = []

    def tick() -> None:
        ticks.append(len(ticks))
        if len(ticks) == 1:
            fail()

    monkeypatch.setattr(kiosk.till, "tick", tick)
    kiosk.until(lambda _state: len(ticks) >= 3)
    assert calm_words(kiosk)


def test_a_window_that_fails_again_and_again_is_started_anew_once(
    kiosk: Any, starts: list[str]
) -> None:
    from kiosk.app import post

    for _ in range(failures.RECENT_MAX + 5):
        post(fail)
        kiosk.frames(1)
    assert starts == ["again"]


def test_a_save_that_hangs_is_said_and_the_word_goes_when_it_is_done(
    kiosk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging: Future[Any] = Future()
    append = kiosk.journal.append
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap_money("n500")
    asked: list[Any] = []

    def hang(body: Any) -> Future[Any]:
        asked.append(body)
        return hanging

    monkeypatch.setattr(kiosk.journal, "append", hang)
    kiosk.tap("confirm")
    kiosk.app._tick()
    kiosk.frames()
    assert calm_words(kiosk) == []
    monkeypatch.setattr(failures, "SAVE_IS_SLOW_S", 0.0)
    kiosk.app._tick()
    kiosk.frames()
    [word] = calm_words(kiosk)
    assert word.ids.go_on.disabled
    assert word.title in kiosk.text_on_screen()
    hanging.set_result(append(asked[0]).result(20))
    kiosk.until(lambda state: state.screen is Screen.THANKS)
    kiosk.app._tick()
    assert calm_words(kiosk) == []
    assert len(kiosk.written(Sale)) == 1


def test_a_save_is_slow_only_after_a_while_and_each_one_by_itself() -> None:
    now = [100.0]
    watch = failures.SlowSave(lambda: now[0])
    assert not watch.is_slow(saving=True)
    now[0] += failures.SAVE_IS_SLOW_S - 1
    assert not watch.is_slow(saving=True)
    assert not watch.is_slow(saving=False)
    assert not watch.is_slow(saving=True)
    now[0] += failures.SAVE_IS_SLOW_S
    assert watch.is_slow(saving=True)


def test_errors_that_come_now_and_then_are_not_hopeless() -> None:
    now = [0.0]
    counted = failures.Failures(lambda: now[0])
    for _ in range(3 * failures.RECENT_MAX):
        counted.note()
        assert not counted.is_hopeless
        now[0] += failures.RECENT_S / (failures.RECENT_MAX - 2)
    for _ in range(failures.RECENT_MAX):
        counted.note()
    assert counted.is_hopeless
