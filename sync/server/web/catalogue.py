"""Products, prices, pictures and campaigns, published as versions."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from kiosk.domain.errors import CatalogueError, ProductError
from kiosk.domain.products import Status, sort_key
from sync.server.catalogues import delivery, pictures
from sync.server.catalogues.checks import new_id
from sync.server.catalogues.editing import Desk
from sync.server.catalogues.facts import (
    Facts,
    PriceFact,
    ProductFact,
)
from sync.server.catalogues.places import home_of, named
from sync.server.catalogues.sheets import cases_of, gtin14
from sync.server.problems import ProblemError
from sync.server.web import (
    catalogue_campaigns,
    catalogue_inbox,
    catalogue_publish,
    catalogue_sheets,
)
from sync.server.web.catalogue_frame import frame, refused, whole_number
from sync.server.web.catalogue_views import matches, product_rows, product_values
from sync.server.web.guard import Change, Changer, Reader
from sync.server.web.page import language_of, now_ms, page, store_of
from sync.wire import ProductMessage

router = APIRouter(include_in_schema=False)
for part in (catalogue_campaigns, catalogue_inbox, catalogue_publish, catalogue_sheets):
    router.include_router(part.router)

LANGUAGES = ("kk", "ru", "en")
Text = Annotated[str, Query(max_length=200)]


@router.get("/catalogue")
def get_catalogue(
    request: Request, person: Reader, q: Text = "", category: Text = "", status: Text = ""
) -> Response:
    """The products of this person's part, with what waits to be published."""

    def work(connection: Connection) -> dict[str, Any]:
        rows = product_rows(connection, person, home_of(connection, person.scope))
        return {**frame(connection, person, [row.where.shop_id for row in rows]), "rows": rows}

    values = store_of(request).read(work)
    wanted, language = q.casefold().strip(), language_of(request)
    values["rows"] = sorted(
        (
            row
            for row in values["rows"]
            if (not category or row.product.category == category)
            and (not status or row.product.status == status)
            and (not wanted or matches(row.product, wanted))
        ),
        key=lambda row: sort_key(values["name_in"](row.product.names, language)),
    )
    return page(request, "catalogue.html", q=q, category=category, chosen_status=status, **values)


@router.get("/catalogue/product")
def get_product(
    request: Request,
    person: Reader,
    product_id: Annotated[str, Query(alias="id", max_length=64)] = "",
    at: Text = "",
    code: Text = "",
    price: Text = "",
) -> Response:
    """The editor: an empty one, or one product as it stands at a place."""

    def work(connection: Connection) -> dict[str, Any]:
        return product_values(connection, person, product_id, at)

    values = store_of(request).read(work)
    if not product_id and values["shown"] is None:
        values["shown"] = ProductMessage("", {}, 0, codes=(code,) if code else ())
        values["price"] = price if price.isdigit() else ""
    return page(request, "catalogue_product.html", trouble="", **values)


@router.post("/catalogue/product")
async def post_product(request: Request, what: Changer) -> Response:
    """Keeps a product as a draft."""
    content = await what.content("picture_file", pictures.UPLOAD_SIZE_BYTES_MAX) or b""
    return await run_in_threadpool(_save, request, what, content)


@router.post("/catalogue/price")
async def post_price(request: Request, what: Changer) -> Response:
    """A price at a place; an empty one goes back to what holds around it."""

    def work(connection: Connection) -> None:
        place = named(connection, what.person.scope, what.text("place"))
        text = what.text("price")
        urgent = bool(what.text("urgent"))
        price = PriceFact(whole_number(text, "price"), urgent) if text else None
        desk = Desk(connection, what.person, at_ms)
        desk.set_price(what.text("id"), place, price)

    at_ms = now_ms(request)
    return await run_in_threadpool(_try, request, what, work)


@router.post("/catalogue/own-code")
async def post_own_code(request: Request, what: Changer) -> Response:
    """The next number of a shop's own, for goods without a barcode."""

    def work(connection: Connection) -> None:
        place = named(connection, what.person.scope, what.text("place"))
        Desk(connection, what.person, at_ms).give_own_code(what.text("id"), place)

    at_ms = now_ms(request)
    return await run_in_threadpool(_try, request, what, work)


@router.get("/catalogue/pictures/{sha256}.png")
def get_picture(
    request: Request, _person: Reader, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
) -> Response:
    """A picture, for our own pages."""
    content = store_of(request).read(lambda c: delivery.picture_content(c, sha256))
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(content, media_type="image/png", headers=headers)


def _save(request: Request, what: Change, content: bytes) -> Response:
    at_ms, product_id = now_ms(request), what.text("id")
    store = store_of(request)

    def work(connection: Connection) -> str:
        place = named(connection, what.person.scope, what.text("place"))
        desk = Desk(connection, what.person, at_ms)
        held = desk.facts().at(product_id, place) if product_id else None
        if product_id and held is None:
            raise ProblemError("not_found", "There is no such product here.")
        fact = _from_form(what, held[1].product if held else None, desk.facts())
        if png:
            name = pictures.keep(connection, png, at_ms)
            changed = msgspec.structs.replace(fact.product, picture=name)
            fact = msgspec.structs.replace(fact, product=changed)
        desk.save_product(fact, place)
        return fact.product.product_id

    try:
        png = pictures.as_png(content) if content else b""
        saved = store.write(work)
    except CatalogueError as error:
        values = store.read(
            lambda c: product_values(c, what.person, product_id, what.text("place"))
        )
        values["shown"] = values["shown"] or ProductMessage("", {}, 0)
        return refused(request, "catalogue_product.html", error, **_as_typed(what, values))
    return RedirectResponse(f"/catalogue/product?{urlencode({'id': saved})}", 303)


def _try(request: Request, what: Change, work: Any) -> Response:
    """Does a small change of one product and shows it again, or what was wrong."""
    product_id, store = what.text("id"), store_of(request)
    try:
        store.write(work)
    except CatalogueError as error:
        values = store.read(lambda c: product_values(c, what.person, product_id, ""))
        return refused(request, "catalogue_product.html", error, **values)
    return RedirectResponse(f"/catalogue/product?{urlencode({'id': product_id})}", 303)


def _from_form(what: Change, held: ProductMessage | None, facts: Facts) -> ProductFact:
    names = {lang: name for lang in LANGUAGES if (name := what.text(f"name_{lang}"))}
    try:
        codes = tuple(gtin14(digits) for digits in what.text("codes").split())
    except ProductError as error:
        raise CatalogueError("codes") from error
    try:
        cases = cases_of(what.text("cases"))
        status = Status(what.text("status") or Status.ON_SALE)
    except ProductError as error:
        raise CatalogueError("cases") from error
    except ValueError as error:
        raise CatalogueError("status") from error
    product = ProductMessage(
        held.product_id if held else new_id(names, facts.ids()),
        names,
        whole_number(what.text("price"), "price"),
        what.text("category") or "other",
        codes,
        held.picture if held and not what.text("no_picture") else None,
        status,
        cases,
    )
    return ProductFact(product, bool(what.text("urgent")))


def _as_typed(what: Change, values: dict[str, Any]) -> dict[str, Any]:
    """What somebody typed stays in the form."""
    names = {lang: what.text(f"name_{lang}") for lang in LANGUAGES}
    shown = msgspec.structs.replace(values["shown"], names=names, category=what.text("category"))
    return {**values, "shown": shown, "price": what.text("price")}
