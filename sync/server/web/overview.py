"""The first page of a coordinator's morning: the country, what needs a person, the shops."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, select
from starlette.concurrency import run_in_threadpool

from kiosk.domain.errors import ConfigError
from sync.server.accounts.roles import Person, Scope
from sync.server.alarms import channels, desk
from sync.server.alarms.channels import ChannelKind, Wish
from sync.server.alarms.kinds import Kind, Severity
from sync.server.alarms.service import last_looked_ms
from sync.server.alarms.settings import AlarmSettings
from sync.server.overview import overview
from sync.server.picking import wanted_of
from sync.server.schema import region, shop
from sync.server.texts import LANGUAGES
from sync.server.tiles import Measure, most_first, tiles
from sync.server.web.guard import Change, Changer, Reader
from sync.server.web.kiosks_common import regions_of
from sync.server.web.page import language_of, now_ms, page, store_of

router = APIRouter(include_in_schema=False)

ALARMS_SHOWN = 12
STALE_MS = 5 * 60_000
"""Longer without a round of looking is worth saying."""


@router.get("/overview")
def get_overview(
    request: Request,
    person: Reader,
    by: Annotated[str, Query(max_length=20)] = "",
    kind: Annotated[str, Query(max_length=30)] = "",
    everything: Annotated[bool, Query(alias="all")] = False,
    area: Annotated[str, Query(alias="region")] = "",
    q: str = "",
    number: Annotated[str, Query(alias="page")] = "",
) -> Response:
    """The country by a measure, what needs attention first, regions and shops at a glance."""
    at_ms, wanted = now_ms(request), wanted_of(area, q, number)
    measure = Measure(by) if by in list(Measure) else Measure.ATTENTION
    kind = kind if kind in list(Kind) else ""

    def work(connection: Connection) -> dict[str, Any]:
        seen = person.scope.shops()
        return {
            "shown": overview(connection, person.scope, wanted, at_ms),
            "regions": regions_of(connection, person.scope),
            "tiles": tiles(connection, person.scope, at_ms, measure),
            "alarms": desk.open_alarms(
                connection, seen, kind, None if everything else ALARMS_SHOWN
            ),
            "kind_counts": desk.kind_counts(connection, seen),
            "looked_ms": last_looked_ms(connection),
        }

    found = store_of(request).read(work)
    return page(
        request,
        "overview.html",
        **found,
        tiles_listed=most_first(found["tiles"], measure),
        wanted=wanted,
        measure=measure.value,
        measures=list(Measure),
        alarms_all=sum(count for name, count in found["kind_counts"] if kind in ("", name)),
        kind=kind,
        stale=found["looked_ms"] is None or at_ms - found["looked_ms"] > STALE_MS,
    )


@router.post("/overview/acknowledge")
async def post_acknowledge(request: Request, what: Changer) -> Response:
    """Somebody looks after an alarm."""
    at_ms = now_ms(request)

    def work(connection: Connection) -> None:
        desk.acknowledge(
            connection,
            what.person,
            what.text("shop"),
            what.text("kind"),
            what.text("key"),
            what.text("note"),
            at_ms,
        )

    await run_in_threadpool(store_of(request).write, work)
    return RedirectResponse("/overview#alarms", 303)


@router.get("/overview/channels")
def get_channels(request: Request, person: Reader) -> Response:
    """How this person is told."""
    return _channels_page(request, person)


@router.post("/overview/channels")
async def post_channel(request: Request, what: Changer) -> Response:
    """A new way to be told; a webhook's secret is shown this once."""
    at_ms, private = now_ms(request), _settings(request).private_webhooks

    def work(connection: Connection) -> tuple[str, str]:
        wish = _wish(what, language_of(request))
        return channels.add(connection, what.person, wish, at_ms, private_webhooks=private)

    try:
        _, secret = await run_in_threadpool(store_of(request).write, work)
    except ConfigError as error:
        return await run_in_threadpool(_channels_page, request, what.person, trouble=str(error))
    return await run_in_threadpool(_channels_page, request, what.person, secret=secret, added=True)


@router.post("/overview/channels/{channel_id}/remove")
async def post_remove(request: Request, channel_id: str, what: Changer) -> Response:
    """Takes a channel away."""
    at_ms = now_ms(request)
    await run_in_threadpool(
        store_of(request).write, lambda c: channels.remove(c, what.person, channel_id, at_ms)
    )
    return RedirectResponse("/overview/channels", 303)


@router.post("/overview/channels/{channel_id}/test")
async def post_test(request: Request, channel_id: str, what: Changer) -> Response:
    """Tries a channel out with the next round."""
    at_ms = now_ms(request)
    await run_in_threadpool(
        store_of(request).write, lambda c: channels.try_out(c, what.person, channel_id, at_ms)
    )
    return RedirectResponse("/overview/channels", 303)


def _settings(request: Request) -> AlarmSettings:
    """How alarms leave the house; a server that was not told so sends nothing."""
    found = getattr(request.app.state.settings, "alarms", None)
    return found if isinstance(found, AlarmSettings) else AlarmSettings()


def _wish(what: Change, language: str) -> Wish:
    try:
        channel, severity = ChannelKind(what.text("channel")), Severity(int(what.text("severity")))
        kinds = frozenset(Kind(kind) for kind in what.texts("kinds"))
    except ValueError as error:
        raise ConfigError(
            "Please choose again; something in the form was not understood."
        ) from error
    # Every kind ticked is the same as none: kinds that come later are meant too.
    kinds = frozenset() if len(kinds) == len(Kind) else kinds
    place, _, value = what.text("place").partition(":")
    scope = Scope()
    if place == "region":
        scope = Scope(region_code=value)
    elif place == "shop" and value.isascii() and value.isdigit() and len(value) < 10:
        scope = Scope(shop_id=int(value))
    chosen = what.text("language", language)
    return Wish(
        channel,
        what.text("target"),
        kinds,
        severity,
        scope,
        chosen if chosen in LANGUAGES else language,
    )


def _channels_page(
    request: Request, person: Person, *, trouble: str = "", secret: str = "", added: bool = False
) -> Response:
    def work(connection: Connection) -> dict[str, Any]:
        regions = connection.execute(select(region).order_by(region.c.region_code)).mappings()
        shops = connection.execute(
            select(shop).where(person.scope.shops()).order_by(shop.c.name)
        ).mappings()
        return {
            "channels": channels.of_person(connection, person),
            "regions": [r for r in regions if person.scope.holds(r["region_code"], None)],
            "shops": list(shops),
        }

    return page(
        request,
        "overview_channels.html",
        status=422 if trouble else 200,
        trouble=trouble,
        secret=secret,
        added=added,
        kinds=list(Kind),
        has_mail=_settings(request).smtp is not None,
        **store_of(request).read(work),
    )
