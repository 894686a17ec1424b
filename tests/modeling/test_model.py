from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss
from transformers import AutoTokenizer, DistilBertConfig, DistilBertModel, T5Config, T5EncoderModel

from whipcount.corpora.authored import parse_article
from whipcount.modeling.collation import collate
from whipcount.modeling.encoding import Encoder, Window, add_tokens
from whipcount.modeling.heads import IGNORED, likely_pairs
from whipcount.modeling.labels import label_references, label_targets, label_tensor, pair_weight
from whipcount.modeling.model import OF_WEIGHTS, StanceModel, load_encoder, load_tokenizer
from whipcount.schema import AGAINST, FAVOR, GIVEN, NONE, PAIR, SOMEONE, TARGETS, Actor, Article, InputError, Mention, Span, Stance

SOURCES = [
    "article: a\n# actors\nq | person | Marta Quill\no | person | Femi Oduya\n# text\nQuill attacked Oduya.\n> q against o\n[He|o] left.\n",
    "article: b\n# actors\nq | person | Ada Berg\n# text\nNobody thanked Berg, not even the board that she praised.\n> author favor q\n",
]


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return [parse_article(source, "town", "x.txt") for source in SOURCES]


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> Encoder:
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    add_tokens(tokenizer, 8)
    return Encoder(tokenizer, 256, 8)


@pytest.fixture(scope="module")
def model(tiny_encoder: Path, encoder: Encoder) -> StanceModel:
    torch.manual_seed(0)
    made = StanceModel.from_encoder(
        str(tiny_encoder),
        len(encoder.tokenizer),
        n_slots=8,
        pair_size=16,
        attention_heads=2,
        none_weight=0.1,
        end_weight=0.0,
        reference_weight=0.0,
        teacher_share=0.0,
    )
    made.eval()
    return made


@pytest.fixture(scope="module")
def windows(articles: list[Article], encoder: Encoder) -> list[Window]:
    return [window for article in articles for window in encoder.encode(article)]


def test_there_is_a_triple_for_every_sentence_and_ordered_pair(model: StanceModel, windows: list[Window]) -> None:
    assert model(**collate(windows, 0)).logits.shape == (2, 2, 4, 4, 3)


def test_padding_changes_nothing(model: StanceModel, windows: list[Window]) -> None:
    together = model(**collate(windows, 0)).logits
    for row, window in enumerate(windows):
        alone = model(**collate([window], 0)).logits[0]
        torch.testing.assert_close(together[row, : alone.shape[0], : alone.shape[1], : alone.shape[2]], alone, atol=1e-5, rtol=1e-4)


def test_speaker_and_target_are_told_apart(model: StanceModel, windows: list[Window]) -> None:
    logits = model(**collate(windows[:1], 0)).logits[0, 0]
    assert not torch.allclose(logits[2, 3], logits[3, 2], atol=1e-4)


def test_the_loss_is_the_weighted_log_loss_of_scikit_learn(model: StanceModel, windows: list[Window], articles: list[Article]) -> None:
    labels = [label_tensor(article) for article in articles]
    output = model(**collate(windows, 0, labels))
    batch = collate(windows, 0, labels)["labels"]
    counts = batch != IGNORED
    gold, probabilities = batch[counts].numpy(), output.logits[counts].softmax(-1).detach().double().numpy()
    weights = [0.1 if stance == NONE else 1.0 for stance in gold]
    expected = log_loss(gold, probabilities / probabilities.sum(1, keepdims=True), sample_weight=weights, labels=[0, 1, 2])
    assert output.loss.item() == pytest.approx(expected, rel=1e-4)


def test_the_none_bias_moves_the_none_logit_alone_and_not_in_training(
    model: StanceModel, windows: list[Window], articles: list[Article]
) -> None:
    plain = model(**collate(windows, 0)).logits
    model.config.none_bias = 2.5
    try:
        moved = model(**collate(windows, 0)).logits
        training = model(**collate(windows, 0, [label_tensor(article) for article in articles])).logits
    finally:
        model.config.none_bias = 0.0
    torch.testing.assert_close(moved - plain, torch.tensor([0.0, 0.0, 2.5]).expand_as(plain))
    torch.testing.assert_close(training, plain)


def test_the_side_task_adds_to_the_loss(model: StanceModel, windows: list[Window], articles: list[Article]) -> None:
    batch = collate(windows, 0, [label_tensor(article) for article in articles])
    without = model(**batch).loss
    model.config.end_weight = 0.5
    try:
        assert model(**batch).loss > without
    finally:
        model.config.end_weight = 0.0


def test_the_reference_loss_is_the_weighted_log_loss_of_scikit_learn(
    model: StanceModel, windows: list[Window], articles: list[Article]
) -> None:
    labels = [label_tensor(article) for article in articles[:1]]
    references = [label_references(articles[0], windows[0])]
    batch = collate(windows[:1], 0, labels, references)
    without = model(**batch)
    model.config.reference_weight = 1.0
    try:
        loss = model(**batch).loss - without.loss
    finally:
        model.config.reference_weight = 0.0
    known = batch["references"] != IGNORED
    gold = [4 if actor < 0 else actor for actor in batch["references"][known].tolist()]
    assert 3 in gold, "the pronoun is annotated"
    probabilities = without.references[known].softmax(-1).detach().double().numpy()
    weights = [0.2 if actor == 4 else 1.0 for actor in gold]
    expected = log_loss(gold, probabilities / probabilities.sum(1, keepdims=True), sample_weight=weights, labels=range(5))
    assert loss.item() == pytest.approx(expected, rel=1e-3)


