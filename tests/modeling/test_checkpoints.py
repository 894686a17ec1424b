from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from transformers import TrainerControl, TrainerState, TrainingArguments

from whipcount.modeling.checkpoints import MarkWhole, SaveOften, best_of_stopped, newest_whole_checkpoint, open_run, seconds_before
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


def stopped(folder: Path, best: Path | None, should_stop: bool = True) -> Path:
    """Return a checkpoint of a run that has ended, with weights."""
    folder.mkdir()
    save_file({"weight": torch.full((1,), float(folder.name[-1]))}, folder / "model.safetensors")
    told = {"TrainerControl": {"args": {"should_training_stop": should_stop}}}
    state = {"best_model_checkpoint": best and str(best), "stateful_callbacks": told}
    (folder / "trainer_state.json").write_text(json.dumps(state))
    return folder


def test_of_a_run_that_had_ended_the_best_weights_are_taken_or_the_last(tmp_path: Path) -> None:
    first = stopped(tmp_path / "checkpoint-1", None)
    second = stopped(tmp_path / "checkpoint-2", first)
    for checkpoint, weight in ((second, 1.0), (first, 1.0)):
        best = best_of_stopped(checkpoint)
        assert best is not None and best["weight"].item() == weight
    assert best_of_stopped(stopped(tmp_path / "checkpoint-3", first, should_stop=False)) is None


def test_the_time_of_a_run_is_that_of_all_its_parts(tmp_path: Path) -> None:
    run = tmp_path / "run"
    open_run(run, "same")
    assert seconds_before(run, "same") == 0.0
    (run / "checkpoint-1").mkdir()
    arguments, state = TrainingArguments(output_dir=str(run)), TrainerState(global_step=1)
    first = MarkWhole(run)
    first.started -= 100
    first.on_save(arguments, state, TrainerControl())
    assert 100 <= seconds_before(run, "same") < 101
    second = MarkWhole(run)
    second.started -= 50
    second.on_save(arguments, state, TrainerControl())
    assert 150 <= seconds_before(run, "same") < 152
    assert seconds_before(run, "other") == 0.0


def test_the_end_of_an_epoch_is_kept_once_it_has_been_evaluated(tmp_path: Path) -> None:
    often = SaveOften()
    often.saved = time.monotonic() - 10_000
    for epoch, is_kept in ((0.5, True), (1.0, False), (1.25, True)):
        control = TrainerControl()
        often.on_step_end(TrainingArguments(output_dir=str(tmp_path)), TrainerState(epoch=epoch), control)
        assert control.should_save == is_kept
