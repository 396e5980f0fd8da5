"""A kiosk and a centre with a bad network between them; run in a network of its own.

    unshare -n python -m tests.faults.narrow ENTRIES TIMEOUT_S

Three packets in ten are lost (iptables), 64 kbit/s pass (a token bucket), and a relay keeps every
byte 200 ms each way. Prints one line of JSON.
"""

from __future__ import annotations

import json
import logging
import queue
import socket
import subprocess
import sys
import threading
import time

import msgspec

from sync.client import State, Uploader, UploaderSettings
from tests.faults.centres import held, on_sqlite, rows_of
from tests.sync.harness import MemoryJournal

LOSS = "0.30"
RATE = "64kbit"
DELAY_S = 0.2
"""Each way: 400 ms for a question and its answer."""


def main(entries: int, timeout_s: float) -> None:
    """Sets the network up, lets a backlog drain, says what came of it."""
    logging.disable()
    # Packets as on a cable; the loopback's own, of 64 kB, would not fit through the bucket.
    _do("ip", "link", "set", "lo", "mtu", "1500", "up")
    journal = MemoryJournal()
    with on_sqlite() as server:
        given = server.enrol(journal)
        journal.add_sales(entries)
        relay = Relay(server.port)
        relay.start()
        _spoil(relay.port)
        via = msgspec.structs.replace(given, server_url=f"http://127.0.0.1:{relay.port}")
        uploader = Uploader(journal, via, UploaderSettings(interval_s=1.0, backoff_s_max=5.0))
        began_s = time.monotonic()
        uploader.start()
        while time.monotonic() - began_s < timeout_s:
            if uploader.status.state is State.IN_STEP and not uploader.status.backlog:
                break
            time.sleep(0.1)
        seconds = time.monotonic() - began_s
        dropped = _dropped()
        _do("iptables", "-F")
        uploader.stop()
        whole = held(server, given.kiosk_id) == rows_of(journal.entries)
    print(json.dumps({"whole": whole, "seconds": round(seconds, 1), "dropped": dropped}))


def _spoil(port: int) -> None:
    _do("tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", RATE, "burst", "4kb",
        "latency", "2s")  # fmt: skip
    for side in ("--dport", "--sport"):
        _do("iptables", "-A", "INPUT", "-p", "tcp", side, str(port), "-m", "statistic",
            "--mode", "random", "--probability", LOSS, "-j", "DROP")  # fmt: skip


def _dropped() -> int:
    """Packets that iptables counted as thrown away."""
    listed = subprocess.run(
        ["iptables", "-L", "INPUT", "-v", "-x", "-n"], check=True, capture_output=True, text=True
    )
    return sum(int(line.split()[0]) for line in listed.stdout.splitlines() if " DROP " in line)


def _do(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


class Relay:
    """Passes bytes on after a while, in both directions."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    def start(self) -> None:
        """In threads that end with the process."""
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            near, _ = self._listener.accept()
            far = socket.create_connection(("127.0.0.1", self._port))
            for source, target in ((near, far), (far, near)):
                waiting: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
                for work in (_take, _give):
                    thread = threading.Thread(
                        target=work,
                        args=(source if work is _take else target, waiting),
                        daemon=True,
                    )
                    thread.start()


def _take(source: socket.socket, waiting: queue.SimpleQueue[tuple[float, bytes]]) -> None:
    chunk = b"?"
    while chunk:
        try:
            chunk = source.recv(65536)
        except OSError:
            chunk = b""
        waiting.put((time.monotonic() + DELAY_S, chunk))


def _give(target: socket.socket, waiting: queue.SimpleQueue[tuple[float, bytes]]) -> None:
    while True:
        due_s, chunk = waiting.get()
        time.sleep(max(0.0, due_s - time.monotonic()))
        try:
            if not chunk:
                target.shutdown(socket.SHUT_WR)
                return
            target.sendall(chunk)
        except OSError:
            return


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
