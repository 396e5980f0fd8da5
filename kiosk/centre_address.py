"""The centre's address as a hand types it, on the glass or in a terminal. Pure."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

_ENROL_PATH = "/enrol"
_CODE_LENGTH = 8


def address_of(typed: str) -> str:
    """``Centre.Example.kz/`` → ``https://centre.example.kz``; empty when it names no host.

    Without a scheme it is https; a keyboard's capital at the start means nothing.
    """
    text = "".join(typed.split())
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text.rstrip("/"))
        is_address = bool(parts.hostname) and parts.scheme in ("http", "https")
        _port = parts.port  # raises for a port that is none
    except ValueError:
        return ""
    if not is_address or parts.username is not None or parts.query or parts.fragment:
        return ""
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}"


def invitation_in(text: str) -> tuple[str, str] | None:
    """Address and one-time code in the picture that the centre shows; None for anything else.

    ``https://centre.example.kz/enrol#K7QF93MD`` → ``("https://centre.example.kz", "K7QF-93MD")``.
    """
    link, _, code = text.strip().partition("#")
    if not (link.endswith(_ENROL_PATH) and len(code) == _CODE_LENGTH and code.isascii()):
        return None
    address = address_of(link.removesuffix(_ENROL_PATH)) if code.isalnum() else ""
    half = _CODE_LENGTH // 2
    return (address, f"{code[:half]}-{code[half:]}".upper()) if address else None


def is_overheard(address: str) -> bool:
    """Whether the one-time code would go unencrypted to another machine."""
    parts = urlsplit(address)
    return parts.scheme == "http" and not _is_this_machine(parts.hostname or "")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
