"""A disk of our own: ext4 in a file, whose power can be cut in the middle of anything.

EXT4_IOC_SHUTDOWN without flushing the log (argument 2) stops the file system as if the power had
gone: what it had not handed to the disk by then never comes. What it does not play is a disk that
loses what it said was written.
"""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import time
from pathlib import Path

_EXT4_IOC_SHUTDOWN = 0x8004587D
_WITHOUT_THE_LOG = struct.pack("I", 2)
_SIZE_BYTES = 48 * 1024 * 1024
_UNMOUNT_TRIES = 100


class LoopDisk:
    """Made, mounted, cut, mounted again; needs root, and must be taken down with :meth:`close`."""

    def __init__(self, folder: Path) -> None:
        self._image = folder / "disk.img"
        self.place = folder / "disk"
        self.place.mkdir()
        self._mounted = False

    def __enter__(self) -> LoopDisk:
        return self

    def __exit__(self, *_: object) -> None:
        self.unmount()

    def make(self) -> None:
        """A new, empty file system, mounted."""
        self.unmount()
        with self._image.open("wb") as file:
            file.truncate(_SIZE_BYTES)
        _do("mkfs.ext4", "-q", "-F", str(self._image))
        self.mount()

    def mount(self) -> None:
        """As after a start of the machine: what the log holds is replayed."""
        _do("mount", "-o", "loop", str(self._image), str(self.place))
        self._mounted = True

    def cut(self) -> int:
        """Cuts the power; gives the monotonic time in ns right before it."""
        descriptor = os.open(self.place, os.O_RDONLY | os.O_DIRECTORY)
        try:
            at_ns = time.monotonic_ns()
            fcntl.ioctl(descriptor, _EXT4_IOC_SHUTDOWN, _WITHOUT_THE_LOG)
        finally:
            os.close(descriptor)
        return at_ns

    def unmount(self) -> None:
        """Nobody may have a file open here any more; a killed child may need a moment."""
        for _ in range(_UNMOUNT_TRIES):
            if not self._mounted:
                return
            done = subprocess.run(["umount", str(self.place)], capture_output=True, check=False)
            self._mounted = done.returncode != 0
            if self._mounted:
                time.sleep(0.02)
        raise RuntimeError(f"{self.place} cannot be unmounted")


def why_not() -> str:
    """Why there can be no such disk here; "" when there can."""
    if os.geteuid() != 0:
        return "needs root (a loop device)"
    return "" if Path("/dev/loop-control").exists() else "needs loop devices"


def _do(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
