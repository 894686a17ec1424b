from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from transformers import AutoTokenizer

import whipcount
from whipcount.config import PERTURBATIONS
from whipcount.corpora.authored import parse_article, read_corpus
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.encoding import add_tokens
from whipcount.modeling.model import StanceModel
from whipcount.modeling.perturbation import draw_names, invented_names, perturbed_probabilities
from whipcount.reading.names import find_mentions
from whipcount.schema import PAIR, SOMEONE, TARGETS, Actor, Article, InputError, Stance, ordered_pairs

GAZETTE = Path(whipcount.__file__).parent / "corpora/bundled/gazette"

FERRY = """article: ferry
# actors
quill | person | Marta Quill
board | organisation | Ferry Board of Pilots | the Board
oduya | person | Femi Oduya
# text
Marta Quill attacked the Ferry Board of Pilots, and [she|quill] blamed Oduya.
> quill against board
The Board thanked Quill.
"""
TWINS = """article: twins
# actors
ann | person | Ann Tolley
bert | person | Bert Tolley
cora | person | Cora Medlar
dan | person | Dan Swale
crowd | group | residents
ward | group | the Marl Lane tenants
news | organisation | Clarion
# text
Ann Tolley met Bert Tolley, and Tolley thanked Medlar.
Swale of the Clarion met residents and the Marl Lane tenants, and Dan laughed.
"""


@pytest.fixture(scope="module")
def ferry() -> Article:
    return parse_article(FERRY, "town", "ferry.txt")


@pytest.fixture(scope="module")
def twins() -> Article:
    return parse_article(TWINS, "town", "twins.txt")


@pytest.fixture(scope="module")
def classifier(tiny_encoder: Path) -> StanceClassifier:
    """A model with random weights, large ones, so that every word and every name changes what it says, and how much shows."""
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    add_tokens(tokenizer, 12)
    torch.manual_seed(0)
    model = StanceModel.from_encoder(
        str(tiny_encoder),
        len(tokenizer),
        n_slots=12,
        max_tokens=256,
        pair_size=16,
        attention_heads=2,
        none_weight=0.1,
        end_weight=0.0,
        reference_weight=0.0,
        teacher_share=0.0,
    )
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if weights.ndim == 2 and "LayerNorm" not in name:
                weights.mul_(5)
    return StanceClassifier(model.eval(), tokenizer)


def by_pair(article: Article, rows: NDArray[np.float64]) -> dict[tuple[int, str, str], list[float]]:
    return dict(zip(ordered_pairs(article), rows.tolist(), strict=True))


def rewritten(article: Article, old: str, new: str) -> Article:
    """Return the article with words of one length exchanged, so that nothing else moves."""
    assert len(old) == len(new) and old in article.text
    return replace(article, text=article.text.replace(old, new))


def test_there_are_many_names_of_each_culture_and_gender() -> None:
    persons = [one for one in invented_names() if one.gender]
    sizes = Counter((one.culture, one.gender) for one in persons)
    cultures = {culture for culture, _ in sizes}
    assert len(cultures) >= 12
    assert set(sizes) == {(culture, gender) for culture in cultures for gender in ("feminine", "masculine")}
    assert min(sizes.values()) >= 8
    assert len(invented_names()) - len(persons) >= 24


def test_no_word_of_the_names_occurs_twice() -> None:
    words = Counter(word for one in invented_names() for word in re.findall(r"\w+", one.name.full.lower()))
    assert [word for word, times in words.items() if times > 1] == []
    assert all(one.name.short in one.name.full.split() for one in invented_names())


def test_surnames_stand_where_the_culture_has_them() -> None:
    short = {one.name.full: one.name.short for one in invented_names()}
    assert (short["Chen Yulan"], short["Harriet Pellow"], short["Burlap"]) == ("Chen", "Pellow", "Burlap")


def test_no_short_form_names_anybody_in_the_gazette() -> None:
    names = [name for article in read_corpus(GAZETTE) for actor in article.actors for name in (actor.name, *actor.aliases)]
    taken = {word.lower() for name in names for word in re.findall(r"\w+", name)}
    assert len(taken) > 1000
    assert [one.name.short for one in invented_names() if one.name.short.lower() in taken] == []


