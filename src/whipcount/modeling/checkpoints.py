"""The run folder of a training: which checkpoint is whole, and whether it belongs to this configuration and data."""

from __future__ import annotations

import json
import logging
import shutil
import time
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from whipcount.examples.storage import check_replaceable, written_whole

log = logging.getLogger(__name__)

FINGERPRINT = "fingerprint.txt"
WHOLE = "whole.json"
SECONDS = 1200
"""Of training that may be lost when a run is killed."""


class MarkWhole(TrainerCallback):
    """Marks a checkpoint as whole once everything in it is written."""

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Record the size of every file of the checkpoint."""
        assert args.output_dir is not None
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        with written_whole(folder / WHOLE) as partial:
            partial.write_text(json.dumps({path.name: path.stat().st_size for path in folder.iterdir() if path != partial}))


class SaveOften(TrainerCallback):
    """Has a checkpoint written within an epoch, too, where the last one is ``SECONDS`` old."""

    def __init__(self) -> None:
        self.saved = time.monotonic()

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Ask for one if it is time."""
        if time.monotonic() - self.saved >= SECONDS:
            control.should_save = True

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Note that there is one."""
        self.saved = time.monotonic()


def newest_whole_checkpoint(run: Path) -> Path | None:
    """Return the newest checkpoint whose files are all there at full size; newer ones, cut short, are removed."""
    for folder in sorted(run.glob("checkpoint-*"), key=lambda path: -int(path.name.split("-")[1])):
        try:
            sizes = json.loads((folder / WHOLE).read_text())
            if all((folder / name).stat().st_size == size for name, size in sizes.items()):
                return folder
        except (OSError, json.JSONDecodeError):
            pass
        log.warning("%s: cut short, skipped for an older checkpoint", folder)
        shutil.rmtree(folder)
    return None


def open_run(run: Path, fingerprint: str) -> None:
    """Empty the run folder unless it belongs to this configuration and data.

    Raises:
        InputError: the folder holds something else than a training run; it would be lost.
    """
    path = run / FINGERPRINT
    if path.is_file() and path.read_text() == fingerprint:
        log.info("%s: going on with the run that is there", run)
        return
    check_replaceable(run, FINGERPRINT, "training run")
    if path.is_file():
        log.info("%s: configuration or data have changed, starting afresh", run)
    with written_whole(run) as partial:
        partial.mkdir()
        (partial / FINGERPRINT).write_text(fingerprint)


def read_state(checkpoint: Path) -> dict[str, Any]:
    """Return the Trainer's state as a checkpoint holds it."""
    state: dict[str, Any] = json.loads((checkpoint / "trainer_state.json").read_text())
    return state


def had_stopped(checkpoint: Path) -> bool:
    """Whether early stopping had ended the run when the checkpoint was written."""
    return bool(read_state(checkpoint)["stateful_callbacks"]["TrainerControl"]["args"]["should_training_stop"])
