"""One product's editor in the states that matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kiosk.admin.product_form import form_of
from kiosk.admin.product_pictures import PictureFile
from kiosk.admin.product_state import Part, ProductState
from kiosk.domain.products import Product

LANGUAGES = ("kk", "ru", "en")
CASE = "14870001157934"


def examples(products: dict[str, Product], language: str) -> Iterator[tuple[str, ProductState]]:
    """Names and states."""
    tea = form_of(products["water-asu"]).with_code("02000000000015").with_case(CASE, 12)
    known = ProductState(
        product_id="water-asu",
        form=tea,
        before=tea,
        languages=LANGUAGES,
        name_language=language,
        stock=14,
    )
    new = ProductState(languages=LANGUAGES, name_language=language)
    yield "form", known
    yield "new", replace(new, form=new.form.with_code("04870028006041"))
    yield "asking", replace(known, form=replace(tea, price_tenge=200), asking=True)
    yield "name", replace(known, part=Part.NAME)
    yield "price", replace(known, part=Part.PRICE)
    yield "category", replace(known, part=Part.CATEGORY)
    yield "codes", replace(known, part=Part.CODES)
    yield "codes-none", replace(new, part=Part.CODES)
    yield "type-code", replace(known, part=Part.TYPE_CODE)
    yield "case", replace(known, part=Part.CASE, case_code=CASE)
    yield "picture", replace(known, part=Part.PICTURE)
    yield "files", replace(known, part=Part.FILES, files=_files(), files_pages=3)
    yield "files-none", replace(known, part=Part.FILES)


def _files() -> tuple[PictureFile, ...]:
    """Plain squares in place of photographs."""
    colours = ((180, 120, 70), (70, 120, 180), (120, 160, 90), (200, 180, 90), (150, 90, 140))
    return tuple(
        PictureFile(Path(f"IMG_{place:04}.JPG"), f"IMG_{place:04}.JPG", bytes(colour) * 16, 4)
        for place, colour in enumerate(colours, 241)
    )
