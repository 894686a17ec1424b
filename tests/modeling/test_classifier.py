from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from datasets import Dataset

from whipcount import StanceClassifier
from whipcount.examples.storage import load_dataset_folder
from whipcount.modeling.collation import collate
from whipcount.modeling.model import StanceModel, StanceOutput
from whipcount.modeling.variation import plain
from whipcount.schema import NONE, STANCES, Actor, InputError, ordered_pairs
from whipcount.scoring.calibration import apply_none_bias

ROW = {"text": "Quill accused Oduya of misleading the islanders.", "speaker": "Marta Quill", "target": "Femi Oduya"}


@pytest.fixture(scope="module")
def folder(small_run: Path) -> Path:
    return small_run / "model"


@pytest.fixture(scope="module")
def classifier(folder: Path) -> StanceClassifier:
    return StanceClassifier.from_pretrained(folder)


def test_one_row_gets_a_label_and_three_probabilities(classifier: StanceClassifier) -> None:
    found = classifier.predict(text=ROW["text"], speaker=ROW["speaker"], target=ROW["target"])
    assert set(found["probabilities"]) == set(STANCES)
    assert sum(found["probabilities"].values()) == pytest.approx(1)
    assert found["label"] == max(found["probabilities"], key=lambda stance: found["probabilities"][stance])


def test_rows_a_dataset_and_single_calls_agree(classifier: StanceClassifier) -> None:
    rows = [ROW, ROW | {"speaker": "Femi Oduya", "target": "Marta Quill"}, ROW | {"context": "Femi Oduya spoke first."}]
    many = classifier.predict(rows)
    table = classifier.predict(Dataset.from_list([{"context": "", **row} for row in rows]))
    frame = pd.DataFrame(rows)  # NaN where a row has no context
    assert classifier.predict(frame.to_dict("records")) == table
    single = [
        classifier.predict(text=row["text"], speaker=row["speaker"], target=row["target"], context=row.get("context", "")) for row in rows
    ]
    for found in (table, single):
        assert [one["label"] for one in found] == [one["label"] for one in many]
        for one, other in zip(found, many, strict=True):
            assert one["probabilities"] == pytest.approx(other["probabilities"], abs=1e-5)
    assert many[0]["probabilities"] != pytest.approx(many[1]["probabilities"], abs=1e-6), "the direction of the pair is lost"
    assert many[0]["probabilities"] != pytest.approx(many[2]["probabilities"], abs=1e-6), "the context is not read"


def test_author_someone_and_actors_with_aliases_are_understood(classifier: StanceClassifier) -> None:
    assert classifier.predict(text="A shameful vote by the board.", speaker="author", target="Ferry Board")["label"] in STANCES
    assert classifier.predict(text="The board was blamed.", speaker="someone", target="Ferry Board")["label"] in STANCES
    named = classifier.predict(text="Quill accused the FB.", speaker="Quill", target=Actor("b", "Ferry Board", "organisation", ("FB",)))
    bare = classifier.predict(text="Quill accused the FB.", speaker="Quill", target="Ferry Board")
    assert named["probabilities"] != pytest.approx(bare["probabilities"], abs=1e-6)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": "A.", "speaker": "B"}, "column 'target' is missing"),
        ({"text": " ", "speaker": "B", "target": "C"}, "text is empty"),
        *((ROW | {column: math.nan}, f"{column} is empty") for column in ROW),
        ({"text": "A.", "speaker": "B", "target": "B"}, "both speaker and target"),
    ],
)
def test_rows_that_cannot_be_read_are_named(classifier: StanceClassifier, row: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=f"row 1: .*{message}"):
        classifier.predict([ROW, row])


def test_articles_get_a_distribution_for_each_row(classifier: StanceClassifier, small_run: Path) -> None:
    (article,) = load_dataset_folder(small_run / "dataset").articles["test"]
    (probabilities,) = classifier.predict_articles([article])
    assert probabilities.shape == (len(list(ordered_pairs(article))), len(STANCES))
    np.testing.assert_allclose(probabilities.sum(1), 1)


