"""A kiosk that sells without pause until it is killed, telling each sale once it is told stored."""

import os
from pathlib import Path

from kiosk.journal import Journal
from tests.journal.support import sale


def sell_for_ever(directory: Path, run: int, acknowledged: int) -> None:
    """Writes ``epoch/seq hash checkout`` of each sale to a pipe after its Future is done."""
    journal = Journal.open(directory)
    number = 0
    while True:
        number += 1
        checkout_id = f"{run}-{number}"
        stored = journal.append(sale(checkout_id)).result()
        os.write(acknowledged, f"{stored.seq} {stored.hash.hex()} {checkout_id}\n".encode())
