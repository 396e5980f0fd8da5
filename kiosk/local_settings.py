"""``settings.json`` beside the journal: what was set on this kiosk itself, laid over config.toml.

config.toml comes with the program and is an operator's; what volunteers choose on the glass (the
shop's name, its languages, how loud it is) must survive an update of the program, so it has a file
of its own, with the same tables and keys.
"""

from __future__ import annotations

import json
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kiosk.config import Config, check_config
from kiosk.domain.errors import ConfigError
from kiosk.whole_file import write_whole

FILE_NAME = "settings.json"

Tables = dict[str, dict[str, Any]]

SETTABLE: Mapping[str, frozenset[str]] = {
    "shop": frozenset({"name", "cause", "volunteer_phone"}),
    "language": frozenset({"offered", "default"}),
    "camera": frozenset({"source"}),
    "sound": frozenset({"enabled", "volume"}),
}
"""Tables and keys that may be set here; the rest is for whoever installs the kiosk."""

_MEND = "Mend the file, or delete it: then config.toml alone holds."
_one_at_a_time = threading.Lock()


def load(directory: Path) -> Tables:
    """What was set on this kiosk; empty when nothing was.

    Raises:
        ConfigError: naming the file, and the key that may not stand there.
    """
    file = directory / FILE_NAME
    try:
        tables = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}). {_MEND}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{file}: is not JSON: {error}. {_MEND}") from error
    _refuse_strange(tables, str(file))
    return dict(tables)


def merge(tables: Mapping[str, Any], local: Mapping[str, Any]) -> dict[str, Any]:
    """The tables with the local ones laid over: tables key by key, anything else whole."""
    merged = dict(tables)
    for key, value in local.items():
        under = merged.get(key)
        both_tables = isinstance(under, Mapping) and isinstance(value, Mapping)
        merged[key] = merge(under, value) if both_tables else value  # type: ignore[arg-type]
    return merged


def save(directory: Path, changes: Tables) -> Tables:
    """Keeps these too, beside what was set before; on disk when this returns.

    Returns:
        All that is set now.

    Raises:
        ConfigError: a key that may not be set here, or the file cannot be read or written.
    """
    file = directory / FILE_NAME
    _refuse_strange(changes, str(file))
    with _one_at_a_time:
        merged = merge(load(directory), changes)
        content = json.dumps(merged, ensure_ascii=False, indent=1) + "\n"
        try:
            write_whole(file, content.encode())
        except OSError as error:
            raise ConfigError(
                f"{file}: cannot be written ({error.strerror}). Free some space or check the disk."
            ) from error
    return merged


def laid_over(config_path: Path, directory: Path) -> Config:
    """config.toml, which is known to be right by itself, with this kiosk's settings over it.

    Raises:
        ConfigError: naming settings.json, key, value and what is allowed.
    """
    tables = tomllib.loads(config_path.read_text(encoding="utf-8"))
    local = load(directory)
    return check_config(merge(tables, local), str(directory / FILE_NAME if local else config_path))


def _refuse_strange(tables: object, name: str) -> None:
    if not isinstance(tables, dict):
        raise ConfigError(f"{name}: must be an object with tables like {{'shop': …}}. {_MEND}")
    for table, values in tables.items():
        if table not in SETTABLE or not isinstance(values, dict):
            allowed = ", ".join(sorted(SETTABLE))
            raise ConfigError(
                f"{name}: {table!r} = {values!r} is not allowed. "
                f"Expected one of these tables, as an object: {allowed}. {_MEND}"
            )
        for key, value in values.items():
            if key not in SETTABLE[table]:
                allowed = ", ".join(sorted(SETTABLE[table]))
                raise ConfigError(
                    f"{name}: {table}.{key} = {value!r} is not allowed. "
                    f"Expected one of: {allowed}. {_MEND}"
                )
