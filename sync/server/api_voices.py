"""What kiosks fetch of their shoppers' suggestions: the replies that were approved."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from sync import wire
from sync.replies import RepliesDocument
from sync.server import access
from sync.server.openapi import answers
from sync.server.voices.shown import replies_of
from sync.server.web.page import store_of

router = APIRouter(prefix=wire.API, include_in_schema=True)


def _schema() -> dict[str, Any]:
    """The document's schema in one piece, standing by itself."""
    (_,), parts = msgspec.json.schema_components([RepliesDocument], ref_template="{name}")
    whole = dict(parts["RepliesDocument"])
    replies = {"type": "array", "items": parts["Reply"]}
    return {**whole, "properties": {**whole["properties"], "replies": replies}}


@router.get(
    "/replies",
    tags=["kiosk"],
    summary="Replies to suggestions of the caller's shop; 304 when If-None-Match names them",
    responses={
        **answers(wire.Problem),
        200: {"description": "RepliesDocument", "content": {wire.JSON_TYPE: {"schema": _schema()}}},
    },
)
def get_replies(request: Request) -> Response:
    """The newest fifty that an office approved for everybody's eyes, the tag as ETag."""
    token = access.bearer(request.headers.get("authorization"))

    def work(connection: Connection) -> RepliesDocument:
        return replies_of(connection, access.kiosk_of(connection, token).shop_id)

    document = store_of(request).read(work)
    headers = {"ETag": f'"{document.tag}"', "Cache-Control": "no-cache"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(msgspec.json.encode(document), media_type=wire.JSON_TYPE, headers=headers)
