"""What desks need of the kiosk around them, said without knowing it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from kiosk.admin.pages import Page, Step
from kiosk.domain.chain import Head, StoredEntry
from kiosk.domain.entries import EntryBody
from kiosk.domain.errors import AdalError
from kiosk.domain.ledger import Ledger
from kiosk.domain.money import Denomination
from kiosk.domain.products import Catalogue, Product
from kiosk.domain.shelf import PendingTag

__all__ = [
    "AdminJournal",
    "PendingTag",
    "Place",
    "Room",
    "Shelf",
    "VisitBook",
]

T = TypeVar("T")
D = TypeVar("D", bound=msgspec.Struct)


class AdminJournal(Protocol):
    """The journal as the back room uses it; what reads the disk is for ``room.work``."""

    @property
    def ledger(self) -> Ledger:
        """The folds after the last COMMIT."""

    def head(self) -> Head:
        """The last entry of the present epoch."""

    def append(self, body: EntryBody) -> Future[StoredEntry]:
        """Writes an entry; done after COMMIT. The same form twice gives the first entry again."""

    def recent(
        self, types: Collection[str], *, not_before_ms: int = 0, limit: int | None = None
    ) -> list[StoredEntry]:
        """Entries of these types (``sale``, ``restock``, …), newest first. Reads the disk."""

    def find_receipt(self, prefix: str, not_before_ms: int | None = None) -> list[StoredEntry]:
        """Sales whose receipt number begins like that, newest first. Reads the disk."""

    def is_corrected(self, epoch: int, seq: int) -> bool:
        """Whether that sale was taken back. Reads the disk."""

    def suggestion_texts(self, limit: int = 200) -> list[tuple[str, str, bool]]:
        """(suggestion_id, text, sent) of words still kept here. Reads the disk."""

    def forget_suggestion(self, suggestion_id: str) -> Future[None]:
        """Deletes the words; their entry stays."""


class Shelf(Protocol):
    """Products and prices in effect on this kiosk."""

    @property
    def catalogue(self) -> Catalogue:
        """All products, as a shopper finds them now."""

    @property
    def pending_tags(self) -> tuple[PendingTag, ...]:
        """Prices that wait for their tags."""

    def save(
        self, products: Sequence[Product], by: str, *, imported: bool = False
    ) -> Future[StoredEntry]:
        """New or changed products, all in effect after COMMIT, or none.

        Raises:
            ProductError: at once, when they contradict themselves or other products.
        """

    def set_price(self, product_id: str, price_tenge: int, by: str) -> Future[StoredEntry]:
        """A price in effect from COMMIT on."""

    def confirm_tags(self, product_ids: Collection[str], by: str) -> Future[StoredEntry]:
        """The new tags hang: their prices are in effect from COMMIT on."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a file can be put or found: a USB stick, or the kiosk's own folder."""

    path: Path
    name: str
    is_stick: bool
    free_bytes: int


class VisitBook(Protocol):
    """The visit under way; on disk, so that a power cut loses nothing that was typed."""

    @property
    def is_open(self) -> bool:
        """Whether a visit was begun and not finished."""

    def begin(self, by: str) -> None:
        """Begins a visit; one that is open goes on."""

    def draft(self, step: Step, kind: type[D]) -> D | None:
        """What was typed in this step and not handed in yet."""

    def keep(self, step: Step, draft: msgspec.Struct) -> None:
        """Keeps what was typed; quick enough to be called at every touch."""

    def form_id(self, step: Step) -> str:
        """The id of the entry that this step will write next: the same until it is handed in."""

    def done(self, step: Step) -> None:
        """The step's entry is on disk: its draft is forgotten, its next form has a new id."""

    def skip(self, step: Step) -> None:
        """Left out this time; its draft is forgotten."""


class Room(Protocol):
    """The office, as a desk sees it."""

    journal: AdminJournal
    shelf: Shelf
    visit: VisitBook
    directory: Path
    """The kiosk's data: journal, catalogue, pictures."""
    kinds: tuple[Denomination, ...]
    """Notes and coins that circulate, largest first."""
    languages: tuple[str, ...]
    post: Callable[[Callable[[], None]], None]
    """Brings a call to the screens' thread; the only door between threads."""

    @property
    def by(self) -> str:
        """Id of the volunteer who is in."""

    @property
    def language(self) -> str:
        """The language he reads."""

    def now_ms(self) -> int:
        """Corrected wall time, UTC."""

    def monotonic_s(self) -> float:
        """For waiting."""

    def new_id(self) -> str:
        """A fresh random id."""

    def service(self, name: str) -> Any:
        """A part of the kiosk that one page needs, by name; see ``kiosk.back_room``."""

    def places(self) -> Sequence[Place]:
        """Where files can go: sticks first, the kiosk's own folder last. Reads the disk."""

    def go(self, page: Page, argument: object = None) -> None:
        """Another page; *back* returns here."""

    def back(self) -> None:
        """The page before."""

    def next_step(self, step: Step) -> None:
        """On to the step after this one, in the same visit."""

    def work(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[AdalError], None] | None = None,
    ) -> None:
        """Runs ``job`` in the background, then ``done(result)`` or ``failed(error)`` here.

        Results that come after the page was left are still delivered. Without ``failed`` the
        office says the error's message.
        """

    def saved(
        self,
        future: Future[StoredEntry],
        then: Callable[[StoredEntry], None],
        failed: Callable[[AdalError], None] | None = None,
    ) -> None:
        """``then(entry)`` here after COMMIT; without ``failed`` the office says that it failed."""

    def leave(self) -> None:
        """The volunteer goes out; the start screen is on."""
