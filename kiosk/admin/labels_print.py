"""From chosen goods to a file: what is printed on which paper, and where it is put."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from kiosk.admin.ports import AdminJournal
from kiosk.disk import sync_directory
from kiosk.domain.entries import PriceChange, ProductChange, decode
from kiosk.domain.products import Catalogue, Product
from kiosk.paper.fonts import PaperError, ruler_of
from kiosk.paper.labels import GEOMETRIES, Layout, Tag, tag_alone, tag_sheet
from kiosk.paper.marks import Page
from kiosk.paper.price_list import ListWords, price_list, price_list_pages


class Paper(StrEnum):
    """What is printed; tags are named as their layout is."""

    SHEET_24 = Layout.SHEET_24.value
    SHEET_40 = Layout.SHEET_40.value
    ROLL_58 = Layout.ROLL_58.value
    PRICE_LIST = "price_list"

    @property
    def layout(self) -> Layout | None:
        """How tags stand on it; None for the price list."""
        return None if self is Paper.PRICE_LIST else Layout(self.value)


@dataclass(frozen=True, slots=True)
class PrintOrder:
    """Everything a file is made of; tags are repeated for their copies."""

    paper: Paper
    tags: tuple[Tag, ...]
    languages: tuple[str, ...]
    with_barcodes: bool
    words: ListWords
    fonts_dir: Path
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """How it will look: a tag or the list's first page, and how many pages there are."""

    page: Page
    pages: int


def look(order: PrintOrder, tag: Tag) -> Look:
    """The preview of an order, with ``tag`` shown large.

    Raises:
        PaperError: when the fonts cannot be read.
    """
    ruler = ruler_of(order.fonts_dir)
    layout = order.paper.layout
    if layout is not None:
        page = tag_alone(tag, layout, order.languages, ruler)
        return Look(page, GEOMETRIES[layout].pages(len(order.tags)))
    pages = price_list_pages(
        order.tags, order.words, order.languages, ruler, with_barcodes=order.with_barcodes
    )
    return Look(pages[0], len(pages))


def make(order: PrintOrder) -> bytes:
    """The PDF. Takes about a second for a thousand tags: not for the screens' thread.

    Raises:
        PaperError: when the fonts cannot be read.
    """
    layout = order.paper.layout
    if layout is not None:
        return tag_sheet(order.tags, layout, order.languages, order.fonts_dir, order.made_at)
    return price_list(
        order.tags,
        order.words,
        order.languages,
        order.fonts_dir,
        with_barcodes=order.with_barcodes,
        made_at=order.made_at,
    )


def put(folder: Path, stem: str, content: bytes) -> Path:
    """Writes ``<stem>.pdf``, or ``<stem>-2.pdf`` when that is there already; whole or not at all.

    Raises:
        PaperError: when it cannot be written; nothing is left behind.
    """
    unfinished = folder / f".{stem}.part"
    try:
        with unfinished.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        file = next(name for name in _names(folder, stem) if not name.exists())
        unfinished.replace(file)
        sync_directory(folder)
    except OSError as error:
        _remove(unfinished)
        raise PaperError(
            f"{folder}: the file cannot be written ({error.strerror}); take another stick, or "
            "make room on this one."
        ) from error
    return file


def shopping_list(catalogue: Catalogue, language: str) -> Iterator[Product]:
    """All goods that a shopper may buy, by category, then by name."""
    for category in catalogue.categories():
        yield from catalogue.listing(category=category, query="", language=language)


def list_words(
    categories: Iterable[str], translators: Iterable[Callable[[str], str]], note: str
) -> ListWords:
    """Title and headings in every language that the names are printed in."""
    speak = tuple(translators)
    headings = {category: _said(speak, category.capitalize()) for category in categories}
    return ListWords(_said(speak, "Price list"), note, headings)


def changed_since(journal: AdminJournal, not_before_ms: int) -> frozenset[str]:
    """Ids of products whose name or price was changed here since then. Reads the disk."""
    entries = journal.recent({"price_change", "product_change"}, not_before_ms=not_before_ms)
    return frozenset(_ids(entry.payload for entry in entries))


def _ids(payloads: Iterable[bytes]) -> Iterator[str]:
    for payload in payloads:
        body = decode(payload).body
        if isinstance(body, PriceChange):
            yield from (line.product_id for line in body.lines)
        elif isinstance(body, ProductChange):
            yield from (product.product_id for product in body.products)


def _said(speak: tuple[Callable[[str], str], ...], text: str) -> str:
    return " · ".join(dict.fromkeys(say(text) for say in speak))


def _names(folder: Path, stem: str) -> Iterator[Path]:
    yield folder / f"{stem}.pdf"
    number = 2
    while True:
        yield folder / f"{stem}-{number}.pdf"
        number += 1


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError:  # the stick is gone, and the file with it
        return
