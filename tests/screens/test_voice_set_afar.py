"""The centre switches spoken prompts on, off, or to another pace while the kiosk runs."""

from dataclasses import replace

import pytest

from kiosk.i18n import Texts
from tests.screens.driver import FACE
from tests.till.shop import SETTINGS

pytestmark = pytest.mark.window


class Ear:
    """Hears what a speaker would say."""

    def __init__(self):
        self.heard = []
        self.is_stopped = False

    def say(self, text, language):
        assert not self.is_stopped
        self.heard.append((language, text))

    def hush(self):
        assert not self.is_stopped

    def stop(self):
        self.is_stopped = True


def test_a_voice_that_came_later_speaks_and_the_one_before_falls_silent(kiosk):
    from kiosk.voice import VoiceGuide

    texts = Texts(FACE.assets_dir / "locale")
    slow, quick = Ear(), Ear()
    offered = replace(SETTINGS, voice_offered=True, voice_speaks=True)
    kiosk.till.settings_changed(offered)
    kiosk.app.change_voice(VoiceGuide(slow, texts))
    kiosk.till.begin()
    assert slow.heard
    said = list(slow.heard)
    kiosk.app.change_voice(VoiceGuide(quick, texts))
    assert slow.is_stopped
    kiosk.till.open_pick()
    assert quick.heard
    assert slow.heard == said
    kiosk.app.change_voice(None)
    kiosk.till.back()
    assert quick.is_stopped
