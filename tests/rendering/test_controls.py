from __future__ import annotations

import math
import re
from dataclasses import replace
from io import BytesIO

import pytest
from matplotlib.figure import Figure

from whipcount.config import PERTURBATIONS
from whipcount.rendering.controls import LIMIT, MEANINGS, TITLES, plot_flips, render_controls, warning
from whipcount.scoring.controls import Control, Controls, Flips
from whipcount.scoring.resampling import Interval

CULTURES = ("Arabic", "Chinese", "East African", "English", "Hispanic", "Indian", "Japanese", "Nordic", "Polynesian", "Slavic", "Turkish")


def flips(n: int, changed: int, polarity: int = 0, appeared: int = 0) -> Flips:
    """Return flips whose share of the reported stances has an interval; the other interval is a mistake wherever it is shown."""
    share = (changed - appeared) / (n - appeared)
    return Flips(
        n, changed, polarity, n - appeared, Interval(0.77, 0.78, "story"), Interval(max(share - 0.004, 0.0), share + 0.006, "story")
    )


def control(kind: str, flips: Flips, f1: float) -> Control:
    return Control(kind, (replace(flips, interval=None, lost_interval=None),), (f1,), flips, {}, {})


@pytest.fixture
def controls() -> Controls:
    draws = (Flips(1010, 40, 4, 1000), Flips(1030, 42, 2, 1000))
    by_culture = {name: flips(200, 2 + index % 3, 1) for index, name in enumerate(CULTURES)}
    swap = Control(
        "swap",
        draws,
        (0.46, 0.48),
        flips(2040, 82, 6, appeared=40),
        {**by_culture, "group": flips(90, 2), "organisation": flips(700, 20, 3)},
        {"feminine": flips(1100, 30, 4), "masculine": flips(1300, 25, 2)},
    )
    exchange = replace(control("exchange", flips(500, 450, 40, appeared=250), 0.08), gold=Flips(460, 440, 10, 240))
    return Controls("whipcount", 0.473, (swap, control("mask", flips(1000, 90), 0.44), exchange, control("blind", flips(900, 800), 0.05)))


def with_swap(controls: Controls, found: Flips) -> Controls:
    swap = controls.find("swap")
    assert swap is not None
    return replace(controls, perturbed=(replace(swap, flips=found), *controls.perturbed[1:]))


def lines(markdown: str) -> list[list[str]]:
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in markdown.splitlines() if line.startswith("|")]


def texts(figure: Figure) -> set[str]:
    return {text.get_text() for text in figure.findobj(match=lambda artist: hasattr(artist, "get_text"))}  # type: ignore[attr-defined]


def assert_nothing_is_cut_off(figure: Figure) -> None:
    figure.savefig(BytesIO(), format="png")
    width, height = figure.canvas.get_width_height()
    for artist in figure.findobj(match=lambda artist: hasattr(artist, "get_text")):
        if artist.get_visible() and artist.get_text().strip():  # type: ignore[attr-defined]
            box = artist.get_window_extent()
            inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1
            assert inside, f"{artist.get_text()!r} at {box} leaves {width}x{height}"  # type: ignore[attr-defined]


def test_a_model_that_goes_by_names_is_told_so_in_bold(controls: Controls) -> None:
    text = warning(controls)
    assert text.startswith("**Warning: whipcount goes by names") and text.endswith("**")
    assert "2.1 % of the stances that it reports vanish or turn, more than 2.0 %" in text
    assert "(95 % interval 1.7–2.7 %, n = 2,000 stances in 2 draws of names), and 40 others appear" in text
    assert re.search(r"[.!?]\s", text.replace("95 %", "")) is None, "one sentence"


def test_at_the_limit_it_is_said_without_alarm(controls: Controls) -> None:
    text = warning(with_swap(controls, flips(2000, 40)))
    assert "2.0 % of the stances that it reports vanish or turn" in text and "**" not in text and "0 others appear" in text
    assert "**" not in warning(controls, limit=0.05) and "no more than 5.0 %" in warning(controls, limit=0.05)
    assert LIMIT == 0.02


def test_what_cannot_be_said_is_not_said(controls: Controls) -> None:
    assert "was not measured" in warning(replace(controls, perturbed=controls.perturbed[1:]))
    assert "no stance is reported with the old names, 3 with the new" in warning(with_swap(controls, Flips(3, 3, 0, 0)))
    bare = warning(with_swap(controls, Flips(100, 1, 0, 100, lost_interval=Interval(math.nan, math.nan, "sentence"))))
    assert "(n = 100 stances in 2 draws of names)" in bare


