"""Goods as a table on a stick: look at what a file would change, apply it, or write one.

Reading and comparing run in the background and can be stopped; only :meth:`SheetsDesk.apply`
changes anything, and then all of it in one entry.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from kiosk.admin.desk import Desk
from kiosk.admin.places import shown_name
from kiosk.admin.ports import Place, Room
from kiosk.admin.product_ids import new_product_id
from kiosk.admin.sheet_files import SheetFile, sheet_files
from kiosk.domain.errors import AdalError
from kiosk.domain.ledger import KAZAKHSTAN
from kiosk.sheets.faults import Fault, SheetError, Wrong
from kiosk.sheets.preview import Change, FieldChange, Preview, preview
from kiosk.sheets.read import read_table
from kiosk.sheets.write import Format, write_products, write_template

ROWS_PER_PAGE = 6
FILES_PER_PAGE = 5
READING_SHARE = 0.75
"""Of the bar; the rest is comparing. Measured on 5,000 rows of XLSX."""


class Stage(StrEnum):
    """What the page is about."""

    CHOOSE = "choose"
    WORKING = "working"
    PREVIEW = "preview"
    SAVING = "saving"
    REFUSED = "refused"
    """The file as a whole; ``refusal`` says why."""
    APPLIED = "applied"


class Tab(StrEnum):
    """Which part of a preview is listed."""

    NEW = "new"
    CHANGED = "changed"
    FAULTS = "faults"


class What(StrEnum):
    """What can be written."""

    XLSX = "xlsx"
    CSV = "csv"
    TEMPLATE = "template"


class Note(StrEnum):
    """What the desk has to say."""

    WRITTEN = "written"
    STOPPED = "stopped"
    NOT_WRITTEN = "not_written"
    """``error`` is the :class:`SheetError`."""
    SAVE_FAILED = "save_failed"
    CHANGED_MEANWHILE = "changed_meanwhile"


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One changed field of one product; ``is_first`` of that product's lines."""

    change: Change
    field: FieldChange
    is_first: bool


Line = Fault | FieldLine | Change


@dataclass(frozen=True, slots=True)
class SheetsState:
    """What the page shows."""

    stage: Stage = Stage.CHOOSE
    language: str = "kk"
    looking: bool = False
    """Sticks are being searched."""
    files: tuple[SheetFile, ...] = ()
    """Those of the present page."""
    places: tuple[Place, ...] = ()
    place: Place | None = None
    """Where files are written to."""
    writing: bool = False
    file_name: str = ""
    share: float = 0.0
    """How much of the work is done, 0 to 1."""
    refusal: AdalError | None = None
    preview: Preview | None = None
    tab: Tab = Tab.CHANGED
    lines: tuple[Line, ...] = ()
    """Those of the present page."""
    page: int = 0
    pages: int = 1
    applied: int = 0


