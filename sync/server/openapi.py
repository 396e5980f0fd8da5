"""The OpenAPI description: schemas come from the very structs that read and write messages."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from kiosk.domain.remote_values import SettingsDocument
from sync import wire
from sync.server.export import ExportChains, ExportPage

MESSAGES = (
    wire.EnrolRequest,
    wire.EnrolAnswer,
    wire.Mark,
    wire.Batch,
    wire.Ack,
    wire.CatalogueDocument,
    wire.CampaignsDocument,
    SettingsDocument,
    wire.ServerKey,
    wire.SuggestionText,
    wire.Received,
    wire.Problem,
    ExportPage,
    ExportChains,
)
_REF = "#/components/schemas/{name}"
_MISFIT = {
    "type": "object",
    "properties": {"detail": {"type": "array", "items": {"type": "object"}}},
    "required": ["detail"],
}
"""What FastAPI itself answers to a parameter of a wrong form."""


def takes(message: type[msgspec.Struct]) -> dict[str, Any]:
    """The body of a route that reads it raw."""
    return {"requestBody": {"required": True, "content": _content(message)}}


def answers(message: type[msgspec.Struct]) -> dict[int | str, dict[str, Any]]:
    """What a route answers with, and the one form of its refusals."""
    return {
        200: {"description": message.__name__, "content": _content(message)},
        "default": {"description": "Problem", "content": _content(wire.Problem)},
    }


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        _, schemas = msgspec.json.schema_components(MESSAGES, ref_template=_REF)
        components = document.setdefault("components", {})
        components.setdefault("schemas", {}).update(schemas)
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
        for operations in document["paths"].values():
            for operation in operations.values():
                _promise_misfits(operation)
        app.openapi_schema = document
    return app.openapi_schema


def _promise_misfits(operation: dict[str, Any]) -> None:
    """A parameter that does not fit is refused before the route is asked, in another form."""
    if operation.get("parameters"):
        refusals = [{"$ref": _REF.format(name="Problem")}, _MISFIT]
        operation["responses"]["422"] = {
            "description": "A parameter that does not fit, or a problem",
            "content": {wire.JSON_TYPE: {"schema": {"anyOf": refusals}}},
        }


def _content(message: type[msgspec.Struct]) -> dict[str, Any]:
    return {wire.JSON_TYPE: {"schema": {"$ref": _REF.format(name=message.__name__)}}}
