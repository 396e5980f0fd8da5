"""Are there known vulnerabilities in what is pinned? Asks OSV, the open database, once for all.

    python -m tests.vulnerabilities

Reads ``requirements/*.txt``. Where the service cannot be reached it says "not asked" and nothing
fails: most machines of a shop's builder are behind some wall. ADAL_OSV_URL names a mirror. What was
looked at and does not concern us stands in ACCEPTED with the reason. Exit codes: 0 nothing known, or
not asked; 1 something is known.

https://google.github.io/osv.dev/post-v1-querybatch/
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import httpx
import msgspec

ROOT = Path(__file__).resolve().parents[1]
SERVICE_URL = "https://api.osv.dev/v1/querybatch"
TIMEOUT_S = 20.0
CONNECT_TIMEOUT_S = 5.0
ACCEPTED: Mapping[str, str] = {}
"""Vulnerability's id → why it does not concern us."""

_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


class Pinned(NamedTuple):
    """A package in the very version that is installed."""

    name: str
    version: str


class Known(NamedTuple):
    """Something that is known of a package."""

    package: Pinned
    vulnerability: str


class NotAskedError(Exception):
    """The service could not be asked, and why."""


class _Vulnerability(msgspec.Struct):
    id: str


class _Result(msgspec.Struct):
    vulns: list[_Vulnerability] = []


class _Answer(msgspec.Struct):
    results: list[_Result]


def pinned(files: Iterable[Path]) -> list[Pinned]:
    """All packages that the lock files name, each version once."""
    found = {Pinned(*one) for file in files for one in _PINNED.findall(file.read_text("utf-8"))}
    return sorted(found)


def lock_files() -> list[Path]:
    """The lock files of this repository."""
    return sorted((ROOT / "requirements").glob("*.txt"))


def known(packages: list[Pinned], url: str | None = None) -> list[Known]:
    """What the service knows of them and is not accepted here.

    Raises:
        NotAskedError: it did not answer, or not as agreed.
    """
    address = url or os.environ.get("ADAL_OSV_URL", SERVICE_URL)
    queries = [
        {"package": {"name": one.name, "ecosystem": "PyPI"}, "version": one.version}
        for one in packages
    ]
    timeout = httpx.Timeout(TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    try:
        answer = httpx.post(address, json={"queries": queries}, timeout=timeout)
        answer.raise_for_status()
        results = msgspec.json.decode(answer.content, type=_Answer).results
    except (httpx.HTTPError, httpx.InvalidURL, msgspec.MsgspecError) as error:
        raise NotAskedError(f"{address}: {str(error) or type(error).__name__}") from error
    if len(results) != len(packages):
        raise NotAskedError(f"{address}: {len(results)} answers to {len(packages)} questions")
    return [
        Known(package, vulnerability.id)
        for package, result in zip(packages, results, strict=True)
        for vulnerability in result.vulns
        if vulnerability.id not in ACCEPTED
    ]


def main() -> int:
    """Asks, and says what came of it."""
    packages = pinned(lock_files())
    try:
        found = known(packages)
    except NotAskedError as error:
        sys.stderr.write(f"· known vulnerabilities: not asked: {error}\n")
        return 0
    for one in found:
        sys.stderr.write(
            f"{one.package.name} {one.package.version}: {one.vulnerability} "
            f"(https://osv.dev/{one.vulnerability}); ./run lock --upgrade\n"
        )
    sys.stderr.write(
        f"· known vulnerabilities: {len(found)} in {len(packages)} packages asked about\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
