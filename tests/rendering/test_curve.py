from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

from whipcount.rendering.curve import curve_points, plot_curve
from whipcount.scoring.records import Record

NAMES = ["tenth", "half", "whole"]


def record(
    name: str, share: float, scores: Sequence[float], told: int | None = None, dataset: str = "abc", corpus: str = "seesaw"
) -> Record:
    """Return a record of a corpus with 40 training articles."""
    seeds = list(range(3, 3 + len(scores)))
    manifest: dict[str, Any] = {"dataset": dataset, "seeds": seeds} | ({"training_articles": {corpus: told}} if told else {})
    systems = {f"seed-{seed}": score for seed, score in zip(seeds, scores, strict=True)} | {"majority": 0.9}
    metrics = {
        "n_training_articles": 40,
        "splits": {"development": {"n_gold": 1234, "n_articles": 56}},
        "corpora": {"development": {corpus: {"triplet_f1": {"systems": systems}}}},
    }
    return Record(Path(name), {"training": {"train_share": share}}, manifest, metrics, {})


RECORDS = {
    "whole": record("whole", 1.0, [0.3, 0.4, 0.35]),
    "half": record("half", 0.5, [0.2]),
    "tenth": record("tenth", 0.1, [0.1], told=5),
}


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(match=lambda artist: hasattr(artist, "get_text")))  # type: ignore[attr-defined]


def assert_nothing_is_cut_off(figure: Figure) -> None:
    figure.savefig(BytesIO(), format="png")
    width, height = figure.canvas.get_width_height()
    for artist in figure.findobj(match=lambda artist: hasattr(artist, "get_text")):
        if artist.get_visible() and artist.get_text().strip():  # type: ignore[attr-defined]
            box = artist.get_window_extent()
            assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1


def test_articles_are_those_that_the_record_counted_or_the_share_of_all() -> None:
    points, left_out = curve_points(RECORDS, NAMES, "seesaw")
    assert [(point.name, point.n_articles, point.is_counted) for point in points] == [
        ("tenth", 5, True),
        ("half", 20, False),
        ("whole", 40, True),
    ]
    assert points[-1].scores == (0.3, 0.4, 0.35) and left_out == {}


def test_every_seed_has_a_dot_and_the_line_goes_through_the_means() -> None:
    figure = plot_curve(RECORDS, NAMES, "Does $more help?")
    (axes,) = figure.axes
    line, *dots = axes.lines
    assert [float(x) for x in line.get_xdata()] == [5, 20, 40]  # type: ignore[union-attr, arg-type]
    assert list(line.get_ydata()) == pytest.approx([0.1, 0.2, 0.35])  # type: ignore[arg-type]
    assert [tuple(found.get_ydata()) for found in dots] == [(0.1,), (0.2,), (0.3, 0.4, 0.35)]  # type: ignore[arg-type]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["5\n1 seed", "≈ 20\n1 seed", "40\n3 seeds"]
    assert "n = 1,234 stances in 56 articles" in words(figure) and "not recorded" not in words(figure)
    assert {"0.10", "0.20", "0.35"} <= set(words(figure).split("\n"))
    assert axes.get_ylim()[0] == 0
    assert_nothing_is_cut_off(figure)


@pytest.mark.parametrize("there", [["whole"], ["tenth", "half"], []])
def test_what_is_not_recorded_is_said_and_the_rest_is_drawn(there: list[str]) -> None:
    figure = plot_curve({name: RECORDS[name] for name in there}, NAMES, "Does more help?")
    missing = [name for name in NAMES if name not in there]
    assert f"not recorded yet: {', '.join(missing)}" in words(figure)
    assert ("none of these experiments is recorded yet" in words(figure)) == (not there)
    assert sum(line.get_marker() == "o" for line in figure.axes[0].lines) == len(there)
    assert_nothing_is_cut_off(figure)


def test_points_on_other_articles_are_left_out_in_words() -> None:
    records = {**RECORDS, "half": record("half", 0.5, [0.2], dataset="abd"), "tenth": record("tenth", 0.1, [0.1], corpus="dse")}
    points, left_out = curve_points(records, NAMES, "seesaw")
    assert [point.name for point in points] == ["whole"]
    assert left_out == {"tenth": "no SEESAW", "half": "another dataset than whole"}
    assert "another dataset than whole: half" in words(plot_curve(records, NAMES, "Does more help?"))
