"""Which version of the program this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def _installed() -> str:
    try:
        return version("adal")
    except PackageNotFoundError:  # run from its folder
        return "0.1.0"


VERSION = _installed()
