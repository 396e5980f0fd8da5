"""Pictures by name, loaded once and small enough to stay: icons, products, how-to drawings."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path
from typing import Any

from kivy.core.image import Image as CoreImage
from kivy.resources import resource_find

log = logging.getLogger(__name__)


@cache
def texture_of(kind: str, name: str, *, shrinks: bool = True) -> Any | None:
    """The texture of ``assets/<kind>/<name>.png``, or None when there is no such picture.

    ``shrinks``: it is drawn much smaller than it is; mipmaps keep 256 px clean at 64 px.
    """
    path = resource_find(f"assets/{kind}/{name}.png") if name else None
    if not path:
        return None
    texture = CoreImage(path, mipmap=shrinks).texture
    texture.min_filter = "linear_mipmap_linear" if shrinks else "linear"
    return texture


def how_to(name: str) -> Any | None:
    """One of the start screen's drawings; shown nearly at its own size."""
    return texture_of("icons", name, shrinks=False)


def icon(name: str) -> Any | None:
    """A white drawing that its widget tints."""
    return texture_of("icons", name)


_own_folders: list[Path] = []


def look_in(folder: Path) -> None:
    """Products' pictures that were taken on this kiosk lie there."""
    _own_folders[:] = [folder]


def product(name: str | None) -> Any | None:
    """A product's picture; the drawing for unknown goods stands in for one that is missing."""
    found = texture_of("products", name or "unknown") or _own_texture(name)
    return found or texture_of("products", "unknown")


def poster(name: str) -> Any | None:
    """A campaign's poster; None while it is not here, or cannot be drawn."""
    try:
        return _own_texture(name)
    except Exception as error:
        log.warning("the poster %s cannot be drawn: %s", name, error)
        return None


def _own_texture(name: str | None) -> Any | None:
    """A picture that a volunteer took; not remembered while there is none, for it may come."""
    for folder in _own_folders:
        path = folder / f"{name}.png"
        if name and path.is_file():
            return _texture_at(path)
    return None


@cache
def _texture_at(path: Path) -> Any:
    texture = CoreImage(str(path), mipmap=True).texture
    texture.min_filter = "linear_mipmap_linear"
    return texture
