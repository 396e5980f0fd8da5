"""Goods as a table: choosing a file, the bar while it is read, what it would change, done."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.desk import Said
from kiosk.admin.screens.error_words import told
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.sheets_choose import ChoosePanel, place_name
from kiosk.admin.screens.sheets_preview import PreviewPanel
from kiosk.admin.screens.view import AdminView
from kiosk.admin.sheets import Note, SheetsState, Stage
from kiosk.screens.tr import tr

load_kv("sheets")


class SheetBar(Widget):
    """How much of the work is done."""

    share = NumericProperty(0)


class WorkPanel(BoxLayout):
    """One thing in the middle and one key: reading, refused, saved."""

    desk = ObjectProperty(None, allownone=True)
    flow = StringProperty("horizontal")
    heading = StringProperty()
    text = StringProperty()
    icon = StringProperty()
    share = NumericProperty(0)
    running = BooleanProperty(False)
    refused = BooleanProperty(False)
    key_text = StringProperty()
    key_icon = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._stage = Stage.WORKING

    def draw(self, state: SheetsState) -> None:
        """Shows the stage."""
        self._stage = state.stage
        self.running = state.stage is Stage.WORKING
        self.refused = state.stage is Stage.REFUSED
        self.share = state.share
        self.heading = state.file_name
        if self.running:
            percent = int(state.share * 100)
            self.text = tr._("Reading and comparing: {percent} %").format(percent=percent)
            self.icon, self.key_text, self.key_icon = "list", tr._("Cancel"), "cross"
        elif self.refused:
            self.text = refusal_text(state)
            self.icon, self.key_text, self.key_icon = "warning", tr._("Choose again"), "back"
        else:
            self.text = tr._("Goods saved: {n}. They are in effect now.").format(n=state.applied)
            self.icon, self.key_text, self.key_icon = "check", tr._("Done"), "check"

    def pressed(self) -> None:
        """The one key."""
        if self._stage is Stage.WORKING:
            self.desk.stop_reading()
        elif self._stage is Stage.REFUSED:
            self.desk.back()
        else:
            self.desk.finish()


class SheetsView(AdminView):
    """One panel at a time, as far as the work is."""

    def __init__(self, desk: Any, **kwargs: Any) -> None:
        super().__init__(desk, **kwargs)
        self._choose = ChoosePanel(desk=desk)
        self._work = WorkPanel(desk=desk)
        self._preview = PreviewPanel(desk=desk)

    def title(self) -> str:
        """The page's name."""
        return tr._("Goods as a table")

    def draw(self, state: SheetsState) -> None:
        """The panel of the stage."""
        if state.stage is Stage.CHOOSE:
            panel: Any = self._choose
        elif state.stage in (Stage.PREVIEW, Stage.SAVING):
            panel = self._preview
        else:
            panel = self._work
        if panel.parent is None:
            self.clear_widgets()
            self.add_widget(panel)
        panel.flow = self.flow
        panel.draw(state)

    def on_flow(self, *_args: object) -> None:
        """The panel that is on turns with the page."""
        for panel in self.children:
            panel.flow = self.flow

    def words(self, said: Said) -> str:
        """The sentence for what the desk says."""
        if said.note is Note.WRITTEN:
            file, place = said.values["file"], said.values["place"]
            return tr._("Written to {place}: {file}").format(file=file, place=place_name(place))
        if said.note is Note.NOT_WRITTEN:
            return str(said.values["error"])
        sentences = {
            Note.STOPPED: tr._("Stopped. Nothing was changed."),
            Note.SAVE_FAILED: tr._("It could not be saved. Nothing was changed. Try once more."),
            Note.CHANGED_MEANWHILE: tr._(
                "The catalogue has changed meanwhile. Look at the changes once more."
            ),
        }
        return sentences[Note(said.note)]


def refusal_text(state: SheetsState) -> str:
    """Why the file was refused, in the current language."""
    return told(state.refusal) if state.refusal else ""