def test_the_generator_alone_decides_and_draws_differ(ferry: Article) -> None:
    assert draw_names(ferry, random.Random("1/1/ferry")) == draw_names(ferry, random.Random("1/1/ferry"))
    drawn = [draw_names(ferry, random.Random(seed)) for seed in range(200)]
    assert all(set(names) == {2, 3, 4} for names in drawn)
    assert all(len({one.name.short for one in names.values()}) == 3 for names in drawn)
    assert len({names[2].culture for names in drawn}) >= 12
    assert {names[2].gender for names in drawn} == {"feminine"}, "the text calls Quill she"
    assert {names[4].gender for names in drawn} == {"feminine", "masculine"}


def test_an_organisation_keeps_the_noun_that_says_what_it_is(ferry: Article, twins: Article) -> None:
    board = draw_names(ferry, random.Random(1))[3]
    assert re.fullmatch(r"\w+ Board", board.name.full) and board.name.short == board.name.full
    assert (board.culture, board.gender) == ("organisation", "")
    names = draw_names(twins, random.Random(1))
    assert re.fullmatch(r"\w+ tenants", names[twins.position("ward")].name.full)
    assert re.fullmatch(r"\w+", names[twins.position("news")].name.full)
    assert names[twins.position("ward")].culture == "group"


def test_whoever_the_text_would_lose_sight_of_keeps_the_name(twins: Article) -> None:
    """A surname of two, a given name alone and a bare description cannot be exchanged where they stand."""
    renamed = {twins.roster[position].id for position in draw_names(twins, random.Random(3))}
    assert renamed == {"cora", "ward", "news"}


def test_no_word_of_a_new_name_is_in_the_text_already(ferry: Article) -> None:
    free = {one.name.full for one in invented_names() if one.gender == "feminine"} - {"Harriet Pellow"}
    text = f"{ferry.text} {' '.join(free)} pellow"
    crowded = replace(ferry, text=text)
    assert set(draw_names(crowded, random.Random(1))) == {3, 4}, "no feminine name is left for Quill"


def test_too_many_actors_leave_the_last_with_their_names() -> None:
    actors = tuple(Actor(f"o{number}", f"Zz{number} Board", "organisation") for number in range(40))
    article = replace(parse_article(FERRY, "town", "x"), actors=actors, mentions=(), stances=())
    n_words = sum(not one.gender for one in invented_names())
    assert list(draw_names(article, random.Random(1))) == list(range(2, 2 + n_words))


def test_a_swap_is_what_the_rewritten_article_gets(classifier: StanceClassifier, ferry: Article) -> None:
    """An independent way to the same: write the new names into text and roster, and read that plainly."""
    (swapped, told) = perturbed_probabilities(classifier, [ferry], "swap", seed=5, draw=2)
    assert (told["seed"], told["draw"], list(told["names"])) == (5, 2, [ferry.key])
    names = draw_names(ferry, random.Random(f"5/2/{ferry.key}"))
    assert told["names"][ferry.key] == {ferry.roster[p].id: [one.name.full, one.culture, one.gender] for p, one in names.items()}
    text, sentences, done = "", [], 0
    for span in ferry.sentences:
        start = len(text)
        for mention in find_mentions(ferry.text, ferry.actors):
            if span.start_char <= mention.start_char < span.end_char:
                new = names[ferry.position(mention.actor)].name
                text += ferry.text[max(done, span.start_char) : mention.start_char] + (new.full if mention.why == "name" else new.short)
                done = mention.end_char
        text += ferry.text[max(done, span.start_char) : span.end_char]
        sentences.append(type(span)(start, len(text)))
        text += "\n"
    actors = tuple(Actor(a.id, names[i].name.full, a.kind, (names[i].name.short,)) for i, a in enumerate(ferry.actors, start=2))
    other = Article("town", "ferry", text, tuple(sentences), actors)
    (expected,) = classifier.predict_articles([other])
    np.testing.assert_allclose(swapped, expected, atol=1e-6)
    (plain,) = classifier.predict_articles([ferry])
    assert np.abs(swapped - plain).max() > 1e-4


