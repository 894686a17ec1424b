"""The weights of "he" and "she" are learnt from GAP's and annotated articles' pronouns."""

from __future__ import annotations

import json
from pathlib import Path

from whipcount.config import PronounTrainingConfig
from whipcount.reading.antecedents import QUOTES, learnt_weights
from whipcount.train_pronouns import train_pronouns


def test_weights_are_learnt_and_written(attributed_corpora: Path, pronoun_news: Path, tmp_path: Path) -> None:
    out = tmp_path / "weights.json"
    train_pronouns(PronounTrainingConfig(folders=[str(pronoun_news)], penalty=0.1, out=str(out)))
    record = json.loads(out.read_text())
    assert record["learnt_from"] == {"gap": "development", str(pronoun_news): "train"}
    assert record["n_pronouns"] == 6 + 2, "of the train articles, and of GAP"
    assert record["weights"]["back 0, subject"] > record["weights"].get("back 0, object", 0.0)


def test_some_weights_can_be_learnt_alone(attributed_corpora: Path, pronoun_news: Path, tmp_path: Path) -> None:
    out = tmp_path / "weights.json"
    train_pronouns(PronounTrainingConfig(folders=[str(pronoun_news)], rounds=1, only=QUOTES, out=str(out)))
    weights = json.loads(out.read_text())["weights"]
    others = {name: weight for name, weight in learnt_weights().items() if not name.startswith(QUOTES)}
    assert {name: weight for name, weight in weights.items() if not name.startswith(QUOTES)} == others
