"""Where corpora lie."""

from __future__ import annotations

from pathlib import Path

from whipcount.schema import InputError

BUNDLED = Path(__file__).parent / "bundled"


def bundled_names() -> list[str]:
    """Return the names of the corpora that come with the package."""
    return sorted(path.name for path in BUNDLED.iterdir() if path.is_dir())


def find_corpus(name: str) -> Path:
    """Return the folder of a bundled corpus or the folder of that path.

    Raises:
        InputError: there is neither.
    """
    bundled = bundled_names()
    folder = BUNDLED / name if name in bundled else Path(name)
    if not name or not folder.is_dir():
        raise InputError(
            f"corpus {name!r} is no folder; give one with annotated articles (*.txt) or a bundled corpus ({', '.join(bundled)})"
        )
    return folder
