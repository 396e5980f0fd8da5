"""Says sentences one at a time, in a thread of its own; a newer one stops the older.

espeak-ng is a program of its own: what hangs or fails in a sound system stays there, and one that
is killed falls silent at once. Words go in by its standard input, so no name can be an option.
"""

from __future__ import annotations

import logging
import subprocess
import threading
from pathlib import Path

PROGRAM = "espeak-ng"
SENTENCE_LENGTH_MAX = 600
SILENT_AFTER_S = 60.0
"""No sentence lasts so long; a sound system that hangs must not keep the newer ones waiting."""

log = logging.getLogger(__name__)


class Speaker:
    """Speaks; every method returns at once.

    Args:
        output: name of the sound output, as ALSA knows it; "" for the usual one.
        words_per_minute: how fast.
        folder: where to write each sentence as a WAV file instead, for trying it out.
    """

    def __init__(
        self, output: str = "", words_per_minute: int = 150, folder: Path | None = None
    ) -> None:
        self._output = output
        self._words_per_minute = words_per_minute
        self._folder = folder
        self._wake = threading.Condition()
        self._next: tuple[str, str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._serial = 0
        self._spoken = 0
        self._is_ending = False
        self._failed = False
        self._thread: threading.Thread | None = None

    def say(self, text: str, language: str) -> None:
        """This, and not what is being said."""
        self._put((text, language))

    def hush(self) -> None:
        """Nothing any more."""
        self._put(None)

    def stop(self) -> None:
        """Silent for good; waits for the thread, which nothing holds up."""
        with self._wake:
            self._is_ending = True
        self._put(None)
        if self._thread is not None:
            self._thread.join()

    def wait_until_silent(self, timeout_s: float) -> bool:
        """For whoever writes files: whether all was said within that time."""
        with self._wake:
            return self._wake.wait_for(lambda: self._spoken == self._serial, timeout_s)

    def _put(self, sentence: tuple[str, str] | None) -> None:
        # The lock is held for a few assignments only, here and in the thread.
        with self._wake:
            self._serial += 1
            self._next = sentence
            if self._process is not None:
                self._process.kill()
            if self._thread is None and sentence is not None and not self._is_ending:
                self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
                self._thread.start()
            self._wake.notify_all()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._spoken != self._serial)
                if self._is_ending:
                    return
                serial, sentence = self._serial, self._next
            if sentence is not None:
                self._speak(*sentence, serial)
            with self._wake:
                self._spoken = serial
                self._wake.notify_all()

    def _speak(self, text: str, language: str, serial: int) -> None:
        try:
            process = subprocess.Popen(
                self._command(language, serial),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            self._fail(f"{PROGRAM} cannot be run: {error.strerror}")
            return
        with self._wake:
            self._process = process
            self._wake.notify_all()
            if serial != self._serial:
                process.kill()
        words = " ".join(text.split())[:SENTENCE_LENGTH_MAX]
        try:
            _, said = process.communicate(words.encode(), SILENT_AFTER_S)
        except subprocess.TimeoutExpired:
            process.kill()
            _, said = process.communicate()
        with self._wake:
            self._process = None
            is_newest = serial == self._serial
        if process.returncode and is_newest:
            self._fail(said.decode(errors="replace").strip() or f"exit code {process.returncode}")

    def _command(self, language: str, serial: int) -> list[str]:
        command = [PROGRAM, "-b", "1", "-v", language, "-s", str(self._words_per_minute)]
        if self._folder is not None:
            command += ["-w", str(self._folder / f"{serial:04d}-{language}.wav")]
        elif self._output:
            command += ["-d", self._output]
        return [*command, "--stdin"]

    def _fail(self, why: str) -> None:
        """Once in the log: the screens say all of it, too."""
        if not self._failed:
            self._failed = True
            log.error("Nothing can be said aloud: %s. See: adal-kiosk doctor", why)
