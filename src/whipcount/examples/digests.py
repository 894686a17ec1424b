"""Digests of files, to tell whether they have changed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from whipcount.schema import InputError


def digest_files(*paths: Path) -> str:
    """Return a sha256 over the content of files; of one file its own.

    Raises:
        InputError: a file cannot be read.
    """
    digests = []
    for path in paths:
        try:
            with path.open("rb") as file:
                digests.append(hashlib.file_digest(file, "sha256").hexdigest())
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    return digests[0] if len(digests) == 1 else hashlib.sha256(json.dumps(digests).encode()).hexdigest()


def digest_code(*patterns: str) -> str:
    """Return a sha256 over files of this package: what they make may be another thing after an update of the same version.

    Args:
        patterns: of their paths from the package's folder, as of ``Path.glob``.

    Raises:
        FileNotFoundError: a pattern fits none.
    """
    package = Path(__file__).parents[1]
    files: set[Path] = set()
    for pattern in patterns:
        found = [path for path in package.glob(pattern) if path.is_file() and not path.name.startswith(".")]
        if not found:
            raise FileNotFoundError(f"{package}: whipcount holds no {pattern}; install it again")
        files.update(found)
    return digest_files(*sorted(files))


def digest_model(folder: Path) -> str:
    """Return a sha256 over what a model's or an encoder's folder holds, beside its card: weights, shape, tokenizer, records."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix != ".md" and not path.name.startswith("."))
    return digest_files(*files)


def digest_start(encoder: str) -> str | None:
    """Return ``digest_model`` of the folder that a training begins from; None of an encoder that goes by a name."""
    return digest_model(Path(encoder)) if Path(encoder).is_dir() else None
