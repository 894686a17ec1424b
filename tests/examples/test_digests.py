"""A digest tells whether what a model's folder says has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

import whipcount
from whipcount.examples.digests import digest_code, digest_files, digest_model, digest_start


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "pytorch_model.bin", "vocab.txt", "merges.txt", "spiece.model"])
def test_every_file_that_decides_what_a_model_says_counts(tmp_path: Path, name: str) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / name).write_text("old")
    before = digest_model(tmp_path)
    (tmp_path / name).write_text("new")
    assert digest_model(tmp_path) != before


def test_cards_and_hidden_files_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    before = digest_model(tmp_path)
    (tmp_path / "1_Pooling").mkdir()
    for name in ("README.md", ".gitattributes", "1_Pooling/config.json"):
        (tmp_path / name).write_text("words")
    assert digest_model(tmp_path) == before


def test_the_code_counts_as_far_as_it_is_named() -> None:
    package = Path(whipcount.__file__).parent
    assert digest_code("schema.py") == digest_files(package / "schema.py")
    assert digest_code("schema.py", "sch*.py") == digest_code("schema.py"), "a file counts once"
    assert len({digest_code("schema.py"), digest_code("corpora/*.py"), digest_code("schema.py", "corpora/*.py")}) == 3


def test_a_pattern_that_names_no_file_is_refused() -> None:
    with pytest.raises(FileNotFoundError, match=r"whipcount holds no nowhere/\*\.py"):
        digest_code("schema.py", "nowhere/*.py")


def test_a_training_begins_from_a_folder_that_is_known_by_its_content_or_from_a_name(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    assert digest_start(str(tmp_path)) == digest_model(tmp_path)
    assert digest_start("minilm") is None
