"""The first start, by real touches."""

from typing import Any

import numpy as np
import pytest

from kiosk import local_settings
from kiosk.admin.pages import Page
from kiosk.admin.setup_progress import Progress, SetupStep, keep_progress, needs_setup
from kiosk.facts import ROOT
from tests.admin.door_room import RIGHT, Services
from tests.admin.screens.driver import OfficeKiosk
from tests.till.shop import WATER

pytestmark = pytest.mark.window


@pytest.fixture
def kiosk(window, tmp_path):
    services = Services(tmp_path)
    made: Any = OfficeKiosk(tmp_path, **services)
    made.services = services
    made.room.office.set_up()
    made.settle()
    yield made
    made.close()


def step(kiosk):
    return kiosk.room.office.desk(Page.SETUP).state.step


def press(kiosk, *names):
    for name in names:
        kiosk.tap(name)
        kiosk.settle()


def enter_first_volunteer(kiosk):
    """By hand; the other tests begin behind it."""
    kiosk.type("Әли")
    press(kiosk, "done")
    for _ in range(2):
        kiosk.type(RIGHT)
        press(kiosk, "done")


def begin_with(kiosk, at):
    """The first start at that step, with a volunteer where one belongs before it."""
    if at is not SetupStep.VOLUNTEER:
        kiosk.services.pins.add("Әсел", RIGHT)
    keep_progress(kiosk.room.directory, Progress(at))
    kiosk.room.office.desk(Page.SETUP).open()
    kiosk.frames()


def choose_language(kiosk, row, text):
    keys = kiosk.named(row)[0].children
    kiosk.touch(next(key for key in keys if key.text == text))


def test_a_kiosk_out_of_the_box_is_a_shop_after_touches_alone(kiosk, tmp_path):
    choose_language(kiosk, "offered", "English")
    press(kiosk, "next")
    press(kiosk, "clear")
    kiosk.type("Дүкен")
    press(kiosk, "done", "done")
    assert step(kiosk) is SetupStep.CAUSE
    press(kiosk, "done", "done")
    enter_first_volunteer(kiosk)
    assert step(kiosk) is SetupStep.CAMERA

    kiosk.scan(WATER.codes[0])
    assert "Су" in kiosk.text_on_screen()
    press(kiosk, "camera_done")

    kiosk.type("C.kz")
    press(kiosk, "done")
    kiosk.type("7")
    assert kiosk.named("typed")[0].text == "7|"
    press(kiosk, "done")
    assert step(kiosk) is SetupStep.DONE
    assert "This kiosk belongs to Aktau 1." in kiosk.text_on_screen()
    press(kiosk, "finish")
    assert kiosk.services.finished == 1
    assert not needs_setup(tmp_path, kiosk.services.pins)
    config = local_settings.laid_over(ROOT / "config.toml", tmp_path)
    assert config.shop.name["kk"] == "Дүкен"
    assert config.language.offered == ("kk", "ru")
    assert kiosk.services.centre.asked == [("https://c.kz", "7")]


def test_the_camera_test_shows_what_the_camera_sees(kiosk):
    begin_with(kiosk, SetupStep.CAMERA)
    lens = kiosk.named("lens")[0]
    kiosk.services.frame = np.full((240, 320, 3), 90, dtype=np.uint8)
    view = kiosk.front().view(Page.SETUP)
    view.show_preview(0.1)
    assert tuple(lens.texture.size) == (320, 240)
    press(kiosk, "camera_done")
    assert lens.texture is None, "nobody's picture stays"


def test_the_centre_can_wait_and_the_page_says_what_that_means(kiosk):
    begin_with(kiosk, SetupStep.ENROL)
    press(kiosk, "later")
    assert step(kiosk) is SetupStep.DONE
    press(kiosk, "en")
    assert "until it belongs to a centre" in kiosk.text_on_screen()


def test_plain_http_is_warned_of_where_he_looks(kiosk):
    begin_with(kiosk, SetupStep.ENROL)
    press(kiosk, "en")
    kiosk.room.office.desk(Page.SETUP).type_text("http://centre.example.kz")
    press(kiosk, "done")
    kiosk.type("7")
    press(kiosk, "done")
    assert "Without https" in kiosk.text_on_screen()
    assert kiosk.services.centre.asked == []
    press(kiosk, "done")
    assert kiosk.services.centre.asked == [("http://centre.example.kz", "7")]


def test_the_language_switches_at_any_step_and_what_was_typed_stays(kiosk):
    begin_with(kiosk, SetupStep.VOLUNTEER)
    kiosk.type("Әс")
    press(kiosk, "ru")
    assert "Әс|" in kiosk.text_on_screen()
    assert step(kiosk) is SetupStep.VOLUNTEER


def test_nobody_is_sent_away_from_the_first_start_by_waiting(kiosk):
    kiosk.wait(600)
    assert kiosk.room.office.state.is_open
