"""What everybody may see, without logging in: no cookie is asked for, and a minute may pass."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import ColumnElement, true

from sync import wire
from sync.server import checkpoints
from sync.server.problems import ProblemError
from sync.server.public import cache, data, fresh
from sync.server.public.figures import VISITS_MIN, WEEKS_SHOWN, Figures
from sync.server.schema import shop
from sync.server.server_key import server_key
from sync.server.voices.shown import Shown, shown
from sync.server.web.page import now_ms, page, store_of

router = APIRouter(include_in_schema=False)

SHOPS_ON_FIRST_PAGE_MAX = 30
REPLIES_SHOWN = 10
DAYS_SHOWN = 31
FOR_A_MINUTE = f"public, max-age={cache.LIFE_S}"
FOR_EVER = "public, max-age=31536000, immutable"

RegionCode = Annotated[str, Path(pattern="^[0-9]{2}$")]


@router.get("/")
def get_public(request: Request) -> Response:
    """What honesty earned, and what it earned it for."""
    found = _figures(request)
    return _public_page(
        request,
        "public.html",
        found=found,
        shops=found.shops if len(found.shops) <= SHOPS_ON_FIRST_PAGE_MAX else [],
        replies=_replies(request),
        checkpoint_days=_checkpoint_days(request),
    )


@router.get("/public/regions/{code}")
def get_region(request: Request, code: RegionCode) -> Response:
    """A region's shops."""
    region = next((one for one in _figures(request).regions if one.code == code), None)
    if region is None:
        raise ProblemError("not_found", "There are no shops in that region yet.")
    return _public_page(
        request,
        "public_region.html",
        region=region,
        replies=_replies(request, region_code=code),
        days=_days(request, code),
    )


@router.get("/public/shops/{slug}")
def get_shop(request: Request, slug: str) -> Response:
    """One shop."""
    found = _figures(request)
    one = next((one for one in found.shops if one.slug == slug), None)
    if one is None:
        raise ProblemError("not_found", "There is no such shop here.")
    region = next(part for part in found.regions if part.code == one.region_code)
    replies = _replies(request, slug=slug)
    return _public_page(request, "public_shop.html", shop=one, region=region, replies=replies)


@router.get("/public/data")
def get_data(request: Request) -> Response:
    """The downloads, and what their columns mean."""
    return _public_page(request, "public_data.html")


@router.get("/public/data/{name}")
def get_file(request: Request, name: str) -> Response:
    """weeks.csv, weeks.jsonl, shops.csv or shops.jsonl."""
    what, _, kind = name.partition(".")
    if what not in ("weeks", "shops") or kind not in ("csv", "jsonl"):
        raise ProblemError("not_found", "There is no such file here.")
    found = _figures(request, data.WEEKS_IN_FILES)
    records = data.week_records(found) if what == "weeks" else data.shop_records(found)
    columns = data.WEEK_COLUMNS if what == "weeks" else data.SHOP_COLUMNS
    content = data.to_csv(columns, records) if kind == "csv" else data.to_jsonl(records)
    media_type = "text/csv; charset=utf-8" if kind == "csv" else "application/x-ndjson"
    headers = {"Content-Disposition": f'attachment; filename="adal-{name}"'}
    return _known(request, Response(content, media_type=media_type, headers=headers))


@router.get("/public/checkpoints")
def get_checkpoints(request: Request) -> Response:
    """What is signed each day, and how to check it."""
    regions = _figures(request).regions
    key = server_key(store_of(request)).public_key().public_bytes_raw()
    return _public_page(
        request,
        "public_checkpoints.html",
        regions=regions,
        checkpoint_days=_checkpoint_days(request),
        server_key=wire.to_base64(key),
        base_url=str(request.base_url).rstrip("/"),
    )


@router.get("/checkpoints/{code}/{day}.json")
def get_checkpoint(request: Request, code: RegionCode, day: str) -> Response:
    """A region's checkpoint of a day, for ever the same; or the latest."""
    store = store_of(request)
    key = server_key(store).public_key().public_bytes_raw()
    found = store.read(lambda connection: checkpoints.find(connection, code, day, key))
    content = found.to_file()
    name = f"checkpoint-{code}-{found.content.day}.json"
    headers = {
        "Cache-Control": FOR_A_MINUTE if day == checkpoints.LATEST else FOR_EVER,
        "Content-Disposition": f'attachment; filename="{name}"',
        # Anybody's page may check it.
        "Access-Control-Allow-Origin": "*",
    }
    return _known(request, Response(content, media_type=wire.JSON_TYPE, headers=headers))


def _public_page(request: Request, template: str, **values: Any) -> Response:
    made = page(request, template, visits_min=VISITS_MIN, **values)
    made.headers["Cache-Control"] = FOR_A_MINUTE
    if "set-cookie" in made.headers:
        # A language that was chosen just now is this reader's alone.
        made.headers["Cache-Control"] = "private, max-age=0"
    return _known(request, made)


def _known(request: Request, made: Response) -> Response:
    """Nothing but 304 for who has it already."""
    tag = f'"{hashlib.sha256(bytes(made.body)).hexdigest()[:32]}"'
    made.headers.setdefault("Cache-Control", FOR_A_MINUTE)
    made.headers["ETag"] = tag
    if tag not in request.headers.get("if-none-match", ""):
        return made
    kept = ("ETag", "Cache-Control", "Vary", "Content-Language", "Set-Cookie")
    headers = {name: made.headers[name] for name in kept if name in made.headers}
    return Response(status_code=304, headers=headers)


def _figures(request: Request, weeks: int = WEEKS_SHOWN) -> Figures:
    return fresh.kept(request.app, store_of(request), now_ms(request), weeks)


def _replies(request: Request, *, region_code: str = "", slug: str = "") -> list[Shown]:
    which: ColumnElement[bool] = true()
    if region_code:
        which = shop.c.region_code == region_code
    if slug:
        which = shop.c.slug == slug
    store = store_of(request)
    return cache.minute_of(request.app).get(
        ("replies", region_code, slug),
        now_ms(request),
        lambda: store.read(lambda connection: shown(connection, which, REPLIES_SHOWN)),
    )


def _checkpoint_days(request: Request) -> dict[str, Any]:
    store = store_of(request)
    return cache.minute_of(request.app).get(
        "checkpoints", now_ms(request), lambda: store.read(checkpoints.latest_days)
    )


def _days(request: Request, code: str) -> list[Any]:
    store = store_of(request)
    return cache.minute_of(request.app).get(
        ("days", code),
        now_ms(request),
        lambda: store.read(lambda connection: checkpoints.days_of(connection, code, DAYS_SHOWN)),
    )
