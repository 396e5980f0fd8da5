"""The product editor's form, handed over: what is missing is asked for, then COMMIT is waited for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from kiosk.admin.product_codes import taken_code
from kiosk.admin.product_form import ProductForm, changes_of, created, edited
from kiosk.admin.product_ids import new_product_id
from kiosk.admin.product_state import Note, Part
from kiosk.domain.chain import StoredEntry
from kiosk.domain.errors import AdalError, ProductError
from kiosk.domain.products import name_in

if TYPE_CHECKING:
    from kiosk.admin.product import ProductDesk


class SavingDesk:
    """Serves one product desk; all methods are called in the screens' thread."""

    def __init__(self, desk: ProductDesk) -> None:
        self._desk = desk
        self._sitting = 0

    def begin_sitting(self) -> None:
        """Another form is on, or none: an answer that comes late must not close it."""
        self._sitting += 1

    def save(self) -> None:
        """In effect after COMMIT; what is missing is asked for, and nothing typed is lost."""
        desk = self._desk
        form = desk.state.form.tidied()
        if desk.state.saving:
            return
        desk.show(form=form, asking=False, part=Part.FORM)
        if not form.has_name:
            desk.edit_name(desk.room.language)
            desk.say(Note.NAME_MISSING)
        elif form.price_tenge is None:
            desk.edit(Part.PRICE)
            desk.say(Note.PRICE_MISSING)
        elif not desk.state.is_edited:
            desk.room.back()
        else:
            self._write(form)

    def _write(self, form: ProductForm) -> None:
        try:
            future = self._handed_over(form)
        except ProductError as error:
            self._refused(form, error)
            return
        self._desk.show(saving=True)
        self._desk.room.saved(
            future, self._in_this_sitting(self._saved), self._failed(self._sitting)
        )

    def _handed_over(self, form: ProductForm) -> Future[StoredEntry]:
        room, state = self._desk.room, self._desk.state
        now = room.shelf.catalogue.by_id(state.product_id)
        if now is None:
            product_id = state.product_id or new_product_id(form.names, self._ids_ever())
            return room.shelf.save([created(product_id, form)], room.by)
        changes = changes_of(form, state.before)
        if set(changes) == {"price_tenge"}:
            return room.shelf.set_price(now.product_id, changes["price_tenge"], room.by)
        return room.shelf.save([edited(now, form, state.before)], room.by)

    def _ids_ever(self) -> set[str]:
        room = self._desk.room
        in_use = {product.product_id for product in room.shelf.catalogue.products}
        return in_use | set(room.journal.ledger.stock)

    def _refused(self, form: ProductForm, error: ProductError) -> None:
        """Somebody else's change came first: say whose code it is, where that is the reason."""
        desk = self._desk
        taken = taken_code(form, desk.state.product_id, desk.room.shelf.catalogue)
        if taken is not None and taken.owner is not None:
            desk.show(part=Part.CODES)
            desk.say_taken(taken.gtin14, taken.owner.names)
        else:
            desk.say(Note.NOT_SAVED, reason=error)

    def _saved(self, _entry: StoredEntry) -> None:
        desk, form = self._desk, self._desk.state.form
        desk.pictures.forget_unused(form.picture)
        desk.show(saving=False, before=form)
        desk.room.back()
        # Said on the page that is on now: a change of page takes away what was said before.
        desk.say(Note.SAVED, name=name_in(form.names, desk.room.language))

    def _failed(self, sitting: int) -> Callable[[AdalError], None]:
        def failed(error: AdalError) -> None:
            if sitting == self._sitting:
                self._desk.show(saving=False)
            self._desk.say(Note.NOT_SAVED, reason=error)

        return failed

    def _in_this_sitting(
        self, then: Callable[[StoredEntry], None]
    ) -> Callable[[StoredEntry], None]:
        """Only while the same form is on."""
        sitting = self._sitting
        return lambda entry: then(entry) if sitting == self._sitting else None
