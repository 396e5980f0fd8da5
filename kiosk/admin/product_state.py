"""What the product editor shows, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.admin.product_form import ProductForm, changes_of
from kiosk.admin.product_pictures import PictureFile

EMPTY = ProductForm()
"""Of a product that nobody has described yet."""


class Part(StrEnum):
    """What of the product is being edited; ``FORM`` is the whole at a glance."""

    FORM = "form"
    NAME = "name"
    PRICE = "price"
    CATEGORY = "category"
    CODES = "codes"
    TYPE_CODE = "type_code"
    CASE = "case"
    PICTURE = "picture"
    FILES = "files"


class Note(StrEnum):
    """What the editor says."""

    SAVED = "saved"
    NOT_SAVED = "not_saved"
    NAME_MISSING = "name_missing"
    PRICE_MISSING = "price_missing"
    CODE_ADDED = "code_added"
    CODE_HERE = "code_here"
    CODE_TAKEN = "code_taken"
    NO_PRODUCT_CODE = "no_product_code"
    CODE_MISTYPED = "code_mistyped"
    NO_CAMERA = "no_camera"
    PICTURE_FAILED = "picture_failed"


@dataclass(frozen=True, slots=True)
class ProductState:
    """The editor. ``product_id`` is empty while the product is new.

    ``name_language``: whose name is being typed; ``case_code``: the case whose pieces are asked;
    ``asking``: whether to leave without saving is being asked; ``stock``: pieces on the shelf by
    the book, None when nobody ever counted; ``files`` are those of the page that is shown.
    """

    product_id: str = ""
    form: ProductForm = EMPTY
    before: ProductForm = EMPTY
    part: Part = Part.FORM
    languages: tuple[str, ...] = ()
    name_language: str = ""
    case_code: str = ""
    stock: int | None = None
    asking: bool = False
    saving: bool = False
    picturing: bool = False
    files: tuple[PictureFile, ...] = ()
    files_page: int = 0
    files_pages: int = 1
    looking: bool = False

    @property
    def is_new(self) -> bool:
        """Whether it is not in the catalogue yet."""
        return not self.product_id

    @property
    def is_edited(self) -> bool:
        """Whether there is something to save."""
        return bool(changes_of(self.form.tidied(), self.before))
