"""A resolver reads a text in windows, scores who may be meant, and has a say in the linking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.own_rosters import as_shown
from whipcount.modeling.resolver import ABSENT, PronounResolver, ResolverConfig, ResolverModel, TextWindow, read_windows
from whipcount.modeling.resolver_training import join, tell_windows
from whipcount.reading.actors import find_actors
from whipcount.reading.antecedents import Judge, Verdict, rank
from whipcount.reading.parsing import parse
from whipcount.reading.pronoun_learning import Told
from whipcount.reading.pronouns import Options
from whipcount.reading.sentences import split_sentences
from whipcount.schema import PRONOUN, Actor, Article, Mention, Span

TEXT = "Ada Berg met Marta Quill on the pier. They ate. She left at ten."
SHE = Span(TEXT.index("She"), TEXT.index("She") + 3)


@pytest.fixture(scope="module")
def resolver(small_run: Path) -> PronounResolver:
    torch.manual_seed(0)
    classifier = StanceClassifier.from_pretrained(small_run / "model")
    return PronounResolver(ResolverModel.from_stances(classifier.model, size=8, dropout=0.1).eval(), classifier.tokenizer)


@pytest.fixture(scope="module")
def article() -> Article:
    actors = (Actor("berg", "Ada Berg", "person"), Actor("quill", "Marta Quill", "person"))
    mentions = [Mention("berg", 0, 8, "name"), Mention("quill", 13, 24, "name"), Mention("berg", SHE.start_char, SHE.end_char, PRONOUN)]
    return as_shown("text", "text", TEXT, split_sentences(TEXT), actors, mentions)


def test_windows_find_ranges_and_show_no_pronouns(resolver: PronounResolver, article: Article) -> None:
    (window,) = read_windows(resolver.encoder, article)
    assert window.start_char == 0 and window.chars[0] == window.chars[-1] == -1
    first, last = window.tokens(Span(0, 8))
    assert [TEXT[char] for char in window.chars[first : last + 1]] == list("AdaBerg")
    assert window.tokens(Span(900, 903)) == (ABSENT, ABSENT)
    assert len(article.mentions) == 2


def test_it_judges_mentions_of_the_pronouns_window(resolver: PronounResolver, article: Article) -> None:
    read = resolver.read(TEXT, article.sentences, article.actors, article.mentions)
    verdict = read(SHE, [Span(0, 8), Span(900, 903)])
    assert verdict.candidates[0] != 0.0 and verdict.candidates[1] == 0.0, "what the window does not show is left to the grammar"
    assert read(Span(900, 903), [Span(0, 8)]) == Verdict([0.0], -torch.inf), "so is a pronoun that no window holds"


def test_a_long_text_has_several_windows(resolver: PronounResolver, article: Article) -> None:
    encoder = replace(resolver.encoder, max_tokens=70)
    windows = read_windows(encoder, article)
    assert len(windows) > 1 and all(len(window.input_ids) <= 70 for window in windows)
    assert [window.start_char for window in windows] == sorted({window.start_char for window in windows})


def test_the_score_has_a_say() -> None:
    features = [{"a": 1.0}, {"b": 1.0}]
    assert rank(features, ["q", "b"], {"a": 2.0})["q"] > 0.8
    swayed = rank(features, ["q", "b"], {"a": 2.0}, Verdict([0.0, 4.0], -torch.inf))
    assert swayed["b"] > 0.8 and sum(swayed.values()) == pytest.approx(1.0)
    assert sum(rank(features, ["q", "b"], {}, Verdict([0.0, 0.0], 5.0)).values()) < 0.05, "somebody else"


def test_reading_links_what_the_resolver_says() -> None:
    class Certain:
        """Is sure of the last candidate, or that it is nobody."""

        def __init__(self, nobody: float) -> None:
            self.nobody = nobody

        def read(self, text: str, sentences: Sequence[Span], actors: Sequence[Actor], mentions: Sequence[Mention]) -> Judge:
            return lambda pronoun, spans: Verdict([9.0 * (span == max(spans, key=lambda s: s.start_char)) for span in spans], self.nobody)

    text = "Marta Quill thanked Ada Berg. She left."
    paragraphs = parse(text)
    sentences = split_sentences(text, paragraphs)

    def meant(resolver: Certain | None) -> list[str]:
        return [m.actor for m in find_actors(text, paragraphs, sentences, resolver=resolver).mentions if m.why == PRONOUN]

    assert meant(None) == ["marta_quill"] and meant(Certain(-9.0)) == ["ada_berg"] and meant(Certain(99.0)) == []


def test_a_training_step_lowers_the_loss(resolver: PronounResolver, article: Article) -> None:
    spans = (Span(0, 8), Span(13, 24))
    told = [Told(Options(SHE, ("berg", "quill"), spans, ({}, {})), frozenset({"quill"}))]
    (window,) = read_windows(resolver.encoder, article)
    batch = join([tell_windows([window], told)], 0)
    assert batch["right"].tolist() == [False, True, False]
    torch.manual_seed(0)
    model = ResolverModel(ResolverConfig(**resolver.model.config.to_diff_dict())).eval()  # no dropout
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(8):
        loss = model(**batch).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]


def test_the_loss_is_that_of_what_may_be_meant(resolver: PronounResolver, article: Article) -> None:
    (window,) = read_windows(resolver.encoder, article)
    spans = (Span(0, 8), Span(13, 24))
    features: tuple[dict[str, float], ...] = ({}, {})
    lost = Told(Options(SHE, ("berg", "quill"), spans, features), frozenset(), frozenset({"berg"}))
    batch = join([tell_windows([window], [lost])], 0)
    assert batch["right"].tolist() == [False, True, True], "whoever is not ruled out, and nobody of them"
    output = resolver.model(**batch)
    scores = torch.cat([output.candidates, output.nobody])
    assert output.loss.item() == pytest.approx(-torch.log(scores.softmax(0)[1:].sum()).item(), rel=1e-4)
    nothing = Told(Options(SHE, ("berg", "quill"), spans, features), frozenset())
    assert tell_windows([window], [nothing]) == [], "of which nothing is known"
    assert tell_windows([TextWindow([0], [-1], 0)], [lost]) == []
