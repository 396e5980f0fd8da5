"""States of the page about the kiosk itself, made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kiosk.admin.machine_state import Check, ClockTrust, MachineState, Reach, Switch, SyncView
from kiosk.domain.products import Product
from kiosk.machine_facts import Facts, Interface, Network

_NOW_MS = 1_795_257_000_000
_WIFI = Network(
    (
        Interface("eth0", is_wireless=False, is_up=False, address=None),
        Interface("wlan0", is_wireless=True, is_up=True, address="192.168.1.20"),
    ),
    has_route=True,
    name_servers=("192.168.1.1",),
    has_text_setup=True,
)


def examples(_products: dict[str, Product], _language: str) -> Iterator[tuple[str, MachineState]]:
    """All is well, something is wrong, and what is asked."""
    facts = Facts(
        21_400_000_000, 31_200_000_000, 52.1, 1_210_000_000, 3_980_000_000, 266_580.0, _WIFI
    )
    well = MachineState(
        sync=SyncView("in_step", 0, _NOW_MS - 40_000, "", "https://centre.example.kz"),
        now_ms=_NOW_MS,
        facts=facts,
        reach=Reach.OPEN,
        kiosk_id="7c0d51be83aa94f2",
        epoch=1,
        seq=4812,
        check=Check(_NOW_MS - 86_400_000, ok=True, entries=4700),
    )
    yield "well", well
    bad = replace(
        well,
        sync=SyncView(
            "offline",
            37,
            _NOW_MS - 3 * 86_400_000,
            "No connection to the centre (ConnectTimeout).",
        ),
        clock=ClockTrust.COUNTED_ON,
        facts=replace(facts, disk_free_bytes=600_000_000, temperature_c=84.0, network=Network()),
        reach=Reach.NO_LINK,
        check=Check(_NOW_MS, ok=False, entries=4812, fault="1/1733 was changed"),
        checking=0.42,
    )
    yield "wrong", bad
    yield "switches", replace(well, choosing=True)
    yield "asking", replace(well, asking=Switch.SHUT_DOWN)
    yield "unenrolled", replace(well, sync=None, facts=Facts(), reach=None, check=None)
