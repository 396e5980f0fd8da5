"""Backups: where to, what is there, how the work goes."""

from __future__ import annotations

from typing import Any

from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex as rgba

from kiosk.admin.backup import ROWS
from kiosk.admin.backup_state import (
    BackupRow,
    BackupState,
    Busy,
    Outcome,
    Question,
    Task,
)
from kiosk.admin.ports import Place
from kiosk.admin.report_lines import day_text, time_text
from kiosk.admin.screens.error_words import shortened, told
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.machine_question import MachineAskPanel, lay_over
from kiosk.admin.screens.view import AdminView
from kiosk.screens.tr import tr
from kiosk.screens.widgets import Key, reuse

load_kv("backup", "backup_parts")

PLACES_MAX = 3
NO_BAR = -1.0
PLAIN, WELL, WRONG, WAITS = map(rgba, ("#FFFFFF", "#E2F2E4", "#FBE6DF", "#FFF0CC"))


class PlaceKey(Key):
    """A stick, or the kiosk's own folder."""

    index = NumericProperty(0)
    chosen = BooleanProperty(False)


class BackupKey(Key):
    """One backup."""

    index = NumericProperty(0)
    chosen = BooleanProperty(False)


class ShareBar(Widget):
    """How much of something is done."""

    share = NumericProperty(0)
    filled_px = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("share", "size"):
            self.fbind(name, self._fill)

    def _fill(self, *_args: object) -> None:
        self.filled_px = self.width * min(max(self.share, 0), 1)


class BackupStrip(BoxLayout):
    """What to do, what is being done, or what came of it."""

    view = ObjectProperty(None, allownone=True)
    text = StringProperty()
    is_large = BooleanProperty(True)
    share = NumericProperty(NO_BAR)
    ground = ColorProperty("#FFFFFF")
    main_text = StringProperty()
    stop_text = StringProperty()

    def fill(self, state: BackupState) -> None:
        """The most urgent of what there is to tell."""
        self.share, self.main_text, self.stop_text, self.is_large = NO_BAR, "", "", True
        if state.busy is not None:
            self._fill_busy(state.busy)
        elif state.restore_waits:
            self._fill_waiting()
        elif state.outcome is not None:
            self._fill_outcome(state.outcome)
        else:
            self.ground, self.is_large = PLAIN, False
            self.text = tr._(
                "A backup holds the journal, the products and the settings. It is read back "
                "after copying. Keys and PINs stay on the kiosk."
            )

    def _fill_busy(self, busy: Busy) -> None:
        self.ground, self.share = PLAIN, busy.share
        self.text = busy_text(busy)
        self.stop_text = "" if busy.is_stopping else tr._("Stop")

    def _fill_waiting(self) -> None:
        _ = tr._
        self.ground = WAITS
        self.text = _("The backup is restored at the next start. The stick is not needed.")
        self.main_text, self.stop_text = _("Restart now"), _("Call it off")

    def _fill_outcome(self, outcome: Outcome) -> None:
        self.ground = WELL if outcome.ok else WRONG
        self.is_large = outcome.ok
        self.text = outcome_text(outcome)


class BackupList(BoxLayout):
    """The backups at the place, a page at a time."""

    view = ObjectProperty(None, allownone=True)
    nothing_text = StringProperty()
    page_text = StringProperty()
    has_pages = BooleanProperty(False)
    has_before = BooleanProperty(False)
    has_after = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spare: list[Widget] = []
        self._fillers: list[Widget] = []

    def fill(self, state: BackupState) -> None:
        """The page's rows, as high as on a full page however few there are."""
        self.has_pages = state.pages > 1
        self.has_before, self.has_after = state.page > 0, state.page + 1 < state.pages
        self.page_text = f"{state.page + 1} / {state.pages}"
        self.nothing_text = _nothing_text(state)
        for filler in self._fillers:
            self.ids.rows.remove_widget(filler)
        keys = reuse(self.ids.rows, len(state.rows), self._key, self._spare)
        for index, (key, row) in enumerate(zip(keys, state.rows, strict=True)):
            key.index, key.chosen = index, index == state.chosen
            key.icon = "check" if row.is_checked else "receipt"
            key.text = row_text(row)
        self._fillers = [Widget() for _ in range(ROWS - len(keys))]
        for filler in self._fillers:
            self.ids.rows.add_widget(filler)

    def _key(self) -> BackupKey:
        key = BackupKey()
        key.bind(on_release=lambda k: self.view.desk.choose_backup(int(k.index)))
        return key


