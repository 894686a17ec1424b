from __future__ import annotations

import json
from pathlib import Path

from whipcount.modeling.checkpoints import newest_whole_checkpoint


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
