from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from whipcount.compare import compare
from whipcount.config import CompareConfig
from whipcount.examples.storage import StoredDataset, save_dataset
from whipcount.rendering.plots import BLUE
from whipcount.rendering.yardstick import plot_yardstick
from whipcount.schema import Article
from whipcount.scoring.predictions import Predictions, write_predictions

COST = {"articles": 3, "rows": 1200, "one_pass_seconds_per_article": 0.5, "cross_encoder_seconds_per_article": 14.0}


def write_scores(folder: Path, one_pass: float, cross_encoder: float, low: float, high: float, swapped: bool = False) -> None:
    """Write a comparison with the part of it that the figure reads; ``swapped`` names the cross-encoder first."""
    systems, values = ["one_pass", "cross_encoder"], [one_pass, cross_encoder]
    if swapped:
        systems, values, low, high = systems[::-1], values[::-1], -high, -low
    found = {"first_value": values[0], "second_value": values[1], "interval": {"low": low, "high": high}}
    compared = {"first": systems[0], "second": systems[1], "scores": {"triplet_f1": found}}
    content = {"splits": {"development": {"n_gold": 77, "comparisons": {systems[1]: compared}}}}
    (folder / "comparison.json").write_text(json.dumps(content))


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(match=lambda artist: hasattr(artist, "get_text")))  # type: ignore[attr-defined]


def widths(figure: Figure, axes: int) -> list[float]:
    return [bar.get_width() for bar in figure.axes[axes].patches]  # type: ignore[attr-defined]


def assert_nothing_is_cut_off(figure: Figure) -> None:
    figure.savefig(BytesIO(), format="png")
    width, height = figure.canvas.get_width_height()
    for artist in figure.findobj(match=lambda artist: hasattr(artist, "get_text")):
        if artist.get_visible() and artist.get_text().strip():  # type: ignore[attr-defined]
            box = artist.get_window_extent()
            assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1


@pytest.mark.parametrize("swapped", [False, True])
def test_both_models_stand_side_by_side_in_score_and_cost(swapped: bool, tmp_path: Path) -> None:
    (tmp_path / "cost.json").write_text(json.dumps(COST))
    write_scores(tmp_path, 0.30, 0.32, -0.05, 0.01, swapped)
    figure = plot_yardstick(tmp_path)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["one pass", "a pair at a time"]
    assert widths(figure, 0) == pytest.approx([0.30, 0.32]) and widths(figure, 1) == [0.5, 14.0]
    assert figure.axes[0].patches[0].get_facecolor()[:3] == pytest.approx([int(BLUE[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    assert "triplet F1 (n = 77 stances)" in words(figure)
    assert "the first − the second: −2.0 points\n(95 % interval −5.0 to 1.0)" in words(figure)
    assert "the second takes 28 times as long\n(1,200 rows of 3 articles)" in words(figure)
    assert "not recorded" not in words(figure)
    assert_nothing_is_cut_off(figure)


def test_what_is_not_recorded_is_said(tmp_path: Path) -> None:
    nothing = plot_yardstick(tmp_path / "yardstick")
    assert words(nothing).count("not recorded yet") == 2 and widths(nothing, 0) == widths(nothing, 1) == []
    assert_nothing_is_cut_off(nothing)
    (tmp_path / "cost.json").write_text(json.dumps(COST))
    figure = plot_yardstick(tmp_path)
    assert "not recorded yet: no comparison.json" in words(figure) and "no cost.json" not in words(figure)
    assert widths(figure, 0) == [] and widths(figure, 1) == [0.5, 14.0]
    assert_nothing_is_cut_off(figure)


def test_it_reads_what_the_comparison_writes(
    town: list[Article], town_dataset: StoredDataset, perfect: Predictions, tmp_path: Path, few_clusters: None
) -> None:
    """The figure's two systems as ``python -m whipcount.compare`` records them, on a development part."""
    moved = [replace(article, split="development") for article in town]
    save_dataset(tmp_path / "dataset", moved, {"fingerprint": "moved"}, "")
    ids = town_dataset.examples["test"]["id"][:]
    files = []
    for system, kept in (("one_pass", perfect.probabilities), ("cross_encoder", perfect.probabilities[:, [1, 0, 2]])):
        files.append(str(tmp_path / f"{system}.jsonl"))
        write_predictions(Path(files[-1]), Predictions(system, ids, kept, "moved", sparse=True))
    config = CompareConfig(str(tmp_path / "dataset"), files, str(tmp_path / "compared"), ["development"], resamples=50, permutations=50)
    report = compare(config)
    figure = plot_yardstick(tmp_path / "compared")
    assert widths(figure, 0) == pytest.approx([report.splits[0].comparisons[0].scores["triplet_f1"].first, 0.0])
    assert f"n = {report.splits[0].n_gold} stances" in words(figure) and "95 % interval" in words(figure)
