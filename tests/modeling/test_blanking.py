"""Which words are blanked: a stance's evidence, and random ones."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from whipcount.corpora.authored import parse_article
from whipcount.modeling import voices
from whipcount.modeling.blanking import draw_ranges, read_blanked
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.encoding import add_tokens
from whipcount.modeling.model import StanceModel
from whipcount.modeling.variation import Variation, plain
from whipcount.reading.attributions import merged
from whipcount.reading.hearing import hear
from whipcount.schema import NONE, Article, Span

QUAY = """article: quay
# actors
quill | person | Vera Quill
board | organisation | Ferry Board
# text
Vera Quill met the Ferry Board on the long quay.
“The Ferry Board lied to us,” Vera Quill said after the count.
The crews went home in the rain.
"""
WORDS = ["Quill", "a", "sold", "the", "ferry,", "misleading", "“No,”", "in"]


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, list[Span], tuple[Span, ...]]:
    """A text, its sentences, and ranges of some of its words."""
    lines = draw(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), min_size=1, max_size=4))
    text = "\n".join(" ".join(line) for line in lines)
    sentences = [Span(*match.span()) for match in re.finditer(r"[^\n]+", text)]
    words = [match.span() for match in re.finditer(r"\S+", text)]
    pairs = draw(st.lists(st.tuples(st.integers(0, len(words) - 1), st.integers(0, 4)), min_size=1, max_size=3))
    return text, sentences, merged(Span(words[at][0], words[min(at + more, len(words) - 1)][1]) for at, more in pairs)


@given(texts(), st.integers(0, 3))
def test_random_words_have_the_length_of_the_evidence_and_lie_outside_it(case: tuple[str, list[Span], tuple[Span, ...]], seed: int) -> None:
    text, sentences, wanted = case
    drawn = draw_ranges(text, wanted, sentences, random.Random(seed))
    if drawn is None:
        return
    assert drawn == draw_ranges(text, wanted, sentences, random.Random(seed))
    assert len(drawn.ranges) == len(wanted)
    ends = [match.end() for match in re.finditer(r"\S+", text)]
    starts = [match.start() for match in re.finditer(r"\S+", text)]
    longest_first = sorted(wanted, key=lambda one: one.start_char - one.end_char)
    at_home = []
    for one, like in zip(drawn.ranges, longest_first, strict=True):
        n_chars = like.end_char - like.start_char
        assert one.start_char in starts and one.end_char in ends, "whole words of the text"
        nearest = min(abs(end - one.start_char - n_chars) for end in ends if end > one.start_char)
        assert abs(one.end_char - one.start_char - n_chars) == nearest, "no other number of words comes nearer"
        (home,) = (span for span in sentences if span.start_char <= like.start_char < span.end_char)
        at_home.append(home.start_char <= one.start_char and one.end_char <= home.end_char)
    assert drawn.in_sentence == all(at_home)
    taken = [*wanted, *drawn.ranges]
    assert all(a.end_char <= b.start_char or b.end_char <= a.start_char for i, a in enumerate(taken) for b in taken[:i])


def test_random_words_are_in_the_sentence_where_there_is_room() -> None:
    text = "Quill sold it.\nThe crews of the ferry went home."
    sentences = [Span(0, 14), Span(15, len(text))]
    assert draw_ranges(text, [Span(0, 5)], sentences[:1], random.Random(0)) == ((Span(6, 10),), True), "no two words come nearer"
    elsewhere = draw_ranges(text, [Span(0, 14)], sentences, random.Random(0))
    assert elsewhere is not None and not elsewhere.in_sentence and elsewhere.ranges[0].start_char >= 15
    assert draw_ranges(text, [Span(0, 14)], sentences[:1], random.Random(0)) is None, "no room at all"
    assert draw_ranges(text, [], sentences, random.Random(0)) is None
    drawn = {draw_ranges(text, [Span(15, 18)], sentences, random.Random(seed)) for seed in range(50)}
    assert len(drawn) == 6, "each other word but the last one of the sentence is as good; that one is its end"


@pytest.fixture(scope="module")
def eager(eager_model: Path) -> StanceClassifier:
    return StanceClassifier.from_pretrained(eager_model)


@pytest.fixture(scope="module")
def quay() -> Article:
    return parse_article(QUAY, "town", "quay.txt")


def test_each_stance_is_read_with_its_own_evidence_blanked(eager: StanceClassifier, quay: Article) -> None:
    stances = read_blanked(eager, quay, n_draws=2, seed=0)
    assert len(stances) == 3 * 3 * 2, "every sentence, every ordered pair of the two actors and the author"
    rows = eager.predict_articles([quay])[0].reshape(3, 4 * 3, 3)
    assert all(one.before.argmax() != NONE and one.before in rows[one.sentence] for one in stances)
    said = next(one for one in stances if one.sentence == 1 and {"cue", "target"} <= set(one.after))
    assert said.is_attributed
    assert set(said.after) == {"evidence", "random", "speaker", "target", "cue", "content"}
    assert {name: len(readings) for name, readings in said.after.items()} == {name: 1 + (name == "random") for name in said.after}
    assert (said.article, said.story, said.is_cut) == ("town/quay", "quay", False)
    place = next(number for number, row in enumerate(rows[1]) if (row == said.before).all())
    speaker, target = [(a.id, b.id) for a in quay.roster for b in quay.roster if a != b][place]
    assert (speaker, target) == ("quill", "board")
    content = quay.text.index("“The"), quay.text.index(",” Vera") + 2
    (blanked,) = eager.read_pair(quay, 1, speaker, target, [Variation(plain(quay).actors, plain(quay).slots, blanked=(Span(*content),))])
    np.testing.assert_allclose(said.after["content"][0], blanked, atol=1e-6)
    assert said.n_tokens["content"] == len(eager.tokenizer.tokenize("“The Ferry Board lied to us,”"))
    assert said.n_tokens["target"] < said.n_tokens["content"] < said.n_tokens["evidence"]


def test_a_stance_without_evidence_is_not_read_again(eager: StanceClassifier) -> None:
    bare = parse_article("article: bare\n# actors\nq | person | Vera Quill\n# text\nIt rained.\n", "town", "bare.txt")
    toward, held = read_blanked(eager, bare, n_draws=2, seed=0)
    assert toward.after == held.after == {} and not toward.is_attributed


def test_evidence_outside_the_window_is_left_alone(eager: StanceClassifier, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "\n".join(["Vera Quill left."] + ["The crews went home in the rain again."] * 12)
    article = parse_article(f"article: long\n# actors\nq | person | Vera Quill\n# text\n{lines}\n", "town", "long.txt")
    monkeypatch.setattr(eager.encoder, "max_tokens", 120)
    stances = read_blanked(eager, article, n_draws=1, seed=0)
    assert len(eager.encoder.encode(article)) > 2
    assert [one.is_cut for one in stances if one.sentence == 0] == [False, False]
    assert all(one.is_cut and not one.after for one in stances if one.sentence == 12), "the only name is far before"


@pytest.mark.parametrize("shows", [True, False])
def test_voices_are_found_once_for_all_readings(shows: bool, quay: Article, tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    add_tokens(tokenizer, 8, speaker_slots=shows)
    torch.manual_seed(0)
    shape = {"n_slots": 8, "pair_size": 16, "attention_heads": 2, "none_bias": -20.0, "pronoun_slots": shows, "speaker_slots": shows}
    classifier = StanceClassifier(StanceModel.from_encoder(str(tiny_encoder), len(tokenizer), **shape), tokenizer)
    asked = []

    def counted(text: str, *found: Any) -> Any:
        asked.append(text)
        return hear(text, *found)

    monkeypatch.setattr(voices, "hear", counted)
    stances = read_blanked(classifier, quay, n_draws=2, seed=0)
    assert asked == [quay.text] * shows
    (rows,) = classifier.predict_articles([quay])
    for one in stances:
        assert np.isclose(rows, one.before, atol=1e-6).all(1).any(), "as the model reads the article by itself"
    assert max(np.abs(one.after["cue"][0] - one.before).max() for one in stances if "cue" in one.after) > 1e-5
