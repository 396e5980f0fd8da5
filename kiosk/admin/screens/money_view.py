"""What the pages of the money have in common.

One part of a page is on at a time; while a number is being typed, the number pad is.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.desk import Said
from kiosk.admin.money_form import MoneyNote, MoneyState
from kiosk.admin.screens import money_table  # noqa: F401  its kv is used here
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.view import AdminView
from kiosk.domain.money import format_tenge
from kiosk.screens import pad  # noqa: F401  its kv is used here
from kiosk.screens.tr import tr

load_kv("money_view")


class MoneyForm(BoxLayout):
    """A part with a table of all kinds to fill in."""

    desk = ObjectProperty(None, allownone=True)
    is_empty = BooleanProperty(True)
    can_bring_back = BooleanProperty(False)
    busy = BooleanProperty(False)

    def show_form(self, state: MoneyState) -> None:
        """Which keys do something."""
        self.is_empty = not state.pieces
        self.can_bring_back = bool(state.cleared)
        self.busy = state.saving
        # What was typed is not thrown away by one touch: only an empty form is skipped.
        self.ids.skip.disabled = self.busy or not self.is_empty
        if "clear_all" in self.ids:
            self._show_clear(self.ids.clear_all)

    def _show_clear(self, key: Any) -> None:
        key.disabled = self.busy or (self.is_empty and not self.can_bring_back)
        key.opacity = 0 if key.disabled else 1
        key.icon = "undo" if self.can_bring_back else "trash"
        key.text = tr._("Bring back") if self.can_bring_back else tr._("Clear")

    def clear_or_bring_back(self) -> None:
        """One key: a slip of the finger is undone where it happened."""
        if self.can_bring_back:
            self.desk.bring_back()
        else:
            self.desk.clear()


class NumberPanel(BoxLayout):
    """How many of one kind, typed."""

    desk = ObjectProperty(None, allownone=True)
    code = StringProperty()
    count_text = StringProperty()
    is_typed = BooleanProperty(False)
    limit_text = StringProperty()
    next_text = StringProperty()

    def show(self, state: MoneyState) -> None:
        """The kind, and the digits so far; before the first one, the number that stands."""
        kind = state.typing
        assert kind is not None, "the panel is on only while a number is typed"
        self.code = kind.code
        self.is_typed = bool(state.typed)
        self.count_text = state.typed or str(state.pieces[kind])
        self.ids.pad.text = state.typed
        limit = None if state.limit is None else state.limit[kind]
        self.limit_text = "" if limit is None else tr._("In the box: {n}").format(n=limit)
        is_last = kind == state.kinds[-1]
        self.next_text = tr._("Done") if is_last else tr._("Next kind")


class MoneyView(AdminView):
    """A page on which money is entered; its parts are made when they are first needed."""

    def __init__(self, desk: Any, **kwargs: Any) -> None:
        super().__init__(desk, **kwargs)
        self._parts: dict[type[Widget], Any] = {}

    @abstractmethod
    def draw_stage(self, state: Any) -> None:
        """Shows the part of the state's stage."""

    def draw(self, state: Any) -> None:
        """The number pad while a number is typed, otherwise the stage."""
        if state.typing is not None:
            self.part(NumberPanel).show(state)
        else:
            self.draw_stage(state)

    def part(self, kind: type[Widget]) -> Any:
        """Puts this part on."""
        if kind not in self._parts:
            self._parts[kind] = kind(desk=self.desk)
        part = self._parts[kind]
        if self.children != [part]:
            self.clear_widgets()
            self.add_widget(part)
        return part

    def words(self, said: Said) -> str:
        """Sentences for what the pages of the money say."""
        return _WORDS[MoneyNote(said.note)](said.values)


Values = Mapping[str, Any]


def _no_more(values: Values) -> str:
    return tr._("In the box: {n}").format(n=values["count"])


def _already_saved(values: Values) -> str:
    amount = format_tenge(values["amount_tenge"])
    return tr._("This was already saved: {amount}").format(amount=amount)


def _wrong_pin(values: Values) -> str:
    minutes, seconds = divmod(values["wait_s"], 60)
    if not minutes + seconds:
        return tr._("Wrong PIN")
    left = f"{minutes}:{seconds:02}"
    return tr._("Several PINs were wrong. Please wait: {time}").format(time=left)


_WORDS: Mapping[MoneyNote, Callable[[Values], str]] = {
    MoneyNote.NO_MORE: _no_more,
    MoneyNote.ALREADY_SAVED: _already_saved,
    MoneyNote.MOVED_SINCE: lambda _values: tr._(
        "Money came or went since you counted. Please count again."
    ),
    MoneyNote.NOT_SAVED: lambda _values: tr._(
        "It could not be saved. What you typed is kept: try again."
    ),
    MoneyNote.WRONG_PIN: _wrong_pin,
    MoneyNote.SAME_PERSON: lambda _values: tr._(
        "Somebody else confirms: not the one who took the money."
    ),
    MoneyNote.RECEIVED: lambda values: tr._("Confirmed: {name}").format(name=values["name"]),
    MoneyNote.TROUBLE: lambda values: str(values["message"]),
}
