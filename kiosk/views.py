"""What a screen is given to show: plain data, no Kivy, no queries.

The till makes a new :class:`TillState` after each event; screens draw it and send events back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.basket import EMPTY_BASKET, Basket
from kiosk.domain.checkout import Screen
from kiosk.domain.entries import Sale
from kiosk.domain.money import NOTHING, Denomination, Pieces
from kiosk.domain.products import Product
from kiosk.domain.tender import CashAdvice, ChangeChoice

__all__ = ["Notice", "Post", "Said", "Screen", "ThanksView", "TillState", "UndoView", "Voice"]


class Notice(StrEnum):
    """Something to say once, calmly; the screen has the words."""

    ADDED = "added"
    UNKNOWN = "unknown"
    NOT_FOR_SALE = "not_for_sale"
    NO_PRODUCT_CODE = "no_product_code"
    CODE_MISTYPED = "code_mistyped"
    CASE_CODE = "case_code"
    TOO_MANY = "too_many"
    SAVE_FAILED = "save_failed"
    HELP_CALLED = "help_called"
    HELP_WAITS = "help_waits"
    """Called, but there is no connection: nobody hears of it yet."""
    SUGGESTION_SENT = "suggestion_sent"
    RECEIPT_NOT_FOUND = "receipt_not_found"
    UNDONE = "undone"
    PIECE_NOTED = "piece_noted"


@dataclass(frozen=True, slots=True)
class Said:
    """A notice, when it was said, and the name it is about.

    ``serial`` grows with each one, so that the same notice twice is two notices.
    ``line_key`` is the basket line for "+1 more".
    """

    notice: Notice
    serial: int
    name: str = ""
    line_key: str | None = None


class Voice(StrEnum):
    """The spoken prompts: not set up here, or switched off or on."""

    NONE = "none"
    OFF = "off"
    ON = "on"


@dataclass(frozen=True, slots=True)
class Post:
    """Something from the centre for the start screen: a campaign, or a reply to a suggestion.

    ``lines``: by language; ``picture``: a poster's name, "" for none. ``words``: what a shopper
    wrote, where everybody may read it; ``is_reply`` tells a reply from a campaign.
    """

    lines: Mapping[str, str]
    picture: str = ""
    is_reply: bool = False
    words: str = ""

    def line_in(self, language: str) -> str:
        """In that language, or in any other it has."""
        return self.lines.get(language) or next((x for x in self.lines.values() if x), "")


@dataclass(frozen=True, slots=True)
class UndoView:
    """The undo screen: the sale found by its receipt number and how the money goes back.

    ``take_back``: pieces the shopper takes out, None when the amount was paid exactly and the
    pieces are not known; ``put_back``: the change he returns to the box first.
    """

    receipt: str = ""
    sale: Sale | None = None
    tender: str = ""
    take_back_tenge: int = 0
    take_back: Pieces | None = NOTHING
    put_back: Pieces = NOTHING


@dataclass(frozen=True, slots=True)
class ThanksView:
    """The thanks screen; amounts as the journal has them after COMMIT."""

    receipt: str
    paid_tenge: int
    change: Pieces
    left_tenge: int
    collected_tenge: int


@dataclass(frozen=True, slots=True)
class TillState:
    """Everything the screens show, after one event."""

    screen: Screen = Screen.START
    language: str = "kk"
    basket: Basket = EMPTY_BASKET
    can_undo: bool = False
    said: Said | None = None
    saving: bool = False
    # price of an unknown product
    pending_code: str = ""
    # picture list
    listing: tuple[Product, ...] = ()
    categories: tuple[str, ...] = ()
    category: str | None = None
    query: str = ""
    # paying
    due_tenge: int = 0
    exact: bool = False
    choice: ChangeChoice = ChangeChoice.TAKE
    advice: CashAdvice | None = None
    tender_kinds: tuple[Denomination, ...] = ()
    qr_payload: str = ""
    # after
    thanks: ThanksView | None = None
    undo: UndoView | None = None
    undo_open: bool = False
    collected_tenge: int = 0
    week_tenge: int = 0
    """What shoppers left in the last seven days; 0 where nobody has added it up."""
    honesty_permille: int | None = None
    """Found of what was due at the last counts, of the whole shop; None: not said."""
    posts: tuple[Post, ...] = ()
    """What the centre wants to be seen today."""
    phone_to_call: str = ""
    """The volunteer's, while somebody needs him and the network is away."""
    voice: Voice = Voice.NONE
    # around
    idle_left_s: int | None = None
    """Seconds left to say "I am here"; None when there is no warning."""
    camera_lost: bool = False
    out_of_order: str = ""
    """Why nothing can be sold, for an operator; empty when all is well."""
