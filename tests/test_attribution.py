"""The main that tags PolNeAR by rules, on a small corpus written for this test in its layout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from whipcount.attribution import measure
from whipcount.config import AttributionConfig
from whipcount.schema import InputError

TEXT = "“The ferry is late,” Marta Quill said. Femi Oduya said that it was not."
FIRST = (("Source", "Marta Quill"), ("Cue", "said"), ("Content", "“The ferry is late,”"))
SECOND = (("Source", "Femi Oduya"), ("Cue", "said that"), ("Content", "that it was not"))


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
    monkeypatch.setenv("WHIPCOUNT_DATA", str(tmp_path / "corpora"))
    return folder


def test_what_the_rules_find_is_recorded_beside_what_annotators_agree_on(corpus: Path, tmp_path: Path) -> None:
    out = measure(AttributionConfig(out=str(tmp_path / "record")))
    metrics = json.loads((out / "attribution.json").read_text())
    assert (metrics["n_texts"], metrics["n_attributions"]) == (1, 2), "the first annotator's"
    assert {role: score["n_correct"] for role, score in metrics["rules"].items()} == {"source": 2, "cue": 1, "content": 2, "triple": 1}
    assert metrics["rules"]["cue"]["f1"] == 0.5
    assert metrics["annotators"]["train"]["n_texts"] == 0
    assert metrics["annotators"]["development"]["scores"]["source"]["f1"] == pytest.approx(2 / 3, abs=1e-6)
    page = (out / "README.md").read_text()
    assert "| rules, development | 1.000 | 0.500 | 1.000 | 0.500 |" in page
    assert "| two annotators, development, 1 text | 0.667 | 0.667 | 0.667 | 0.667 |" in page
    assert "ferry" not in page and "two annotators, train" not in page


def test_a_part_that_is_not_there_is_named(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="PolNeAR has no test part here"):
        measure(AttributionConfig(split="test", out=str(tmp_path / "record")))
