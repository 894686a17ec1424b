"""The attribution head learns, is saved with the model, and leaves the stances alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, GPT2Config, GPT2Model

from whipcount.config import AttributionTrainingConfig
from whipcount.modeling.attribution_head import AttributionHead, lower_layers
from whipcount.modeling.attribution_training import join, read_states, train_attributions
from whipcount.modeling.attribution_words import WITHIN
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.encoding import add_tokens
from whipcount.modeling.model import StanceModel
from whipcount.modeling.own_rosters import read_roster
from whipcount.reading.attributions import Attribution
from whipcount.schema import Article, InputError, Span

TEXTS = ["The board told the council of rain.", "The council thanked the board and met.", "The council told the board of the board."]


def spans_of(text: str) -> list[Attribution]:
    if "told" not in text:
        return []
    cue, content = text.index("told"), text.index("of")
    return [Attribution((Span(cue, cue + 4),), (Span(content, len(text) - 1),), (Span(0, cue - 1),))]


def make_classifier(encoder: Path) -> StanceClassifier:
    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(encoder)
    add_tokens(tokenizer, 8)
    model = StanceModel.from_encoder(str(encoder), len(tokenizer), pair_size=16, attention_heads=2, n_slots=8)
    model.eval()
    return StanceClassifier(model, tokenizer)


@pytest.fixture
def classifier(tiny_encoder: Path) -> StanceClassifier:
    return make_classifier(tiny_encoder)


@pytest.fixture(scope="module")
def trained(tiny_encoder: Path, articles: list[Article], tmp_path_factory: pytest.TempPathFactory) -> StanceClassifier:
    classifier = make_classifier(tiny_encoder)
    run = tmp_path_factory.mktemp("attributions") / "run"
    train_attributions(settings(run, 60), classifier, articles, [spans_of(text) for text in TEXTS], "f")
    return classifier


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return [read_roster("town", str(number), text) for number, text in enumerate(TEXTS)]


def settings(run: Path, epochs: int, dropout: float = 0.0) -> AttributionTrainingConfig:
    return AttributionTrainingConfig(
        layers=1, size=16, dropout=dropout, epochs=epochs, batch_size=2, learning_rate=0.01, head_learning_rate=0.01, run=str(run)
    )


def test_it_learns_and_is_saved_and_the_stances_stay(
    trained: StanceClassifier, classifier: StanceClassifier, articles: list[Article], tmp_path: Path
) -> None:
    told = trained.read_articles(articles)
    assert [list(one.attributions) for one in told] == [spans_of(text) for text in TEXTS]
    trained.save_pretrained(tmp_path / "model")
    again = StanceClassifier.from_pretrained(tmp_path / "model")
    assert again.finds_attributions
    assert [one.attributions for one in again.read_articles(articles)] == [one.attributions for one in told]
    without = StanceClassifier.from_pretrained(tmp_path / "model", attribution=False)
    assert not without.finds_attributions
    assert not any(one.attributions for one in without.read_articles(articles))
    before = classifier.predict_articles(articles)
    for other in (again, without):
        for rows, wanted in zip(other.predict_articles(articles), before, strict=True):
            np.testing.assert_allclose(rows, wanted, atol=1e-6)


def test_a_window_of_a_batch_is_read_as_if_alone(trained: StanceClassifier, articles: list[Article]) -> None:
    longer = read_roster("town", "long", " ".join([*TEXTS, *TEXTS]))
    together = trained.read_articles([longer, *articles])
    assert [one.attributions for one in together[1:]] == [trained.read_articles([one])[0].attributions for one in articles]


def test_a_window_of_a_batch_is_learnt_from_as_if_alone(trained: StanceClassifier, articles: list[Article]) -> None:
    longer = read_roster("town", "long", " ".join([*TEXTS, *TEXTS]))
    told = [spans_of(TEXTS[0]), []]
    short, long = (read_states(trained, [one], [its], 1, 1)[0] for one, its in zip((articles[0], longer), told, strict=True))
    head = trained.model.attribution
    assert head is not None
    with torch.no_grad():
        roles = [head(**join([batch])).roles for batch in ([short], [short, long])]
    n_words = len(short.words.tokens)
    (cue,) = short.told.cues
    near = slice(WITHIN - cue, WITHIN - cue + n_words)
    torch.testing.assert_close(roles[0][0, near], roles[1][0, near], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("layers", [0, 1])
def test_the_layers_below_the_head_alone_return_what_it_reads(classifier: StanceClassifier, layers: int) -> None:
    inputs = {"input_ids": torch.tensor([[5, 6, 7], [6, 7, 0]]), "attention_mask": torch.tensor([[1, 1, 1], [1, 1, 0]])}
    lower = lower_layers(classifier.model.encoder, layers)
    with torch.no_grad():
        whole = classifier.model.encoder(**inputs, output_hidden_states=True)
        torch.testing.assert_close(lower(**inputs).last_hidden_state, whole.hidden_states[-1 - layers])
    assert len(classifier.model.encoder.encoder.layer) == 1  # the model's own stays whole


def test_a_run_goes_on_where_it_was_stopped(classifier: StanceClassifier, articles: list[Article], tmp_path: Path) -> None:
    told = [spans_of(text) for text in TEXTS]
    whole = train_attributions(settings(tmp_path / "whole", 2, dropout=0.1), classifier, articles, told, "f").state_dict()
    run = tmp_path / "run"
    train_attributions(settings(run, 2, dropout=0.1), classifier, articles, told, "f")
    shutil.rmtree(run / "checkpoint-2")
    resumed = train_attributions(settings(run, 2, dropout=0.1), classifier, articles, told, "f").state_dict()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_without_attributions_there_is_nothing_to_learn(classifier: StanceClassifier, articles: list[Article], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no attribution to learn from"):
        train_attributions(settings(tmp_path / "run", 1), classifier, articles, [[], [], []], "f")


def test_an_encoder_of_another_kind_or_of_fewer_layers_is_refused(classifier: StanceClassifier) -> None:
    with pytest.raises(InputError, match="2 layers of an encoder that has 1"):
        classifier.model.add_attribution_head(2, 16, 0.0)
    with pytest.raises(InputError, match="GPT2Model is not built of layers"):
        AttributionHead(GPT2Model(GPT2Config(n_layer=1, n_head=2, n_embd=16, vocab_size=32)), 1, 16, 0.0)
