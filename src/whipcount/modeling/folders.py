"""Model folders: nothing in them may run code when it is loaded, and what cannot be loaded is said in one line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from transformers import PretrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

from whipcount.examples.storage import check_replaceable, written_whole
from whipcount.schema import InputError

PICKLES = {".bin", ".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib"}
CONFIG_NAME = "config.json"

Config = TypeVar("Config", bound=PretrainedConfig)
Model = TypeVar("Model", bound=PreTrainedModel)


def save(folder: Path, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: Mapping[str, str]) -> None:
    """Write a model, its tokenizer and ``texts`` (file name to text) to a folder, whole or not at all."""
    check_model_replaceable(folder, model.config.model_type)
    with written_whole(folder) as partial:
        model.save_pretrained(partial)
        tokenizer.save_pretrained(partial)
        for name, text in texts.items():
            (partial / name).write_text(text, encoding="utf-8")


def check_model_replaceable(folder: Path, model_type: str) -> None:
    """Refuse to replace what is no model of this type: a resolver must not cost anybody a stance model, nor either an encoder.

    Raises:
        InputError: a file stands there, or a folder that is not empty and holds no such model.
    """
    check_replaceable(folder, CONFIG_NAME, "model")
    if folder.is_dir() and any(folder.iterdir()) and type_of(folder) != model_type:
        raise InputError(f"{folder}: holds something else than a model of the type {model_type!r}; name another folder or empty it")


def type_of(folder: Path) -> str | None:
    """Return the type that the configuration of a model folder tells; None where there is none that does."""
    try:
        config = json.loads((folder / CONFIG_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    found = config.get("model_type") if isinstance(config, dict) else None
    return found if isinstance(found, str) else None


def first_encoder(folder: Path) -> str:
    """Return the encoder that a model began with, of one that goes on from another model that one's; empty where nobody knows."""
    trained, encoder, seen = folder / "training.json", "", {folder.resolve()}
    while trained.is_file():
        encoder = json.loads(trained.read_text(encoding="utf-8"))["config"]["model"]["encoder"]
        before = Path(encoder).resolve()
        trained = before / "training.json"
        if before in seen:  # it went on from what stood in its own folder
            break
        seen.add(before)
    return encoder


@contextmanager
def loading(folder: Path, train: str) -> Iterator[None]:
    """Load a model inside of this.

    Args:
        folder: of the model.
        train: the command that makes one.

    Raises:
        InputError: no whole model of the kind there, a file cut short, or a pickle in the folder (refused: loading one runs its code).
    """
    if not (folder / CONFIG_NAME).is_file():
        raise InputError(f"{folder}: no model here; train one with {train}")
    pickles = sorted(path.name for path in folder.rglob("*") if path.suffix in PICKLES)
    if pickles:
        raise InputError(
            f"{folder}: holds the pickle {pickles[0]}, which could run code when loaded; remove it or get the model as safetensors"
        )
    try:
        yield
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InputError(
            f"{folder}: the model cannot be loaded, it is damaged, cut short or of another kind or whipcount version ({reason}); "
            f"train one with {train}"
        ) from error


def load_config(kind: type[Config], folder: Path) -> Config:
    """Return the configuration of a model over an encoder; to be called inside of ``loading``.

    Raises:
        ValueError: it is that of another kind of model, or tells no encoder.
    """
    found, _ = kind.get_config_dict(folder)
    if found.get("model_type") != kind.model_type:
        raise ValueError(f"its model_type is {found.get('model_type')!r}, not {kind.model_type!r}")
    if not found.get("encoder"):
        raise ValueError(f"{CONFIG_NAME} does not say of what shape its encoder is")
    return kind.from_pretrained(folder)


def load_weights(kind: type[Model], folder: Path, config: PretrainedConfig) -> Model:
    """Return a model in full precision, however it is stored; to be called inside of ``loading``.

    Raises:
        ValueError: the folder does not hold all of its weights; those would be left as chance drew them.
    """
    read: Any = kind.from_pretrained(folder, config=config, use_safetensors=True, dtype=torch.float32, output_loading_info=True)
    model: Model = read[0]
    if missing := sorted(read[1]["missing_keys"]):
        raise ValueError(f"no weights are there for {missing[0]}" + (f" and {len(missing) - 1} more" if missing[1:] else ""))
    return model
