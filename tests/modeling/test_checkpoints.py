from __future__ import annotations

import json
from pathlib import Path

import pytest

from whipcount.modeling.checkpoints import newest_whole_checkpoint, open_run
from whipcount.schema import InputError


def test_cut_short_checkpoints_are_skipped_for_the_newest_whole_one(tmp_path: Path) -> None:
    for step in (4, 8, 12):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"x" * 10)
        (folder / "whole.json").write_text(json.dumps({"model.safetensors": 10}))
    (tmp_path / "checkpoint-12" / "whole.json").unlink()
    (tmp_path / "checkpoint-8" / "model.safetensors").write_bytes(b"x" * 9)
    assert newest_whole_checkpoint(tmp_path) == tmp_path / "checkpoint-4"
    assert [folder.name for folder in tmp_path.iterdir()] == ["checkpoint-4"]


def test_a_folder_of_something_else_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(InputError, match="holds something else than a training run"):
        open_run(tmp_path, "fingerprint")
    assert (tmp_path / "thesis.txt").exists()
