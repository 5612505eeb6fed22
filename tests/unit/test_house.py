"""What holds for the tree as a whole: locks name no index, every package is pinned by digest, classes stay small."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "tests/vectors/peer/package-lock.json")


def test_no_lock_names_a_host():
    for lock in LOCKS:
        assert "://" not in (ROOT / lock).read_text(encoding="utf-8"), lock


def test_every_locked_package_is_pinned_by_digest():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^([a-z0-9][a-z0-9._-]*)==\S+(.*?)(?=^\S|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert len(pinned) > 20
    assert [name for name, rest in pinned if "--hash=sha256:" not in rest] == []


def test_no_class_of_the_window_is_over_300_lines():
    long = [
        f"{path.name}: {node.name}"
        for path in (ROOT / "ui").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and (node.end_lineno or 0) - node.lineno > 300
    ]
    assert long == []
