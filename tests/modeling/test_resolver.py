"""A resolver reads a text in windows, scores who may be meant, and has a say in the linking."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer

from whipcount.modeling.resolver import ABSENT, PronounResolver, ResolverModel, TextWindow, read_windows
from whipcount.modeling.resolver_training import join, tell_windows
from whipcount.reading.actors import find_actors
from whipcount.reading.antecedents import Heard, Judge, rank
from whipcount.reading.parsing import parse
from whipcount.reading.pronoun_learning import Told
from whipcount.reading.pronouns import Options
from whipcount.reading.sentences import split_sentences
from whipcount.schema import PRONOUN, Span

TEXT = "Ada Berg met Marta Quill on the pier. They ate. She left at ten."


@pytest.fixture(scope="module")
def resolver(tiny_encoder: Path) -> PronounResolver:
    torch.manual_seed(0)
    model = ResolverModel.from_encoder(str(tiny_encoder), 0.0, max_tokens=40, size=8)
    return PronounResolver(model.eval(), AutoTokenizer.from_pretrained(tiny_encoder))


def test_windows_hold_whole_sentences_and_find_ranges(resolver: PronounResolver) -> None:
    sentences = split_sentences(TEXT)
    windows = read_windows(resolver.tokenizer, TEXT, sentences, 40)
    assert len(windows) == 2 and [window.start_char for window in windows] == [0, sentences[2].start_char]
    assert windows[0].chars[0] == windows[0].chars[-1] == -1
    first, last = windows[0].tokens(Span(0, 8))
    assert [TEXT[char] for char in windows[0].chars[first : last + 1]] == list("AdaBerg")
    assert windows[1].tokens(Span(0, 8)) == (ABSENT, ABSENT), "too far back for the second"
    assert windows[1].chars[1] == sentences[1].start_char, "it begins with a sentence of the one before"
    assert all(len(window.input_ids) <= 40 for window in read_windows(resolver.tokenizer, TEXT, [Span(0, len(TEXT))], 40))


def test_it_judges_mentions_of_the_pronouns_window(resolver: PronounResolver) -> None:
    she = Span(TEXT.index("She"), TEXT.index("She") + 3)
    heard = resolver.read(TEXT, split_sentences(TEXT))(she, [Span(38, 42), Span(0, 8)])
    assert heard.candidates[0] != 0.0 and heard.candidates[1] == 0.0, "what the window does not show is left to the grammar"
    endless = "a b c d " * 12 + "She left."
    cut = resolver.read(endless, [Span(0, len(endless))])(Span(96, 99), [Span(0, 1)])
    assert cut == Heard([0.0], -torch.inf), "so is a pronoun that no window holds"


def test_the_score_has_a_say() -> None:
    features = [{"a": 1.0}, {"b": 1.0}]
    assert rank(features, ["q", "b"], {"a": 2.0})["q"] > 0.8
    swayed = rank(features, ["q", "b"], {"a": 2.0}, Heard([0.0, 4.0], -torch.inf))
    assert swayed["b"] > 0.8 and sum(swayed.values()) == pytest.approx(1.0)
    assert sum(rank(features, ["q", "b"], {}, Heard([0.0, 0.0], 5.0)).values()) < 0.05, "somebody else"


def test_reading_links_what_the_resolver_says() -> None:
    class Certain:
        """Is sure of the last candidate, or that it is nobody."""

        def __init__(self, nobody: float) -> None:
            self.nobody = nobody

        def read(self, text: str, sentences: Sequence[Span]) -> Judge:
            return lambda pronoun, spans: Heard([9.0 * (span == max(spans, key=lambda s: s.start_char)) for span in spans], self.nobody)

    text = "Marta Quill thanked Ada Berg. She left."
    paragraphs = parse(text)
    sentences = split_sentences(text, paragraphs)

    def meant(resolver: Certain | None) -> list[str]:
        return [m.actor for m in find_actors(text, paragraphs, sentences, resolver=resolver).mentions if m.why == PRONOUN]

    assert meant(None) == ["marta_quill"] and meant(Certain(-9.0)) == ["ada_berg"] and meant(Certain(99.0)) == []


def test_a_training_step_lowers_the_loss(resolver: PronounResolver, tiny_encoder: Path) -> None:
    spans = (Span(0, 8), Span(13, 24))
    she = Span(TEXT.index("She"), TEXT.index("She") + 3)
    told = [Told(Options(she, ("berg", "quill"), spans, ({}, {})), frozenset({"quill"}))]
    (window,) = read_windows(resolver.tokenizer, TEXT, split_sentences(TEXT), 384)
    batch = join([tell_windows([window], told)], 0)
    assert batch["right"].tolist() == [False, True, False]
    torch.manual_seed(0)
    model = ResolverModel.from_encoder(str(tiny_encoder), 0.0, max_tokens=40, size=8).eval()  # no dropout
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(8):
        loss = model(**batch).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]


def test_the_loss_is_that_of_what_may_be_meant(resolver: PronounResolver) -> None:
    (window,) = read_windows(resolver.tokenizer, TEXT, split_sentences(TEXT), 384)
    she = Span(TEXT.index("She"), TEXT.index("She") + 3)
    spans = (Span(0, 8), Span(13, 24))
    features: tuple[dict[str, float], ...] = ({}, {})
    lost = Told(Options(she, ("berg", "quill"), spans, features), frozenset(), frozenset({"berg"}))
    batch = join([tell_windows([window], [lost])], 0)
    assert batch["right"].tolist() == [False, True, True], "whoever is not ruled out, and nobody of them"
    output = resolver.model(**batch)
    scores = torch.cat([output.candidates, output.nobody])
    assert output.loss.item() == pytest.approx(-torch.log(scores.softmax(0)[1:].sum()).item(), rel=1e-4)
    nothing = Told(Options(she, ("berg", "quill"), spans, features), frozenset())
    assert tell_windows([window], [nothing]) == [], "of which nothing is known"
    assert tell_windows([TextWindow([0], [-1], 0)], [lost]) == []