def test_the_teacher_tells_whom_words_mean(model: StanceModel, windows: list[Window], articles: list[Article]) -> None:
    batch = collate(windows[:1], 0, [label_tensor(articles[0])], [label_references(articles[0], windows[0])])
    guessed = model(**batch).logits
    torch.testing.assert_close(guessed, model(**collate(windows[:1], 0)).logits)
    model.config.teacher_share = 1.0
    try:
        told = model(**batch).logits
    finally:
        model.config.teacher_share = 0.0
    assert not torch.allclose(told[0, 1], guessed[0, 1], atol=1e-4)


def test_new_tokens_differ_from_each_other(model: StanceModel, encoder: Encoder) -> None:
    added = model.encoder.get_input_embeddings().weight[-9:]
    assert torch.pdist(added).min() > 0


ENDS = (Actor("p", "Quill", "person"), Actor("q", "Oduya", "person"))
NAMES = (Mention("p", 0, 5, GIVEN), Mention("q", 15, 20, GIVEN))


def one_sentence(identifier: str, annotation: str, *stances: Stance) -> Article:
    text = "Quill attacked Oduya."
    return Article("town", identifier, text, (Span(0, len(text)),), ENDS, NAMES, stances, annotation=annotation)


@pytest.mark.parametrize("weights", [[], [0.5, 1.0, 2.0, 3.0, 1.0]])
def test_a_corpus_of_pairs_teaches_one_outcome_of_five(weights: list[float], model: StanceModel, encoder: Encoder) -> None:
    articles = [
        one_sentence("a", PAIR, Stance(0, "p", "q", "none"), Stance(0, "q", "p", "none")),
        one_sentence("b", PAIR, Stance(0, "p", "q", "against")),
        one_sentence("c", PAIR, Stance(0, "q", "p", "favor")),
    ]
    weighing = [pair_weight(article, weights) for article in articles]
    windows, labels = [encoder.encode(article)[0] for article in articles], [label_tensor(article)[:, 2:, 2:] for article in articles]
    output = model(**collate(windows, 0, labels, pair_weights=weighing))
    triples = output.logits[0, 0].softmax(-1).detach()
    forward, backward = triples[0, 1], triples[1, 0]  # the three articles are one text
    ways = [
        forward[NONE] * backward[NONE],
        forward[FAVOR] * backward[NONE],
        forward[AGAINST] * backward[NONE],
        backward[FAVOR] * forward[NONE],
        backward[AGAINST] * forward[NONE],
    ]
    losses = [-(ways[wanted] / sum(ways)).log().item() for wanted in (0, 2, 3)]
    assert output.loss.item() == pytest.approx(np.average(losses, weights=weighing), rel=1e-4)


def test_a_corpus_of_targets_teaches_what_is_conveyed_toward_them_and_no_pair(model: StanceModel, encoder: Encoder) -> None:
    article = one_sentence("a", TARGETS, Stance(0, SOMEONE, "p", "none"), Stance(0, SOMEONE, "q", "against"))
    batch = collate(encoder.encode(article), 0, [label_tensor(article)[:, 2:, 2:]], target_labels=[label_targets(article)[:, 2:]])
    output = model(**batch)
    told = output.toward[0, 0].log_softmax(-1).detach()
    assert output.loss.item() == pytest.approx(-(told[0, NONE] + told[1, AGAINST]).item() / 2, rel=1e-4)


def test_the_none_bias_is_for_articles_annotated_in_full(model: StanceModel, encoder: Encoder) -> None:
    windows = encoder.encode(one_sentence("a", PAIR, Stance(0, "p", "q", "against")))
    plain = model(**collate(windows, 0)).logits
    model.config.none_bias = 2.5
    try:
        assert torch.equal(model(**collate(windows, 0)).logits, plain)
    finally:
        model.config.none_bias = 0.0


def test_reserved_actors_are_not_shown_where_the_annotation_does_not_speak_of_them(encoder: Encoder) -> None:
    (window,) = encoder.encode(one_sentence("a", PAIR, Stance(0, "p", "q", "against")))
    assert window.actors == [2, 3]
    assert "the author" not in encoder.tokenizer.decode(window.input_ids)


