"""The README of stances read again without their evidence, from figures made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from whipcount.rendering.evidence_record import render_evidence_record
from whipcount.scoring.evidence import RANDOM, WHOLE, BlankedStance, score_evidence

MANIFEST = {"model": {"fingerprint": "e" * 64}, "code": "0", "hardware": "x", "articles": "f" * 64}


def stance(number: int) -> BlankedStance:
    """In favor; none without its evidence, and by one of two draws."""
    after = {WHOLE: np.array([(0.25, 0.05, 0.7)]), RANDOM: np.array([(0.75, 0.15, 0.1), (0.25, 0.05, 0.7)])}
    n_tokens = {WHOLE: 6.0, RANDOM: 6.5}
    return BlankedStance(f"town/a{number}", f"s{number}", 0, np.array((0.75, 0.15, 0.1)), after, n_tokens, True, False, True)


def render(corpora: dict[str, list[BlankedStance]], skipped: dict[str, str] | None = None, **others: Any) -> str:
    measured = {
        name: {"n_articles": len(stances), **score_evidence(stances, n_resamples=5, seed=0)} for name, stances in corpora.items()
    }  # fmt: skip
    settings = {"corpora": list(corpora), "draws": 2, "seed": 7, "max_articles": 0, **others}
    return render_evidence_record("evidence", {"corpora": measured, "skipped": skipped or {}}, settings, MANIFEST)


def test_evidence_stands_beside_random_words() -> None:
    page = render({"town": [stance(number) for number in range(12)]})
    assert "## town: 12 articles, 12 stances" in page
    assert "| all evidence | 12 | 6.0 | 100 % | 100 % | 0 % | 0.500 |" in page
    assert "| random words | 12 | 6.5 | 50 % | 50 % | 0 % | 0.250 |" in page
    for title in ("all", "random words in the sentence of the evidence"):
        assert f"| {title} | changed | 12 | 1.000 | 0.500 | 0.500 | – by story |" in page, "all stories are alike"
        assert f"| {title} | fall of probability | 12 | 0.500 | 0.250 | 0.250 | – by story |" in page
    assert "drawn 2 times for a stance (seed 7)" in page
    assert "Model `eeeeeeeeeeee`; code 0; x; articles `ffffffffffff`." in page


def test_the_command_is_that_of_the_settings() -> None:
    assert "`python -m whipcount.evidence model=<folder> 'corpora=[town,quay]' draws=2`" in render(
        {"town": [stance(0)], "quay": [stance(1)]}
    )
    assert "'corpora=[town]' draws=1 max_articles=9`" in render({"town": [stance(0)]}, draws=1, max_articles=9)


def test_nothing_to_measure_is_a_dash() -> None:
    page = render({"town": []}, skipped={"seesaw": "not at hand"})
    assert "Passed over: seesaw (not at hand)." in page
    assert "## town: 0 articles, 0 stances" in page
    assert "| content | 0 | – | – | – | – | – |" in page
    assert "| all | changed | 0 | – | – | – | – by sentence |" in page
    assert "nan" not in page and "None" not in page
