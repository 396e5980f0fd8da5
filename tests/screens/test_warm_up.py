"""The screens of a purchase are built ahead of need, while nobody touches anything."""

import time

import pytest

from kiosk import app
from kiosk.screens.frame import SELDOM
from kiosk.views import Screen
from tests.screens.driver import PATIENCE_S
from tests.till.shop import WATER_CODE

pytestmark = pytest.mark.window


def test_a_purchase_s_screens_are_built_ahead_and_the_one_in_front_stays(
    window, tmp_path, monkeypatch
):
    monkeypatch.setattr(app, "WARM_UP_AFTER_S", 0.0)
    monkeypatch.setattr(app, "WARM_UP_EVERY_S", 0.0)
    from tests.screens.driver import Kiosk

    kiosk = Kiosk(tmp_path)
    try:
        kiosk.count_box(c100=4)
        deadline_s = time.monotonic() + PATIENCE_S
        ahead = {screen.value for screen in Screen if screen not in SELDOM}
        while ahead - set(kiosk.root.ids.screens.screen_names):
            assert time.monotonic() < deadline_s, kiosk.root.ids.screens.screen_names
            kiosk.frames(1)
        assert kiosk.root.ids.screens.current == Screen.START.value
        assert not kiosk.root.warm_up()
        kiosk.scan(WATER_CODE)
        assert kiosk.root.ids.screens.current == Screen.BASKET.value
    finally:
        kiosk.close()
