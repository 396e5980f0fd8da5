"""Each HTTP client reads all authorities of the world anew, 35 ms of a processor; tests make a
thousand clients. Here those that would read the same share what was read."""

import functools
import os
import ssl
from typing import Any

import httpx
from httpx._transports import default as transport


def read_authorities_once() -> None:
    """From now on, for the whole process."""
    vars(transport)["create_ssl_context"] = _shared


def _shared(verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
    if verify is not True or cert is not None or not trust_env:
        return httpx.create_ssl_context(verify=verify, cert=cert, trust_env=trust_env)
    return _read(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@functools.cache
def _read(*_places: str | None) -> ssl.SSLContext:
    return httpx.create_ssl_context()
