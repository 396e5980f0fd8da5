"""The volunteers' page: the list, and the panels that a name, a PIN and a question need."""

from __future__ import annotations

from typing import Any

from kivy.metrics import dp
from kivy.properties import BooleanProperty, ListProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.desk import Said
from kiosk.admin.pins import NAME_LENGTH_MAX
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.new_pin_words import heading_of, is_bad, message_of
from kiosk.admin.screens.pin_panel import PinPanel
from kiosk.admin.screens.text_panel import TextPanel
from kiosk.admin.screens.view import AdminView
from kiosk.admin.volunteers import VolunteersMode, VolunteersNote, VolunteersState
from kiosk.screens.tr import tr
from kiosk.screens.widgets import reuse

load_kv("volunteers")

NARROW_DP = 900

__all__ = ["PinPanel", "TextPanel", "VolunteersView"]


class VolunteerRow(BoxLayout):
    """One volunteer and what can be done."""

    desk: Any = None
    volunteer_id = StringProperty()
    name_text = StringProperty()
    is_me = BooleanProperty(False)
    can_go = BooleanProperty(True)
    compact = BooleanProperty(False)
    """Too narrow for words: the keys show their drawings alone."""

    def on_width(self, *_args: object) -> None:
        """An upright panel leaves the room to the name."""
        self.compact = self.width < dp(NARROW_DP)


class VolunteersView(AdminView):
    """One of four panels is in the tree."""

    page_texts = ListProperty(["", "", ""])
    """"2 / 3", "" or "before", "" or "after"."""
    question = StringProperty()

    def __init__(self, desk: Any, **kwargs: Any) -> None:
        self._spare: list[Widget] = []
        super().__init__(desk, **kwargs)
        # The panels leave the tree in turn; ids alone would not keep them alive.
        self._panels = {
            VolunteersMode.LIST: self.ids.list.__self__,
            VolunteersMode.NAME: self.ids.name_panel.__self__,
            VolunteersMode.PIN: self.ids.pin_panel.__self__,
            VolunteersMode.REMOVE: self.ids.remove_panel.__self__,
        }
        self.ids.name_panel.length_max = NAME_LENGTH_MAX

    def title(self) -> str:
        """The page's name."""
        return tr._("Volunteers")

    def words(self, said: Said) -> str:
        """What was done, or why not."""
        text = {
            VolunteersNote.ADDED: tr._("New volunteer: {name}"),
            VolunteersNote.PIN_CHANGED: tr._("New PIN for: {name}"),
            VolunteersNote.REMOVED: tr._("Removed: {name}"),
            VolunteersNote.NAME_REFUSED: tr._("This name is taken. Please type another one."),
            VolunteersNote.NOT_SAVED: tr._("Not saved: {error}"),
        }[VolunteersNote(said.note)]
        return text.format(**said.values)

    def draw(self, state: VolunteersState) -> None:
        """The panel of the mode, filled."""
        panel = self._panels[state.mode]
        if self.ids.place.children != [panel]:
            self.ids.place.clear_widgets()
            self.ids.place.add_widget(panel)
        {
            VolunteersMode.LIST: self._draw_list,
            VolunteersMode.NAME: self._draw_name,
            VolunteersMode.PIN: self._draw_pin,
            VolunteersMode.REMOVE: self._draw_question,
        }[state.mode](state)

    def _draw_list(self, state: VolunteersState) -> None:
        self.page_texts = [
            f"{state.page + 1} / {state.pages}" if state.pages > 1 else "",
            "before" if state.page else "",
            "after" if state.page + 1 < state.pages else "",
        ]
        rows = reuse(self.ids.rows, len(state.rows), self._row, self._spare)
        for row, known in zip(rows, state.rows, strict=True):
            row.volunteer_id = known.volunteer_id
            row.is_me = known.volunteer_id == state.by
            row.name_text = (
                tr._("{name} (you)").format(name=known.name) if row.is_me else known.name
            )
            row.can_go = not state.is_only_one

    def _draw_name(self, state: VolunteersState) -> None:
        panel = self.ids.name_panel
        panel.language = tr.language
        panel.text = state.name
        panel.hint = tr._("The new volunteer's name. Only this kiosk shows it.")
        panel.action_text = tr._("Next")
        panel.action_ready = bool(state.name.strip())

    def _draw_pin(self, state: VolunteersState) -> None:
        panel = self.ids.pin_panel
        name = state.about.name if state.about else state.name
        panel.heading = heading_of(state.pin, name)
        panel.message = message_of(state.pin)
        panel.is_bad = is_bad(state.pin)
        panel.typed = state.pin.typed
        panel.takes_digits = state.pin.takes_digits
        panel.action_text = tr._("Saving…") if state.is_saving else tr._("Next")
        panel.action_ready = state.pin.is_ready and not state.is_saving

    def _draw_question(self, state: VolunteersState) -> None:
        name = state.about.name if state.about else ""
        self.question = tr._("Remove this volunteer? The PIN stops working at once: {name}").format(
            name=name
        )

    def _row(self) -> VolunteerRow:
        row = VolunteerRow()
        row.desk = self.desk
        return row
