"""What the uploader needs from the kiosk, said without knowing the kiosk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kiosk.domain.chain import Head, StoredEntry


class Identity(Protocol):
    """Who is writing."""

    @property
    def kiosk_id(self) -> str:
        """The kiosk's name."""

    @property
    def epoch(self) -> int:
        """The epoch it writes."""


class EntrySource(Protocol):
    """Where entries come from: the kiosk's journal, or a file of one. Called from one thread."""

    @property
    def identity(self) -> Identity:
        """Whose entries these are."""

    def head(self) -> Head:
        """The last entry."""

    def read_since(self, epoch: int, seq: int, limit: int = ...) -> Sequence[StoredEntry]:
        """Up to ``limit`` entries after that one, in order; later epochs may follow."""

    def pending_suggestions(self, limit: int = ...) -> Sequence[tuple[str, str, str]]:
        """Suggestions whose words were not sent: (id, salt in hex, text)."""

    def mark_suggestion_sent(self, suggestion_id: str) -> object:
        """The centre has the words."""


class GoodsShelf(Protocol):
    """Where a kiosk keeps pictures and campaigns that came from the centre."""

    def has_picture(self, name: str) -> bool:
        """Whether a picture of that name is here."""

    def keep_picture(self, name: str, content: bytes) -> None:
        """Keeps a PNG; whole or not at all.

        Raises:
            CatalogueError: for a name that is none, or when the disk refuses.
        """

    def campaigns_tag(self) -> str:
        """Which campaigns are here; "" for none."""

    def keep_campaigns(self, document: bytes) -> None:
        """Keeps the campaigns; whole or not at all.

        Raises:
            CatalogueError: when the disk refuses.
        """


class RepliesShelf(Protocol):
    """Where a kiosk keeps the replies to its shoppers' suggestions."""

    def wants_replies(self) -> bool:
        """Whether it is time to ask for them again."""

    def replies_tag(self) -> str:
        """Which replies are here; "" for none."""

    def keep_replies(self, document: bytes) -> None:
        """Keeps the replies; whole or not at all.

        Raises:
            CatalogueError: when the disk refuses.
        """


class SettingsKeeper(Protocol):
    """Where a kiosk keeps the settings that came from the centre."""

    @property
    def version(self) -> int:
        """Of the settings that are here; 0 for none."""

    def report(self) -> dict[str, str]:
        """What became of them, as parameters of the route: in effect, waiting, refused."""

    def take(self, document: bytes) -> None:
        """Keeps newer ones, which were checked to be ours; in effect when nobody is shopping.

        Raises:
            ConfigError: the disk refused.
        """
