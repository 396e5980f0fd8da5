"""Where kiosks fetch what was set on them from afar, and say what became of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection

from kiosk.domain.remote_values import VERSION_MAX, SettingsDocument
from sync import wire
from sync.server import access
from sync.server.kiosk_settings import publishing, reports
from sync.server.openapi import answers
from sync.server.problems import ProblemError
from sync.server.settings import Settings
from sync.server.store import Store

router = APIRouter(prefix=wire.API)

Version = Annotated[int, Query(ge=0, le=VERSION_MAX)]
Keys = Annotated[str, Query(max_length=1300, pattern=r"^([a-z_.]{1,40}(,[a-z_.]{1,40}){0,30})?$")]


@router.get(
    "/settings",
    tags=["kiosk"],
    summary="What was set on the caller's shop; 304 when If-None-Match names the newest",
    responses=answers(SettingsDocument),
)
def get_settings(
    request: Request,
    have: Version = 0,
    in_effect: Version = 0,
    waiting: Keys = "",
    refused: Keys = "",
) -> Response:
    """The exact bytes, the version as ETag, the centre's signature.

    ``have`` is the version that the kiosk has, ``in_effect`` the one its screens show; ``waiting``
    names settings that need its next start, ``refused`` those that did not fit there.
    """
    store: Store = request.app.state.store
    settings: Settings = request.app.state.settings
    token, now_ms = access.bearer(request.headers.get("authorization")), settings.now_ms()
    report = reports.Report(have, in_effect, waiting, refused)

    def look(connection: Connection) -> tuple[bool, publishing.Published | None]:
        caller = access.kiosk_of(connection, token)
        found = publishing.published(connection, caller.shop_id)
        is_behind = have > (found.version if found else 0)
        return reports.is_known(connection, caller, report) and not is_behind, found

    def note(connection: Connection) -> publishing.Published | None:
        caller = access.kiosk_of(connection, token)
        # This locks the shop: two reports of one kiosk at once do not meet in one row.
        publishing.bring_up(connection, caller.shop_id, have, now_ms)
        reports.keep(connection, caller, report, now_ms)
        return publishing.published(connection, caller.shop_id)

    # Nearly always nothing is new, and then nothing is written.
    is_known, found = store.read(look)
    if not is_known:
        found = store.write(note)
    etag = f'"{found.version if found else 0}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if found is None:
        raise ProblemError("not_found", "Nothing is set for this shop.")
    headers[wire.SIGNATURE_HEADER] = wire.to_base64(found.signature)
    return Response(found.document, media_type=wire.JSON_TYPE, headers=headers)
