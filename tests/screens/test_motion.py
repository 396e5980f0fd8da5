"""Motion is short, and there is one word for how short."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "motion_s"
MOTION_S_MAX = 0.2


def animations() -> list[tuple[str, ast.Call]]:
    """Give every place in the product that sets something in motion."""
    found = []
    for path in sorted((ROOT / "kiosk").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Animation":
                found.append((f"{path.relative_to(ROOT)}:{node.lineno}", node))
    return found


def test_everything_that_moves_takes_its_time_from_the_token():
    moving = animations()
    assert moving
    for where, call in moving:
        durations = [ast.unparse(k.value) for k in call.keywords if k.arg in ("duration", "d")]
        assert durations == [f"global_idmap['{TOKEN}']"], where


def test_the_token_is_short():
    (seconds,) = re.findall(rf"#:set {TOKEN} ([0-9.]+)", (ROOT / "kiosk.kv").read_text("utf-8"))
    assert 0 < float(seconds) <= MOTION_S_MAX


@pytest.mark.parametrize("kv", sorted((ROOT / "kiosk").rglob("*.kv")), ids=lambda path: path.name)
def test_screens_change_at_once_and_kv_moves_nothing(kv: Path):
    text = kv.read_text("utf-8")
    assert "Animation" not in text
    transitions = re.findall(r"transition: (\w+)", text)
    assert set(transitions) <= {"NoTransition"}
    assert len(transitions) == len(re.findall(r"^ +ScreenManager:", text, re.M))
