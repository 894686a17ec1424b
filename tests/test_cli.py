from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st

import whipcount
from whipcount.cli import COMMANDS, HELP, files_as_setting, main

ROOT = Path(__file__).resolve().parents[1]


def run_cli(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(whipcount.__file__).parents[1])}
    command = [sys.executable, "-m", "whipcount.cli", *words]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_help_names_every_command_in_a_few_lines(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["whipcount", *words])
    main()
    printed = capsys.readouterr().out
    assert printed == HELP and len(printed.splitlines()) <= 13
    named = [line.split()[0] for line in printed.splitlines() if line.startswith("  ")]
    assert named == list(COMMANDS)
    assert all((ROOT / "src" / "whipcount" / f"{command}.py").is_file() for command in COMMANDS)


def test_an_unknown_command_is_one_line_and_exit_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["whipcount", "comparre", "a.jsonl"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("whipcount: 'comparre' is no command; give one of read, build, ")


def test_words_that_are_files_become_the_setting() -> None:
    words = ["a.jsonl", "gold=outputs/dataset", "runs/seed=1/b.jsonl", "--multirun", "min_support=2"]
    assert files_as_setting(words) == [
        "gold=outputs/dataset",
        "--multirun",
        "min_support=2",
        'predictions=["a.jsonl","runs/seed=1/b.jsonl"]',
    ]
    assert files_as_setting(["predictions=[a,b]", "seed=1"]) == ["predictions=[a,b]", "seed=1"]


NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f$="), min_size=1, max_size=12)


@given(st.lists(NAMES.filter(lambda name: not name.startswith("-")), min_size=1, max_size=6))
def test_hydra_reads_any_file_name_as_it_is(files: list[str]) -> None:
    (setting,) = files_as_setting(files)
    (override,) = OverridesParser.create().parse_overrides([setting])
    values = override.value()
    assert isinstance(values, list)
    assert [str(value.text if hasattr(value, "text") else value) for value in values] == files


def test_the_script_is_declared() -> None:
    assert 'whipcount = "whipcount.cli:main"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_files_are_compared_from_the_command_line(town_folder: Path, prediction_files: dict[str, Path], tmp_path: Path) -> None:
    spaced = tmp_path / "my, [best] model.jsonl"
    spaced.write_bytes(prediction_files["model"].read_bytes())
    few = ["resamples=50", "permutations=50", "splits=[test]"]
    run = run_cli("compare", spaced.name, str(prediction_files["perfect"]), f"gold={town_folder}", "out=found", *few, cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert "A  model" in run.stdout and "B  perfect" in run.stdout
    values = json.loads((tmp_path / "found" / "comparison.json").read_text(encoding="utf-8"))
    assert values["draws"] == {"n_resamples": 50, "n_permutations": 50, "seed": 0}
    assert values["splits"]["test"]["comparisons"]["perfect"]["scores"]["triplet_f1"]["difference"] == pytest.approx(-0.6)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["found", spaced.name]  # no log


def test_other_commands_are_handed_on_with_their_faults(tmp_path: Path) -> None:
    run = run_cli("evaluate", "gold=nowhere", "splits=[valid]", cwd=tmp_path)
    assert run.returncode == 1
    (line,) = (run.stdout + run.stderr).splitlines()
    assert line.startswith("configuration: splits is ['valid']")


def test_too_many_files_are_one_line(tmp_path: Path) -> None:
    run = run_cli("compare", *(f"{number}.jsonl" for number in range(7)), cwd=tmp_path)
    assert run.returncode == 1
    (line,) = (run.stdout + run.stderr).splitlines()
    assert line == "configuration: predictions names 7 files; give 2 to 6"
    assert list(tmp_path.iterdir()) == []