def test_masked_names_do_not_matter(classifier: StanceClassifier, ferry: Article) -> None:
    other = rewritten(ferry, "Quill", "Brant")
    other = replace(other, actors=tuple(replace(a, name=a.name.replace("Quill", "Brant")) for a in other.actors))
    masked = [perturbed_probabilities(classifier, [article], "mask")[0] for article in (ferry, other)]
    np.testing.assert_allclose(masked[0], masked[1], atol=1e-6)
    plain = [classifier.predict_articles([article])[0] for article in (ferry, other)]
    assert np.abs(plain[0] - plain[1]).max() > 1e-4
    words = perturbed_probabilities(classifier, [rewritten(ferry, "blamed", "backed")], "mask")[0]
    assert np.abs(masked[0] - words).max() > 1e-4


def test_exchange_answers_with_the_reverse(classifier: StanceClassifier, ferry: Article, twins: Article) -> None:
    found, told = perturbed_probabilities(classifier, [ferry, twins], "exchange")
    assert told == {}
    (plain, other) = classifier.predict_articles([ferry, twins])
    n_rows = len(plain)
    for article, rows, before in ((ferry, found[:n_rows], plain), (twins, found[n_rows:], other)):
        expected = by_pair(article, before)
        for (sentence, speaker, target), row in by_pair(article, rows).items():
            assert row == pytest.approx(expected[sentence, target, speaker], abs=1e-6)


def test_blind_reads_every_sentence_but_its_own(classifier: StanceClassifier, ferry: Article) -> None:
    other = rewritten(ferry, "blamed", "backed")  # a word of the first sentence, and a token each
    assert len(classifier.encoder.encode(ferry)[0].input_ids) == len(classifier.encoder.encode(other)[0].input_ids)
    blind = [by_pair(article, perturbed_probabilities(classifier, [article], "blind")[0]) for article in (ferry, other)]
    moved = {key[0]: 0.0 for key in blind[0]}
    for key, row in blind[0].items():
        moved[key[0]] = max(moved[key[0]], float(np.abs(np.subtract(row, blind[1][key])).max()))
    assert moved[0] < 1e-6 < 1e-5 < moved[1]


@pytest.mark.parametrize("kind", PERTURBATIONS)
def test_every_row_gets_a_distribution(classifier: StanceClassifier, ferry: Article, twins: Article, kind: str) -> None:
    found, _ = perturbed_probabilities(classifier, [twins, ferry], kind)
    assert len(found) == sum(len(list(ordered_pairs(article))) for article in (twins, ferry))
    np.testing.assert_allclose(found.sum(1), 1)
    again, _ = perturbed_probabilities(classifier, [twins, ferry], kind)
    np.testing.assert_array_equal(found, again)


def test_an_unknown_perturbation_is_named(classifier: StanceClassifier, ferry: Article) -> None:
    with pytest.raises(InputError, match="'shuffle' is unknown; give swap, mask, exchange, blind"):
        perturbed_probabilities(classifier, [ferry], "shuffle")


def test_what_is_asked_of_one_pair_or_of_targets_alone_can_be_exchanged(classifier: StanceClassifier, ferry: Article) -> None:
    sentence = ferry.sentences[0]
    alone = replace(ferry, sentences=(sentence,), actors=ferry.actors[:2], mentions=(), stances=())
    first, second = (actor.id for actor in alone.actors)
    both = tuple(Stance(0, *pair, "none") for pair in ((first, second), (second, first)))
    pair = replace(alone, stances=both, annotation=PAIR)
    (plain,) = classifier.predict_articles([pair])
    np.testing.assert_allclose(perturbed_probabilities(classifier, [pair], "exchange")[0], plain[::-1], atol=1e-6)
    targets = replace(alone, stances=(Stance(0, SOMEONE, first, "favor"),), annotation=TARGETS)
    found, _ = perturbed_probabilities(classifier, [targets], "exchange")
    assert found.tolist() == [[0.0, 0.0, 1.0]] * len(list(ordered_pairs(targets)))
