"""What comes from shops: codes that nobody knows, and changes that volunteers made there."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from kiosk.domain.entries import ProductChange
from kiosk.domain.errors import CatalogueError
from sync.server.accounts.roles import Person
from sync.server.catalogues import local_changes
from sync.server.catalogues.editing import Desk
from sync.server.catalogues.facts import Facts, ProductFact, drafts, published
from sync.server.catalogues.places import EVERYWHERE, Place, may_write, named
from sync.server.catalogues.unknown import unknown_codes
from sync.server.picking import wanted_of
from sync.server.problems import ProblemError
from sync.server.web.catalogue_frame import frame, place_text
from sync.server.web.guard import Changer, Reader
from sync.server.web.page import now_ms, page, store_of

router = APIRouter()


@router.get("/catalogue/unknown")
def get_unknown(
    request: Request, person: Reader, number: Annotated[str, Query(alias="page")] = ""
) -> Response:
    """Codes without a product, the most scanned first, with a hint at their price."""
    at_ms, asked = now_ms(request), wanted_of("", "", number).page

    def work(connection: Connection) -> dict[str, Any]:
        facts = published(connection).with_drafts(drafts(connection))
        known = _known(facts)
        found = unknown_codes(connection, person.scope.shops(), known, at_ms, asked)
        return {**frame(connection, person), "found": found}

    return page(request, "catalogue_unknown.html", **store_of(request).read(work))


@router.get("/catalogue/changes")
def get_changes(request: Request, person: Reader) -> Response:
    """Changes that wait for a decision, beside what stands here."""
    return _changes_page(request, person)


@router.post("/catalogue/changes")
async def post_changes(request: Request, what: Changer) -> Response:
    """Takes one change over, for its shop or for more, or declines it."""
    at_ms = now_ms(request)

    def work(connection: Connection) -> None:
        change = local_changes.find(connection, what.person.scope, what.text("change"))
        if change is None:
            raise ProblemError("not_found", "There is no such change here.")
        place = None
        if what.text("decision") != "decline":
            place = named(connection, what.person.scope, what.text("decision"))
        Desk(connection, what.person, at_ms).decide(change, place)

    try:
        await run_in_threadpool(store_of(request).write, work)
    except CatalogueError as error:
        return await run_in_threadpool(_changes_page, request, what.person, str(error))
    return RedirectResponse("/catalogue/changes", 303)


def _changes_page(request: Request, person: Person, trouble: str = "") -> Response:
    def work(connection: Connection) -> dict[str, Any]:
        found = local_changes.undecided(connection, person.scope)
        shown = found[: local_changes.CHANGES_SHOWN_MAX]
        values = frame(connection, person, [one.place.shop_id for one in shown])
        facts = published(connection).with_drafts(drafts(connection))
        return {
            **values,
            "changes": [(one, _lines(one, facts), _choices(one, person, values)) for one in shown],
        }

    values = store_of(request).read(work)
    return page(
        request, "catalogue_changes.html", status=422 if trouble else 200, trouble=trouble, **values
    )


def _lines(change: local_changes.LocalChange, facts: Facts) -> list[dict[str, Any]]:
    """Each product that it changes, as it is at the shop and as it stands here."""
    lines = []
    body = change.body
    if isinstance(body, ProductChange):
        for product in body.products:
            at = facts.at(product.product_id, change.place)
            price = facts.price_at(product.product_id, change.place)
            lines.append(
                {
                    "names": product.names,
                    "product_id": product.product_id,
                    "price": product.price_tenge,
                    "here": price.price_tenge if price else None,
                    "here_names": at[1].product.names if at else None,
                    "codes": product.codes,
                }
            )
        return lines
    for line in body.lines:
        at = facts.at(line.product_id, change.place)
        price = facts.price_at(line.product_id, change.place)
        lines.append(
            {
                "names": at[1].product.names if at else {"en": line.product_id},
                "product_id": line.product_id,
                "price": line.price_tenge,
                "here": price.price_tenge if price else None,
                "here_names": at[1].product.names if at else None,
                "codes": (),
            }
        )
    return lines


def _choices(
    change: local_changes.LocalChange, person: Person, values: dict[str, Any]
) -> list[tuple[str, Place]]:
    """Where this person may take it over to, the shop itself first."""
    is_price = not isinstance(change.body, ProductChange)
    wider = (change.place, Place(change.place.region_code), EVERYWHERE)
    return [
        (place_text(place, values["shops"]), place)
        for place in wider
        if person.may_change and may_write(person, place, price_only=is_price)
    ]


def _known(facts: Facts) -> frozenset[str]:
    """All codes that a product has, at whatever place."""
    plain = {code for fact in facts.products.values() for code in _codes(fact)}
    own = {code for codes in facts.codes.values() for code in codes}
    return frozenset(plain | own)


def _codes(fact: ProductFact) -> set[str]:
    product = fact.product
    return {*product.codes, *msgspec.to_builtins(product.cases)}