class BackupView(AdminView):
    """Where to at the left, what is there at the right."""

    places_text = StringProperty()
    is_busy = BooleanProperty(False)
    has_place = BooleanProperty(False)
    has_chosen = BooleanProperty(False)

    def __init__(self, desk: Any, **kwargs: Any) -> None:
        super().__init__(desk, **kwargs)
        self._spare: list[Widget] = []
        self._question = MachineAskPanel()
        self._waits = False

    def title(self) -> str:
        """The page's name."""
        return tr._("Backup")

    def draw(self, state: BackupState) -> None:
        """Shows places, backups, progress and questions."""
        self.is_busy = state.busy is not None or state.is_looking
        self.has_place, self.has_chosen = state.here is not None, state.chosen >= 0
        self._waits = state.restore_waits
        self._draw_places(state)
        self.ids.strip.fill(state)
        self.ids.list.fill(state)
        if state.asking is not None:
            self._ask(state.asking)
        lay_over(self, self._question, is_on=state.asking is not None)

    def stopped(self) -> None:
        """The key beside the strip's words: stops the work, or calls a restore off."""
        if self.desk.state.busy is not None:
            self.desk.stop()
        else:
            self.desk.call_off_restore()

    def _draw_places(self, state: BackupState) -> None:
        _ = tr._
        shown = state.places[:PLACES_MAX]
        keys = reuse(self.ids.places, len(shown), self._place_key, self._spare)
        for index, (key, place) in enumerate(zip(keys, shown, strict=True)):
            key.index, key.chosen = index, index == state.place
            key.icon = "check" if key.chosen else ""
            key.text = place_text(place)
        self.places_text = _places_hint(state)

    def _place_key(self) -> PlaceKey:
        key = PlaceKey()
        key.bind(on_release=lambda k: self.desk.choose_place(int(k.index)))
        return key

    def _ask(self, question: Question) -> None:
        _ = tr._
        texts = {
            Question.SURE: _("Put this backup in place of what the kiosk has now?"),
            Question.REALLY: _("Really?"),
        }
        details = {
            Question.SURE: _(
                "What the kiosk has now is kept aside, not deleted. It happens at the next start."
            ),
            Question.REALLY: _(
                "Afterwards the kiosk must be enrolled again, with a code from the coordinator."
            ),
        }
        self._question.ask(
            texts[question],
            details[question],
            yes=(_("Yes, restore it"), self.desk.answer_yes),
            no=(_("No, leave everything"), self.desk.answer_no),
        )


def place_text(place: Place) -> str:
    """A stick's name and its room, in the current language."""
    _ = tr._
    name = _("USB stick: {name}") if place.is_stick else _("Folder on the kiosk")
    free = _("free: {n} GB").format(n=f"{place.free_bytes / 10**9:.1f}".replace(".", ","))
    return f"{name.format(name=place.name)}\n{free}"


def row_text(row: BackupRow) -> str:
    """When it was made, whose it is, how much is in it."""
    _ = tr._
    when = f"{day_text(row.made_ms)}, {time_text(row.made_ms)}"
    text = (
        _("Kiosk {name}, entries: {n}, read back")
        if row.is_checked
        else _("Kiosk {name}, entries: {n}")
    )
    return f"{when}\n{text.format(name=row.kiosk_id[:6], n=row.entries)}"


def busy_text(busy: Busy) -> str:
    """What is being done, in the current language."""
    _ = tr._
    if busy.is_stopping:
        return _("Stopping…")
    stages = {
        "snapshot": _("Taking the journal as it is now…"),
        "copy": _("Copying. Leave the stick where it is…"),
        "read_back": _("Reading it back from the stick…"),
        "entries": _("Going through the journal's entries…"),
    }
    return stages.get(busy.stage) or _("Please wait…")


def outcome_text(outcome: Outcome) -> str:
    """How the work ended, in the current language."""
    _ = tr._
    if not outcome.ok:
        return _trouble_text(outcome)
    texts = {
        Task.MAKE: _("The backup is made and was read back. You may take the stick out."),
        Task.CHECK: _("The backup is as it was written."),
        Task.EXPORT: _("The journal is written: {name}").format(name=outcome.name),
        Task.RESTORE: _("The backup is restored at the next start. The stick is not needed."),
        Task.RESTORED: _("The backup is in place. What was there before is kept aside."),
    }
    return texts[outcome.task]


def _trouble_text(outcome: Outcome) -> str:
    _ = tr._
    if not outcome.message:
        return _("Stopped. Nothing half is left behind.")
    texts = {
        "gone": _("The stick does not answer any more. Put it in again and repeat."),
        "full": _("There is not enough room on the stick. Delete something or use another."),
        "locked": _("The stick cannot be written. Look for its lock, or use another."),
        "damaged": _("The backup is damaged. Make a new one, on another stick."),
        "would_lose": _(
            "Not restored: this kiosk holds entries that the backup lacks. Nothing was changed."
        ),
    }
    if outcome.trouble in texts:
        return texts[outcome.trouble]
    if outcome.error is not None:
        return told(outcome.error)
    advice = _("The backup did not work. Try once more, with another stick if it happens again.")
    return f"{advice}\n{shortened(outcome.message)}"


def _places_hint(state: BackupState) -> str:
    _ = tr._
    if state.is_looking:
        return _("Looking…")
    if not any(place.is_stick for place in state.places):
        return _("No USB stick is there. Put one in and look again.")
    return ""


def _nothing_text(state: BackupState) -> str:
    return "" if state.rows or state.is_looking else tr._("No backup is there yet.")
