"""USB scanners that type: from key presses to the text that was scanned.

Fed with scancodes, the places of keys, not with the letters a keyboard layout makes of them:
under the Kazakh layout the digit row types letters. Numbers are USB HID usage ids (USB HID
Usage Tables, "Keyboard/Keypad Page"), which SDL uses as its scancodes and Kivy passes on
unchanged as the `scancode` of `Window.on_key_down`.

Pure: told the time, asks for nothing.
"""

import string
from types import MappingProxyType

_FIRST_LETTER = 4
_FIRST_DIGIT = 30
_FIRST_KEYPAD_DIGIT = 89
_ENDING_KEYS = frozenset({40, 43, 88})  # Enter, Tab, keypad Enter
_SILENT_KEYS = frozenset({57, 83, *range(224, 232)})  # the locks and the modifiers
_RIGHT_BRACKET = 48
_GROUP_SEPARATOR = "\x1d"

_PLAIN = MappingProxyType(
    {
        **dict(enumerate(string.ascii_lowercase, _FIRST_LETTER)),
        **dict(enumerate("1234567890", _FIRST_DIGIT)),
        **dict(enumerate("1234567890.", _FIRST_KEYPAD_DIGIT)),
        **dict(enumerate("/*-+", 84)),
        **dict(enumerate(" -=[]\\", 44)),
        **dict(enumerate(";'`,./", 51)),
    }
)
_SHIFTED = MappingProxyType(
    {
        **_PLAIN,
        **dict(enumerate(string.ascii_uppercase, _FIRST_LETTER)),
        **dict(enumerate("!@#$%^&*()", _FIRST_DIGIT)),
        **dict(enumerate(" _+{}|", 44)),
        **dict(enumerate(':"~<>?', 51)),
    }
)

SLACK_S_MAX = 0.5
"""A window that stood still longer than this has lost more than a scan."""


class WedgeReader:
    """Tells a scanner's burst of keys from a person's typing.

    A burst is at least `min_length` characters, each at most `max_gap_s` after the one
    before; Enter or Tab ends it, or, for scanners set up without either, silence (ask
    `poll`). A window hands over the keys of a frame together, so a slow frame looks like a
    pause of the scanner: callers say how long the last frame took as `slack_s`, and the gap may
    be longer by that much, up to `SLACK_S_MAX`.
    """

    def __init__(self, *, max_gap_s: float = 0.05, min_length: int = 6) -> None:
        self._max_gap_s = max_gap_s
        self._min_length = min_length
        self._typed: list[str] = []
        self._last_key_s = 0.0

    @property
    def is_reading(self) -> bool:
        """Whether keys have come in that `poll` may still turn into a scan."""
        return bool(self._typed)

    def key(
        self,
        scancode: int,
        *,
        now_s: float,
        shift: bool = False,
        ctrl: bool = False,
        slack_s: float = 0.0,
    ) -> str | None:
        """Take one key press; return the text of a scan that it brings to its end.

        Control and ] together are the GS that separates GS1 elements.
        """
        if scancode in _SILENT_KEYS:
            return None
        overdue = self.poll(now_s=now_s, slack_s=slack_s)
        if scancode in _ENDING_KEYS:
            return overdue or self._finish()
        character = _character(scancode, shift=shift, ctrl=ctrl)
        if character is None:
            self._typed.clear()
            return overdue
        self._typed.append(character)
        self._last_key_s = now_s
        return overdue

    def poll(self, *, now_s: float, slack_s: float = 0.0) -> str | None:
        """The text of a burst that fell silent without Enter; call it every 50 ms or so."""
        gap_s_max = self._max_gap_s + min(slack_s, SLACK_S_MAX)
        if self._typed and now_s - self._last_key_s > gap_s_max:
            return self._finish()
        return None

    def _finish(self) -> str | None:
        text = "".join(self._typed)
        self._typed.clear()
        # One character over and over is a key held down: its repeats come fast as well.
        is_scan = len(text) >= self._min_length and len(set(text)) > 1
        return text if is_scan else None


def _character(scancode: int, *, shift: bool, ctrl: bool) -> str | None:
    if ctrl:
        return _GROUP_SEPARATOR if scancode == _RIGHT_BRACKET else None
    return (_SHIFTED if shift else _PLAIN).get(scancode)
