"""What kiosks fetch besides the journal's routes: pictures, campaigns, the centre's key."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import Connection

from sync import wire
from sync.server import access
from sync.server.catalogues import campaigns, delivery
from sync.server.openapi import answers
from sync.server.server_key import server_key
from sync.server.settings import Settings
from sync.server.store import Store

router = APIRouter()

PNG = "image/png"
FOR_EVER = "private, max-age=31536000, immutable"


@router.get(
    "/server-key",
    tags=["kiosk"],
    summary="The public key that catalogues and checkpoints are signed with",
    # Public: whoever keeps it can check what the centre said without trusting the way.
    openapi_extra={"security": []},
    responses=answers(wire.ServerKey),
)
def get_server_key(request: Request) -> Response:
    """Ed25519, 32 bytes, in base64."""
    public = server_key(_store(request)).public_key().public_bytes_raw()
    message = wire.ServerKey(wire.to_base64(public))
    return Response(msgspec.json.encode(message), media_type=wire.JSON_TYPE)


@router.get(
    "/pictures/{sha256}",
    tags=["kiosk"],
    summary="A product's or a campaign's picture, by what it is",
    responses={
        **answers(wire.Problem),
        200: {
            "description": "A PNG",
            "content": {PNG: {"schema": {"type": "string", "format": "binary"}}},
        },
    },
)
def get_picture(
    request: Request, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
) -> Response:
    """The PNG whose SHA-256 that is; it never changes."""
    token = access.bearer(request.headers.get("authorization"))

    def work(connection: Connection) -> bytes:
        access.kiosk_of(connection, token)
        return delivery.picture_content(connection, sha256)

    content = _store(request).read(work)
    return Response(content, media_type=PNG, headers={"Cache-Control": FOR_EVER})


@router.get(
    "/campaigns",
    tags=["kiosk"],
    summary="Posters and lines for the start screen of the caller's shop",
    responses=answers(wire.CampaignsDocument),
)
def get_campaigns(request: Request) -> Response:
    """Those that run or will run; the mark tells when they change."""
    token = access.bearer(request.headers.get("authorization"))
    settings: Settings = request.app.state.settings
    now_ms = settings.now_ms()

    def work(connection: Connection) -> wire.CampaignsDocument:
        caller = access.kiosk_of(connection, token)
        return campaigns.document_for(connection, caller.shop_id, now_ms)

    document = msgspec.json.encode(_store(request).read(work))
    return Response(document, media_type=wire.JSON_TYPE, headers={"Cache-Control": "no-cache"})


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store
