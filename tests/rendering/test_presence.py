from __future__ import annotations

from io import BytesIO

import numpy as np
from matplotlib.axes import Axes

from whipcount.rendering.presence import plot_presence
from whipcount.schema import Actor, Article, Mention, Span

TEXT = "Ada Quill spoke. She named Lom. Nobody listened."
ACTORS = (Actor("quill", "Ada Quill", "person"), Actor("lom", "Lom", "person"), Actor("cash", "$Cash$ Board", "organisation"))
SENTENCES = (Span(0, 16), Span(17, 31), Span(32, 48))


def marks(axes: Axes, marker: str) -> set[tuple[float, float]]:
    lines = [line for line in axes.lines if line.get_marker() == marker]
    return {(x, y) for line in lines for x, y in np.array(line.get_data()).T.tolist()}


def test_names_and_other_words_are_told_apart() -> None:
    mentions = (Mention("quill", 0, 9), Mention("quill", 17, 20), Mention("lom", 27, 30))
    figure = plot_presence(Article("town", "talk", TEXT, SENTENCES, ACTORS, mentions))
    axes = figure.axes[0]
    assert marks(axes, "s") == {(0, 0), (1, 1)}  # (sentence, actor): Ada Quill in 0, Lom in 1
    assert marks(axes, "o") == {(1, 0)}  # "She"
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Ada Quill", "Lom", r"\$Cash\$ Board"]
    assert [text.get_text() for text in axes.texts] == ["1 / 2", "1 / 1", "0 / 0", "by name / all"]
    figure.savefig(BytesIO(), format="png")
    width, height = figure.canvas.get_width_height()
    for artist in [*axes.texts, *axes.get_yticklabels(), *axes.get_xticklabels(), *figure.legends, figure._suptitle]:  # type: ignore[attr-defined]
        box = artist.get_window_extent()
        assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1, artist


def test_an_article_without_annotation_shows_its_names() -> None:
    axes = plot_presence(Article("town", "talk", TEXT, SENTENCES, ACTORS)).axes[0]
    assert marks(axes, "s") == {(0, 0), (1, 1)}
    assert marks(axes, "o") == set()


def test_an_article_without_actors_has_a_figure_too() -> None:
    figure = plot_presence(Article("town", "talk", TEXT, SENTENCES))
    figure.savefig(BytesIO(), format="png")
    assert marks(figure.axes[0], "s") == set()
