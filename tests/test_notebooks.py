"""The notebooks are stored clean, stay short, and run on what a training run leaves."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from whipcount.schema import NONE, STANCES
from whipcount.scoring.predictions import Predictions, read_predictions, write_predictions

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
STEMS = ["01_explore_the_article", "02_per_actor_results", "03_use_the_model", "04_is_it_the_name", "05_compare_experiments"]
MAX_CELLS = 14
CELL_SECONDS = 180
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def load(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def parse(source: str) -> ast.Module:
    """Parse a cell; lines for IPython (``%matplotlib inline``) are not Python."""
    return ast.parse("\n".join("" if line.startswith("%") else line for line in source.split("\n")))


def test_the_notebooks_are_there() -> None:
    assert [path.stem for path in NOTEBOOKS] == STEMS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_clean(path: Path) -> None:
    notebook = load(path)
    nbformat.validate(notebook)
    assert [(cell.id, cell.outputs, cell.execution_count) for cell in code_cells(notebook)] == [
        (cell.id, [], None) for cell in code_cells(notebook)
    ]
    assert [cell.id for cell in notebook.cells] == [f"{path.stem[:2]}-{index:02d}" for index in range(len(notebook.cells))]
    assert all(cell.metadata == {} for cell in notebook.cells)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_one_short_story(path: Path) -> None:
    notebook = load(path)
    assert len(notebook.cells) <= MAX_CELLS
    first, last = notebook.cells[0], notebook.cells[-1]
    assert first.cell_type == last.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert last.source.startswith("## What to take from it")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_defines_nothing(path: Path) -> None:
    nodes = [node for cell in code_cells(load(path)) for node in ast.walk(parse(cell.source))]
    assert [ast.unparse(node) for node in nodes if isinstance(node, DEFINITIONS)] == []
    assert any(isinstance(node, ast.ImportFrom) and (node.module or "").startswith("whipcount") for node in nodes)


def execute(path: Path, outputs: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a notebook as a reader would, in its own folder, on the outputs of a run; nothing of the user's settings counts."""
    settings = {
        "WHIPCOUNT_OUTPUTS": outputs,
        "IPYTHONDIR": home / "ipython",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "HF_HUB_OFFLINE": 1,
        "JUPYTER_PLATFORM_DIRS": 1,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.delenv("PYTHONWARNINGS", raising=False)  # a warning inside the kernel is the reader's to see, no failure
    notebook = load(path)
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=CELL_SECONDS, kernel_name="python3", resources=resources).execute()
    return notebook


def n_images(cell: Any) -> int:
    return sum("image/png" in output.get("data", {}) for output in cell.outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_its_figures(path: Path, small_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = code_cells(execute(path, small_run, tmp_path, monkeypatch))
    calls = [cell.source.count("plot_") if "import" not in cell.source else 0 for cell in cells]
    assert sum(calls) >= 2
    assert [n_images(cell) for cell in cells] == calls
    assert all(cell.outputs for cell in cells if parse(cell.source).body and isinstance(parse(cell.source).body[-1], ast.Expr))


def test_the_results_can_be_read_of_a_model_that_sees_no_stance(small_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = tmp_path / "outputs"
    shutil.copytree(small_run / "predictions", outputs / "predictions")
    (outputs / "dataset").symlink_to(small_run / "dataset")
    file = outputs / "predictions" / "whipcount.jsonl"
    real = read_predictions(file)
    silent = np.tile(np.eye(len(STANCES))[NONE], (len(real.ids), 1))
    write_predictions(file, Predictions(real.system, real.ids, silent, real.dataset))
    cells = code_cells(execute(NOTEBOOKS[1], outputs, tmp_path, monkeypatch))
    (printed,) = [output.text for output in cells[-1].outputs if output.output_type == "stream"]
    assert printed == "15 mistakes, 0 stances exactly right\n"  # the article has 15 stances, all missed


def test_a_fault_in_a_cell_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "faulty.ipynb"
    shutil.copy(NOTEBOOKS[0], path)
    with pytest.raises(CellExecutionError, match="no dataset here"):
        execute(path, tmp_path / "nowhere", tmp_path, monkeypatch)