class SheetsDesk(Desk[SheetsState]):
    """Import and export of the products."""

    def __init__(self, room: Room) -> None:
        super().__init__(room, SheetsState(language=room.language))
        self._files: tuple[SheetFile, ...] = ()
        self._lines: tuple[Line, ...] = ()
        self._path: Path | None = None
        self._stop = threading.Event()

    def open(self, argument: object = None) -> None:
        """Always from the choice of a file: a stick may be another one by now."""
        self._choose_anew()

    def close(self) -> None:
        """What is being read is not needed any more."""
        self._stop.set()

    def back(self) -> None:
        """From a preview to the files, from the files to the page before."""
        if self.state.stage is Stage.SAVING:
            return
        if self.state.stage is Stage.CHOOSE:
            self.room.back()
        else:
            self._choose_anew()

    def finish(self) -> None:
        """Done: the page before."""
        self.room.back()

    # --- choosing ---

    def look_again(self) -> None:
        """A stick was put in."""
        self.show(looking=True, language=self.room.language)
        self.room.work(self._look, self._found)

    def turn(self, pages: int) -> None:
        """So many pages on, or back."""
        self._show_page(self.state.page + pages)

    def use_next_place(self) -> None:
        """Files go to the next stick, after the last one to the kiosk's own folder."""
        places = self.state.places
        if places:
            at = places.index(self.state.place) if self.state.place in places else -1
            self.show(place=places[(at + 1) % len(places)])

    def read(self, path: Path) -> None:
        """Reads a file and compares it with the catalogue; nothing is changed."""
        self._path = path
        self._stop.set()
        self._stop = stop = threading.Event()
        self.show(
            stage=Stage.WORKING,
            file_name=shown_name(path),
            share=0.0,
            preview=None,
            language=self.room.language,
        )
        job = self._job(path, stop)
        self.room.work(
            job,
            lambda found: self._compared(found, stop),
            lambda error: self._not_read(error, stop),
        )

    def stop_reading(self) -> None:
        """He does not want to wait."""
        if self.state.stage is Stage.WORKING:
            self._choose_anew()
            self.say(Note.STOPPED)

    # --- the preview ---

    def open_tab(self, tab: Tab) -> None:
        """Lists the new goods, the changed ones, or what is wrong."""
        found = self.state.preview
        if found is not None:
            self._lines = _lines(found, tab)
            self.show(tab=tab)
            self._show_page(0)

    def apply(self) -> None:
        """Everything in effect after COMMIT, or nothing."""
        found = self.state.preview
        if self.state.stage is not Stage.PREVIEW or found is None or not found.can_apply:
            return
        if found.catalogue.products != self.room.shelf.catalogue.products:
            self._compare_again()
            return
        self.show(stage=Stage.SAVING)
        try:
            future = self.room.shelf.save(found.products, self.room.by, imported=True)
        except AdalError:
            self._not_saved()
            return
        self.room.saved(
            future,
            lambda _entry: self.show(stage=Stage.APPLIED, applied=len(found.products)),
            lambda _error: self._not_saved(),
        )

    # --- writing ---

    def write(self, what: What) -> None:
        """Writes all products, or an empty template, to the chosen place."""
        place = self.state.place
        if place is None or self.state.writing:
            return
        self.show(writing=True)
        language = self.room.language
        path = place.path / self._file_name(what)
        products = self.room.shelf.catalogue.products
        stock = self.room.journal.ledger.stock

        def job() -> Path:
            if what is What.TEMPLATE:
                write_template(path, language=language)
            else:
                write_products(path, products, stock, language=language)
            return path

        self.room.work(job, lambda done: self._written(done, place), self._not_written)

    # --- inside ---

    def _choose_anew(self) -> None:
        self._stop.set()
        self.show(
            stage=Stage.CHOOSE, preview=None, file_name="", page=0, language=self.room.language
        )
        self.look_again()

    def _look(self) -> tuple[tuple[Place, ...], tuple[SheetFile, ...]]:
        places = tuple(self.room.places())
        return places, sheet_files(places)

    def _found(self, found: tuple[tuple[Place, ...], tuple[SheetFile, ...]]) -> None:
        places, self._files = found
        kept = next((p for p in places if self._is_chosen(p)), places[0] if places else None)
        self.show(looking=False, places=places, place=kept)
        if self.state.stage is Stage.CHOOSE:
            self._show_page(self.state.page)

    def _is_chosen(self, place: Place) -> bool:
        return self.state.place is not None and place.path == self.state.place.path

    def _show_page(self, page: int) -> None:
        if self.state.stage is Stage.CHOOSE:
            page, pages = _within(page, len(self._files), FILES_PER_PAGE)
            shown = self._files[page * FILES_PER_PAGE :][:FILES_PER_PAGE]
            self.show(page=page, pages=pages, files=shown)
        else:
            page, pages = _within(page, len(self._lines), ROWS_PER_PAGE)
            lines = self._lines[page * ROWS_PER_PAGE :][:ROWS_PER_PAGE]
            self.show(page=page, pages=pages, lines=lines)

    def _job(self, path: Path, stop: threading.Event) -> Callable[[], Preview]:
        """What runs in the background; it knows the catalogue as it is now."""
        catalogue = self.room.shelf.catalogue
        taken_ids = frozenset(self.room.journal.ledger.stock)
        language = self.room.language

        def reading(share: float) -> None:
            self._progress(share * READING_SHARE, stop)

        def comparing(share: float) -> None:
            self._progress(READING_SHARE + share * (1 - READING_SHARE), stop)

        def job() -> Preview:
            return preview(
                read_table(path, reading),
                catalogue,
                new_product_id,
                language=language,
                taken_ids=taken_ids,
                progress=comparing,
            )

        return job

    def _progress(self, share: float, stop: threading.Event) -> None:
        """Called in the background."""
        if stop.is_set():
            raise SheetError(Wrong.STOPPED)
        self.room.post(lambda: self._show_share(share, stop))

    def _show_share(self, share: float, stop: threading.Event) -> None:
        if not stop.is_set():
            self.show(share=share)

    def _compared(self, found: Preview, stop: threading.Event) -> None:
        if stop.is_set():
            return
        self.show(stage=Stage.PREVIEW, preview=found, share=1.0)
        self.open_tab(_first_tab(found))

    def _not_read(self, error: AdalError, stop: threading.Event) -> None:
        if stop.is_set():
            return
        self.show(stage=Stage.REFUSED, refusal=error)

    def _compare_again(self) -> None:
        if self._path is not None:
            self.read(self._path)
        self.say(Note.CHANGED_MEANWHILE)

    def _not_saved(self) -> None:
        self.show(stage=Stage.PREVIEW)
        self.say(Note.SAVE_FAILED)

    def _file_name(self, what: What) -> str:
        if what is What.TEMPLATE:
            return f"adal-template.{Format.XLSX}"
        now = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self.room.now_ms())
        return f"adal-products-{now.astimezone(KAZAKHSTAN):%Y-%m-%d-%H%M}.{what.value}"

    def _written(self, path: Path, place: Place) -> None:
        self.show(writing=False)
        self.say(Note.WRITTEN, file=path.name, place=place)
        if self.state.stage is Stage.CHOOSE:
            self.look_again()

    def _not_written(self, error: AdalError) -> None:
        self.show(writing=False)
        self.say(Note.NOT_WRITTEN, error=error)


def _first_tab(found: Preview) -> Tab:
    if found.faults:
        return Tab.FAULTS
    return Tab.CHANGED if found.changed or not found.new else Tab.NEW


def _lines(found: Preview, tab: Tab) -> tuple[Line, ...]:
    if tab is Tab.FAULTS:
        return found.faults
    if tab is Tab.NEW:
        return found.new
    return tuple(
        FieldLine(change, field, number == 0)
        for change in found.changed
        for number, field in enumerate(change.fields)
    )


def _within(page: int, rows: int, rows_per_page: int) -> tuple[int, int]:
    """The page kept within bounds, and how many there are; an empty list is one empty page."""
    pages = max(1, -(-rows // rows_per_page))
    return min(max(page, 0), pages - 1), pages
