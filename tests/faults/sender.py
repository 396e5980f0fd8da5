"""A kiosk with its uploader, writing and sending until it is killed."""

from __future__ import annotations

import itertools
import logging
from multiprocessing.connection import Connection
from pathlib import Path

from kiosk.facts import ENROLMENT_FILE
from kiosk.journal import Journal
from sync import enrolment
from sync.client import Uploader, UploaderSettings
from tests.faults.children import say
from tests.journal.support import sale

UPLOAD_STATE_FILE = "upload.json"
IN_FLIGHT = 8
"""Sales handed over at a time, so that batches of several entries travel."""


def settings_in(directory: Path) -> UploaderSettings:
    """An impatient uploader."""
    return UploaderSettings(
        interval_s=0.02,
        backoff_s_min=0.01,
        backoff_s_max=0.05,
        state_path=directory / UPLOAD_STATE_FILE,
    )


def send_for_ever(directory: Path, name: str, pipe: Connection) -> None:
    """Says each sale once it is on the disk: checkout and receipt."""
    logging.disable()
    journal = Journal.open(directory)
    given = enrolment.load(directory / ENROLMENT_FILE)
    assert given is not None, "enrolled before it was started"
    uploader = Uploader(journal, given, settings_in(directory))
    uploader.start()
    for first in itertools.count(1, IN_FLIGHT):
        checkouts = [f"{name}-{number}" for number in range(first, first + IN_FLIGHT)]
        futures = [journal.append(sale(checkout)) for checkout in checkouts]
        for checkout, future in zip(checkouts, futures, strict=True):
            say(pipe, checkout, future.result(20).receipt)
        uploader.nudge()
