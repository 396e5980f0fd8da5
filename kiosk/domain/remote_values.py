"""What the centre has set on a shop's kiosks, and whether it may. Pure.

See :mod:`kiosk.domain.remote_settings` for what there is to set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from kiosk.domain.errors import ConfigError
from kiosk.domain.pins import VOLUNTEER_NAME_LENGTH_MAX
from kiosk.domain.remote_settings import BY_KEY, LANGUAGES, Kind, Setting

VERSION_MAX = 2**31 - 1
VOLUNTEERS = "volunteers"
"""Beside the settings' keys, where a report names what was refused."""

Tables = dict[str, Any]


class RemoteVolunteer(msgspec.Struct, frozen=True):
    """Somebody whom the centre lets into a shop's back room; only the hash of the PIN travels."""

    volunteer_id: Annotated[str, Meta(pattern="^c[0-9a-f]{8}$")]
    name: Annotated[str, Meta(min_length=1, max_length=VOLUNTEER_NAME_LENGTH_MAX)]
    pin_hash: Annotated[str, Meta(pattern=r"^\$argon2id\$", max_length=300)]

    def __repr__(self) -> str:
        return f"RemoteVolunteer({self.volunteer_id})"


class SettingsDocument(msgspec.Struct, frozen=True):
    """All that the centre sets on a shop's kiosks; versions only grow.

    ``values``: by key; what is not named stays as it is on the kiosk. ``volunteers``: all whom the
    centre lets in; who is missing is let in no more.
    """

    version: Annotated[int, Meta(ge=1, le=VERSION_MAX)]
    shop_id: int
    values: dict[str, Any] = {}
    volunteers: tuple[RemoteVolunteer, ...] = ()


def checked(key: str, value: object) -> Any:
    """The value as it may stand in config.toml.

    Raises:
        ConfigError: nobody may set this from afar, or not to that.
    """
    setting = BY_KEY.get(key)
    if setting is None:
        raise ConfigError(f"{key!r} is nothing that the centre may set.")
    if not _CHECKS[setting.kind](setting, value):
        raise ConfigError(f"{key}: this value lies outside what the centre may set.")
    return value


def as_tables(key: str, value: object) -> Tables:
    """The value where config.toml has it."""
    table, _, name = key.partition(".")
    return {table: {name: value} if name else value}


def _is_text(setting: Setting, value: object) -> bool:
    if not isinstance(value, str) or len(value) > setting.most or value != value.strip():
        return False
    fits = not setting.pattern or re.fullmatch(setting.pattern, value) is not None
    return value == "" or (value.isprintable() and fits)


def _is_texts(setting: Setting, value: object) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and value.keys() <= set(LANGUAGES)
        and all(text != "" and _is_text(setting, text) for text in value.values())
    )


def _is_languages(_setting: Setting, value: object) -> bool:
    if not isinstance(value, dict) or value.keys() != {"offered", "default"}:
        return False
    offered = value["offered"]
    return _is_several(offered, LANGUAGES) and value["default"] in offered


def _is_number(setting: Setting, value: object) -> bool:
    is_one = isinstance(value, int) and not isinstance(value, bool)
    return is_one and setting.least <= value <= setting.most  # type: ignore[operator]


def _is_share(setting: Setting, value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        return False
    return setting.least <= value <= setting.most


def _is_several(value: object, choices: tuple[object, ...]) -> bool:
    if not isinstance(value, list) or not value or any(isinstance(one, bool) for one in value):
        return False
    return all(one in choices for one in value) and len(set(value)) == len(value)


_CHECKS: Mapping[Kind, Callable[[Setting, object], bool]] = {
    Kind.TEXTS: _is_texts,
    Kind.TEXT: _is_text,
    Kind.LANGUAGES: _is_languages,
    Kind.SECONDS: _is_number,
    Kind.PACE: _is_number,
    Kind.SHARE: _is_share,
    Kind.FLAG: lambda _setting, value: isinstance(value, bool),
    Kind.CHOICE: lambda setting, value: type(value) is int and value in setting.choices,
    Kind.MONEY: lambda setting, value: _is_several(value, setting.choices),
}
