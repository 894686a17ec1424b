from __future__ import annotations

from io import BytesIO

import pytest

from whipcount.rendering.seeds import plot_seeds

VALUES = {
    "all of it": {"triplet F1": [0.4, 0.5, 0.6], "polarity": [0.8, 0.8, 0.8]},
    "half, and without the $names that are masked in the other one": {"triplet F1": [0.3], "polarity": [0.7]},
}


def test_every_seed_has_a_dot_and_every_experiment_a_mean() -> None:
    figure = plot_seeds(VALUES, "Does it pay?")
    f1, polarity = figure.axes
    dots = [sorted(map(float, line.get_xdata())) for line in f1.lines if line.get_marker() == "o"]  # type: ignore[arg-type]
    assert dots == [[0.4, 0.5, 0.6], [0.3]]
    means = [line.get_xdata()[0] for line in f1.lines if line.get_marker() != "o"]  # type: ignore[index]
    assert means == pytest.approx([0.5, 0.3])
    assert [text.get_text() for text in f1.texts] == ["0.50", "0.30"]
    assert [text.get_text() for text in polarity.texts] == ["0.80", "0.70"]
    assert f1.get_title(loc="left") == "triplet F1"


def test_nothing_is_cut_off() -> None:
    figure = plot_seeds(VALUES, "Does it pay?")
    figure.savefig(BytesIO(), format="png")
    width, height = figure.canvas.get_width_height()
    for artist in figure.findobj(match=lambda artist: hasattr(artist, "get_text")):
        if artist.get_visible() and artist.get_text().strip():  # type: ignore[attr-defined]
            box = artist.get_window_extent()
            assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1
