"""The rules of the house, and how a source tree is read for them.

Every check takes the root of a tree and gives the faults as sentences, so that the same check
that guards this repository can be shown a faulty tree.
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

KV_LINES_MAX = 150

DOMAIN, HELPER = "kiosk.domain", "kiosk (helpers)"
EVERYTHING = "*"
SHARED = (
    "sync.wire",
    "sync.proof",
    "sync.tables",
    "sync.checkpoints",
    "sync.replies",
    "sync.kiosk_settings",
    "sync.journalfile",
    "sync.steps",
)
"""Messages, signatures, tables and ways of installing that both ends of the line agree on."""

# Part → the parts it may know besides itself. A module belongs to the longest name that fits;
# one of kiosk that fits none is a helper: views, texts, clocks, known to all but the domain.
MAY_KNOW: dict[str, frozenset[str]] = {
    part: frozenset(known)
    for part, known in {
        DOMAIN: (),
        HELPER: (DOMAIN,),
        "kiosk.till": (DOMAIN, HELPER),
        "kiosk.journal": (DOMAIN, HELPER),
        "kiosk.catalogue": (DOMAIN, HELPER),
        "kiosk.scanner": (DOMAIN, HELPER, "kiosk.scanner.wedge", "kiosk.scanner.bars"),
        "kiosk.scanner.bars": (DOMAIN,),  # pure: the bars of a number, for whoever draws them
        "kiosk.scanner.wedge": (DOMAIN,),  # pure: the window's keys go in, a code comes out
        "kiosk.late_journal": (DOMAIN, HELPER, "kiosk.journal"),
        "kiosk.boxcount": (DOMAIN, HELPER, "kiosk.journal"),
        "kiosk.screens": (DOMAIN, HELPER, "kiosk.till"),
        # Shows every screen with made-up states, for those who draw them.
        "kiosk.screens.gallery": (DOMAIN, HELPER, "kiosk.till", "kiosk.screens", "kiosk.app"),
        "kiosk.shelf": (DOMAIN, HELPER, "kiosk.catalogue"),
        # What the back room puts on paper, into sheets and onto sticks; no window needed.
        "kiosk.paper": (DOMAIN, HELPER, "kiosk.scanner.bars"),
        "kiosk.sheets": (DOMAIN, HELPER),
        "kiosk.backup": (DOMAIN, HELPER, "kiosk.journal", "kiosk.catalogue"),
        "kiosk.admin": (DOMAIN, HELPER, "kiosk.paper", "kiosk.sheets"),
        "kiosk.admin.screens": (
            DOMAIN,
            HELPER,
            "kiosk.screens",
            "kiosk.admin",
            "kiosk.paper",
            "kiosk.sheets",
        ),
        "kiosk.admin.screens.gallery": (
            DOMAIN,
            HELPER,
            "kiosk.screens",
            "kiosk.screens.gallery",
            "kiosk.admin",
            "kiosk.admin.screens",
            "kiosk.app",
        ),
        "kiosk.app": (
            DOMAIN,
            HELPER,
            "kiosk.till",
            "kiosk.screens",
            "kiosk.admin",
            "kiosk.admin.screens",
            "kiosk.scanner.wedge",
        ),
        # Commands of their own, which kiosk.__main__ calls by name.
        "kiosk.products_command": (
            DOMAIN,
            HELPER,
            "kiosk.journal",
            "kiosk.catalogue",
            "kiosk.shelf",
            "kiosk.sheets",
            "kiosk.admin",
        ),
        "kiosk.enrolling": (
            DOMAIN,
            HELPER,
            "kiosk.journal",
            "kiosk.backup",
            "sync",
            "sync.wire",
            "sync.client",
        ),
        # Looks at every part of the machine, and asks each part's own reader.
        "kiosk.doctor": (
            DOMAIN,
            HELPER,
            "kiosk.journal",
            "kiosk.scanner",
            "kiosk.admin",
            "sync",
            "sync.wire",
        ),
        "kiosk.install": (DOMAIN, HELPER, "sync.steps"),
        "kiosk.centre_line": (
            DOMAIN,
            HELPER,
            "kiosk.late_journal",
            "kiosk.journal",
            "kiosk.shelf",
            "kiosk.enrolling",
            "kiosk.backup",
            "kiosk.admin",
            "sync",
            "sync.client",
        ),
        "kiosk.__main__": (EVERYTHING,),
        "kiosk.parts": (EVERYTHING,),  # joins them
        "kiosk.back_room": (EVERYTHING,),  # joins the office's parts for kiosk.parts
        "kiosk.front_room": (EVERYTHING,),  # puts the window before kiosk.parts
        "kiosk.demo": (EVERYTHING,),  # a whole shop and its server on one machine
        # What of sync fits none below is the kiosk's end of the line.
        "sync": (DOMAIN, *SHARED, "sync.client"),
        "sync.wire": (DOMAIN,),
        "sync.proof": (DOMAIN, "sync.wire"),  # enrolment's codes and signatures, for both ends
        "sync.tables": (DOMAIN, "sync.wire"),  # what can be taken home, column by column
        "sync.checkpoints": (DOMAIN, "sync.wire", "sync.proof"),
        "sync.replies": (DOMAIN, "sync.wire"),
        "sync.kiosk_settings": (DOMAIN, "sync.wire", "sync.proof"),
        "sync.journalfile": (DOMAIN, "sync.wire"),
        "sync.steps": (DOMAIN,),  # files and commands that put either end on a machine
        "sync.client": (DOMAIN, "sync", *SHARED),
        "sync.server": (DOMAIN, *SHARED),
        "sync.cli": (DOMAIN, "sync", *SHARED, "sync.client", "sync.server"),
        "sync.__main__": (DOMAIN, "sync", *SHARED, "sync.client", "sync.server", "sync.cli"),
    }.items()
}

# Library → the only parts that may import it.
KEPT_IN: dict[str, tuple[str, ...]] = {
    "kivy": (
        "kiosk.app",
        "kiosk.screens",
        "kiosk.screens.gallery",
        "kiosk.admin.screens",
        "kiosk.admin.screens.gallery",
    ),
    "cv2": ("kiosk.scanner",),
    "zxingcpp": ("kiosk.scanner",),
    "pyzbar": ("kiosk.scanner",),
    "sqlalchemy": ("kiosk.journal", "kiosk.catalogue", "sync.server", "sync.cli"),
    "httpx": ("sync", "sync.client", "sync.cli", "kiosk.demo"),
    "fpdf": ("kiosk.paper", "kiosk.admin", "sync.server"),
    "openpyxl": ("kiosk.sheets", "sync.server"),
    "xlsxwriter": ("kiosk.sheets", "sync.server"),
    "pyarrow": ("sync", "sync.server", "sync.cli"),
    "fastapi": ("sync.server",),
    "starlette": ("sync.server",),
    "alembic": ("sync.server",),
    "uvicorn": ("sync.server", "sync.cli"),
}

# The domain computes; whatever reads a file, a clock, a thread or chance stays outside.
DOMAIN_LIBRARIES = frozenset({"biip", "cryptography", "msgspec"})
IMPURE_MODULES = frozenset(
    "asyncio concurrent glob http io logging multiprocessing os pathlib queue random secrets shutil"
    " signal socket sqlite3 subprocess sys tempfile threading time urllib uuid".split()
)
PURE = "urllib.parse."
IMPURE_CALLS = frozenset({"open", "print", "input", "now", "utcnow", "today"})


class Import(NamedTuple):
    """One import in a source file: where it stands and the full name it asks for."""

    path: Path
    line: int
    module: str
    wanted: str


def python_files(root: Path) -> Iterator[Path]:
    """Yield the product's own modules: kiosk and sync, not the tests."""
    for package in ("kiosk", "sync"):
        yield from sorted((root / package).rglob("*.py"))


