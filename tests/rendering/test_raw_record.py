"""The README of readings beside gold: what matters most first, and dashes where there is nothing to measure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from whipcount.rendering.raw_record import render_raw_record
from whipcount.schema import Actor, Article, Reading, Span, Stance
from whipcount.scoring.raw_report import report_corpus

ARTICLE = Article("town", "quay", "Vera Quill left.", (Span(0, 16),), (Actor("quill", "Vera Quill", "person"),))
SECONDS = {"median": 0.5, "longest": 2.0, "median_words": 3, "per_400_words": 1.25}
MANIFEST = {"model": {}, "code": "0", "hardware": "x", "articles": "f" * 64}


def render(*corpora: str, article: Article = ARTICLE, skipped: dict[str, str] | None = None) -> str:
    empty = [Reading(article.text)]
    measured: dict[str, Any] = report_corpus([article], empty, empty, n_sentences=5, n_resamples=5, seed=0) | {"seconds": SECONDS}
    metrics = {"corpora": dict.fromkeys(corpora, measured), "skipped": skipped or {}}
    return render_raw_record("raw_article", metrics, {"article": "", "corpora": list(corpora)}, MANIFEST)


def test_what_matters_most_of_each_corpus_stands_first() -> None:
    page = render("gazette", "seesaw", article=replace(ARTICLE, stances=(Stance(0, "author", "quill", "favor"),)))
    assert page.index("| gazette | 0.000 | 0.000 | 0.000 | 0 % | – | 1.25 |") < page.index("| seesaw |") < page.index("## gazette")
    assert page.count("## ") == 2 and "labour" not in page


def test_what_could_not_be_judged_is_counted_by_reason() -> None:
    own = [Reading(ARTICLE.text, losses={"names of things": 2, "surnames that several people bear": 1})]
    measured: dict[str, Any] = report_corpus([ARTICLE], own, own, n_sentences=5, n_resamples=5, seed=0) | {"seconds": SECONDS}
    measured["not_judged"]["oracle"] = {}
    page = render_raw_record("r", {"corpora": {"town": measured}, "skipped": {}}, {"article": "", "corpora": ["town"]}, MANIFEST)
    assert "Not judged, own roster: names of things 2, surnames that several people bear 1 (gold roster: nothing)." in page


def test_the_intervals_of_false_pairs_are_said_to_be_too_narrow() -> None:
    assert "in brackets 95 % of Wilson's, too narrow: it takes sentences of one article as independent)." in render("gazette")


def test_nothing_to_measure_is_a_dash() -> None:
    page = render("seesaw", skipped={"gazette": "not at hand"})
    assert "| seesaw | – | – | – | – | – | 1.25 |" in page
    assert "Passed over: gazette (not at hand)." in page
    assert "of 0 sentences a stance is reported in – and between two gold actors in –." in page
    assert "Roster: 0 of 1 gold actors found; missing: quill." in page
    assert "nan" not in page and "None" not in page
