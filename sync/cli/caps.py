"""``adal-sync serve --cap-…``: how much one sender may ask of the centre."""

from __future__ import annotations

import argparse
import re

from sync.server.rate_caps import Cap, Caps

_FORM = re.compile(r"([1-9][0-9]{0,6}):([0-9]{1,7}(?:\.[0-9]{1,6})?)")
_WHOSE = (
    ("token", "one token"),
    ("address", "one address (a /64 network of IPv6)"),
    ("wrong-codes", "one address with wrong one-time codes"),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """``--cap-token``, ``--cap-address`` and ``--cap-wrong-codes``, each ``AT_ONCE:PER_S``."""
    caps = parser.add_argument_group(
        "caps on requests",
        "AT_ONCE:PER_S: so many at once, then so many a second; whoever asks more is told to wait",
    )
    for name, whose in _WHOSE:
        usual: Cap = getattr(Caps(), name.replace("-", "_"))
        caps.add_argument(
            f"--cap-{name}",
            type=cap,
            default=usual,
            metavar="AT_ONCE:PER_S",
            help=f"of {whose} (default: {usual.at_once}:{usual.per_s:.4g})",
        )


def caps_of(options: argparse.Namespace) -> Caps:
    """What the options say."""
    return Caps(options.cap_token, options.cap_address, options.cap_wrong_codes)


def cap(text: str) -> Cap:
    """``600:10`` → 600 at once, then 10 a second.

    Raises:
        argparse.ArgumentTypeError: in words, when it is written otherwise or would let nobody in.
    """
    match = _FORM.fullmatch(text)
    if match is None or not float(match[2]):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no cap; write as 600:10 (600 at once, then 10 a second, never 0)"
        )
    return Cap(int(match[1]), float(match[2]))
