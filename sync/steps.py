"""The steps that put a program on a machine: said as a person reads them, or done.

Each sees whether it was done already, so a list of them may be done again and is the upgrade, too.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.domain.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Write:
    """A file as it should be. ``once``: written when it is missing and never again."""

    path: str
    content: str
    mode: int = 0o644
    owner: str = "root:root"
    once: bool = False


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as it should be."""

    path: str
    mode: int
    owner: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line that a file of somebody else must have."""

    path: str
    line: str


@dataclass(frozen=True, slots=True)
class Run:
    """A command. ``unless``: another one; where it succeeds, nothing has to be done."""

    words: tuple[str, ...]
    unless: tuple[str, ...] = ()


Step = Write | Folder | Line | Run

Runner = Callable[[Sequence[str], bool], int]
"""Runs a command, quietly when it only asks something; its exit code."""


def in_words(steps: Sequence[Step]) -> Iterator[str]:
    """The steps as a person reads them; a shell would do nearly the same."""
    for step in steps:
        match step:
            case Write(path, content, mode, owner, once):
                yield f"# {path}, {mode:04o}, {owner}" + (", if it is missing" if once else "")
                yield from (f"    {line}" for line in content.splitlines())
            case Folder(path, mode, owner):
                user, group = owner.split(":")
                yield f"install -d -m {mode:04o} -o {user} -g {group} {shlex.quote(path)}"
            case Line(path, line):
                quoted = shlex.quote(line)
                yield f"grep -qxF {quoted} {path} || echo {quoted} >> {path}"
            case Run(words, unless):
                yield (f"{shlex.join(unless)} || " if unless else "") + shlex.join(words)


def do(
    steps: Sequence[Step], *, run: Runner | None = None, root: Path = Path("/")
) -> Iterator[tuple[Step, bool]]:
    """Does the steps one after the other.

    Args:
        run: how commands are run.
        root: where the machine's files begin.

    Returns:
        Each step once it is done, and whether it had to be.

    Raises:
        ConfigError: at the first that fails; what is done stays and is found done next time.
    """
    runner = run or _run
    for step in steps:
        match step:
            case Write():
                yield step, _write(step, root)
            case Folder():
                yield step, _folder(step, root)
            case Line():
                yield step, _line(step, root)
            case Run():
                yield step, _command(step, runner)


def _write(step: Write, root: Path) -> bool:
    path = _under(root, step.path)
    if path.exists() and (step.once or path.read_text() == step.content):
        return False
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(step.content)
        file.flush()
        os.fsync(file.fileno())
    _own(part, step.mode, step.owner)
    part.replace(path)
    return True


def _folder(step: Folder, root: Path) -> bool:
    path = _under(root, step.path)
    is_new = not path.is_dir()
    path.mkdir(parents=True, exist_ok=True)
    _own(path, step.mode, step.owner)
    return is_new


def _line(step: Line, root: Path) -> bool:
    path = _under(root, step.path)
    there = path.read_text() if path.exists() else ""
    if step.line in there.splitlines():
        return False
    gap = "\n" if there and not there.endswith("\n") else ""
    with path.open("a") as file:
        file.write(f"{gap}{step.line}\n")
    return True


def _command(step: Run, runner: Runner) -> bool:
    if step.unless and runner(step.unless, True) == 0:
        return False
    code = runner(step.words, False)
    if code:
        raise ConfigError(
            f"This failed with exit code {code}: {shlex.join(step.words)}\n"
            "See what it said above; then start the installation again, it goes on from here."
        )
    return True


def _run(words: Sequence[str], is_quiet: bool) -> int:
    quiet = subprocess.DEVNULL if is_quiet else None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        # From a folder that every user may see: runuser keeps it.
        done = subprocess.run(
            list(words), stdout=quiet, stderr=quiet, env=environment, cwd="/", check=False
        )
    except FileNotFoundError:
        return 127
    return done.returncode


def _own(path: Path, mode: int, owner: str) -> None:
    path.chmod(mode)
    if os.geteuid() == 0:
        user, group = owner.split(":")
        shutil.chown(path, user, group)


def _under(root: Path, path: str) -> Path:
    return root / path.removeprefix("/")
