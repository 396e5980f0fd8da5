"""What shoppers had to say: suggestions, payments they gave up, calls for help."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum

from kiosk.admin.desk import Desk
from kiosk.admin.ports import AdminJournal, Room
from kiosk.admin.true_entries import true_entries
from kiosk.domain.entries import Abandoned, HelpCall, Suggestion
from kiosk.domain.money import Pieces

WEEKS = 4
SPAN_MS = WEEKS * 7 * 86_400_000
ROWS_MAX = 200
"""Of each kind; nobody reads more on a kiosk's glass."""
PAGE_ROWS = {"words": 3, "given_up": 4, "help": 5}
DELETE_TIMEOUT_S = 10.0


class VoiceTab(StrEnum):
    """What the list shows."""

    WORDS = "words"
    GIVEN_UP = "given_up"
    HELP = "help"


class VoicesNote(StrEnum):
    """What is told once."""

    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Words:
    """A suggestion; ``text`` is None when its words were deleted or are only at the centre."""

    suggestion_id: str
    at_ms: int
    language: str
    text: str | None
    is_sent: bool = False


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A payment that ended without a sale.

    ``tapped_tenge``: what the shopper said that he had put in, by ``pieces``. It may lie in the
    box although nothing was sold.
    """

    at_ms: int
    total_tenge: int
    screen: str
    timed_out: bool
    tapped_tenge: int
    pieces: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody asked for help on that screen."""

    at_ms: int
    screen: str
    language: str


Row = Words | GivenUp | Call


@dataclass(frozen=True, slots=True)
class VoicesState:
    """``rows`` are those of the page, newest first; ``counts`` are of the last four weeks.

    ``asking``: whose words are to be deleted, before they are.
    """

    tab: VoiceTab = VoiceTab.WORDS
    is_read: bool = False
    counts: Mapping[VoiceTab, int] | None = None
    rows: tuple[Row, ...] = ()
    page: int = 0
    pages: int = 1
    asking: Words | None = None


@dataclass(frozen=True, slots=True)
class _Heard:
    words: tuple[Words, ...] = ()
    given_up: tuple[GivenUp, ...] = ()
    calls: tuple[Call, ...] = ()

    def of(self, tab: VoiceTab) -> tuple[Row, ...]:
        """What one tab lists."""
        lists: dict[VoiceTab, tuple[Row, ...]] = {
            VoiceTab.WORDS: self.words,
            VoiceTab.GIVEN_UP: self.given_up,
            VoiceTab.HELP: self.calls,
        }
        return lists[tab]


class VoicesDesk(Desk[VoicesState]):
    """Reads the last four weeks when the page comes on."""

    def __init__(self, room: Room) -> None:
        super().__init__(room, VoicesState())
        self._heard = _Heard()

    def open(self, argument: object = None) -> None:
        """Reads; ``argument`` may name a tab."""
        tab = VoiceTab(argument) if isinstance(argument, str) else VoiceTab.WORDS
        self.show(tab=tab, page=0, asking=None)
        self._read()

    def choose(self, tab: VoiceTab) -> None:
        """Another list, from its top."""
        self.show(tab=tab, page=0, asking=None)
        self._list()

    def turn(self, pages: int) -> None:
        """So many pages on, or back."""
        self.show(page=self.state.page + pages)
        self._list()

    def back(self) -> None:
        """The page before."""
        self.room.back()

    # --- deleting words ---

    def ask_to_delete(self, suggestion_id: str) -> None:
        """Asks first: deleted words are gone for good."""
        wanted = [x for x in self._heard.words if x.suggestion_id == suggestion_id and x.text]
        if wanted:
            self.show(asking=wanted[0])

    def keep(self) -> None:
        """The words stay."""
        self.show(asking=None)

    def delete(self) -> None:
        """The words go; that something was said stays in the journal."""
        asked = self.state.asking
        if asked is None:
            return
        self.show(asking=None)
        gone: Future[None] = self.room.journal.forget_suggestion(asked.suggestion_id)
        self.room.work(lambda: gone.result(DELETE_TIMEOUT_S), lambda _nothing: self._deleted())

    def _deleted(self) -> None:
        self.say(VoicesNote.DELETED)
        self._read()

    # --- reading ---

    def _read(self) -> None:
        journal, since_ms = self.room.journal, self.room.now_ms() - SPAN_MS
        self.room.work(lambda: hear(journal, since_ms), self._was_read)

    def _was_read(self, heard: _Heard) -> None:
        self._heard = heard
        counts = {tab: len(heard.of(tab)) for tab in VoiceTab}
        self.show(is_read=True, counts=counts)
        self._list()

    def _list(self) -> None:
        rows, size = self._heard.of(self.state.tab), PAGE_ROWS[self.state.tab]
        pages = max(1, -(-len(rows) // size))
        page = min(max(self.state.page, 0), pages - 1)
        self.show(rows=rows[page * size :][:size], page=page, pages=pages)


def hear(journal: AdminJournal, since_ms: int) -> _Heard:
    """Everything since then, newest first. Reads the disk."""
    texts = {name: (text, sent) for name, text, sent in journal.suggestion_texts(ROWS_MAX)}
    types = ("suggestion", "abandoned", "help_call")
    found = true_entries(journal, types, since_ms, limit=3 * ROWS_MAX)
    bodies = [(entry.body, entry.stamp.at_ms) for _, entry in found]
    return _Heard(
        tuple(_words(b, at_ms, texts) for b, at_ms in bodies if isinstance(b, Suggestion)),
        tuple(_given_up(b, at_ms) for b, at_ms in bodies if isinstance(b, Abandoned)),
        tuple(Call(at_ms, b.screen, b.language) for b, at_ms in bodies if isinstance(b, HelpCall)),
    )


def _words(body: Suggestion, at_ms: int, texts: Mapping[str, tuple[str, bool]]) -> Words:
    text, is_sent = texts.get(body.suggestion_id, (None, False))
    return Words(body.suggestion_id, at_ms, body.language, text, is_sent)


def _given_up(body: Abandoned, at_ms: int) -> GivenUp:
    pieces = Pieces.from_codes(body.pieces_tapped)
    tapped = tuple((code, count) for code, count in body.pieces_tapped.items() if count)
    return GivenUp(
        at_ms,
        body.total_tenge,
        body.screen,
        body.how == "timed_out",
        pieces.total_tenge,
        tapped,
    )
