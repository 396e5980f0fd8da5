"""A touch need not wait for the window's next regular frame; nothing spins while nobody is there."""

import pytest
from kivy.clock import Clock
from kivy.context import get_current_context
from kivy.core.window import Window

pytestmark = pytest.mark.window


@pytest.fixture
def sleeping(kiosk, monkeypatch):
    """The window's clock as it sleeps in a lobby; in tests it never does."""
    kiosk.frames()
    monkeypatch.setattr(get_current_context()["Clock"], "_max_fps", 44.0)
    Clock._event.clear()


@pytest.mark.parametrize("event", ["on_mouse_down", "on_mouse_up"])
def test_a_touch_ends_the_sleep_between_two_frames(sleeping, event):
    Window.dispatch(event, 1, 1, "left", [])
    assert Clock._event.is_set()


def test_a_timer_that_is_nearly_due_does_not(sleeping):
    timer = Clock.schedule_once(lambda _dt: None, 0.004)
    try:
        assert not Clock._event.is_set()
    finally:
        timer.cancel()
