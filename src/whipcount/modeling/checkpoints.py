"""The run folder of a training: which checkpoint is whole, and whether it belongs to this configuration and data."""

from __future__ import annotations

import json
import logging
import shutil
import time
from pathlib import Path
from typing import Any

from safetensors.torch import load_file
from torch import Tensor
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from whipcount.examples.storage import check_replaceable, written_whole

log = logging.getLogger(__name__)

FINGERPRINT = "fingerprint.txt"
WHOLE = "whole.json"
TAKEN = "seconds.txt"
MEASURED = "eval_"
"""What the Trainer puts before the names of scores."""
SECONDS = 1200
"""Of training that may be lost when a run is killed."""


class MarkWhole(TrainerCallback):
    """Marks a checkpoint as whole once everything in it is written, and notes how long the run has taken until then."""

    def __init__(self, run: Path) -> None:
        self.started = time.monotonic() - _taken(run)

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Record the size of every file of the checkpoint."""
        assert args.output_dir is not None
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        with written_whole(folder / WHOLE) as partial:
            partial.write_text(json.dumps({path.name: path.stat().st_size for path in folder.iterdir() if path != partial}))
        with written_whole(Path(args.output_dir) / TAKEN) as partial:
            partial.write_text(str(time.monotonic() - self.started))


class SaveOften(TrainerCallback):
    """Has a checkpoint written within an epoch, too, where the last one is ``SECONDS`` old."""

    def __init__(self) -> None:
        self.saved = time.monotonic()

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Ask for one if it is time."""
        ends_epoch = float(state.epoch or 0).is_integer()  # then one is written anyway, once the epoch has been evaluated
        if time.monotonic() - self.saved >= SECONDS and not ends_epoch:
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


def seconds_before(run: Path, fingerprint: str) -> float:
    """Return how long a run had taken when it last wrote a checkpoint; 0 where it has not, or is one of another fingerprint."""
    path = run / FINGERPRINT
    return _taken(run) if path.is_file() and path.read_text() == fingerprint else 0.0


def _taken(run: Path) -> float:
    path = run / TAKEN
    return float(path.read_text()) if path.is_file() else 0.0


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


def scores_by_epoch(run: Path) -> list[dict[str, float]]:
    """Return what a run that has ended measured on the development articles after each epoch: its number, and every score by name."""
    checkpoint = newest_whole_checkpoint(run)
    history = read_state(checkpoint)["log_history"] if checkpoint else []
    return [
        {"epoch": entry["epoch"]} | {name.removeprefix(MEASURED): value for name, value in entry.items() if name.startswith(MEASURED)}
        for entry in history
        if any(name.startswith(MEASURED) for name in entry)
    ]


def best_of_stopped(checkpoint: Path) -> dict[str, Tensor] | None:
    """Return the best weights of a run that had ended when the checkpoint was written, the last ones where none are best; else None."""
    state = read_state(checkpoint)
    if not state["stateful_callbacks"]["TrainerControl"]["args"]["should_training_stop"]:
        return None
    return load_file(Path(state["best_model_checkpoint"] or checkpoint) / "model.safetensors")
