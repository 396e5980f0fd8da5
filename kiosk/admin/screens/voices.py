"""Suggestions, payments given up, calls for help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.desk import Said
from kiosk.admin.report_lines import day_text, time_text
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.machine_question import MachineAskPanel, lay_over
from kiosk.admin.screens.view import AdminView
from kiosk.admin.voices import (
    PAGE_ROWS,
    Call,
    GivenUp,
    Row,
    VoicesNote,
    VoicesState,
    VoiceTab,
    Words,
)
from kiosk.domain.money import Denomination, format_tenge
from kiosk.screens.tr import tr
from kiosk.screens.widgets import Key, reuse

load_kv("voices")

LANGUAGES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}


class VoiceTabKey(Key):
    """One of the lists, with how many it holds."""

    chosen = BooleanProperty(False)


class VoiceRow(BoxLayout):
    """One line of a list."""

    view = ObjectProperty(None, allownone=True)
    name = StringProperty()
    time_text = StringProperty()
    text = StringProperty()
    note = StringProperty()
    amount = StringProperty()
    is_faint = BooleanProperty(False)
    can_delete = BooleanProperty(False)

    def fill(self, row: Row) -> None:
        """The row's words, in the current language."""
        self.time_text = f"{day_text(row.at_ms)}\n{time_text(row.at_ms)}"
        self.name, self.amount = "", ""
        self.is_faint = self.can_delete = False
        if isinstance(row, Words):
            self._fill_words(row)
        elif isinstance(row, GivenUp):
            self._fill_given_up(row)
        else:
            self._fill_call(row)

    def _fill_words(self, row: Words) -> None:
        _ = tr._
        self.name = row.suggestion_id
        self.is_faint = row.text is None
        self.can_delete = row.text is not None
        self.text = _("The words are no longer here.") if row.text is None else row.text
        sent = _("at the centre") if row.is_sent else _("not sent yet")
        self.note = "" if row.text is None else f"{_language(row.language)}, {sent}"

    def _fill_given_up(self, row: GivenUp) -> None:
        _ = tr._
        self.amount = format_tenge(row.total_tenge)
        self.text = (
            _("Nobody touched the screen any more")
            if row.timed_out
            else _("The shopper cancelled the payment")
        )
        tapped = _("Marked as put in: {amount} ({pieces})").format(
            amount=format_tenge(row.tapped_tenge), pieces=", ".join(_pieces(row))
        )
        self.note = tapped if row.pieces else _("No money was marked as put in.")

    def _fill_call(self, row: Call) -> None:
        self.text = screen_text(row.screen)
        self.note = _language(row.language)


class VoicesView(AdminView):
    """Three lists."""

    tab = StringProperty(VoiceTab.WORDS.value)
    words_text = StringProperty()
    given_up_text = StringProperty()
    help_text = StringProperty()
    nothing_text = StringProperty()
    hint_text = StringProperty()
    page_text = StringProperty()
    has_before = BooleanProperty(False)
    has_after = BooleanProperty(False)

    def __init__(self, desk: Any, **kwargs: Any) -> None:
        super().__init__(desk, **kwargs)
        self._spare: list[Widget] = []
        self._fillers: list[Widget] = []
        self._question = MachineAskPanel()

    def title(self) -> str:
        """The page's name."""
        return tr._("What shoppers say")

    def choose(self, tab: str) -> None:
        """A list was touched."""
        self.desk.choose(VoiceTab(tab))

    def draw(self, state: VoicesState) -> None:
        """Shows the list's page."""
        _ = tr._
        self.tab = state.tab.value
        self.words_text = _counted(_("Suggestions"), state, VoiceTab.WORDS)
        self.given_up_text = _counted(_("Payments given up"), state, VoiceTab.GIVEN_UP)
        self.help_text = _counted(_("Calls for help"), state, VoiceTab.HELP)
        self.hint_text = hint_text(state.tab)
        self.nothing_text = _nothing_text(state)
        self.page_text = f"{state.page + 1} / {state.pages}"
        self.has_before, self.has_after = state.page > 0, state.page + 1 < state.pages
        self._draw_rows(state)
        if state.asking is not None:
            self._ask(state.asking)
        lay_over(self, self._question, is_on=state.asking is not None)

    def words(self, said: Said) -> str:
        """What came of something."""
        texts = {VoicesNote.DELETED: tr._("The words are deleted.")}
        return texts[VoicesNote(said.note)]

    def _draw_rows(self, state: VoicesState) -> None:
        """Rows are as high as on a full page, however few there are."""
        for filler in self._fillers:
            self.ids.rows.remove_widget(filler)
        rows = reuse(self.ids.rows, len(state.rows), self._row, self._spare)
        for widget, row in zip(rows, state.rows, strict=True):
            widget.fill(row)
        self._fillers = [Widget() for _ in range(PAGE_ROWS[state.tab] - len(rows))]
        for filler in self._fillers:
            self.ids.rows.add_widget(filler)

    def _row(self) -> VoiceRow:
        return VoiceRow(view=self)

    def _ask(self, asked: Words) -> None:
        _ = tr._
        self._question.ask(
            _("Delete these words for good?"),
            asked.text or "",
            yes=(_("Yes, delete them"), self.desk.delete),
            no=(_("No, keep them"), self.desk.keep),
        )


def hint_text(tab: VoiceTab) -> str:
    """What to make of a list."""
    _ = tr._
    texts = {
        VoiceTab.WORDS: _("Delete words that name people. The last four weeks."),
        VoiceTab.GIVEN_UP: _(
            "Money that was marked may lie in the box without a sale. The last four weeks."
        ),
        VoiceTab.HELP: _("Where shoppers called for a volunteer. The last four weeks."),
    }
    return texts[tab]


def screen_text(screen: str) -> str:
    """A shop-floor screen by its name; an unknown one as it is."""
    _ = tr._
    texts = {
        "start": _("On the start screen"),
        "basket": _("At the basket"),
        "pick": _("In the list of goods"),
        "keypad": _("While typing a code"),
        "price": _("While typing a price"),
        "cash": _("While paying in cash"),
        "qr": _("While paying by QR"),
        "thanks": _("After the purchase"),
        "undo": _("While taking a purchase back"),
        "suggest": _("While writing a suggestion"),
    }
    return texts.get(screen, screen)


def _nothing_text(state: VoicesState) -> str:
    if not state.is_read:
        return tr._("Looking…")
    return "" if state.rows else tr._("Nothing in the last four weeks")


def _counted(name: str, state: VoicesState, tab: VoiceTab) -> str:
    return name if state.counts is None else f"{name}: {state.counts[tab]}"


def _language(code: str) -> str:
    return LANGUAGES.get(code, code)


def _pieces(row: GivenUp) -> Iterator[str]:
    for code, count in row.pieces:
        value = format_tenge(Denomination.from_code(code).value_tenge)
        yield f"{count} × {value}" if count > 1 else value
