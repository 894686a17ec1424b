"""Who may import whom, and what must start in a blink."""

from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import whipcount

PACKAGE = Path(whipcount.__file__).parent
WINGS = ("schema", "config", "reading", "corpora", "examples", "scoring", "baselines", "modeling", "rendering", "pipeline", "mains")
MAINS = {
    "build",
    "quality",
    "train",
    "predict",
    "evaluate",
    "compare",
    "experiment",
    "fetch",
    "launch",
    "cli",
    "yardstick",
    "throughput",
    "train_attribution",
    "train_pronouns",
    "train_resolver",
    "raw",
    "read",
    "attribution",
    "pronouns",
    "evidence",
}
LIGHT = (
    "whipcount",
    "whipcount.schema",
    "whipcount.config",
    "whipcount.reading.names",
    "whipcount.reading.quotes",
    "whipcount.reading.sentences",
    "whipcount.corpora.public",
    "whipcount.fetch",
    "whipcount.scoring.report",
    "whipcount.baselines",
    "whipcount.evaluate",
    "whipcount.compare",
    "whipcount.cli",
    "whipcount.raw",
    "whipcount.read",
    "whipcount.pipeline",
)


def wing_of(module: str) -> str:
    """Return the wing of a dotted name inside the package: ``whipcount.scoring.rows`` is in ``scoring``."""
    name = module.split(".")[1]
    return "mains" if name in MAINS else name


def imports_of(source: str, module: str, is_package: bool) -> Iterator[str]:
    """Yield every module of the package that a source imports, wherever in the file, as a dotted name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parts = module.split(".")
            above = parts[: len(parts) - node.level + is_package] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            names = [f"{origin}.{alias.name}" for alias in node.names] if origin == "whipcount" else [origin]
        else:
            continue
        yield from (name for name in names if name.startswith("whipcount."))


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_imports_only_from_wings_above_its_own(path: Path) -> None:
    module = module_name(path)
    allowed = WINGS[: WINGS.index(wing_of(module)) + 1]
    found = imports_of(path.read_text(encoding="utf-8"), module, path.name == "__init__.py")
    assert [name for name in found if wing_of(name) not in allowed] == []


@pytest.mark.parametrize(
    ("source", "module", "is_package", "expected"),
    [
        ("import whipcount.modeling.model as m, os", "whipcount.reading", False, ["whipcount.modeling.model"]),
        ("from whipcount import build, schema", "whipcount.reading", False, ["whipcount.build", "whipcount.schema"]),
        ("def f():\n    from whipcount.scoring.rows import x", "whipcount.reading", False, ["whipcount.scoring.rows"]),
        ("from .rows import x", "whipcount.scoring.report", False, ["whipcount.scoring.rows"]),
        ("from ..modeling import model", "whipcount.scoring.report", False, ["whipcount.modeling"]),
        ("from .. import modeling", "whipcount.scoring", True, ["whipcount.modeling"]),
        ("from .rows import x", "whipcount.scoring", True, ["whipcount.scoring.rows"]),
        ("from . import build", "whipcount.reading", False, ["whipcount.build"]),
    ],
)
def test_every_way_to_import_is_seen(source: str, module: str, is_package: bool, expected: list[str]) -> None:
    assert list(imports_of(source, module, is_package)) == expected


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_reading_scoring_and_baselines_start_without_torch() -> None:
    run = run_python(f"import sys, {', '.join(LIGHT)}\nprint(sorted({{'torch', 'transformers', 'spacy'}} & set(sys.modules)))")
    assert run.stderr == ""
    assert run.stdout == "[]\n"


def test_the_command_that_predicts_starts_without_torch() -> None:
    run = run_python("import sys, whipcount.predict\nprint('torch' in sys.modules)")
    assert (run.stdout, run.stderr) == ("False\n", "")


def test_the_tests_reach_no_network() -> None:
    with pytest.raises(ConnectionRefusedError, match="a test wants to reach"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
