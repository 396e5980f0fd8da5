"""Readings of the kernel's files: as they are on a kiosk, odd ones, and none at all."""

from pathlib import Path

import pytest

from kiosk.machine_facts import Facts, Interface, Network, can_resolve, read_facts

ROUTES = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
wlan0\t0001A8C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0
"""
NO_WAY_OUT = ROUTES.splitlines(keepends=True)[0] + ROUTES.splitlines(keepends=True)[2]
ROUTE_6 = f"{'0' * 32} 00 {'0' * 32} 00 fe80{'0' * 28} 00000400 1 0 00000003 {{card}}\n"


@pytest.fixture
def put(tmp_path):
    """Gives a function that writes a file under a root of its own, and the root."""

    def put(path: str, text: str) -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return tmp_path

    return put


def facts_of(root: Path, **addresses: str) -> Facts:
    return read_facts(root, root, addresses.get)


def test_a_machine_that_says_nothing_leaves_everything_open(tmp_path):
    facts = read_facts(tmp_path / "gone", tmp_path)
    assert (facts.disk_free_bytes, facts.disk_bytes, facts.temperature_c) == (None, None, None)
    assert (facts.memory_free_bytes, facts.memory_bytes, facts.uptime_s) == (None, None, None)
    assert facts.network == Network()


def test_this_very_machine_can_be_read(tmp_path):
    facts = read_facts(tmp_path)
    assert 0 < facts.disk_free_bytes <= facts.disk_bytes
    assert 0 < facts.memory_free_bytes <= facts.memory_bytes
    assert facts.uptime_s > 0
    assert facts.sqlite_version.startswith("3.")


def test_the_hottest_sensor_that_is_not_broken_counts(put):
    put("sys/class/thermal/thermal_zone0/temp", "41500\n")
    put("sys/class/thermal/thermal_zone1/temp", "58250\n")
    put("sys/class/thermal/thermal_zone2/temp", "-273000\n")
    root = put("sys/class/thermal/thermal_zone3/temp", "n/a\n")
    assert facts_of(root).temperature_c == 58.25


def test_memory_and_uptime(put):
    put("proc/meminfo", "MemTotal:        4000000 kB\nMemFree: 1 kB\nMemAvailable:    1500000 kB\n")
    root = put("proc/uptime", "93784.12 180000.00\n")
    facts = facts_of(root)
    assert (facts.memory_bytes, facts.memory_free_bytes) == (4_096_000_000, 1_536_000_000)
    assert facts.uptime_s == 93784.12


def test_a_kiosk_on_wifi_with_an_idle_socket(put):
    put("sys/class/net/lo/operstate", "unknown\n")
    put("sys/class/net/eth0/operstate", "down\n")
    put("sys/class/net/wlan0/operstate", "up\n")
    put("sys/class/net/wlan0/wireless/x", "")
    put("proc/net/route", ROUTES)
    put("usr/bin/nmtui", "")
    root = put("etc/resolv.conf", "# made by NetworkManager\nsearch lan\nnameserver 192.168.1.1\n")
    assert facts_of(root, wlan0="192.168.1.20").network == Network(
        (
            Interface("eth0", is_wireless=False, is_up=False, address=None),
            Interface("wlan0", is_wireless=True, is_up=True, address="192.168.1.20"),
        ),
        has_route=True,
        name_servers=("192.168.1.1",),
        has_text_setup=True,
    )


def test_a_card_whose_driver_does_not_know_tells_by_its_carrier(put):
    put("sys/class/net/usb0/operstate", "unknown\n")
    root = put("sys/class/net/usb0/carrier", "1\n")
    assert facts_of(root).network.interfaces[0].is_up


@pytest.mark.parametrize(
    ("file", "text", "has_route"),
    [
        ("proc/net/route", ROUTES, True),
        ("proc/net/route", NO_WAY_OUT, False),
        ("proc/net/route", "garbage\nof some kind zz\n", False),
        ("proc/net/ipv6_route", ROUTE_6.format(card="eth0"), True),
        ("proc/net/ipv6_route", ROUTE_6.format(card="lo"), False),
    ],
)
def test_a_way_out_is_a_default_route_through_a_gateway(put, file, text, has_route):
    assert facts_of(put(file, text)).network.has_route is has_route


def test_the_kernel_knows_the_address_of_the_machine_itself():
    from kiosk.machine_facts import address_of

    assert address_of("lo") in ("127.0.0.1", None)
    assert address_of("nothing0") is None


def test_names_that_cannot_be_are_not_resolved():
    assert can_resolve("localhost")
    assert not can_resolve("no such name..")
