"""A kiosk under a clock that is wrong and jumps; run with libfaketime loaded.

    python -m tests.faults.odd_clock PLAN.json

The plan names the folder, the file that libfaketime reads, the offsets to jump to, the centre's
time if it is heard, and a centre that answers over TLS. Prints one line of JSON: what was written
and what was seen.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import ssl
import sys
import threading
import time
from pathlib import Path
from typing import Any

from kiosk.admin.pin_hash import HashCost
from kiosk.admin.pins import PinBook
from kiosk.clock import StampClock
from kiosk.journal import Journal
from sync.client import Hooks, State, SyncStatus, Uploader, UploaderSettings
from sync.enrolment import Enrolment
from sync.wire import ShopMessage
from tests.journal.support import sale

HANGS_AFTER_S = 90
SALES_PER_JUMP = 3
FAILURES = 3
CHEAP = HashCost(memory_kib=64, passes=1)


def main(plan_file: str) -> None:
    """One boot of the kiosk."""
    logging.disable()
    faulthandler.dump_traceback_later(HANGS_AFTER_S, exit=True)
    plan: dict[str, Any] = json.loads(Path(plan_file).read_text("utf-8"))
    directory, clock_file = Path(plan["directory"]), Path(plan["clock_file"])
    clock = StampClock()
    journal = Journal.open(directory, clock=clock)
    book = PinBook(directory, cost=CHEAP)
    if not book.is_set_up:
        book.add("Айгүл", "481516")
    told, waits = [], []
    for jump, offset_s in enumerate(plan["offsets_s"]):
        _set(clock_file, offset_s)
        for number in range(SALES_PER_JUMP):
            stored = journal.append(sale(f"{plan['name']}-{jump}-{number}")).result(20)
            told.append([stored.seq, stored.hash.hex()])
        if jump == 0:
            for _ in range(FAILURES):
                book.try_pin("918273")
        # Looked at around it: the machine may do something else for seconds in between.
        waits.append([time.monotonic(), book.wait_s(), time.monotonic()])
    if plan["server_ms"] is not None:
        correction = clock.server_time_heard(plan["server_ms"])
        if correction is not None:
            journal.append(correction).result(20)
        stored = journal.append(sale(f"{plan['name']}-after")).result(20)
        told.append([stored.seq, stored.hash.hex()])
    tls = _state_of_sending(journal, plan)
    journal.close()
    print(json.dumps({"told": told, "waits": waits, "tls": tls, "system_s": time.time()}))


def _set(clock_file: Path, offset_s: int) -> None:
    clock_file.write_text(f"{offset_s:+d}\n")


def _state_of_sending(journal: Journal, plan: dict[str, Any]) -> str:
    """What the uploader says of a centre behind a certificate that is good today."""
    given = Enrolment(
        plan["url"], journal.identity.kiosk_id, 1, "", ShopMessage(1, "shop", "Shop"), "t", "", 0
    )
    settings = UploaderSettings(
        backoff_s_min=60, verify=ssl.create_default_context(cafile=plan["authority"])
    )
    decided = threading.Event()  # time.sleep does not work under libfaketime

    def hear(status: SyncStatus) -> None:
        if status.state not in (State.STARTING, State.SENDING):
            decided.set()

    uploader = Uploader(journal, given, settings, Hooks(on_status=hear))
    uploader.start()
    decided.wait(20)
    state, why = uploader.status.state.value, uploader.status.last_error
    uploader.stop()
    return f"{state}: {why}"


if __name__ == "__main__":
    main(sys.argv[1])