def module_name(root: Path, path: Path) -> str:
    """Give the dotted name by which a file is imported."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(root: Path, path: Path) -> Iterator[Import]:
    """Yield every import of a file: late ones and those for types alone as well."""
    module = module_name(root, path)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(path, node.lineno, module, name.name)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            for name in node.names:
                yield Import(path, node.lineno, module, f"{base}.{name.name}")


def part_of(name: str) -> str | None:
    """Give the part of the house a dotted name belongs to; None for what is not ours."""
    words = name.split(".")
    for length in range(len(words), 0, -1):
        if (prefix := ".".join(words[:length])) in MAY_KNOW:
            return prefix
    return HELPER if words[0] == "kiosk" and len(words) > 1 else None


def wrong_arrows(root: Path) -> list[str]:
    """Name every import that points outwards."""
    return [
        f"{_at(root, found)}: {mine} may not know {theirs} ({found.wanted})"
        for path in python_files(root)
        for found in imports(root, path)
        if (mine := part_of(found.module)) and (theirs := part_of(found.wanted))
        if mine != theirs and not MAY_KNOW[mine] & {theirs, EVERYTHING}
    ]


def misplaced_libraries(root: Path) -> list[str]:
    """Name every import of a library outside the parts that keep it."""
    return [
        f"{_at(root, found)}: {library} is kept in {', '.join(KEPT_IN[library])}"
        for path in python_files(root)
        for found in imports(root, path)
        if (library := found.wanted.split(".")[0]) in KEPT_IN
        if part_of(found.module) not in KEPT_IN[library]
    ]


def impurities(root: Path, stdlib: frozenset[str]) -> list[str]:
    """Name what in the domain reads or writes anything, or asks the clock or chance."""
    faults = []
    for path in sorted((root / "kiosk/domain").rglob("*.py")):
        for found in imports(root, path):
            library = found.wanted.split(".")[0]
            known = library in stdlib | DOMAIN_LIBRARIES | {"kiosk"}
            if (library in IMPURE_MODULES and not found.wanted.startswith(PURE)) or not known:
                faults.append(f"{_at(root, found)}: the domain is pure, it does without {library}")
        for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
            if isinstance(node, ast.Call) and (name := _called(node)) in IMPURE_CALLS:
                where = f"{path.relative_to(root)}:{node.lineno}"
                faults.append(f"{where}: the domain is pure, it does not call {name}()")
    return faults


def running_app_users(root: Path) -> list[str]:
    """Name the modules of logic that reach for the running app instead of being told."""
    allowed = ("kiosk.app", "kiosk.screens", "kiosk.admin.screens")
    return [
        f"{path.relative_to(root)}: get_running_app() belongs to kiosk/app.py and the screens"
        for path in python_files(root)
        if "get_running_app" in path.read_text("utf-8")
        and part_of(module_name(root, path)) not in allowed
    ]


def long_kv_files(root: Path) -> list[str]:
    """Name the kv files that have grown past one screen's worth."""
    return [
        f"{path.relative_to(root)}: {lines} lines, at most {KV_LINES_MAX}; split it by what it shows"
        for path in _product_files(root, "*.kv")
        if (lines := len(path.read_text("utf-8").splitlines())) > KV_LINES_MAX
    ]


