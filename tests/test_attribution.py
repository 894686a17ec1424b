"""The main that tags PolNeAR by rules, on a small corpus written for this test in its layout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from whipcount.attribution import meant_names, measure
from whipcount.config import AttributionConfig
from whipcount.rendering.attribution_record import render_attribution_record
from whipcount.schema import InputError, Span

TEXT = "“The ferry is late,” Marta Quill said. Femi Oduya said that it was not."
FIRST = (("Source", "Marta Quill"), ("Cue", "said"), ("Content", "“The ferry is late,”"))
SECOND = (("Source", "Femi Oduya"), ("Cue", "said that"), ("Content", "that it was not"))


PRONOUNS = (
    "ID\tText\tPronoun\tPronoun-offset\tA\tA-offset\tA-coref\tB\tB-offset\tB-coref\tURL\n"
    "v-1\tMarta Quill runs the ferry with Peter Stroud. She bought it.\tShe\t46\tMarta Quill\t0\tTRUE\tPeter Stroud\t32\tFALSE\tu\n"
    "v-2\tPeter Stroud runs the ferry. He bought it in May.\tHe\t29\tPeter Stroud\t0\tTRUE\tMay\t45\tFALSE\tu\n"
)


def marked(*attributions: tuple[tuple[str, str], ...]) -> str:
    lines = []
    for number, parts in enumerate(attributions):
        start = TEXT.index(parts[0][1])
        for index, (role, words) in enumerate(parts):
            at = TEXT.index(words, 0 if role == "Content" else start)
            lines.append(f"T{3 * number + index}\t{role} {at} {at + len(words)}\t{words}")
        joined = " ".join(f"{role}:T{3 * number + index}" for index, (role, _) in enumerate(parts))
        lines.append(f"E{number}\tAttribution:T{3 * number + 1} {joined}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "corpora" / "polnear"
    for part in ("train", "dev"):
        for kind in ("text", "attributions"):
            (folder / part / kind).mkdir(parents=True)
        (folder / part / "text" / "ferry.txt").write_text(TEXT, encoding="utf-8")
        (folder / part / "attributions" / "ferry_a.ann").write_text(marked(FIRST, SECOND), encoding="utf-8")
    (folder / "dev" / "attributions" / "ferry_b.ann").write_text(marked(FIRST), encoding="utf-8")
    (folder / "metadata.tsv").write_text("filename\n", encoding="utf-8")
    gap = tmp_path / "corpora" / "gap"
    gap.mkdir()
    for part in ("development", "validation"):
        (gap / f"gap-{part}.tsv").write_text(PRONOUNS, encoding="utf-8")
    monkeypatch.setenv("WHIPCOUNT_DATA", str(tmp_path / "corpora"))
    return folder


def test_what_the_rules_find_is_recorded_beside_what_annotators_agree_on(corpus: Path, tmp_path: Path) -> None:
    out = measure(AttributionConfig(out=str(tmp_path / "record")))
    metrics = json.loads((out / "attribution.json").read_text())
    assert (metrics["n_texts"], metrics["n_attributions"]) == (1, 2), "the first annotator's"
    rules = metrics["systems"]["rules"]["scores"]
    assert {role: score["n_correct"] for role, score in rules.items()} == {"source": 2, "cue": 1, "content": 2, "triple": 1}
    assert rules["cue"]["f1"] == 0.5
    assert metrics["annotators"]["train"]["n_texts"] == 0
    assert metrics["annotators"]["development"]["scores"]["source"]["f1"] == pytest.approx(2 / 3, abs=1e-6)
    page = (out / "README.md").read_text()
    assert "| rules, development | 1.000 | 0.500 | 1.000 | 0.500 |" in page
    assert "| two annotators, development, 1 text | 0.667 | 0.667 | 0.667 | 0.667 |" in page
    assert "ferry" not in page and "two annotators, train" not in page
    pronouns = metrics["pronouns"]
    assert (pronouns["part"], pronouns["n"], pronouns["masculine"]["f1"]) == ("validation", 2, 1.0)
    assert pronouns["overall"]["n_gold"] == 2 and "GAP, validation part, 2 pronouns" in page


def test_a_name_is_meant_where_the_pronoun_is_linked_to_its_actor() -> None:
    text = "Peter Stroud runs the ferry. He bought it from the Harbour Board."
    board = text.index("Harbour Board")
    assert meant_names(text, Span(29, 31), (Span(6, 12), Span(board, board + 13))) == (True, False), "by the surname, too"
    assert meant_names(text, Span(39, 41), (Span(0, 12), Span(board, board + 13))) == (False, False), "what is linked to nobody means none"


def test_a_part_that_is_not_there_is_named(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="PolNeAR has no test part here"):
        measure(AttributionConfig(split="test", out=str(tmp_path / "record")))


def test_the_committed_record_says_what_its_figures_say() -> None:
    record = Path(__file__).resolve().parents[1] / "experiments" / "attribution"
    metrics, manifest = (json.loads((record / name).read_text()) for name in ("attribution.json", "manifest.json"))
    assert (record / "README.md").read_text() == render_attribution_record("attribution", metrics, manifest)
    source = metrics["systems"]["rules"]["scores"]["source"]
    assert source["f1"] == pytest.approx(2 * source["n_correct"] / (source["n_gold"] + source["n_predicted"]), abs=1e-6)
