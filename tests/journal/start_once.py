"""Starts a kiosk in a directory, or a new epoch of it, and stops; run to be killed on the way.

python -m tests.journal.start_once DIRECTORY [EPOCH]
"""

import sys
from pathlib import Path

from kiosk import keys
from kiosk.journal import Journal


def main(directory: Path, epoch: int | None) -> None:
    if epoch is not None:
        keys.prepare_epoch_key(directory)
        keys.start_epoch(directory, epoch, bytes(range(32)))
    Journal.open(directory).close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
