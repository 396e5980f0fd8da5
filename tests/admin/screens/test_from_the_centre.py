"""A real kiosk and a real server: what a coordinator sets is on the screen, his PIN opens the door."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kivy.core.window import Window

from kiosk import app
from kiosk.admin.pages import Page
from kiosk.admin.pins import PinBook
from kiosk.config import Camera, Config, Sync
from kiosk.domain.entries import AdminOpened, VolunteerChanged
from kiosk.enrolling import enrol_kiosk
from kiosk.front_room import make_app
from kiosk.screens.touch import ECHO_S, TouchGuard
from kiosk.views import Screen
from tests.screens import driver
from tests.sync.harness import RunningServer, running, sqlite_url
from tests.web.people import logged_in
from tests.web.test_settings import issue, save, shown_pin

pytestmark = pytest.mark.window

PATIENCE_S = 60.0


class WholeKiosk(driver.Kiosk):
    """The kiosk as its composition root joins it, in the tests' window."""

    def __init__(self, directory: Path) -> None:
        config = Config(camera=Camera("none"), sync=Sync(interval_s=1))
        self.app, self.kiosk = make_app(config, directory)
        self.till = self.kiosk.till
        self.root: Any = self.app.build()
        self._hand_s = 0.0
        self.root.guard = TouchGuard(lambda: self._hand_s)
        self.app.root = self.root
        Window.add_widget(self.root)
        self.app.on_start()
        self.kiosk.start()
        self._hand_s += ECHO_S
        self.frames()

    def close(self) -> None:
        """Leaves the window empty and the journal on the disk."""
        self.kiosk.office.leave()
        self.app.on_stop()
        Window.remove_widget(self.root)
        self.frames()
        self.kiosk.stop()

    def front(self) -> Any:
        """What lies on top: the back room while somebody is in."""
        if self.kiosk.office.state.is_open:
            return next(w for w in self.root.children if type(w).__name__ == "BackRoomFrame")
        return super().front()

    def draw_until(self, is_so: Callable[[], bool]) -> None:
        """Draws; the other threads do theirs."""
        until_s = time.monotonic() + PATIENCE_S
        while not is_so():
            assert time.monotonic() < until_s, self.text_on_screen()
            self.frames(1)
            time.sleep(0.01)
        self.frames()

    def bodies(self, kind: Any) -> list[Any]:
        """All journal entries of one type."""
        self.journal = self.kiosk.journal.opened
        return self.written(kind)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[RunningServer]:
    """Give a running server with one shop."""
    with running(sqlite_url(tmp_path)) as server:
        server.add_shop()
        yield server


@pytest.fixture
def start(
    window: None, tmp_path: Path, centre: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], WholeKiosk]]:
    """Give a way to start the shop's kiosk; starting it again ends the one before."""
    monkeypatch.setattr(app, "READY_AFTER_S", 3600.0)  # WholeKiosk starts the other parts itself
    folder, running_ones = tmp_path / "kiosk", list[WholeKiosk]()
    folder.mkdir()
    PinBook(folder).add("Ерлан", "161803")
    enrol_kiosk(folder, centre.url, centre.code())

    def begin() -> WholeKiosk:
        while running_ones:
            running_ones.pop().close()
        running_ones.append(WholeKiosk(folder))
        return running_ones[0]

    yield begin
    while running_ones:
        running_ones.pop().close()


def test_words_languages_and_telephone_change_on_the_start_screen_and_not_before(
    centre: RunningServer, start: Callable[[], WholeKiosk]
) -> None:
    kiosk, person = start(), logged_in(centre)
    kiosk.draw_until(lambda: kiosk.kiosk.uploader is not None)
    assert "Адалдық дүкені" in kiosk.text_on_screen()
    kiosk.till.begin()
    kiosk.frames()
    save(
        person,
        **{
            "shop.name.kk": "Порт дүкені",
            "shop.volunteer_phone": "+77015550101",
            "idle.warn_after_s": "33",
            "language.offered": ["kk", "ru"],
            "language.default": "kk",
            "sound.volume": "10",
        },
    )
    kiosk.draw_until(lambda: kiosk.kiosk.follow.version == 1)
    assert "Порт дүкені" not in kiosk.text_on_screen()
    assert "English" not in kiosk.text_on_screen() or kiosk.till.state.screen is Screen.BASKET
    kiosk.till.cancel()
    kiosk.draw_until(lambda: "Порт дүкені" in kiosk.text_on_screen())
    assert tuple(kiosk.root.ids.top.languages) == ("kk", "ru")
    assert kiosk.app.sounds._volume == 0.1
    kiosk.till.set_language("en")
    assert kiosk.till.state.language == "kk", "it is not offered any more"
    kiosk.till.begin()
    kiosk.till.call_help()
    kiosk.frames()
    assert "+77015550101" in kiosk.text_on_screen()
    kiosk.till.cancel()
    kiosk.draw_until(lambda: "In effect</span>" in person.get("/shops/aktau-tsc/settings").text)
    again = start()
    assert "Порт дүкені" in again.text_on_screen(), "before it has spoken with the centre"
    person.get("/shops/aktau-tsc/settings")
    person.post("/shops/aktau-tsc/settings", reset="shop.name")
    again.draw_until(lambda: "Адалдық дүкені" in again.text_on_screen())


def test_a_pin_issued_at_the_centre_opens_the_back_room_and_taken_back_does_not(
    centre: RunningServer, start: Callable[[], WholeKiosk]
) -> None:
    kiosk, person = start(), logged_in(centre)
    pin = shown_pin(issue(person, "Әсел"))
    kiosk.draw_until(lambda: kiosk.kiosk.follow.version == 1)
    kiosk.kiosk.office.knock("kk")
    kiosk.frames()
    kiosk.type(pin)
    kiosk.tap("done")
    kiosk.draw_until(lambda: kiosk.kiosk.office.state.page is Page.HOME)
    assert kiosk.kiosk.office.state.volunteer_name == "Әсел"
    [changed] = kiosk.bodies(VolunteerChanged)
    assert (changed.what, changed.by) == ("added", "centre")
    assert [body.by for body in kiosk.bodies(AdminOpened)] == [changed.volunteer_id]
    kiosk.kiosk.office.leave()
    person.get("/shops/aktau-tsc/settings")
    person.post(f"/shops/aktau-tsc/settings/volunteers/{changed.volunteer_id}", do="revoke")
    kiosk.draw_until(lambda: kiosk.kiosk.follow.version == 2)
    kiosk.kiosk.office.knock("kk")
    kiosk.frames()
    kiosk.type(pin)
    kiosk.tap("done")
    kiosk.kiosk.office.wait_for_work(PATIENCE_S)
    kiosk.frames(3)
    assert kiosk.kiosk.office.state.page is Page.DOOR
    kiosk.draw_until(lambda: len(kiosk.bodies(VolunteerChanged)) == 2)
    assert kiosk.bodies(VolunteerChanged)[-1].what == "removed"
    files = b"".join(p.read_bytes() for p in kiosk.kiosk.directory.rglob("*") if p.is_file())
    assert re.search(pin.encode(), files) is None
