"""The last step of a visit: what it found, on the screen and as a PDF, and the way out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kiosk.admin.desk import Desk
from kiosk.admin.pages import Step
from kiosk.admin.ports import AdminJournal, Place, Room
from kiosk.admin.report_lines import Facts, Speech
from kiosk.admin.report_paper import Paper
from kiosk.admin.visit_book import StepState, visit_file_of
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import Entry, decode
from kiosk.domain.errors import N_, AdalError, EntryError
from kiosk.domain.ledger import day_of
from kiosk.domain.visit_report import REPORT_TYPES, VisitReport, reaches_back, report_of
from kiosk.whole_file import write_whole

FIRST_LOOK = 500
"""Entries read first; four times as many each time, until they reach back far enough."""


class SummaryNote(StrEnum):
    """What is said on this page."""

    SAVED = "saved"
    NOT_SAVED = "not_saved"


class ReportError(AdalError):
    """The report could not be put where it was wanted."""

    advice = N_("The file could not be written. Take another stick, or make room on this one.")


@dataclass(frozen=True, slots=True)
class SummaryState:
    """What the page shows.

    ``facts`` is None while the journal is read. ``places`` is not None while the volunteer says
    on which paper and where to the report shall go.
    """

    facts: Facts | None = None
    paper: Paper = Paper.A4
    places: tuple[Place, ...] | None = None
    saving: bool = False


class SummaryDesk(Desk[SummaryState]):
    """Reads the visit's report, saves it, ends the visit."""

    def __init__(self, room: Room) -> None:
        super().__init__(room, SummaryState())

    def open(self, argument: object = None) -> None:
        """Reads the report anew: a step may have been made in between."""
        visit = visit_file_of(self.room)
        visit.begin(self.room.by)
        self.show(facts=None, places=None, saving=False)
        journal, visit_id = self.room.journal, visit.visit_id
        price_of = {p.product_id: p.price_tenge for p in self.room.shelf.catalogue.products}
        self.room.work(lambda: read_report(journal, visit_id, price_of), self._took)

    def back(self) -> None:
        """To the steps, or back from the places."""
        if self._state.places is None:
            self.room.back()
        else:
            self.show(places=None)

    # --- as a PDF ---

    def choose_place(self) -> None:
        """Asks on which paper and where to."""
        if self._state.facts is not None and not self._state.saving:
            self.room.work(self.room.places, lambda found: self.show(places=tuple(found)))

    def choose_paper(self, paper: Paper) -> None:
        """A4, A5 or a roll."""
        self.show(paper=paper)

    def save(self, place: Place) -> None:
        """Makes the PDF and puts it there."""
        facts = self._state.facts
        if facts is None or self._state.saving:
            return
        self.show(saving=True)
        path = place.path / self._file_name(facts)
        speech, paper = self._speech(), self._state.paper
        shop_name = self.room.service("shop_name")(speech.language)
        fonts_dir = self.room.service("fonts_dir")

        def job() -> None:
            from kiosk.admin.report_pdf import report_pdf  # slow: not in the window's thread

            made = report_pdf(facts, speech, paper, shop_name=shop_name, fonts_dir=fonts_dir)
            put(path, made)

        self.room.work(job, lambda _none: self._saved(path, place), self._not_saved)

    # --- the end ---

    def finish(self) -> None:
        """The visit is over; the shop is open again."""
        if self._state.saving:
            return
        visit_file_of(self.room).finish()
        self.room.leave()

    # --- inside ---

    def _took(self, report: VisitReport) -> None:
        visit = visit_file_of(self.room)
        products = {p.product_id: p for p in self.room.shelf.catalogue.products}
        facts = Facts(
            report,
            begun_ms=visit.begun_ms,
            by=self.room.service("pins").name_of(visit.by),
            left_out=tuple(
                step
                for step, state in visit.steps
                if state is not StepState.DONE and step is not Step.SUMMARY
            ),
            products={
                gap.product_id: products[gap.product_id]
                for gap in report.stock.gaps
                if gap.product_id in products
            },
        )
        self.show(facts=facts)

    def _speech(self) -> Speech:
        texts = self.room.service("texts").in_language(self.room.language)
        return Speech(texts.gettext, texts.ngettext, self.room.language)

    def _file_name(self, facts: Facts) -> str:
        short_id = visit_file_of(self.room).visit_id[:6]
        day = day_of(facts.begun_ms).isoformat()
        return f"adal-visit-{day}-{short_id}-{self._state.paper.value}-{self.room.language}.pdf"

    def _saved(self, path: Path, place: Place) -> None:
        self.show(saving=False, places=None)
        self.say(SummaryNote.SAVED, name=path.name, place=place)

    def _not_saved(self, error: AdalError) -> None:
        self.show(saving=False)
        self.say(SummaryNote.NOT_SAVED, message=error)


def read_report(
    journal: AdminJournal,
    visit_id: str,
    price_of: Mapping[str, int],
    first_look: int = FIRST_LOOK,
) -> VisitReport:
    """Reads the journal back as far as the visit's report needs it.

    By the entries' order and not by their stamps: a clock that was set back would hide sales.
    """
    limit = first_look
    while True:
        found = journal.recent(REPORT_TYPES, limit=limit)
        entries = list(_readable(found))
        if len(found) < limit or reaches_back(visit_id, entries):
            return report_of(visit_id, entries, price_of)
        limit *= 4


def put(path: Path, content: bytes) -> None:
    """A file whole or not at all, and out of the machine's memory: sticks are pulled out early.

    Raises:
        ReportError: when it cannot be written.
    """
    try:
        write_whole(path, content)
    except OSError as error:
        with contextlib.suppress(OSError):
            path.with_name(f"{path.name}.new").unlink(missing_ok=True)
        message = f"{path.name} could not be written: {error.strerror}. Try another place."
        raise ReportError(message) from error


def _readable(found: list[StoredEntry]) -> Iterator[Entry]:
    """Entries that a newer program wrote are left out; the centre reads them."""
    for stored in found:
        with contextlib.suppress(EntryError):
            yield decode(stored.payload)