def test_without_local_pooling_all_pairs_see_the_same_words(tiny_encoder: Path, encoder: Encoder, windows: list[Window]) -> None:
    seen = {}
    for local in (True, False):
        torch.manual_seed(0)
        made = StanceModel.from_encoder(
            str(tiny_encoder), len(encoder.tokenizer), n_slots=8, pair_size=16, attention_heads=2, local_pooling=local
        ).eval()
        contexts: list[torch.Tensor] = []
        made.head.context_pair.register_forward_hook(lambda _, given, __, found=contexts: found.append(given[0]))
        made(**collate(windows[:1], 0))
        seen[local] = contexts[0][0, 0]  # (pairs, hidden)
    assert torch.allclose(seen[False], seen[False][:1].expand_as(seen[False]), atol=1e-6)
    assert not torch.allclose(seen[True], seen[True][:1].expand_as(seen[True]), atol=1e-6)


def test_pairs_by_themselves_are_judged_as_among_all(model: StanceModel, windows: list[Window]) -> None:
    batch = collate(windows, 0)
    everything = model(**batch).logits
    n_actors = everything.shape[2]
    some = model(**batch, most_pairs=3).logits
    judged = some[..., FAVOR].isfinite()
    assert judged.flatten(2).sum(-1).unique().tolist() == [3]
    torch.testing.assert_close(some[judged], everything[judged])
    assert (some[~judged].softmax(-1)[:, NONE] == 1).all()
    assert not judged[..., range(n_actors), range(n_actors)].any()
    assert torch.equal(model(**batch, most_pairs=n_actors**2).logits, everything)


def test_the_likeliest_pairs_have_the_likeliest_ends() -> None:
    holds, draws = torch.full((1, 1, 4, 2), -5.0), torch.full((1, 1, 4, 2), -5.0)
    holds[0, 0, 1, FAVOR], holds[0, 0, 3, AGAINST] = 3.0, 4.0  # the last one is padding
    draws[0, 0, 2, AGAINST], draws[0, 0, 1, FAVOR] = 2.0, 1.0
    pairs = likely_pairs(holds, draws, torch.tensor([[True, True, True, False]]), most=2)
    assert pairs[0, 0].tolist() == [1 * 4 + 2, 1 * 4 + 0], "nobody toward himself, and nobody who is not there"


def test_a_share_of_the_rows_teaches_without_scoring_the_others(
    model: StanceModel, windows: list[Window], articles: list[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = collate(windows, 0, [label_tensor(article) for article in articles])
    whole = model(**batch)
    monkeypatch.setattr(model.config, "none_share", 0.999)
    assert torch.equal(model(**batch).loss, whole.loss), "outside training all rows count"
    dropouts = [module for module in model.modules() if isinstance(module, torch.nn.Dropout)]
    for dropout in dropouts:
        monkeypatch.setattr(dropout, "p", 0.0)
    model.train()
    try:
        drawn = model(**batch)
    finally:
        model.eval()
    assert drawn.logits is None
    torch.testing.assert_close(drawn.loss, whole.loss)  # so large a share, rounded up, is all rows


def test_an_encoder_without_a_tokenizer_is_named(tiny_encoder: Path, tmp_path: Path) -> None:
    for name in ("config.json", "model.safetensors"):
        shutil.copy(tiny_encoder / name, tmp_path)
    with pytest.raises(InputError, match=rf"model\.encoder '{tmp_path}' has no tokenizer that can be loaded"):
        load_tokenizer(str(tmp_path))
    assert len(load_tokenizer(str(tiny_encoder))) > 0


def test_heads_that_do_not_divide_the_encoders_width_are_refused(tiny_encoder: Path) -> None:
    with pytest.raises(InputError, match=r"model\.attention_heads is 3, which does not divide the encoder's 16 units"):
        StanceModel.from_encoder(str(tiny_encoder), 200, pair_size=16, attention_heads=3)


def test_an_encoder_stored_in_half_precision_learns_in_full(half_encoder: Path) -> None:
    model = StanceModel.from_encoder(str(half_encoder), 200, pair_size=16, attention_heads=2)
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}
    assert model.config.encoder["dtype"] == "float32"


def test_an_encoders_dropout_is_set_by_whatever_name_it_has(tmp_path: Path) -> None:
    shape = DistilBertConfig(vocab_size=30, dim=16, n_layers=1, n_heads=2, hidden_dim=32, dropout=0.2)
    DistilBertModel(shape).save_pretrained(tmp_path)
    for wanted in (0.0, 0.3):
        encoder = load_encoder(str(tmp_path), wanted)
        assert encoder.config.dropout == wanted
        assert encoder.get_submodule("embeddings.dropout").p == wanted
    model = StanceModel.from_encoder(str(tmp_path), 40, pair_size=16, attention_heads=2)
    model.save_pretrained(tmp_path / "model")
    shape_of_head = {name: getattr(model.config, name) for name in OF_WEIGHTS}
    further = StanceModel.from_trained(str(tmp_path / "model"), encoder_dropout=0.4, **shape_of_head)
    assert further.encoder.config.dropout == 0.4


def test_an_encoder_whose_dropout_cannot_be_set_is_named(tmp_path: Path) -> None:
    T5EncoderModel(T5Config(vocab_size=30, d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2)).save_pretrained(tmp_path)
    with pytest.raises(InputError, match=r"^model\.encoder_dropout is 0\.1, but a t5 encoder .*; give 0$"):
        load_encoder(str(tmp_path), 0.1)
