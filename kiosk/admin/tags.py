"""Changed prices from the centre: they wait here until their paper tags hang on the shelf."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.admin.desk import Desk
from kiosk.admin.pages import Page
from kiosk.admin.ports import PendingTag, Room
from kiosk.domain.chain import StoredEntry
from kiosk.domain.errors import AdalError, ProductError


class Note(StrEnum):
    """What the list says."""

    CONFIRMED = "confirmed"
    CHANGED_MEANWHILE = "changed_meanwhile"
    NOT_SAVED = "not_saved"


@dataclass(frozen=True, slots=True)
class TagsState:
    """The list; ``chosen`` are the ids of the products that *print* and *confirm* mean."""

    tags: tuple[PendingTag, ...] = ()
    chosen: frozenset[str] = frozenset()
    saving: bool = False

    @property
    def all_chosen(self) -> bool:
        """Whether nothing is left out."""
        return len(self.chosen) == len(self.tags)


class TagsDesk(Desk[TagsState]):
    """All are chosen at first: mostly the volunteer has printed and hung all of them."""

    def __init__(self, room: Room) -> None:
        super().__init__(room, TagsState())

    def open(self, argument: object = None) -> None:
        """What waits now; a choice that was made before printing holds."""
        before = self.state
        tags = tuple(self.room.shelf.pending_tags)
        left_out = {tag.product.product_id for tag in before.tags} - before.chosen
        self.show(tags=tags, chosen=_ids(tags) - left_out, saving=False)

    def toggle(self, product_id: str) -> None:
        """This one too, or not this one."""
        if not self.state.saving:
            self.show(chosen=self.state.chosen ^ {product_id})

    def toggle_all(self) -> None:
        """All, or none."""
        if not self.state.saving:
            state = self.state
            self.show(chosen=frozenset() if state.all_chosen else _ids(state.tags))

    def print_tags(self) -> None:
        """To the labels, with the new prices of the chosen products."""
        if self.state.chosen:
            self.room.go(Page.LABELS, self._chosen_ids())

    def confirm(self) -> None:
        """The new tags hang: their prices are in effect after COMMIT."""
        state = self.state
        if state.saving or not state.chosen:
            return
        if tuple(self.room.shelf.pending_tags) != state.tags:
            # Another version came while he was at the shelf: what hangs there may be old already.
            self.open()
            self.say(Note.CHANGED_MEANWHILE)
            return
        try:
            future = self.room.shelf.confirm_tags(self._chosen_ids(), self.room.by)
        except ProductError as error:
            self._not_saved(error)
            return
        count = len(state.chosen)
        self.show(saving=True)
        self.room.saved(future, lambda entry: self._confirmed(entry, count), self._not_saved)

    def back(self) -> None:
        """The page before."""
        self.room.back()

    def _confirmed(self, _entry: StoredEntry, count: int) -> None:
        self.open()
        self.say(Note.CONFIRMED, n=count)

    def _not_saved(self, error: AdalError) -> None:
        self.show(saving=False)
        self.say(Note.NOT_SAVED, reason=error)

    def _chosen_ids(self) -> tuple[str, ...]:
        """In the order of the list."""
        return tuple(
            tag.product.product_id
            for tag in self.state.tags
            if tag.product.product_id in self.state.chosen
        )


def _ids(tags: tuple[PendingTag, ...]) -> frozenset[str]:
    return frozenset(tag.product.product_id for tag in tags)