def test_each_perturbation_is_explained_and_measured(controls: Controls) -> None:
    text = render_controls(controls)
    assert text.startswith("### Is it reading, or does it know the name?\n")
    assert set(TITLES) == set(MEANINGS) == set(PERTURBATIONS)
    assert all(meaning in text and meaning.count("good reader") == 1 for meaning in MEANINGS.values())
    assert lines(text)[2:8] == [
        ["nothing", "–", "0.473", "–", "–", "–", "–", "–", "–"],
        ["names exchanged", "2", "0.470", "2,000", "2.1 %", "1.7–2.7 %", "36", "6", "40"],
        ["names masked", "1", "0.440", "1,000", "9.0 %", "8.6–9.6 %", "90", "0", "0"],
        ["speaker and target exchanged", "1", "0.080", "250", "80.0 %", "79.6–80.6 %", "160", "40", "250"],
        ["the annotation itself, so exchanged", "–", "–", "240", "91.7 %", "–", "210", "10", "220"],
        ["sentence hidden", "1", "0.050", "900", "88.9 %", "88.5–89.5 %", "800", "0", "0"],
    ]
    assert "goes from 1.2 % to 3.0 %" in text


def test_flips_are_shown_by_group(controls: Controls) -> None:
    found = lines(render_controls(controls))
    groups = found[10:]
    assert [line[0] for line in groups] == ["feminine", "masculine", *CULTURES, "group", "organisation"]
    assert groups[0] == ["feminine", "1,100", "2.7 %", "2.3–3.3 %", "26", "4", "0"]


def test_flips_by_sentence_are_marked(controls: Controls) -> None:
    text = render_controls(with_swap(controls, Flips(100, 9, 0, 100, lost_interval=Interval(0.05, 0.15, "sentence"))))
    assert "| 9.0 % | 5.0–15.0 % † |" in text and text.count("% †") == 1
    assert "†" not in render_controls(controls).replace("than ten (†)", "")


def test_what_was_not_done_is_not_explained(controls: Controls) -> None:
    text = render_controls(replace(controls, perturbed=controls.perturbed[1:2]))
    assert MEANINGS["mask"] in text and MEANINGS["swap"] not in text
    assert "by what the new name is" not in text and "draw to draw" not in text


def test_without_any_stance_the_table_has_dashes(controls: Controls) -> None:
    nothing = Flips(0, 0, 0, 0)
    text = render_controls(Controls("s", 0.0, (Control("swap", (nothing, nothing), (0.0, 0.0), nothing, {}, {}),)))
    assert lines(text)[3] == ["names exchanged", "2", "0.000", "0", "–", "–", "0", "0", "0"]


def test_every_table_line_has_as_many_cells_as_its_head(controls: Controls) -> None:
    for block in render_controls(replace(controls, system="a|b")).split("\n\n"):
        assert len({len(line) for line in lines(block)}) <= 1, block
    assert "a\\|b" in warning(replace(controls, system="a|b"))


def test_the_figure_shows_every_group_with_its_n(controls: Controls) -> None:
    figure = plot_flips(controls)
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["feminine", "masculine", *CULTURES, "group", "organisation"]
    shares = [bar.get_width() for bar in axes.patches]  # type: ignore[attr-defined]
    assert [a + b for a, b in zip(shares[::2], shares[1::2], strict=True)][:2] == pytest.approx([30 / 1100, 25 / 1300])
    assert shares[0] == pytest.approx(4 / 1100)  # favor against against, the hatched part
    assert axes.patches[0].get_hatch() and not axes.patches[1].get_hatch()
    assert {"30 / 1,100", "20 / 700", "gender", "culture", "other actors", "limit, 2.0 %"} <= texts(figure)
    assert "2.1 % of n = 2,000 reported stances, 2 draws" in figure.get_suptitle()
    assert axes.get_xlim()[1] >= max(shares)
    assert_nothing_is_cut_off(figure)


def test_all_flips_a_long_name_and_no_interval_fit(controls: Controls) -> None:
    swap = Control(
        "swap",
        (Flips(3, 3, 0, 3),),
        (0.1,),
        Flips(3, 3, 0, 3),
        {"Nordic": Flips(1, 1, 0, 0)},
        {"feminine": Flips(3, 3, 0, 3, lost_interval=Interval(math.nan, math.nan, "story"))},
    )
    figure = plot_flips(Controls("a system with $ and a very long name " * 4, 0.1, (swap,)))
    assert figure.axes[0].get_xlim()[1] >= 1
    assert "0 / 0" in texts(figure), "of such names no stance was reported"
    assert_nothing_is_cut_off(figure)


def test_without_exchanged_names_the_figure_says_so(controls: Controls) -> None:
    for one in (replace(controls, perturbed=controls.perturbed[1:]), replace(controls, perturbed=())):
        figure = plot_flips(one)
        assert any("names were not exchanged" in text for text in texts(figure))
        assert_nothing_is_cut_off(figure)
