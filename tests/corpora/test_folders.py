from __future__ import annotations

from pathlib import Path

import pytest

from whipcount.corpora.folders import BUNDLED, find_corpus
from whipcount.schema import InputError


def test_a_corpus_is_found_by_bundled_name_or_by_path(tmp_path: Path) -> None:
    assert find_corpus("labour_2016") == BUNDLED / "labour_2016"
    assert find_corpus(str(tmp_path)) == tmp_path


@pytest.mark.parametrize("name", ["nowhere", ""])
def test_an_unknown_folder_is_named_with_the_bundled_ones(name: str) -> None:
    with pytest.raises(InputError, match=rf"corpus '{name}' is no folder; .*gazette, labour_2016"):
        find_corpus(name)
