from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from whipcount.examples.storage import StoredDataset
from whipcount.rendering.graph import stance_graph
from whipcount.rendering.layout import place_boxes
from whipcount.rendering.networks import plot_gold_network, plot_network
from whipcount.rendering.plots import plot_actors, plot_confusion, plot_probabilities, plot_systems
from whipcount.schema import Actor, Article, InputError
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.report import Report, StanceRow, make_report


@pytest.fixture(scope="module")
def report(town_dataset: StoredDataset, model: Predictions, always_none: Predictions, perfect: Predictions) -> Report:
    return make_report(town_dataset, [model, always_none, perfect], min_support=2)


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(match=lambda artist: hasattr(artist, "get_text"))]  # type: ignore[attr-defined]


def assert_nothing_is_cut_off(figure: Figure) -> None:
    figure.savefig(BytesIO(), format="png")
    width, height = figure.canvas.get_width_height()
    for artist in figure.findobj(match=lambda artist: hasattr(artist, "get_text")):
        if artist.get_visible() and artist.get_text().strip():  # type: ignore[attr-defined]
            box = artist.get_window_extent()
            inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1
            assert inside, f"{artist.get_text()!r} at {box} leaves {width}x{height}"  # type: ignore[attr-defined]


def test_actors_are_sorted_and_the_tail_is_pooled(report: Report) -> None:
    figure = plot_actors(report, "test", "speaker")
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Ada Quill", "few rows: 2 actors with n < 2"]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([2 / 3, 0.0])  # type: ignore[attr-defined]
    assert {"2 / 3", "0 / 2"} <= set(texts(figure))
    assert axes.get_yticks()[1] - axes.get_yticks()[0] > 1.5  # the gap
    assert_nothing_is_cut_off(figure)


def test_the_best_other_system_is_the_marker(report: Report) -> None:
    rival = report.split("test").best_rival
    assert rival is not None and rival.system == "perfect"
    assert replace(report.split("test"), systems=report.split("test").systems[:1]).best_rival is None
    axes = plot_actors(report, "test", "speaker").axes[0]
    markers = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "D" and len(line.get_xdata())]  # type: ignore[index, arg-type]
    assert markers == [1.0, 1.0]


def test_actors_of_one_name_are_told_apart(report: Report) -> None:
    part = report.split("test")
    system = part.systems[0]
    quill = system.actors["speaker"][0]
    twins = (quill, replace(quill, corpus="city"))
    both = replace(report, splits=(replace(part, systems=(replace(system, actors={**system.actors, "speaker": twins}),)),))
    labels = [label.get_text() for label in plot_actors(both, "test", "speaker").axes[0].get_yticklabels()]
    assert labels == ["Ada Quill (city, person)", "Ada Quill (town, person)"]


def test_a_split_without_gold_stances_has_a_figure_too(report: Report) -> None:
    part = report.split("test")
    bare = replace(report, splits=(replace(part, systems=(replace(part.systems[0], actors={"speaker": (), "target": ()}),)),))
    figure = plot_actors(bare, "test", "target")
    assert "no gold stance in this split" in texts(figure)
    assert_nothing_is_cut_off(figure)


def test_the_confusion_is_shaded_by_row(report: Report) -> None:
    figure = plot_confusion(report, "test")
    axes = figure.axes[0]
    shades = np.asarray(axes.images[0].get_array())
    assert shades == pytest.approx(np.array([[0, 1 / 3, 2 / 3], [0, 1, 0], [1 / 37, 1 / 37, 35 / 37]]))
    assert {"0\n0.0 %", "2\n66.7 %", "35\n94.6 %"} <= set(texts(figure))
    assert_nothing_is_cut_off(figure)


def test_the_systems_are_ranked_and_the_judged_one_stands_out(report: Report) -> None:
    figure = plot_systems(report, "test")
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["perfect", "model", "majority"]
    assert [label.get_fontweight() for label in axes.get_yticklabels()] == ["normal", "bold", "normal"]
    # of 5 gold stances the model has 2, and 3 false or wrong ones: 2 * 2 / (5 + 5)
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([1.0, 0.4, 0.0])  # type: ignore[attr-defined]
    assert {"5 / 5", "2 / 5", "0 / 0", "0.40"} <= set(texts(figure))
    assert axes.patches[1].get_facecolor() != axes.patches[0].get_facecolor() == axes.patches[2].get_facecolor()
    assert_nothing_is_cut_off(figure)


def test_a_system_alone_is_compared_with_none(report: Report) -> None:
    part = report.split("test")
    figure = plot_systems(replace(report, splits=(replace(part, systems=part.systems[:1]),)), "test")
    assert len(figure.axes[0].patches) == 1
    assert not any("Which system" in text for text in texts(figure))
    assert_nothing_is_cut_off(figure)


