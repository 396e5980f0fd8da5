"""Shelf tags and the price list: which goods, on what paper, and where the file goes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from kiosk.admin.desk import Desk
from kiosk.admin.labels_choice import Choice
from kiosk.admin.labels_print import (
    Look,
    Paper,
    PrintOrder,
    changed_since,
    list_words,
    look,
    make,
    put,
    shopping_list,
)
from kiosk.admin.labels_state import LabelsState, Note, SavedFile, Stage, Tab
from kiosk.admin.ports import Place, Room
from kiosk.domain.chain import StoredEntry
from kiosk.domain.errors import AdalError, ProductError
from kiosk.domain.ledger import day_of
from kiosk.domain.own_codes import next_codes
from kiosk.domain.products import Product
from kiosk.paper.labels import Tag, tag_of
from kiosk.scan_event import ScanEvent

log = logging.getLogger(__name__)

CHANGED_WITHIN_MS = 7 * 86_400_000


class LabelsDesk(Desk[LabelsState]):
    """Opened with product ids, those are chosen; otherwise what waits for new tags is."""

    takes_scans = True

    def __init__(self, room: Room) -> None:
        large, *others = room.languages
        super().__init__(room, LabelsState(large=large, small=others[0] if others else None))
        self._choice = Choice(room)
        self._looked: object = None

    # --- coming and going ---

    def open(self, argument: object = None) -> None:
        """``argument`` is a tuple of product ids whose tags are wanted, or None."""
        pending = tuple(tag.product.product_id for tag in self.room.shelf.pending_tags)
        wanted = tuple(argument) if isinstance(argument, tuple) else pending
        self._choice, self._looked = Choice(self.room, wanted), None
        tab = Tab.CHOSEN if self._choice.tags() else Tab.ALL
        self.show(tab=tab, stage=Stage.CHOOSE, busy=False, picking=False, saved=None)
        self._refresh()
        since_ms = self.room.now_ms() - CHANGED_WITHIN_MS
        journal = self.room.journal
        self.room.work(lambda: changed_since(journal, since_ms), self._found_changed)

    def back(self) -> None:
        """One step back: out of the list or the question first, then to the page before."""
        if self.state.picking:
            self.close_picker()
        elif self.state.stage is not Stage.CHOOSE:
            self.show(stage=Stage.CHOOSE)
        else:
            self.room.back()

    # --- which goods ---

    def show_tab(self, tab: Tab) -> None:
        """Another list."""
        self.show(tab=tab)
        self._refresh()

    def plus(self, product_id: str) -> None:
        """One tag more."""
        self._choice.add(product_id, 1)
        self._refresh()

    def minus(self, product_id: str) -> None:
        """One tag fewer."""
        self._choice.add(product_id, -1)
        self._refresh()

    def one_of_each(self) -> None:
        """At least one tag for everything in this list."""
        self._choice.one_of_each(row.product.product_id for row in self.state.rows)
        self._refresh()

    def none(self) -> None:
        """No tag for anything in this list."""
        self._choice.none_of(row.product.product_id for row in self.state.rows)
        self._refresh()

    def scanned(self, event: ScanEvent) -> None:
        """One tag more for what was scanned."""
        product = self.room.shelf.catalogue.first_known(event.candidates)
        if self.state.stage is not Stage.CHOOSE or self.state.busy:
            return
        if product is None:
            self.say(Note.UNKNOWN)
        elif self.state.paper is Paper.PRICE_LIST:
            self.say(Note.LIST_HAS_ALL)
        else:
            self._add(product)

    def open_picker(self) -> None:
        """The picture list instead of the page."""
        self.show(picking=True)
        self.search("")

    def close_picker(self) -> None:
        """Back to the page."""
        self.show(picking=False)

    def search(self, query: str) -> None:
        """Narrows the picture list to names that hold this."""
        catalogue, language = self.room.shelf.catalogue, self.room.language
        listing = catalogue.listing(category=None, query=query, language=language)
        self.show(query=query, listing=listing)

    def pick(self, product_id: str) -> None:
        """One tag more for what was picked."""
        product = self.room.shelf.catalogue.by_id(product_id)
        self.show(picking=False)
        if product is not None:
            self._add(product)

    def give_codes(self) -> None:
        """Barcodes of our own for the chosen goods that have none."""
        products = self._without_code()
        if self.state.busy or not products:
            return
        codes = next_codes(self.room.shelf.catalogue, len(products))
        coded = [
            msgspec.structs.replace(product, codes=(*product.codes, code))
            for product, code in zip(products, codes, strict=True)
        ]
        try:
            future = self.room.shelf.save(coded, self.room.by)
        except ProductError as error:
            self._not_saved(error)
            return
        self.show(busy=True)
        self.room.saved(future, lambda entry: self._codes_given(entry, len(coded)), self._not_saved)

    # --- on what paper ---

    def choose_paper(self, paper: Paper) -> None:
        """Another layout, or the price list."""
        self.show(paper=paper)
        self._refresh()

    def next_large(self) -> None:
        """The large name in the next language."""
        languages = self.room.languages
        large = _after(languages, self.state.large)
        small = self.state.small
        self.show(large=large, small=self.state.large if small == large else small)
        self._refresh()

    def next_small(self) -> None:
        """The small name in the next language, or none."""
        offered = [it for it in self.room.languages if it != self.state.large]
        self.show(small=_after([*offered, None], self.state.small))
        self._refresh()

    def turn_barcodes(self) -> None:
        """The price list with barcodes, or without."""
        self.show(with_barcodes=not self.state.with_barcodes)
        self._refresh()

    # --- where to ---

    def save(self) -> None:
        """Asks where to; looks for sticks each time."""
        if not self.state.busy and self.state.tags:
            self.show(busy=True)
            self.room.work(self.room.places, self._places_found, self._not_written)

    def choose_place(self, number: int) -> None:
        """Makes the file and puts it there."""
        if self.state.busy or not 0 <= number < len(self.state.places):
            return
        place, order = self.state.places[number], self._order()
        pages = self.state.pages
        day = day_of(self.room.now_ms()).isoformat()
        kind = "prices" if order.paper is Paper.PRICE_LIST else "tags"
        self.show(busy=True)
        self.room.work(
            lambda: SavedFile(
                place, put(place.path, f"adal-{kind}-{day}", make(order)).name, pages
            ),
            self._file_saved,
            self._not_written,
        )

    def done(self) -> None:
        """Read; on with choosing."""
        self.show(stage=Stage.CHOOSE)

    # --- inside ---

    def _add(self, product: Product) -> None:
        self._choice.bring(product.product_id)
        self.show(tab=Tab.CHOSEN)
        self._refresh()
        self.say(Note.ADDED, name=product.name_in(self.room.language))

    def _refresh(self) -> None:
        """Rows and sums worked out anew; the preview follows when it is ready."""
        lists = self._choice.lists(self.room.language)
        order = self._order()
        self.show(
            rows=self._choice.rows(lists[self.state.tab]),
            counts=tuple((tab, len(products)) for tab, products in lists.items()),
            without_code=len(self._without_code()),
            tags=len(order.tags),
        )
        self._look(order)

    def _without_code(self) -> list[Product]:
        return [] if self.state.paper is Paper.PRICE_LIST else self._choice.without_code()

    def _tags(self) -> tuple[Tag, ...]:
        if self.state.paper is not Paper.PRICE_LIST:
            return self._choice.tags()
        listed = shopping_list(self.room.shelf.catalogue, self.state.large)
        return tuple(tag_of(product) for product in listed)

    def _order(self) -> PrintOrder:
        state, now_ms = self.state, self.room.now_ms()
        texts = self.room.service("texts")
        shop = self.room.service("shop_name")(state.large)
        return PrintOrder(
            paper=state.paper,
            tags=self._tags(),
            languages=state.languages,
            with_barcodes=state.with_barcodes,
            words=list_words(
                self.room.shelf.catalogue.categories(),
                [texts.in_language(language).gettext for language in state.languages],
                f"{shop} · {day_of(now_ms):%d.%m.%Y}",
            ),
            fonts_dir=self.room.service("fonts_dir"),
            made_at=datetime.fromtimestamp(now_ms / 1000, UTC),
        )

    def _look(self, order: PrintOrder) -> None:
        """Asks for the preview; only the newest one asked for is shown."""
        tag = self._shown_tag(order)
        wanted = (order.paper, order.languages, order.with_barcodes, len(order.tags), tag)
        if wanted == self._looked:
            return
        self._looked = wanted
        if tag is None:
            self.show(preview=None, pages=0)
            return
        self.room.work(lambda: (wanted, look(order, tag)), self._looked_at)

    def _shown_tag(self, order: PrintOrder) -> Tag | None:
        """The product touched last, else the first one that is chosen, else any."""
        latest = self._choice.latest_tag()
        if latest is not None or order.tags:
            return latest or order.tags[0]
        return next((tag_of(row.product, row.price_tenge) for row in self.state.rows), None)

    # --- what came back ---

    def _found_changed(self, product_ids: frozenset[str]) -> None:
        self._choice.changed_too(product_ids)
        self._refresh()

    def _looked_at(self, result: tuple[object, Look]) -> None:
        wanted, seen = result
        if wanted == self._looked:
            self.show(preview=seen.page, pages=seen.pages)

    def _codes_given(self, _entry: StoredEntry, count: int) -> None:
        self.show(busy=False)
        self._refresh()
        self.say(Note.CODES_GIVEN, n=count)

    def _places_found(self, places: Sequence[Place]) -> None:
        self.show(busy=False, stage=Stage.PLACES, places=tuple(places))

    def _file_saved(self, saved: SavedFile) -> None:
        self.show(busy=False, stage=Stage.SAVED, saved=saved)

    def _not_saved(self, error: AdalError) -> None:
        self._failed(Note.NOT_SAVED, error)

    def _not_written(self, error: AdalError) -> None:
        self._failed(Note.NOT_WRITTEN, error)

    def _failed(self, note: Note, error: AdalError) -> None:
        log.warning("%s", error)
        self.show(busy=False)
        self.say(note)


def _after(offered: Sequence[str | None], now: str | None) -> str | None:
    return offered[(list(offered).index(now) + 1) % len(offered)]
