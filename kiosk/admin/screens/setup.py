"""The first start's view: a panel per step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.admin.pins import NAME_LENGTH_MAX
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.new_pin_words import heading_of, is_bad, message_of
from kiosk.admin.screens.pin_panel import PinPanel
from kiosk.admin.screens.setup_words import (
    CAUSE_LENGTH_MAX,
    OWN_NAMES,
    SHOP_NAME_LENGTH_MAX,
    URL_LENGTH_MAX,
    field_names,
    hint_of,
    problem_of,
)
from kiosk.admin.screens.text_panel import TextPanel
from kiosk.admin.screens.view import AdminView
from kiosk.admin.setup_progress import SetupStep
from kiosk.admin.setup_state import LATER, VOLUNTEER_NAME, SetupState
from kiosk.config import LANGUAGES
from kiosk.screens.lens import Lens
from kiosk.screens.tr import tr
from kiosk.screens.widgets import Key

load_kv("setup_language", "setup")

__all__ = ["Lens", "PinPanel", "SetupView", "TextPanel"]

PREVIEW_S = 0.1
_LENGTH_MAX = {
    SetupStep.NAME: SHOP_NAME_LENGTH_MAX,
    SetupStep.CAUSE: CAUSE_LENGTH_MAX,
    SetupStep.VOLUNTEER: NAME_LENGTH_MAX,
    SetupStep.ENROL: URL_LENGTH_MAX,
}


class ChoiceKey(Key):
    """A language, chosen or not."""

    code = StringProperty()
    chosen = BooleanProperty(False)


class SetupView(AdminView):
    """One of five panels is in the tree."""

    language = StringProperty()
    problem = StringProperty()
    is_busy = BooleanProperty(False)
    read_texts = ListProperty(["", "", ""])
    """What to do, what was read, how often."""
    done_text = StringProperty()

    def __init__(self, desk: Any, **kwargs: Any) -> None:
        self._preview: Any = None
        super().__init__(desk, **kwargs)
        # The panels leave the tree in turn; ids alone would not keep them alive.
        self._panels = {
            name: self.ids[name].__self__
            for name in ("languages", "text_panel", "pin_panel", "camera", "done_panel")
        }

    def on_kv_post(self, _base: Any) -> None:
        """Keys for all languages there are."""
        for code in LANGUAGES:
            self._add_key(self.ids.defaults, code, lambda key: self.desk.choose_default(key.code))
            self._add_key(self.ids.offered, code, lambda key: self.desk.toggle_offered(key.code))

    def title(self) -> str:
        """How far it is."""
        return tr._("First start: {n} of {all}").format(
            n=self.desk.state.number, all=len(SetupStep)
        )

    def draw(self, state: SetupState) -> None:
        """The panel of the step, filled."""
        name, draw = self._panel_of(state.step)
        panel = self._panels[name]
        if self.ids.place.children != [panel]:
            self.ids.place.clear_widgets()
            self.ids.place.add_widget(panel)
        self.is_busy = state.is_busy
        self.problem = problem_of(state)
        draw(state)
        self._watch_the_camera(running=state.step is SetupStep.CAMERA)

    def _panel_of(self, step: SetupStep) -> tuple[str, Callable[[SetupState], None]]:
        return {
            SetupStep.LANGUAGE: ("languages", self._draw_languages),
            SetupStep.PIN: ("pin_panel", self._draw_pin),
            SetupStep.CAMERA: ("camera", self._draw_camera),
            SetupStep.DONE: ("done_panel", self._draw_done),
        }.get(step, ("text_panel", self._draw_text))

    # --- steps ---

    def _draw_languages(self, state: SetupState) -> None:
        for key in self.ids.defaults.children:
            key.chosen = key.code == state.default
        for key in self.ids.offered.children:
            key.chosen = key.code in state.offered
            key.icon = "check" if key.chosen else "plus"

    def _draw_text(self, state: SetupState) -> None:
        panel = self.ids.text_panel
        panel.length_max = _LENGTH_MAX[state.step]
        panel.language = state.chosen if state.chosen in LANGUAGES else _letters(state, tr.language)
        panel.text = state.text
        panel.show_fields(field_names(state), state.chosen)
        panel.hint = self.problem or hint_of(state)
        panel.is_bad = bool(self.problem)
        panel.later_text = tr._("Later") if state.step in LATER else ""
        enrolling = state.step is SetupStep.ENROL
        panel.action_text = tr._("Please wait…") if state.is_busy else tr._("Next")
        if enrolling and state.is_busy:
            panel.action_text = tr._("Connecting…")
        panel.action_ready = state.is_ready

    def _draw_pin(self, state: SetupState) -> None:
        panel = self.ids.pin_panel
        panel.heading = heading_of(state.pin, state.volunteer_name)
        panel.message = self.problem or message_of(state.pin)
        panel.is_bad = bool(self.problem) or is_bad(state.pin)
        panel.typed = state.pin.typed
        panel.takes_digits = state.pin.takes_digits
        panel.action_text = tr._("Please wait…") if state.is_busy else tr._("Next")
        panel.action_ready = state.pin.is_ready and not state.is_busy

    def _draw_camera(self, state: SetupState) -> None:
        if state.reads == 0:
            self.read_texts = [tr._("Hold the barcode in front of the camera"), "", ""]
            return
        known = state.product.name_in(tr.language) if state.product else ""
        self.read_texts = [
            tr._("The camera reads."),
            f"{state.code_read}\n{known}".strip(),
            tr._("Read so far: {n}").format(n=state.reads),
        ]

    def _draw_done(self, state: SetupState) -> None:
        lines = [tr._("The kiosk is ready."), state.enrolled]
        if not state.enrolled:
            lines[1] = tr._("Sales stay on this kiosk until it belongs to a centre.")
        lines.append(tr._("Volunteers come in at the corner at the top left: hold a finger on it."))
        lines.append(tr._("First of all, count the box and the shelf."))
        self.done_text = "\n\n".join(line for line in lines if line)

    # --- the camera's picture ---

    def _watch_the_camera(self, *, running: bool) -> None:
        if running and self._preview is None:
            self._preview = Clock.schedule_interval(self.show_preview, PREVIEW_S)
        elif not running and self._preview is not None:
            self._preview.cancel()
            self._preview = None
            self.ids.lens.show(None)

    def show_preview(self, _dt: float) -> None:
        """The camera's newest picture."""
        if self.parent is None:  # the page was left
            self._watch_the_camera(running=False)
            return
        self.ids.lens.show(self.desk.preview())

    def _add_key(self, row: Any, code: str, act: Callable[[Any], None]) -> None:
        key = ChoiceKey(code=code, text=OWN_NAMES[code])
        key.bind(on_release=act)
        row.add_widget(key)


def _letters(state: SetupState, language: str) -> str:
    """Addresses and codes are Latin; a name is in the language he reads."""
    return language if state.chosen == VOLUNTEER_NAME else "en"
