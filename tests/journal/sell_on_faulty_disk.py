"""Sells three times, tapping each again when it is refused; run under a disk that fails once.

    python -m tests.journal.sell_on_faulty_disk DIRECTORY

Prints one line of JSON: how often it was refused, and what it was told was stored.
"""

import json
import sys
from pathlib import Path

from kiosk.domain.errors import JournalError
from kiosk.journal import Journal
from tests.journal.support import sale

SALES = 3
TAPS_MAX = 5


def main(directory: Path) -> None:
    journal = Journal.open(directory)
    refusals, told = 0, []
    for number in range(SALES):
        for _tap in range(TAPS_MAX):
            try:
                stored = journal.append(sale(f"visit-{number}")).result()
            except JournalError:
                refusals += 1
            else:
                told.append([stored.seq, stored.hash.hex()])
                break
    expected_tenge = journal.ledger.box.expected_tenge
    journal.close()
    print(json.dumps({"refusals": refusals, "told": told, "expected_tenge": expected_tenge}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
