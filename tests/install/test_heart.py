"""What systemd hears of the kiosk, through a real socket."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.heart import Heart


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(5)
        yield ear


def test_systemd_hears_that_it_sells_and_that_it_lives(ear: socket.socket) -> None:
    heart = Heart({"NOTIFY_SOCKET": ear.getsockname(), "WATCHDOG_USEC": "60000000"})
    assert heart.is_watched
    assert heart.every_s == 15
    heart.selling()
    heart.beat()
    heart.out_of_order("the journal is damaged\nline 2")
    heart.stopping()
    assert [ear.recv(1000).decode() for _ in range(4)] == [
        "READY=1\nSTATUS=selling",
        "WATCHDOG=1",
        "READY=1\nSTATUS=out of order: the journal is damaged",
        "STOPPING=1",
    ]


def test_an_abstract_socket_is_found(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(f"\0{tmp_path}")
        ear.settimeout(5)
        Heart({"NOTIFY_SOCKET": f"@{tmp_path}"}).beat()
        assert ear.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize("environment", [{}, {"WATCHDOG_USEC": "soon"}, {"NOTIFY_SOCKET": "/gone"}])
def test_without_systemd_nothing_is_told_and_nothing_fails(environment: dict) -> None:
    heart = Heart(environment)
    assert not heart.is_watched
    heart.selling()
    heart.beat()
