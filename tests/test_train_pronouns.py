"""The weights of "he" and "she" are learnt from GAP's and annotated articles' pronouns."""

from __future__ import annotations

import json
from pathlib import Path

from whipcount.config import PronounTrainingConfig
from whipcount.train_pronouns import train_pronouns

ARTICLE = (
    "article: {name}\nsplit: {split}\n# actors\nq | person | Marta Quill\ns | person | Peter Stroud\n# text\n"
    "[Marta Quill|q] met [Peter Stroud|s] before [she|q] left.\n"
)


def test_weights_are_learnt_and_written(attributed_corpora: Path, tmp_path: Path) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    for number, split in enumerate(["train"] * 6 + ["development"]):
        (folder / f"{number}.txt").write_text(ARTICLE.format(name=f"a{number}", split=split), encoding="utf-8")
    out = tmp_path / "weights.json"
    train_pronouns(PronounTrainingConfig(folders=[str(folder)], penalty=0.1, out=str(out)))
    record = json.loads(out.read_text())
    assert record["learnt_from"] == {"gap": "development", str(folder): "train"}
    assert record["n_pronouns"] == 6 + 2, "of the train articles, and of GAP"
    assert record["weights"]["back 0, subject"] > record["weights"].get("back 0, object", 0.0)
