"""Backups: what a stick in a drawer may hold, proof that it can be read, and the way back.

A backup is a folder ``adal-backup-<kiosk>-<date>`` with the journal, the products, the settings,
the pictures, and a manifest that names every file with its SHA-256. It is made while the kiosk
sells (:mod:`make`), read back from the medium before it counts as made (:mod:`check`), and put
back only at a start of the program (:mod:`restore`).

**No secret is in it.** The signing key never leaves the device it was made on: whoever found a
stick with the key could write sales in the kiosk's name. Nor are the centre's token and the
volunteers' PINs: six digits can be tried out at leisure. So a restored kiosk has its whole history
but no right to go on with it. That is meant: entries written after the backup may be at the
centre already, and the same numbers written twice are a fork. It enrols again, and the centre
gives it a new key's epoch that follows the last entry *it* holds (:mod:`renewal`). Only where the
journal in place ends with the very entry that the backup ends with does the key stay.
"""

from __future__ import annotations

import logging
from pathlib import Path

from kiosk.domain.errors import AdalError

STAGE_FOLDER = "restoring"
"""Beside the journal: a backup that waits to be put in place."""

log = logging.getLogger(__name__)


def carry_out_restore(directory: Path) -> None:
    """Puts a backup in place that a volunteer asked for, before anything is opened."""
    if (directory / STAGE_FOLDER).is_dir():
        from kiosk.backup.restore import carry_out_request

        try:
            log.warning("restore: %s", carry_out_request(directory))
        except AdalError:
            # What was there is still there, or the next start goes on where this one stopped.
            log.exception("the backup was not put in place")
