"""The newest frame is shown small or whole; a damaged one is shown not at all."""

import numpy as np

from kiosk.scanner.frames import ArrayFrame, JpegFrame
from kiosk.scanner.newest import Newest

BLUE = np.dstack([np.full((480, 640), level, np.uint8) for level in (200, 30, 10)])


def test_without_a_frame_there_is_nothing_to_see():
    newest = Newest()
    assert newest.preview() is None
    assert newest.in_full() is None


def test_a_preview_is_made_once_a_frame_and_a_dropped_frame_is_gone():
    newest = Newest()
    newest.keep(ArrayFrame(BLUE))
    first = newest.preview()
    assert first is newest.preview()
    assert first.shape == (240, 320, 3)
    assert newest.in_full().shape == (480, 640, 3)
    newest.keep(ArrayFrame(BLUE // 2))
    assert newest.preview() is not first
    newest.drop()
    assert newest.preview() is None


def test_a_damaged_picture_is_no_error_for_who_looks():
    newest = Newest()
    newest.keep(JpegFrame(np.frombuffer(b"no picture at all", np.uint8)))
    assert newest.preview() is None
    assert newest.in_full() is None