def kv_names_twice(root: Path) -> list[str]:
    """Name the kv classes that stand in two files: the one that is read last would win."""
    places: dict[str, list[str]] = {}
    for path in _product_files(root, "*.kv"):
        for found in re.finditer(r"^<-?([\w,]+)(?:@[\w+]+)?>:", path.read_text("utf-8"), re.M):
            for name in found[1].split(","):
                places.setdefault(name, []).append(str(path.relative_to(root)))
    return [f"<{name}> stands in {', '.join(p)}" for name, p in places.items() if len(p) > 1]


def lengths_taken_too_early(root: Path) -> list[str]:
    """Name the lengths worked out when a file is read: a panel worn later would not change them."""
    faults = [
        f"{path.relative_to(root)}:{line}: dp() at import; write the length as text, or in a function"
        for path in _product_files(root, "*.py")
        for line in _lengths_at_import(ast.parse(path.read_text("utf-8")))
    ]
    for path in _product_files(root, "*.kv"):
        if path.name != "kiosk.kv" and re.search(r"^#:set .*\b[ds]p\(", _text(path), re.M):
            faults.append(f"{path.relative_to(root)}: lengths with a name stand in kiosk.kv")
    return faults


def _lengths_at_import(tree: ast.AST) -> Iterator[int]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call) and _called(node) in ("dp", "sp"):
            yield node.lineno
        yield from _lengths_at_import(node)


def foreign_words(root: Path, patterns: dict[str, str]) -> list[str]:
    """Name the lines of text files that match a pattern; patterns maps each to its reason."""
    faults = []
    for path in repository_files(root):
        text = _text(path)
        for pattern, reason in patterns.items():
            for found in re.finditer(pattern, text):
                line = text.count("\n", 0, found.start()) + 1
                faults.append(f"{path.relative_to(root)}:{line}: {found[0]!r}: {reason}")
    return faults


def lock_faults(root: Path) -> list[str]:
    """Name lines of the lock files that are no pinned package with hashes."""
    package = re.compile(r"[a-z0-9.\[\]_-]+==[^ ]+( ; [^\\#:]+)?( \\)?")
    digest = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
    faults = []
    for path in sorted((root / "requirements").glob("*.txt")):
        lines = path.read_text("utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            where = f"{path.relative_to(root)}:{number}"
            if not package.fullmatch(line) and not digest.fullmatch(line):
                faults.append(f"{where}: {line!r} is neither a pinned package nor a hash")
            elif package.fullmatch(line) and not line.endswith("\\"):
                faults.append(f"{where}: {line!r} has no hash")
    return faults


def repository_files(root: Path) -> list[Path]:
    """Give the files that are, or are about to be, in the repository."""
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
    )
    if listed.returncode:  # A source tree without git, say an unpacked archive.
        return sorted(p for p in root.rglob("*") if p.is_file() and not _is_hidden(root, p))
    names = sorted(set(listed.stdout.decode().split("\0")) - {""})
    return [path for name in names if (path := root / name).is_file()]


def _product_files(root: Path, pattern: str) -> list[Path]:
    return sorted(
        path for path in root.rglob(pattern) if not _is_hidden(root, path) and path.is_file()
    )


def _is_hidden(root: Path, path: Path) -> bool:
    names = path.relative_to(root).parts
    return any(name.startswith(".") or name == "__pycache__" for name in names)


def _text(path: Path) -> str:
    content = path.read_bytes()
    return "" if b"\0" in content[:8192] else content.decode("utf-8", "replace")


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _at(root: Path, found: Import) -> str:
    return f"{found.path.relative_to(root)}:{found.line}"
