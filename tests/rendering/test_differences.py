from __future__ import annotations

import math
from io import BytesIO

import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from whipcount.rendering.comparison import SCORES
from whipcount.rendering.differences import FEWEST_ACTORS, MOST_ACTORS, SERIES, plot_differences
from whipcount.rendering.plots import BLUE
from whipcount.scoring.actors import Role
from whipcount.scoring.comparison import ActorDifference, Comparison
from whipcount.scoring.comparison_report import ComparedSplit
from whipcount.scoring.differences import Difference
from whipcount.scoring.permutation import McNemar
from whipcount.scoring.resampling import ClusteredBy, Interval


def difference(gap: float, p: float, by: ClusteredBy = "story") -> Difference:
    return Difference(0.5 + gap, 0.5, Interval(gap - 0.1, gap + 0.1, by), p, 12)


def part_of(*others: str, n_actors: int = 12, by: ClusteredBy = "sentence", first: str = "model") -> ComparedSplit:
    def actor(name: str, n: int, found: Difference, p_holm: float) -> ActorDifference:
        return ActorDifference(("town", name, "person"), "speaker", n, found, p_holm)

    speakers = [actor(f"Actor {at}", 30 - at, difference(at / 25, 0.5, by), 0.01 if at == 1 else 1.0) for at in range(n_actors)]
    untested = Difference(1.0, 0.0, Interval(math.nan, math.nan, by), math.nan, 3)
    actors: dict[Role, tuple[ActorDifference, ...]] = {"speaker": (*speakers, actor("Lom", 3, untested, math.nan)), "target": ()}
    scores = {measure: difference(0.05 * place - 0.1, 0.04 if place % 2 else 0.2) for place, measure in enumerate(SCORES)}
    comparisons = [Comparison(first, other, 3, scores, McNemar(3, 2, 1.0), dict(actors)) for other in others]
    return ComparedSplit("test", 20, 12, 345, tuple(comparisons), (0,) * (len(others) + 1))


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


def markers(figure: Figure, axes: int) -> list[Line2D]:
    return [line for line in figure.axes[axes].lines if str(line.get_marker()) in "os^Dv" and len(line.get_xdata())]  # type: ignore[arg-type]


def test_scores_stand_at_their_differences_with_intervals_and_both_values() -> None:
    figure = plot_differences(part_of("rival"))
    found = markers(figure, 0)
    assert [line.get_xdata()[0] for line in found] == pytest.approx([-0.1, -0.05, 0, 0.05, 0.1])  # type: ignore[index]
    assert [line.get_markerfacecolor() == BLUE for line in found] == [False, True, False, True, False]  # p below 0.05
    ends = [tuple(line.get_xdata()) for line in figure.axes[0].lines if len(line.get_xdata()) == 2 and line.get_color() == BLUE]  # type: ignore[arg-type]
    assert ends[0] == pytest.approx((-0.2, 0.0)) and len(ends) == 5
    assert figure.axes[0].get_yticklabels()[0].get_text() == "triplet F1"
    assert "0.40 – 0.50" in texts(figure) and "scores (n = 345 gold stances)" in texts(figure)
    low, high = figure.axes[0].get_xlim()
    assert low == pytest.approx(-high)  # the zero line is in the middle
    assert_nothing_is_cut_off(figure)


def test_actors_of_the_largest_differences_are_shown_with_n_and_flag() -> None:
    figure = plot_differences(part_of("rival"))
    names = [label.get_text() for label in figure.axes[1].get_yticklabels()]
    # that beyond chance and the seven largest; no difference on Actor 0, no p for Lom
    assert names == [*(f"Actor {place}" for place in range(11, 4, -1)), "Actor 1"] and len(names) == MOST_ACTORS[1]
    assert {"19 †", "29 †", "as speaker"} <= set(texts(figure)) and "as target" not in texts(figure)
    assert [line.get_markerfacecolor() == BLUE for line in markers(figure, 1)] == [False] * 7 + [True]
    assert any("fewer than 10 stories" in text for text in texts(figure))
    assert not any("†" in text for text in texts(plot_differences(part_of("rival", by="story"))))


@pytest.mark.parametrize("n_others", [2, 5])
def test_other_systems_differ_in_colour_and_shape(n_others: int) -> None:
    part = part_of(*(f"rival {number} with a long name that goes on, $5 or more, and on and on" for number in range(n_others)))
    figure = plot_differences(part)
    used = {(line.get_color(), line.get_marker()) for line in markers(figure, 0)}
    assert used == set(SERIES[:n_others]) and len({marker for _, marker in used}) == n_others
    n_actors = MOST_ACTORS.get(n_others, FEWEST_ACTORS)
    assert len(figure.axes[1].get_yticklabels()) == n_actors and len(markers(figure, 1)) == n_actors * n_others
    assert_nothing_is_cut_off(figure)


def test_long_names_and_no_actors_fit() -> None:
    figure = plot_differences(part_of("x" * 70, n_actors=0, first="a_rather_long_experiment/seed-1 of many"))
    assert "no difference on an actor that can be tested" in texts(figure)
    assert_nothing_is_cut_off(figure)


def test_actors_of_one_name_are_told_apart() -> None:
    part = part_of("rival", n_actors=3)
    (one,) = part.comparisons
    group = ActorDifference(("town", "Actor 2", "group"), "speaker", 9, difference(0.3, 0.5), 1.0)
    one.actors["speaker"] = (*one.actors["speaker"], group)
    names = [label.get_text() for label in plot_differences(part).axes[1].get_yticklabels()]
    assert names == ["Actor 2 (town, group)", "Actor 2 (town, person)", "Actor 1"]
