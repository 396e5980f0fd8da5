"""One product's editor: names, price, category, barcodes, cases, picture and status.

Nothing is in effect before *save*; whoever leaves with something edited is asked first. Whom a
shopper called away, so that nobody touched the screen for a while, finds his form again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kiosk.admin.desk import Desk
from kiosk.admin.ports import Room
from kiosk.admin.product_codes import Meaning, judge, owner_of
from kiosk.admin.product_form import CASE_PIECES_MAX, NAME_LENGTH_MAX, ProductForm, form_of
from kiosk.admin.product_left_open import leave_open, take_left
from kiosk.admin.product_saving import SavingDesk
from kiosk.admin.product_state import Note, Part, ProductState
from kiosk.admin.product_studio import PictureDesk
from kiosk.domain.own_codes import next_code
from kiosk.domain.products import Status, name_in
from kiosk.scan_event import TYPED, ScanEvent, is_case, scan_event_of

_GTIN14_DIGITS = 14
_ONE_UP = {Part.TYPE_CODE: Part.CODES, Part.CASE: Part.CODES, Part.FILES: Part.PICTURE}
"""Where *back* leads; from all other parts to the whole."""


class ProductDesk(Desk[ProductState]):
    """Opened with a product's id, with a code (14 digits) for a new one, or with nothing."""

    takes_scans = True

    def __init__(self, room: Room) -> None:
        super().__init__(room, ProductState(languages=room.languages))
        self.pictures = PictureDesk(self)
        self._saving = SavingDesk(self)
        self._wanted = ""
        self._is_dropped = False

    def open(self, argument: object = None) -> None:
        """Fills the form; what another sitting left open is gone."""
        self._saving.begin_sitting()
        self._is_dropped = False
        self._wanted = wanted = argument if isinstance(argument, str) else ""
        catalogue = self.room.shelf.catalogue
        product = catalogue.by_id(wanted) or owner_of(catalogue, wanted)
        before = form_of(product) if product else ProductForm()
        new_code = wanted if product is None and _is_gtin14(wanted) else ""
        form = before.with_code(new_code) if new_code and not is_case(new_code) else before
        product_id = product.product_id if product else ""
        self._state = ProductState(
            product_id=product_id,
            form=self._found_again(before) or form,
            before=before,
            languages=self.room.languages,
            name_language=self.room.language,
            stock=self.room.journal.ledger.stock.get(product_id),
        )
        self.show()
        if new_code and is_case(new_code):
            self.edit_case(new_code)

    def close(self) -> None:
        """Pictures that no product took are not kept; one that may still be saved is."""
        state = self.state
        is_left_open = state.is_edited and not state.saving and not self._is_dropped
        keep = state.form.picture if state.saving or is_left_open else None
        if is_left_open:
            leave_open(self.room, self._wanted, state.before, state.form)
        self._saving.begin_sitting()
        self.pictures.forget_unused(keep)

    # --- from part to part ---

    def edit(self, part: str) -> None:
        """One part of the product, as large as the page."""
        self.show(part=Part(part))

    def edit_name(self, language: str) -> None:
        """The name in that language."""
        self.show(part=Part.NAME, name_language=language, form=self.state.form.tidied())

    def may_leave(self) -> bool:
        """Going out with something edited is asked about like going back."""
        state = self.state
        if state.asking or not state.is_edited:
            return True
        self.show(asking=True, part=Part.FORM)
        return False

    def back(self) -> None:
        """Out of a part, or off the page; asked first when something would be lost."""
        state = self.state
        if state.saving:
            return
        if state.part is not Part.FORM:
            up = _ONE_UP.get(state.part, Part.FORM)
            self.show(part=up, form=state.form.tidied(), case_code="")
        elif state.is_edited:
            self.show(asking=True)
        else:
            self.room.back()

    def stay(self) -> None:
        """He goes on editing."""
        self.show(asking=False)

    def discard(self) -> None:
        """He leaves; nothing was changed."""
        self._is_dropped = True
        self.show(asking=False)
        self.room.back()

    # --- names, price, category, status ---

    def type_name(self, name: str) -> None:
        """The name so far, in the language whose turn it is."""
        state = self.state
        if name != state.form.names.get(state.name_language, ""):
            form = state.form.named(state.name_language, name[:NAME_LENGTH_MAX])
            self.show(form=form)

    def set_price(self, price_tenge: int) -> None:
        """What one piece costs; nothing is free."""
        if price_tenge > 0:
            self._edit(price_tenge=price_tenge)

    def set_category(self, category: str) -> None:
        """Where the picture list shows it."""
        self._edit(category=category)

    def set_status(self, status: str) -> None:
        """What a shopper may do with it."""
        self.show(form=replace(self.state.form, status=Status(status)))

    def frame(self) -> Any | None:
        """What the camera sees now, as a square of RGB pixels, or None."""
        return self.pictures.frame()

    # --- codes ---

    def scanned(self, event: ScanEvent) -> None:
        """One more barcode of this product; not while a picture of it is being taken."""
        state = self.state
        if state.saving or state.asking or state.part in (Part.PICTURE, Part.FILES):
            return
        verdict = judge(event, state.form, state.product_id, self.room.shelf.catalogue)
        match verdict.meaning:
            case Meaning.NEW:
                self.show(form=state.form.with_code(verdict.gtin14))
                self.say(Note.CODE_ADDED, code=verdict.gtin14)
            case Meaning.NEW_CASE:
                self.edit_case(verdict.gtin14)
            case Meaning.HERE:
                self.say(Note.CODE_HERE, code=verdict.gtin14)
            case Meaning.TAKEN:
                assert verdict.owner is not None, "a code that is taken has an owner"
                self.say_taken(verdict.gtin14, verdict.owner.names)
            case Meaning.NO_PRODUCT:
                typed = event.symbology == TYPED
                self.say(Note.CODE_MISTYPED if typed else Note.NO_PRODUCT_CODE)

    def type_code(self, digits: str) -> None:
        """The digits under a barcode; a wrong one is typed once more."""
        event = scan_event_of(digits, TYPED)
        if event.candidates:  # a wrong digit is mended on the pad, where the others still stand
            self.show(part=Part.CODES)
        self.scanned(event)

    def give_own_code(self) -> None:
        """A barcode of the shop's own, for goods that came without one."""
        if not self.state.form.has_own_code:
            code = next_code(self.room.shelf.catalogue)
            self.show(form=self.state.form.with_code(code))
            self.say(Note.CODE_ADDED, code=code)

    def remove_code(self, gtin14: str) -> None:
        """Not a code of this product."""
        self.show(form=self.state.form.without(gtin14))

    def edit_case(self, gtin14: str) -> None:
        """How many pieces are in a case with this code?"""
        self.show(part=Part.CASE, case_code=gtin14)

    def set_case_pieces(self, pieces: int) -> None:
        """So many are in it."""
        if 0 < pieces <= CASE_PIECES_MAX:
            form = self.state.form.with_case(self.state.case_code, pieces)
            self.show(part=Part.CODES, form=form, case_code="")

    def say_taken(self, gtin14: str, names: dict[str, str]) -> None:
        """Another product has that code."""
        name = name_in(names, self.room.language)
        self.say(Note.CODE_TAKEN, code=gtin14, name=name)

    # --- left open ---

    def _found_again(self, before: ProductForm) -> ProductForm | None:
        """What the same volunteer left here lately, unless the product is another by now."""
        left, room = take_left(self.room), self.room
        if left is None:
            return None
        if left.form.picture:
            self.pictures.adopt(left.form.picture)
        return left.form if left.suits(room.by, self._wanted, before, room.now_ms()) else None

    # --- saving ---

    def save(self) -> None:
        """In effect after COMMIT; what is missing is asked for, and nothing typed is lost."""
        self._saving.save()

    # --- inside ---

    def _edit(self, **values: object) -> None:
        form = replace(self.state.form, **values)  # type: ignore[arg-type]
        self.show(form=form, part=Part.FORM)


def _is_gtin14(text: str) -> bool:
    return len(text) == _GTIN14_DIGITS and text.isdigit()
