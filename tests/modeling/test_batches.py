from __future__ import annotations

from pathlib import Path

import pytest
from transformers import AutoTokenizer

from whipcount.config import TrainingConfig
from whipcount.modeling.batches import EpochBatches, TrainingArticles, TrainingWindow
from whipcount.modeling.encoding import Encoder, add_tokens
from whipcount.modeling.heads import IGNORED
from whipcount.modeling.voices import with_voices
from whipcount.schema import AGAINST, PAIR, Actor, Article, Span, Stance


def made(corpus: str, lengths: list[int], n_sentences: int = 2) -> list[Article]:
    spans = tuple(Span(index, index + 1) for index in range(n_sentences))
    return [Article(corpus, f"a{index}", "x" * length, spans) for index, length in enumerate(lengths)]


def test_batches_are_a_function_of_seed_and_epoch() -> None:
    articles, config = made("town", [7, 3, 9, 2, 5, 5, 2]), TrainingConfig(batch_size=2)
    batches = EpochBatches(articles, config, seed=1)
    first = list(batches)
    assert first == list(batches)
    assert len(first) == len(batches) == 4
    assert sorted(index for batch in first for _, index in batch) == list(range(7))
    batches.epoch = 1
    assert [[index for _, index in batch] for batch in batches] != [[index for _, index in batch] for batch in first]
    assert list(EpochBatches(articles, config, seed=2)) != first


def test_a_batch_is_of_one_corpus_and_single_sentences_come_many_at_once() -> None:
    articles = [*made("town", [4, 4, 4]), *made("lines", [4] * 10, n_sentences=1)]
    batches = EpochBatches(articles, TrainingConfig(batch_sentences=4), seed=1)
    drawn = [[index for _, index in batch] for batch in batches]
    assert len(drawn) == len(batches)
    assert sorted(len(batch) for batch in drawn) == [1, 1, 1, 2, 4, 4]
    assert all(len({articles[index].corpus for index in batch}) == 1 for batch in drawn)


def test_a_share_of_a_corpus_is_drawn_anew_each_epoch() -> None:
    articles = [*made("town", [4, 4]), *made("lines", [4] * 20, n_sentences=1)]
    batches = EpochBatches(articles, TrainingConfig(batch_sentences=2, shares={"lines": 0.25}), seed=1)
    epochs = []
    for batches.epoch in range(2):
        indices = sorted(index for batch in batches for _, index in batch)
        assert indices[:2] == [0, 1] and len(indices) == 2 + 5 and len(set(indices)) == 7
        epochs.append(indices)
    assert epochs[0] != epochs[1]
    assert len(list(batches)) == len(batches)


def test_listed_actors_are_drawn_alone_or_among_those_that_the_text_names_besides(tiny_encoder: Path) -> None:
    text = "Marta Quill accused Femi Oduya. Ada Lorne watched them with Tobias Renn."
    actors = (Actor("quill", "Marta Quill", "person"), Actor("oduya", "Femi Oduya", "person"))
    article = Article("town", "a", text, (Span(0, 31), Span(32, len(text))), actors, stances=(Stance(0, "quill", "oduya", "against"),))
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    add_tokens(tokenizer, 8)

    def drawn(share: float) -> list[TrainingWindow]:
        config = TrainingConfig(distractors=share, drop_idle=0.0)
        articles = TrainingArticles([article], Encoder(tokenizer, 256, 8), config, seed=1)
        return [articles[epoch, 0][0] for epoch in range(20)]

    assert {len(one.window.actors) for one in drawn(0.0)} == {4}
    assert {len(one.window.actors) for one in drawn(1.0)} == {6}
    assert {len(one.window.actors) for one in drawn(0.5)} == {4, 6}
    assert all((one.labels == AGAINST).sum() == 1 for one in drawn(1.0))
    assert all(one.references == [[IGNORED] * len(row) for row in one.references] for one in drawn(1.0)), "whom words mean is not known"


def test_a_pair_weighs_the_same_in_whatever_order_its_actors_are_drawn(tiny_encoder: Path) -> None:
    text = "Quill met Oduya."
    ends = (Actor("p", "Quill", "person"), Actor("q", "Oduya", "person"))

    def one(number: int, *stances: Stance) -> Article:
        return Article("pairs", f"s{number}", text, (Span(0, len(text)),), ends, stances=stances, annotation=PAIR)

    common = [one(number, Stance(0, "p", "q", "favor")) for number in range(9)]
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    add_tokens(tokenizer, 8)
    articles = [*common, one(9, Stance(0, "q", "p", "favor"))]
    drawn = TrainingArticles(articles, Encoder(tokenizer, 256, 8), TrainingConfig(pair_balance=0.5), seed=1)
    windows = {index: [drawn[epoch, index][0] for epoch in range(20)] for index in (0, 9)}
    assert {tuple(one.window.actors) for one in windows[9]} == {(2, 3), (3, 2)}
    (rarer,), (usual,) = ({one.weight for one in windows[index]} for index in (9, 0))
    assert rarer == pytest.approx(3 * usual, rel=1e-3), "a ninth as many, to the power of a half"


def test_actors_added_to_an_article_can_be_who_its_pronouns_mean(tiny_encoder: Path) -> None:
    text = "Marta Quill accused Femi Oduya. Ada Lorne left. She laughed."
    actors = (Actor("quill", "Marta Quill", "person"), Actor("oduya", "Femi Oduya", "person"))
    spans = (Span(0, 31), Span(32, 47), Span(48, len(text)))
    article = with_voices(Article("town", "a", text, spans, actors, stances=(Stance(0, "quill", "oduya", "against"),)))
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    add_tokens(tokenizer, 8, speaker_slots=True)
    encoder = Encoder(tokenizer, 256, 8, pronoun_slots=True, speaker_slots=True)
    articles = TrainingArticles([article], encoder, TrainingConfig(distractors=1.0), seed=1)
    (extended,) = articles.extended.values()
    (lorne,) = (actor.id for actor in extended.actors if actor.name == "Ada Lorne")
    assert [m.actor for m in extended.mentions if m.start_char == 48] == [lorne]
    assert [m.actor for m in article.mentions if m.start_char == 48] == ["quill"], "of those listed she is the likeliest"
