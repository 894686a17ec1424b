from __future__ import annotations

import csv
import math
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from whipcount.rendering.comparison import comparison_table, ranked_actors, render_comparison, write_actors_csv
from whipcount.scoring.comparison import ActorDifference, Comparison, Draws
from whipcount.scoring.comparison_report import ComparedSplit, ComparisonReport
from whipcount.scoring.differences import Difference
from whipcount.scoring.permutation import McNemar
from whipcount.scoring.resampling import ClusteredBy, Interval

NAN = math.nan


def difference(first: float, second: float, p: float = 0.01, by: ClusteredBy = "story") -> Difference:
    gap = first - second
    return Difference(first, second, Interval(gap - 0.1, gap + 0.1, by) if p == p else Interval(NAN, NAN, by), p, 12)


def comparison(second: str = "rival", by: ClusteredBy = "story") -> Comparison:
    def actor(name: str, n: int, first: float, other: float, p_holm: float) -> ActorDifference:
        return ActorDifference(("town", name, "person"), "speaker", n, difference(first, other, p_holm, by), p_holm)

    speakers = (
        actor("Ada Quill", 40, 0.75, 0.25, 0.004),
        actor("Nils_Berg", 20, 0.5, 0.9, 0.03),
        actor("Lom", 9, 0.8, 0.2, 0.4),
        actor("Femi Oduya", 8, 0.5, 0.5, 1.0),
        actor("Ferry Board", 3, 1.0, 0.0, NAN),
    )
    scores = {
        "triplet_f1": difference(0.5, 0.4, 0.0001, by),
        "pair_f1": difference(0.6, 0.55, 0.2, by),
        "polarity_accuracy": difference(0.7, 0.8, 0.04, by),
        "micro_accuracy": difference(0.45, 0.3, 0.012, by),
        "macro_speaker_accuracy": difference(0.4, 0.4, 1.0, by),
    }
    return Comparison("model", second, 3, scores, McNemar(30, 12, 0.008), {"speaker": speakers, "target": ()})  # type: ignore[arg-type]


def report_of(*others: str, splits: tuple[str, ...] = ("test",), by: ClusteredBy = "story") -> ComparisonReport:
    parts = tuple(
        ComparedSplit(split, 21, 14, 80, tuple(comparison(other, by) for other in others), (0,) * (len(others) + 1)) for split in splits
    )
    return ComparisonReport(("model", *others), "f" * 64, 3, Draws(200, 300, 7), False, parts, ())


def printed(report: ComparisonReport, width: int = 80) -> list[str]:
    console = Console(width=width, record=True, file=StringIO())
    console.print(comparison_table(report))
    return console.export_text().splitlines()


def test_the_page_has_every_score_with_both_values_interval_and_p() -> None:
    page = render_comparison(report_of("rival"), {"test": "differences_test.png"})
    assert page.startswith("# model against rival\n")
    assert "21 articles of 14 stories, 80 rows with a gold stance." in page
    assert "| rival | triplet F1 | 80 | 0.500 | 0.400 | +0.100 | 0.000–0.200 | < 0.001 |" in page
    assert "| rival | polarity | 80 | 0.700 | 0.800 | -0.100 | -0.200 to 0.000 | 0.040 |" in page
    assert "| rival | accuracy, macro | 5 speakers | 0.400 | 0.400 | +0.000 |" in page
    assert "| rival | 30 | 12 | 0.008 |" in page and "i.i.d. check" in page
    assert "![Differences, test](differences_test.png)" in page
    assert "200 resamples" in page and "300 times" in page and "Seed 7." in page
    assert "†" not in page.split("## How")[0]


def test_the_page_lists_actors_beyond_chance_first_and_counts_those_tested() -> None:
    page = render_comparison(report_of("rival"))
    assert "4 of 5 speakers with n ≥ 3 could be tested: 2 of them beyond chance. No target has n ≥ 3." in page
    assert "(Tarone 1990)" in page
    names = re.findall(r"^\| speaker \| ([^|]+) \|", page, flags=re.MULTILINE)
    assert names == ["Ada Quill", r"Nils\_Berg", "Lom"]  # no difference on Femi Oduya, no p for the Ferry Board
    assert r"| speaker | Nils\_Berg | person | 20 | 0.500 | 0.900 | -0.400 | -0.500 to -0.300 | 0.030 | 0.030 |" in page
    assert "![" not in page


