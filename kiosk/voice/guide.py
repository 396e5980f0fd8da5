"""Says aloud what the states of the till call for, while the shopper wants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kiosk.i18n import Texts
from kiosk.views import Notice, Said, TillState, Voice
from kiosk.voice.script import news, prompt


class Speaks(Protocol):
    """What the guide needs of a speaker."""

    def say(self, text: str, language: str) -> None:
        """This, and not what is being said."""

    def hush(self) -> None:
        """Nothing any more."""

    def stop(self) -> None:
        """Silent for good."""


class VoiceGuide:
    """Hears every state, in the screens' thread, and hands sentences to the speaker."""

    def __init__(self, speaker: Speaks, texts: Texts) -> None:
        self._speaker = speaker
        self._texts = texts
        self._before: TillState | None = None

    def hear(self, state: TillState, words_of: Callable[[Said], str]) -> None:
        """Says what changed; ``words_of`` gives a notice as the screens word it."""
        if state.voice is not Voice.ON:
            if self._before is not None:
                self._before = None
                self._speaker.hush()
            return
        before, self._before = self._before, state
        sentence = prompt(before, state, self._texts.in_language(state.language).gettext)
        told = _told(before, state)
        if told is not None:
            sentence = f"{words_of(told)} {sentence}"
        if sentence.strip():
            self._speaker.say(sentence, state.language)

    def stop(self) -> None:
        """The window closes."""
        self._speaker.stop()


def _told(before: TillState | None, now: TillState) -> Said | None:
    """A notice that the script itself has no words for."""
    said = None if before is None else news(before, now)
    return None if said is None or said.notice in (Notice.ADDED, Notice.UNKNOWN) else said
