"""The people at the centre: who is there, who is invited, and what was changed by whom."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, delete, select, update
from starlette.concurrency import run_in_threadpool

from kiosk.domain.errors import ConfigError
from sync.server.accounts import audit, people
from sync.server.accounts.passwords import hash_password, is_right
from sync.server.accounts.people import Invitation
from sync.server.accounts.roles import Person, Role, Scope
from sync.server.problems import ProblemError
from sync.server.schema import account, region, session, shop
from sync.server.schema import audit as audit_table
from sync.server.texts import LANGUAGES
from sync.server.web.guard import Change, Changer, Meant, Reader
from sync.server.web.page import now_ms, page, store_of

router = APIRouter(include_in_schema=False)

CHANGES_SHOWN = 100


@router.get("/people")
def get_people(request: Request, person: Reader) -> Response:
    """Everybody within this person's part."""
    return _people_page(request, person)


@router.post("/people/invite")
async def post_invite(request: Request, what: Changer) -> Response:
    """A one-time link, shown once, to be passed on."""
    at_ms = now_ms(request)

    def work(connection: Connection) -> str:
        return people.invite(connection, what.person, _invitation(what), at_ms)

    try:
        token = await run_in_threadpool(store_of(request).write, work)
    except ConfigError as error:
        return await run_in_threadpool(_people_page, request, what.person, trouble=str(error))
    link = f"{request.base_url}join/{token}"
    return await run_in_threadpool(_people_page, request, what.person, link=link)


@router.post("/people/{account_id}/disable")
async def post_disable(request: Request, account_id: int, what: Changer) -> Response:
    """Shuts somebody out at once; never oneself, so that the last one cannot lock the door."""
    at_ms = now_ms(request)

    def work(connection: Connection) -> None:
        found = {row.account_id: row for row in people.listed(connection, what.person.scope)}
        row = found.get(account_id)
        if row is None:
            raise ProblemError("not_found", "There is nobody of that number here.")
        scope = Scope(row.region_code, row.shop_id)
        if account_id == what.person.account_id or not what.person.may_invite(
            Role(row.role), scope
        ):
            raise ProblemError("forbidden", "You cannot shut this person out.")
        people.disable(connection, account_id, at_ms)
        audit.note(connection, what.person, "person.disable", row.email, now_ms=at_ms)

    await run_in_threadpool(store_of(request).write, work)
    return RedirectResponse("/people", 303)


@router.get("/me")
def get_me(request: Request, person: Reader) -> Response:
    """One's own account."""
    return page(request, "me.html", trouble="", done=False, role=person.role.value)


@router.post("/me/password")
async def post_password(request: Request, what: Meant) -> Response:
    """A new password; other sessions end."""
    person, at_ms = what.person, now_ms(request)
    old, new = what.text("old"), what.text("new")

    def work(connection: Connection) -> str:
        mine = account.c.account_id == person.account_id
        held = connection.execute(select(account.c.password_hash).where(mine)).scalar_one()
        if not is_right(held, old):
            return "old"
        try:
            fresh = hash_password(new)
        except ConfigError as error:
            return str(error)
        connection.execute(update(account).where(mine).values(password_hash=fresh))
        connection.execute(
            delete(session).where(
                session.c.account_id == person.account_id, session.c.csrf != person.csrf
            )
        )
        audit.note(connection, person, "person.password", person.email, now_ms=at_ms)
        return ""

    trouble = await run_in_threadpool(store_of(request).write, work)
    return page(
        request,
        "me.html",
        status=422 if trouble else 200,
        trouble=trouble,
        done=not trouble,
        role=person.role.value,
    )


@router.post("/me/language")
async def post_language(request: Request, what: Meant) -> Response:
    """The language of mails and of a new browser."""
    language = what.text("language")
    if language in LANGUAGES:
        mine = account.c.account_id == what.person.account_id
        await run_in_threadpool(
            store_of(request).write,
            lambda c: c.execute(update(account).where(mine).values(language=language)),
        )
    return RedirectResponse(f"/me?lang={language}", 303)


@router.get("/audit")
def get_audit(
    request: Request, person: Reader, before: Annotated[int | None, Query()] = None
) -> Response:
    """What was changed, newest first, within this person's part."""

    def work(connection: Connection) -> list[dict[str, object]]:
        entries = (
            select(audit_table, account.c.name, shop.c.region_code.label("shop_region"))
            .outerjoin(account, account.c.account_id == audit_table.c.account_id)
            .outerjoin(shop, shop.c.shop_id == audit_table.c.shop_id)
            .order_by(audit_table.c.at_ms.desc(), audit_table.c.audit_id)
        )
        if before is not None:
            entries = entries.where(audit_table.c.at_ms < min(before, 2**62))
        return [
            {**row._mapping, "detail": json.loads(row.detail)}
            for row in connection.execute(entries.limit(5 * CHANGES_SHOWN))
            if person.scope.holds(row.region_code, row.shop_id, shop_region=row.shop_region or "")
        ][:CHANGES_SHOWN]

    return page(request, "audit.html", changes=store_of(request).read(work))


def _invitation(what: Change) -> Invitation:
    try:
        role = Role(what.text("role"))
    except ValueError as error:
        raise ConfigError("Please choose a role.") from error
    place = what.text("place")
    kind, _, value = place.partition(":")
    scope = Scope()
    if kind == "region":
        scope = Scope(region_code=value)
    elif kind == "shop" and value.isascii() and value.isdigit() and len(value) < 10:
        scope = Scope(shop_id=int(value))
    return Invitation(what.text("email"), role, scope)


def _people_page(
    request: Request, person: Person, *, trouble: str = "", link: str = ""
) -> Response:
    def work(connection: Connection) -> dict[str, object]:
        regions = connection.execute(select(region).order_by(region.c.region_code)).mappings()
        shops = connection.execute(
            select(shop).where(person.scope.shops()).order_by(shop.c.name)
        ).mappings()
        return {
            "people": people.listed(connection, person.scope),
            "regions": [r for r in regions if person.scope.holds(r["region_code"], None)],
            "shops": list(shops),
        }

    found = store_of(request).read(work)
    return page(
        request,
        "people.html",
        status=422 if trouble else 200,
        trouble=trouble,
        link=link,
        roles=[role for role in Role if person.role is Role.NATIONAL or role in _GIVEN_BY_REGION],
        **found,
    )


_GIVEN_BY_REGION = (Role.SHOP, Role.AUDITOR)
