from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from whipcount.baselines import BASELINES
from whipcount.config import PERTURBATIONS, PredictConfig
from whipcount.examples.storage import load_dataset_folder
from whipcount.predict import predict
from whipcount.schema import InputError
from whipcount.scoring.controls import measure_controls
from whipcount.scoring.predictions import read_predictions
from whipcount.scoring.rows import align


@pytest.mark.parametrize("system", ["whipcount", *BASELINES])
def test_every_row_of_the_splits_is_predicted_in_order(small_run: Path, system: str) -> None:
    dataset = load_dataset_folder(small_run / "dataset")
    predictions = read_predictions(small_run / "predictions" / f"{system}.jsonl")
    assert predictions.ids == [*dataset.examples["development"]["id"], *dataset.examples["test"]["id"]]
    assert predictions.system == system
    assert predictions.dataset == dataset.manifest["fingerprint"]


def test_what_is_unchanged_is_not_predicted_again(small_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "p.jsonl"
    config = PredictConfig(model="majority", data=str(small_run / "dataset"), splits=["test"], out=str(out))
    predict(config)
    before = out.stat().st_mtime_ns
    predict(config)
    assert out.stat().st_mtime_ns == before
    config.model = "lexicon"
    predict(config)
    assert out.stat().st_mtime_ns != before


def test_other_weights_predict_again(small_run: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(small_run / "model", model)
    config = PredictConfig(model=str(model), data=str(small_run / "dataset"), splits=["test"], out=str(tmp_path / "p.jsonl"))
    (path,) = predict(config)
    before = path.stat().st_mtime_ns
    weights = load_file(model / "model.safetensors")
    weights["head.stance.5.bias"] = weights["head.stance.5.bias"] + 1
    save_file(weights, model / "model.safetensors")
    predict(config)
    assert path.stat().st_mtime_ns != before, "training.json is the same, the weights are not"


def test_packed_predictions_are_not_made_again(small_run: Path, tmp_path: Path) -> None:
    config = PredictConfig(model="majority", data=str(small_run / "dataset"), splits=["test"], out=str(tmp_path / "p.jsonl.gz"))
    (path,) = predict(config)
    before = path.stat().st_mtime_ns
    predict(config)
    assert path.stat().st_mtime_ns == before


def test_a_missing_model_or_dataset_leaves_nothing_behind(small_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "p.jsonl"
    with pytest.raises(InputError, match="no model here"):
        predict(PredictConfig(model=str(tmp_path / "nowhere"), data=str(small_run / "dataset"), out=str(out)))
    with pytest.raises(InputError, match="no dataset here"):
        predict(PredictConfig(model="majority", data=str(tmp_path), out=str(out)))
    assert not list(tmp_path.iterdir())


def test_a_split_without_articles_is_said(small_run: Path, tmp_path: Path) -> None:
    from whipcount.build import build
    from whipcount.config import BuildConfig, DataConfig
    from whipcount.corpora.folders import BUNDLED

    shutil.copytree(BUNDLED / "labour_2016", tmp_path / "only_test")
    build(BuildConfig(DataConfig([str(tmp_path / "only_test")]), str(tmp_path / "dataset")))
    with pytest.raises(InputError, match="no article in development"):
        predict(PredictConfig(model="majority", data=str(tmp_path / "dataset"), splits=["development"]))


def test_perturbed_predictions_stand_beside_the_plain_ones(small_run: Path, tmp_path: Path) -> None:
    """Every perturbation from the model to its score: files, headers, and what is measured from them."""
    dataset = load_dataset_folder(small_run / "dataset")
    model, data, out = str(small_run / "model"), str(small_run / "dataset"), str(tmp_path / "p.jsonl")
    plain = predict(PredictConfig(model=model, data=data, splits=["test"], out=out))
    assert plain == [tmp_path / "p.jsonl"]
    paths = [
        path
        for kind in PERTURBATIONS
        for path in predict(PredictConfig(model=model, data=data, splits=["test"], out=out, perturb=kind, draws=2))
    ]
    assert [path.name for path in paths] == [f"p.{name}.jsonl" for name in ("swap-01", "swap-02", "mask", "exchange", "blind")]
    perturbed = [read_predictions(path) for path in paths]
    (article,) = dataset.articles["test"]
    for one in perturbed:
        assert one.sparse and one.dataset == dataset.manifest["fingerprint"]
        assert one.details["articles"] == [article.key]
        assert one.details["model"] == read_predictions(plain[0]).details["model"]
    first, second = (one.details for one in perturbed[:2])
    assert (first["perturb"], first["seed"], first["draw"], second["draw"]) == ("swap", 1, 1, 2)
    assert set(first["names"][article.key]) <= {actor.id for actor in article.actors}
    assert first["names"] != second["names"]
    rows = align(dataset.examples["test"], dataset.articles["test"], read_predictions(plain[0]))
    controls = measure_controls(rows, read_predictions(plain[0]), perturbed, n_resamples=20)
    assert [(one.perturbation, len(one.draws)) for one in controls.perturbed] == [("swap", 2), ("mask", 1), ("exchange", 1), ("blind", 1)]


def test_a_draw_that_is_there_is_not_drawn_again(small_run: Path, tmp_path: Path) -> None:
    model, data = str(small_run / "model"), str(small_run / "dataset")
    config = PredictConfig(model, data, splits=["test"], out=str(tmp_path / "p.jsonl"), perturb="swap", draws=1)
    (first,) = predict(config)
    before = first.stat().st_mtime_ns
    config.draws = 2
    assert predict(config) == [first, tmp_path / "p.swap-02.jsonl"]
    assert first.stat().st_mtime_ns == before
    config.draws, config.seed = 1, 2
    predict(config)
    assert read_predictions(first).details["seed"] == 2


def test_a_packed_file_stays_packed(small_run: Path, tmp_path: Path) -> None:
    model, data = str(small_run / "model"), str(small_run / "dataset")
    (path,) = predict(PredictConfig(model, data, splits=["test"], out=str(tmp_path / "p.jsonl.gz"), perturb="mask"))
    assert path == tmp_path / "p.mask.jsonl.gz"
    assert read_predictions(path).details["perturb"] == "mask"


def test_a_baseline_cannot_be_perturbed(small_run: Path, tmp_path: Path) -> None:
    config = PredictConfig(model="tfidf", data=str(small_run / "dataset"), out=str(tmp_path / "p.jsonl"), perturb="mask")
    with pytest.raises(InputError, match="perturb=mask: the baseline tfidf reads no names; give a model folder"):
        predict(config)
    assert not list(tmp_path.iterdir())
