"""The yardstick reads one marked pair at a time, learns, and goes on where it was stopped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer

from whipcount.config import CrossEncoderConfig
from whipcount.corpora.authored import parse_article
from whipcount.examples.pairs import mentions_by_sentence
from whipcount.modeling.cross_encoder import MARKERS, CrossEncoder, PairReader, Row, draw_rows, pad, predict_pairs, train_cross_encoder
from whipcount.modeling.encoding import SENTENCE_TOKEN
from whipcount.schema import AGAINST, NONE, Article, ordered_pairs

SOURCE = (
    "article: {name}\n# actors\nq | person | Marta Quill\no | person | Femi Oduya\nb | person | Ada Berg\n# text\n"
    "Quill attacked Oduya.\n> q against o\nBerg watched while Oduya left and Quill stayed.\n"
)


@pytest.fixture(scope="module")
def article() -> Article:
    return parse_article(SOURCE.format(name="a"), "town", "a.txt")


@pytest.fixture(scope="module")
def reader(tiny_encoder: Path) -> PairReader:
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    tokenizer.add_tokens([SENTENCE_TOKEN, *MARKERS], special_tokens=True)
    return PairReader(tokenizer, 96)


def test_every_stance_comes_with_its_number_of_none_rows(article: Article) -> None:
    rows = draw_rows([article], 5, seed=1)
    assert [row for row in rows if row.stance != NONE] == [Row(0, 0, "q", "o", AGAINST)]
    assert len({row[1:4] for row in rows}) == len(rows) == 6
    assert rows == draw_rows([article], 5, seed=1) != draw_rows([article], 5, seed=2)


def test_the_pair_is_marked_and_its_places_are_known(article: Article, reader: PairReader) -> None:
    read = reader.read(article, mentions_by_sentence(article), (1, "q", "o"))
    tokens = reader.tokenizer.convert_ids_to_tokens(read["input_ids"])
    assert [tokens[place] for place in read["places"]] == [*MARKERS, SENTENCE_TOKEN]
    assert tokens.count(MARKERS[0]) == tokens.count(MARKERS[1]) == 3  # in the head, in the context, in the sentence
    swapped = reader.read(article, mentions_by_sentence(article), (1, "o", "q"))
    assert swapped["input_ids"] != read["input_ids"]


def test_the_context_gives_way_to_the_sentence(article: Article, reader: PairReader) -> None:
    whole = reader.read(article, mentions_by_sentence(article), (1, "q", "o"))
    short = PairReader(reader.tokenizer, len(whole["input_ids"]) - 2)
    cut = short.read(article, mentions_by_sentence(article), (1, "q", "o"))
    assert len(cut["input_ids"]) == len(whole["input_ids"]) - 2
    assert cut["input_ids"][cut["places"][2] :] == whole["input_ids"][whole["places"][2] :]


def test_sentences_that_are_cut_are_counted(article: Article, reader: PairReader) -> None:
    mentions = mentions_by_sentence(article)
    whole = reader.read(article, mentions, (0, "q", "o"))
    short = PairReader(reader.tokenizer, len(whole["input_ids"]) - 1)
    for row in ((0, "q", "o"), (0, "q", "o")):
        assert len(short.read(article, mentions, row)["input_ids"]) == short.max_tokens
    assert short.cut == {("town/a", 0)} and not reader.cut


def test_padding_changes_nothing(article: Article, reader: PairReader, tiny_encoder: Path) -> None:
    torch.manual_seed(0)
    model = CrossEncoder(str(tiny_encoder), len(reader.tokenizer)).eval()
    mentions = mentions_by_sentence(article)
    rows = [reader.read(article, mentions, pair) for pair in ((0, "q", "o"), (1, "b", "author"))]
    together = model(**pad(rows, 0)).logits
    for index, row in enumerate(rows):
        torch.testing.assert_close(model(**pad([row], 0)).logits[0], together[index], atol=1e-5, rtol=1e-4)


def test_an_encoder_stored_in_half_precision_learns_in_full(half_encoder: Path, reader: PairReader) -> None:
    model = CrossEncoder(str(half_encoder), len(reader.tokenizer))
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}


def test_it_learns_and_goes_on(article: Article, tiny_encoder: Path, tmp_path: Path) -> None:
    config = CrossEncoderConfig(encoder=str(tiny_encoder), max_tokens=96, epochs=2, batch_size=2, learning_rate=1e-3)
    other = parse_article(SOURCE.format(name="b"), "town", "b.txt")
    model, reader = train_cross_encoder(config, [article], [other], tmp_path / "run", "same")
    rows = predict_pairs(model, reader, other)
    assert rows.shape == (len(list(ordered_pairs(other))), 3)
    np.testing.assert_allclose(rows.sum(1), 1)
    again, _ = train_cross_encoder(config, [article], [other], tmp_path / "run", "same")
    assert all(torch.equal(weight, again.state_dict()[name]) for name, weight in model.state_dict().items())