def test_probabilities_fill_the_bar_from_favor_to_against() -> None:
    rows = {
        "A $long$ sentence " * 12: {"favor": 0.25, "against": 0.7, "none": 0.05},
        "B": {"none": 1.0, "favor": 0.0, "against": 0.0},
    }
    figure = plot_probabilities(rows, "Costs it $5 or $6?")
    axes = figure.axes[0]
    parts = np.array([(bar.get_x(), bar.get_width()) for bar in axes.patches])  # type: ignore[attr-defined]
    assert parts == pytest.approx(np.array([(0, 0.25), (0.25, 0.05), (0.3, 0.7), (0, 0), (0, 1), (1, 0)]))
    assert [text.get_text() for text in axes.texts] == ["25 %", "70 %", "100 %"]  # narrow parts bear no number
    assert {bar.get_hatch() for bar in axes.patches[2::3]} == {"////"}  # against, told apart without colour
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["favor", "none", "against"]
    assert_nothing_is_cut_off(figure)


def arrows(figure: Figure, panel: int) -> list[FancyArrowPatch]:
    return [patch for patch in figure.axes[panel].patches if isinstance(patch, FancyArrowPatch)]


def test_a_network_shows_gold_beside_predicted(report: Report) -> None:
    figure = plot_network(report, "test", "town/ferry")
    assert [axes.get_title() for axes in figure.axes] == ["gold", "predicted by model"]
    assert len(arrows(figure, 0)) == 3 and len(arrows(figure, 1)) == 3
    assert len({arrow.get_linestyle() for arrow in arrows(figure, 0)}) == 2  # told apart without colour
    for name in ("Ada Quill", "Femi Oduya", "Ferry Board"):
        assert texts(figure).count(name) == 2
    assert_nothing_is_cut_off(figure)


def test_an_article_without_stances_has_no_network(report: Report) -> None:
    with pytest.raises(InputError, match="town/tram: no stance in gold or prediction of the test split"):
        plot_network(report, "test", "town/tram")


def test_the_gold_alone_is_one_panel(town: list[Article]) -> None:
    ferry = next(article for article in town if article.id == "ferry")
    figure = plot_gold_network(ferry)
    assert len(figure.axes) == 1
    assert len(arrows(figure, 0)) == len(ferry.stances) == 4
    assert texts(figure).count("someone else") == 1
    assert_nothing_is_cut_off(figure)
    with pytest.raises(InputError, match="town/ferry: the article has no gold stance"):
        plot_gold_network(replace(ferry, stances=()))


def test_dollars_in_names_are_no_mathematics(report: Report) -> None:
    part = report.split("test")
    rich = Actor("rich", "A$AP $Rocky$ and the Very Long Named Committee of Honourable Friends", "group")
    row = StanceRow("town/x", 0, rich, Actor("y", "Y", "person"), "favor", "none")
    figure = plot_network(replace(report, splits=(replace(part, stances=(row,)),)), "test", "town/x")
    assert_nothing_is_cut_off(figure)
    assert any(text.startswith(r"A\$AP") and text.count("\n") == 2 for text in texts(figure))


def row(sentence: int, speaker: str, target: str, gold: str, predicted: str) -> StanceRow:
    return StanceRow("c/a", sentence, Actor(speaker, speaker.title(), "person"), Actor(target, target.title(), "person"), gold, predicted)


def test_the_graph_counts_sentences() -> None:
    rows = [
        row(4, "x", "y", "favor", "favor"),
        row(1, "x", "y", "favor", "against"),
        row(2, "x", "y", "against", "none"),
        row(2, "y", "z", "none", "against"),
    ]
    gold, predicted = stance_graph(rows, "gold"), stance_graph(rows, "predicted")
    assert {edge[:3]: edge[3]["sentences"] for edge in gold.edges(keys=True, data=True)} == {
        ("x", "y", "favor"): [1, 4],
        ("x", "y", "against"): [2],
    }
    assert {edge[:3]: edge[3]["n_sentences"] for edge in predicted.edges(keys=True, data=True)} == {
        ("x", "y", "favor"): 1,
        ("x", "y", "against"): 1,
        ("y", "z", "against"): 1,
    }
    assert set(gold) == set(predicted) == {"x", "y", "z"} and gold.nodes["z"] == {"name": "Z", "kind": "person"}


@settings(max_examples=15)
@given(st.integers(1, 12), st.data())
def test_boxes_never_touch_nor_leave_the_panel(n: int, data: st.DataObject) -> None:
    names = [f"actor{i}" for i in range(n)]
    ends = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda pair: pair[0] != pair[1])
    pairs = data.draw(st.sets(ends, max_size=2 * n)) if n > 1 else set()
    boxes = {name: np.array([0.6 + 0.1 * (i % 9), 0.3 + 0.15 * (i % 3)]) for i, name in enumerate(names)}
    places = place_boxes(boxes, pairs, 5.4)
    for name, place in places.items():
        assert (place - boxes[name] / 2 >= -1e-9).all() and (place + boxes[name] / 2 <= 5.4 + 1e-9).all()
    for a, b in combinations(names, 2):
        assert (np.abs(places[a] - places[b]) >= (boxes[a] + boxes[b]) / 2 - 1e-9).any()


def test_places_do_not_depend_on_chance_or_order() -> None:
    boxes = {name: np.array([1.0, 0.4]) for name in "abcde"}
    pairs = [("a", "b"), ("b", "c"), ("d", "a")]
    first, second = place_boxes(boxes, pairs, 5.0), place_boxes(dict(reversed(boxes.items())), pairs[::-1], 5.0)
    assert all(first[name].tolist() == second[name].tolist() for name in boxes)
    assert place_boxes({}, [], 5.0) == {}
