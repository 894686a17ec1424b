"""What the mains share: composes a main's configuration with Hydra and runs it, and writes the record of a measurement.

A fault in the input becomes one line and a non-zero exit.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import hydra
from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf

from whipcount.examples.storage import written_whole
from whipcount.schema import InputError

CONFIG_FOLDER = Path(__file__).resolve().parents[2] / "configs"
log = logging.getLogger("whipcount")

ConfigT = TypeVar("ConfigT")


def register(schema: type, name: str) -> None:
    """Make a dataclass the schema of ``configs/<name>.yaml``: unknown and ill-typed keys fail."""
    ConfigStore.instance().store(name=f"{name}_schema", node=schema)


def config_folder(name: str) -> Path:
    """Return the folder of ``<name>.yaml``: ``configs``, or ``configs/<name>`` for a main with a plain key that is a folder there.

    Hydra takes ``model=x`` for a choice among the files of ``model/`` wherever there is such a folder beside the YAML.
    """
    own = CONFIG_FOLDER / name
    return own if (own / f"{name}.yaml").is_file() else CONFIG_FOLDER


def launch(task: Callable[[ConfigT], object], schema: type[ConfigT], name: str) -> None:
    """Run ``task`` with what ``<name>.yaml`` and the command line make of ``schema``."""
    if not CONFIG_FOLDER.is_dir():
        sys.exit(f"{CONFIG_FOLDER}: no such folder; this command runs from a checkout of whipcount, installed with 'make install'")
    register(schema, name)

    @hydra.main(version_base="1.3", config_path=str(config_folder(name)), config_name=name)
    def run(composed: DictConfig) -> None:
        try:
            config = OmegaConf.to_object(composed)
            assert isinstance(config, schema)
            task(config)
        except InputError as error:
            log.error("%s", error)
            sys.exit(1)

    run()


def code_version() -> str:
    """Return the version and, in a git checkout, the commit, marked where files have changed since."""
    command = shlex.split("git describe --always --dirty --abbrev=12")
    try:
        described = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:  # a machine without git
        described = ""
    return f"{version('whipcount')} ({described or 'no git'})"


def hardware(device: str) -> str:
    """Return what a record tells of the machine: its kind, how many processors it has, and the device that the model ran on."""
    return f"{platform.machine()}, {os.cpu_count()} processors, {device}"


def made_with(model: Path, packages: Sequence[str], device: str) -> dict[str, Any]:
    """Return what a record's manifest tells of how it came about.

    Args:
        model: folder of a model; what its ``training.json`` says of where it comes from is told, nothing where there is none.
        packages: whose versions are told.
        device: that the model ran on.
    """
    path = model / "training.json"
    trained = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {
        "code": code_version(),
        "model": {key: trained[key] for key in ("fingerprint", "dataset", "config", "hardware") if key in trained},
        "versions": {package: version(package) for package in packages} | {"python": platform.python_version()},
        "hardware": hardware(device),
    }


def recorded_settings(config: Any, paths: Sequence[str]) -> dict[str, Any]:
    """Return the settings of a dataclass; of those that are a path or a list of such, the last part, which tells no one's folders."""
    settings = asdict(config)
    for key in paths:
        value = settings[key]
        settings[key] = Path(value).name if isinstance(value, str) else [Path(one).name for one in value]
    return settings


def write_record(
    out: Path, name: str, metrics: Mapping[str, Any], manifest: Mapping[str, Any], readme: str, settings: Mapping[str, Any] | None = None
) -> None:
    """Write the folder of a record, whole or not at all: ``metrics`` as the file ``name``, ``manifest.json``, README, settings."""
    with written_whole(out) as partial:
        partial.mkdir(parents=True)
        for file, values in ((name, metrics), ("manifest.json", manifest)):
            (partial / file).write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
        if settings is not None:
            (partial / "config.yaml").write_text(OmegaConf.to_yaml(OmegaConf.create(dict(settings))), encoding="utf-8")
        (partial / "README.md").write_text(readme, encoding="utf-8")
    log.info("recorded in %s", out)
