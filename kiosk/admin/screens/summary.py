"""What the visit found: two ratios, the report line by line, and the way onto paper."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.admin.desk import Said
from kiosk.admin.ports import Place
from kiosk.admin.report_lines import (
    Facts,
    Line,
    Section,
    Speech,
    no_stock_ratio,
    no_till_ratio,
    sections,
    signed_tenge,
)
from kiosk.admin.report_paper import Paper
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.view import AdminView
from kiosk.admin.screens.visit_parts import ReportRow
from kiosk.admin.summary import SummaryNote, SummaryState
from kiosk.domain.money import format_tenge
from kiosk.screens.tr import tr
from kiosk.screens.widgets import Key, reuse

load_kv("summary")

ROWS_MAX = 11
"""Rows of a page; more are on the next one."""
PLACES_MAX = 3
"""Keys that have room: nobody has more sticks in."""


class VisitPlaceKey(Key):
    """A place to save to."""


class SummaryView(AdminView):
    """The report, a page at a time; or paper and place for its PDF."""

    waiting_text = StringProperty()
    ready = BooleanProperty(False)
    choosing = BooleanProperty(False)
    paper = StringProperty()
    where_text = StringProperty()
    page = NumericProperty(0)
    pages = NumericProperty(1)
    page_text = StringProperty()

    def __init__(self, desk: Any, **kwargs: Any) -> None:
        super().__init__(desk, **kwargs)
        # Both leave the tree in turn; ids alone would not keep them alive.
        self._halves = [child.__self__ for child in self.ids.place.children]
        self._spare_rows: list[Widget] = []
        self._spare_keys: list[Widget] = []
        self._rows: list[list[Line | str]] = [[]]

    def title(self) -> str:
        """The page's name."""
        return tr._("Summary")

    def words(self, said: Said) -> str:
        """What became of the PDF."""
        if said.note is SummaryNote.NOT_SAVED:
            return str(said.values["message"])
        place = said.values["place"]
        assert isinstance(place, Place)
        text = tr._("Saved: {name}, on: {place}")
        return text.format(name=said.values["name"], place=place_text(place))

    def draw(self, state: SummaryState) -> None:
        """Shows the figures, or asks where to."""
        facts = state.facts
        self.waiting_text = tr._("Adding up…") if facts is None else ""
        self.ready = facts is not None and not state.saving
        self.choosing = state.places is not None
        if not self.choosing:
            self._show_half(self.ids.figures)
        else:
            self._show_half(self.ids.chooser)
            self._draw_places(state)
        self._rows = [[]] if facts is None else rows_of(sections(facts, speech()), ROWS_MAX)
        self.pages = 1 if self.choosing else len(self._rows)
        self.turn(0)
        self._draw_ratios(facts)

    def turn(self, pages: int) -> None:
        """So many pages on, or back."""
        self.page = min(max(self.page + pages, 0), len(self._rows) - 1)
        self.page_text = f"{self.page + 1} / {self.pages}"
        shown = self._rows[self.page]
        rows = reuse(self.ids.rows, len(shown), ReportRow, self._spare_rows)
        for row, line in zip(rows, shown, strict=True):
            row.is_heading = isinstance(line, str)
            row.label = line if isinstance(line, str) else line.label
            row.value = "" if isinstance(line, str) else line.value
            row.strong = isinstance(line, Line) and line.strong

    def choose_paper(self, paper: str) -> None:
        """A paper's key was touched."""
        self.desk.choose_paper(Paper(paper))

    def _draw_ratios(self, facts: Facts | None) -> None:
        if facts is None:
            for name in ("till", "stock"):
                self.ids[name].fill(None, "", "")
            return
        till, stock = facts.report.till, facts.report.stock
        till_detail = tr._("Due: {due}. Difference: {difference}").format(
            due=format_tenge(max(0, till.cash_due_tenge)),
            difference=signed_tenge(till.difference_tenge or 0),
        )
        stock_detail = tr._("Due: {due}. Difference: {difference}").format(
            due=format_tenge(max(0, stock.goods_due_tenge)),
            difference=signed_tenge(stock.goods_paid_tenge - stock.goods_due_tenge),
        )
        self.ids.till.fill(till.ratio, till_detail, no_till_ratio(till, tr._))
        self.ids.stock.fill(stock.ratio, stock_detail, no_stock_ratio(stock, tr._))

    def _draw_places(self, state: SummaryState) -> None:
        self.paper = state.paper.value
        places = (state.places or ())[-PLACES_MAX:]
        self.where_text = (
            tr._("Saving…")
            if state.saving
            else tr._("Where to?")
            if places
            else tr._("No place to save to: the disk is full or cannot be written.")
        )
        keys = reuse(self.ids.places, len(places), self._place_key, self._spare_keys)
        for key, place in zip(keys, places, strict=True):
            key.place = place
            key.text = place_text(place)
            key.disabled = state.saving

    def _place_key(self) -> VisitPlaceKey:
        key = VisitPlaceKey()
        key.bind(on_release=lambda k: self.desk.save(k.place))
        return key

    def _show_half(self, half: Widget) -> None:
        place = self.ids.place
        if [child.__self__ for child in place.children] != [half.__self__]:
            place.clear_widgets()
            place.add_widget(half)


def speech() -> Speech:
    """How the current language says things."""
    return Speech(tr._, tr.ngettext, tr.language)


def place_text(place: Place) -> str:
    """A stick by its name; the kiosk's own folder is called that."""
    if place.is_stick:
        return tr._("USB stick: {name}").format(name=place.name)
    return tr._("Folder on the kiosk")


def rows_of(parts: Iterable[Section], rows_max: int) -> list[list[Line | str]]:
    """The report in pages of so many rows; a heading stands above at least one of its lines.

    Why there is no ratio stands on the ratio's own card.
    """
    pages: list[list[Line | str]] = [[]]
    for part in parts:
        lines = [line for line in part.lines if not line.is_reason]
        if lines and len(pages[-1]) + 2 > rows_max:
            pages.append([])
        pages[-1] += [part.title] if lines else []
        for line in lines:
            if len(pages[-1]) == rows_max:
                pages.append([part.title])
            pages[-1].append(line)
    return pages