def test_too_few_stories_are_flagged_everywhere() -> None:
    report = report_of("rival", by="sentence")
    page = render_comparison(report)
    assert "> **Warning.** test has numbers marked †: with fewer than 10 stories sentences" in page
    assert "| 0.500 | 0.400 | +0.100 | 0.000–0.200 | < 0.001 † |" in page
    screen = printed(report)
    assert any("< 0.001 †" in line for line in screen) and any("fewer than 10 stories" in line for line in screen)


def test_empty_splits_and_missing_rows_are_told() -> None:
    report = report_of("rival")
    part = replace(report.splits[0], n_missing=(0, 1234))
    page = render_comparison(replace(report, splits=(part,), empty_splits=("development",)))
    assert "> Asked for but without a row: development." in page
    assert "> Rows of test without a prediction, counted as wrong in every score: rival 1,234." in page


def test_actors_are_ranked_by_what_can_be_said_of_them() -> None:
    assert [one.key[1] for one in ranked_actors(comparison(), "speaker")] == ["Ada Quill", "Nils_Berg", "Lom", "Femi Oduya"]
    assert ranked_actors(comparison(), "target") == []


def test_the_table_has_all_actors_and_leaves_undefined_cells_empty(tmp_path: Path) -> None:
    write_actors_csv(report_of("rival", "other", splits=("development", "test")), tmp_path / "actors.csv")
    with (tmp_path / "actors.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 2 * 2 * 5
    quill, *_, board = lines[:5]
    who = ("split", "role", "actor", "second", "n")
    assert [quill[name] for name in who] == ["development", "speaker", "Ada Quill", "rival", "40"]
    shares = ("first_accuracy", "second_accuracy", "difference", "low", "high")
    assert [float(quill[name]) for name in shares] == [0.75, 0.25, 0.5, 0.4, 0.6]
    assert (quill["p_holm"], quill["beyond_chance"], quill["clustered_by"]) == ("0.004", "yes", "story")
    assert (board["p"], board["p_holm"], board["low"], board["beyond_chance"]) == ("", "", "", "no")


@pytest.mark.parametrize("n_others", [1, 2, 5])
@pytest.mark.parametrize("splits", [("test",), ("development", "test")])
def test_the_screen_is_a_screenful(n_others: int, splits: tuple[str, ...]) -> None:
    others = ["a system of a rather long name indeed", *(f"rival-{number}" for number in range(1, n_others))]
    screen = printed(report_of(*others, splits=splits, by="sentence"))
    assert len(screen) <= 48 and not any("…" in line for line in screen[: 20 + len(splits)])
    text = "\n".join(screen)
    assert text.startswith("A  model\nB  a system of a rather long name indeed\n")
    assert text.count("triplet F1") == text.count("McNemar ") == n_others * len(splits)
    assert re.search(r"triplet F1 +0\.500 +0\.400 +\+0\.100 +0\.00–0\.20 +< 0\.001 †", text)
    assert re.search(r"McNemar +30 +12 +\+18 +0\.008", text)
    assert "Actors that differ beyond chance (Holm's correction; " in text
    assert re.search(r"test +B +speaker +Ada Quill +40 +0\.750 +0\.250 +\+0\.500 +0\.004", text) or len(splits) == 2


def test_the_screen_says_where_no_actor_differs() -> None:
    report = report_of("rival")
    alike = replace(report.splits[0].comparisons[0], actors={"speaker": (), "target": ()})
    part = replace(report.splits[0], comparisons=(alike,))
    assert "No actor differs beyond chance (Holm's correction; 0 tested of 0 with n ≥ 3)." in printed(replace(report, splits=(part,)))