def test_windows_with_many_actors_are_read_few_at_a_time_and_the_same(
    classifier: StanceClassifier, small_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = load_dataset_folder(small_run / "dataset").articles
    articles = [*parts["test"], *parts["development"], *parts["train"]]
    scored: list[int] = []
    forward = StanceModel.forward

    def counted(self: StanceModel, **inputs: Any) -> StanceOutput:
        scored.append(len(inputs["input_ids"]))
        return forward(self, **inputs)

    monkeypatch.setattr(StanceModel, "forward", counted)
    monkeypatch.setattr("whipcount.modeling.classifier.MOST_CELLS", 10**12)
    together = classifier.predict_articles(articles)
    n_windows = sum(scored)
    assert max(scored) == 8 and len(scored) == math.ceil(n_windows / 8)
    scored.clear()
    monkeypatch.setattr("whipcount.modeling.classifier.MOST_CELLS", 1)
    alone = classifier.predict_articles(articles)
    assert scored == [1] * n_windows
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    scored.clear()
    windows = [window for article in articles for window in classifier.encoder.encode(article)]
    largest = max(len(window.sentences) * len(window.actors) ** 2 * max(map(len, window.sentence_tokens)) for window in windows)
    monkeypatch.setattr("whipcount.modeling.classifier.MOST_CELLS", largest)
    classifier.predict_articles(articles)
    assert n_windows / 8 < len(scored) < n_windows


def test_no_article_gets_no_prediction(classifier: StanceClassifier) -> None:
    assert classifier.predict_articles([]) == []


def test_one_pair_can_be_read_under_many_variations(classifier: StanceClassifier, small_run: Path) -> None:
    (article,) = load_dataset_folder(small_run / "dataset").articles["test"]
    hidden = replace(plain(article), blanked=(article.sentences[1],))
    sentence, speaker, target = 1, article.actors[0].id, article.actors[1].id
    row = list(ordered_pairs(article)).index((sentence, speaker, target))
    whole = [classifier.predict_articles([article], variations=[one])[0][row] for one in (plain(article), hidden)]
    found = classifier.read_pair(article, sentence, speaker, target, [plain(article), hidden])
    np.testing.assert_allclose(found, whole, atol=1e-5)
    assert abs(found[0] - found[1]).max() > 1e-4
    assert classifier.read_pair(article, sentence, speaker, target, []).shape == (0, 3)


def test_rosters_found_by_reading_have_a_threshold_of_their_own(
    classifier: StanceClassifier, small_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = load_dataset_folder(small_run / "dataset").articles["test"]
    (plain,) = classifier.predict_articles(articles)
    monkeypatch.setattr(classifier.model.config, "own_none_bias", classifier.model.config.none_bias + 1.5)
    monkeypatch.setattr("whipcount.modeling.classifier.OWN_PAIRS", 0)  # all of them
    (own,) = classifier.predict_articles(articles, own_roster=True)
    np.testing.assert_allclose(own, apply_none_bias(plain, 1.5))
    np.testing.assert_array_equal(classifier.predict_articles(articles)[0], plain)
    monkeypatch.setattr(classifier.model.config, "own_none_bias", None)
    np.testing.assert_array_equal(classifier.predict_articles(articles, own_roster=True)[0], plain, "none is chosen: the same one")


def test_of_rosters_found_by_reading_only_likely_pairs_are_judged(
    classifier: StanceClassifier, small_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = load_dataset_folder(small_run / "dataset").articles["test"]
    monkeypatch.setattr(classifier.model.config, "own_none_bias", classifier.model.config.none_bias)
    monkeypatch.setattr("whipcount.modeling.classifier.OWN_PAIRS", 7)
    (plain,), (own,) = classifier.predict_articles(articles), classifier.predict_articles(articles, own_roster=True)
    judged = own[:, NONE] < 1
    assert judged.reshape(len(articles[0].sentences), -1).sum(1).tolist() == [7] * len(articles[0].sentences)
    np.testing.assert_allclose(own[judged], plain[judged], rtol=1e-4)
    monkeypatch.setattr(classifier.model.config, "ends_learnt", False)
    (own,) = classifier.predict_articles(articles, own_roster=True)
    np.testing.assert_array_equal(own, plain, "which pairs are likely it has not learnt: all are judged")


def test_saving_and_loading_gives_identical_logits(classifier: StanceClassifier, small_run: Path, tmp_path: Path) -> None:
    classifier.save_pretrained(tmp_path / "copy")
    loaded = StanceClassifier.from_pretrained(tmp_path / "copy")
    articles = load_dataset_folder(small_run / "dataset").articles["test"]
    with torch.inference_mode():
        batch = collate(classifier.encoder.encode(articles[0]), 0)
        assert torch.equal(classifier.model(**batch).logits, loaded.model(**collate(loaded.encoder.encode(articles[0]), 0)).logits)
    assert loaded.model.config.id2label == dict(enumerate(STANCES))
    for bias in ("none_bias", "own_none_bias"):
        assert getattr(loaded.model.config, bias) == getattr(classifier.model.config, bias) != 0
    assert loaded.card == classifier.card


def test_a_model_folder_holds_no_pickle_and_says_what_it_is(folder: Path) -> None:
    assert {path.suffix for path in folder.iterdir()} <= {".json", ".safetensors", ".md"}
    record = json.loads((folder / "training.json").read_text())
    assert record["config"]["seed"] == 1 and record["config"]["training"]["epochs"] == 1
    assert record["dataset"] in (folder / "README.md").read_text()


def test_a_missing_model_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no model here; train one with 'make train'"):
        StanceClassifier.from_pretrained(tmp_path)


@pytest.mark.parametrize("name", ["training_args.bin", "extra.pkl", "weights.pt"])
def test_a_folder_with_a_pickle_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "model"
    shutil.copytree(folder, copy)
    (copy / name).touch()
    with pytest.raises(InputError, match=f"holds the pickle {name}"):
        StanceClassifier.from_pretrained(copy)


def test_weights_cut_short_are_one_clear_error(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(folder, copy)
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(InputError, match="damaged, cut short or of another"):
        StanceClassifier.from_pretrained(copy)


def test_a_folder_of_something_else_is_not_replaced(classifier: StanceClassifier, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(InputError, match="holds something else than a model"):
        classifier.save_pretrained(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("config", ['{"model_type": "whipcount_resolver"}', '{"model_type": "bert"}', "[]", "mine"])
def test_a_model_of_another_type_is_not_replaced(classifier: StanceClassifier, tmp_path: Path, config: str) -> None:
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(InputError, match="holds something else than a model of the type 'whipcount'"):
        classifier.save_pretrained(tmp_path)
    assert (tmp_path / "config.json").read_text() == config
