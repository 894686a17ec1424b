"""Candidates are described by where they stand, and ranked by weights."""

from __future__ import annotations

import pytest

from whipcount.reading.antecedents import Candidate, describe, learnt_weights, rank
from whipcount.reading.parsing import parse
from whipcount.reading.places import Grammar, Place
from whipcount.reading.sentences import split_sentences

TEXT = "Marta Quill thanked Ada Berg. She told Quill’s deputy that Berg had won."


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    paragraphs = parse(TEXT)
    return Grammar(paragraphs, split_sentences(TEXT, paragraphs))


def place(grammar: Grammar, words: str, after: int = 0) -> Place:
    start = TEXT.index(words, after)
    return grammar.place(start, start + len(words))


def candidate(actor: str, place: Place) -> Candidate:
    return Candidate(actor, "person", place, "unknown", speaks=False, quoted=False, pronoun=False)


def test_places_tell_role_sentence_and_verb(grammar: Grammar) -> None:
    quill, berg, she = place(grammar, "Marta Quill"), place(grammar, "Ada Berg"), place(grammar, "She")
    assert (quill.role, berg.role, she.role) == ("subject", "object", "subject")
    assert (quill.sentence, she.sentence) == (0, 1) and quill.opens and she.opens and not berg.opens
    assert quill.verb == berg.verb != she.verb
    assert place(grammar, "Quill", 30).role == "owner"
    won = place(grammar, "Berg", 40)
    assert won.role == "subject" and she.verb in won.verbs_above


def test_places_tell_who_acts_upon_whom_and_what_stands_for_the_same() -> None:
    text = "Marta Quill, the treasurer, stood up and wrote to Ada Berg. Femi Oduya is the chair. Quill asked Berg to thank him."
    paragraphs = parse(text)
    grammar = Grammar(paragraphs, split_sentences(text, paragraphs))
    quill, treasurer, berg, oduya, chair, him = (
        grammar.place(text.index(words), text.index(words) + len(words))
        for words in ("Marta Quill", "treasurer", "Ada Berg", "Femi Oduya", "chair", "him")
    )
    assert berg.acted_by == quill.verb and quill.acted_by == -1
    assert set(quill.same) == set(treasurer.same) == {quill.head, treasurer.head}
    assert set(oduya.same) == set(chair.same) == {oduya.head, chair.head}
    assert him.acted_by == -1, "Berg thanks, not Quill"


def test_features_tell_name_from_name(grammar: Grammar) -> None:
    places = [place(grammar, "Marta Quill"), place(grammar, "Ada Berg"), place(grammar, "Berg", 40)]
    she = place(grammar, "She")
    quill, berg, later = describe(she, False, [candidate(*one) for one in zip(("q", "b", "b"), places, strict=True)])
    assert "back 1, subject, subject" in quill and "back 1, object, subject" in berg
    assert "rivals 1" in quill and "rivals 0" in berg and "recency 0" in berg
    assert "mentioned most" in berg and "mentioned most" not in quill
    assert "after, subject, subject" in later and not any(name.startswith("back") for name in later)


def test_an_actors_mentions_are_taken_together() -> None:
    found = rank([{"a": 1.0}, {"b": 1.0}, {"a": 1.0}], ["q", "b", "q"], {"a": 0.0, "b": 0.0})
    assert found == pytest.approx({"q": 2 / 3, "b": 1 / 3})
    found = rank([{"a": 1.0}, {"b": 1.0}], ["q", "b"], {"a": 1.0, "b": -1.0})
    assert found["q"] == pytest.approx(1 / (1 + 2.718281828**-2))
    assert rank([], [], {}) == {}


def test_weights_travel_with_the_package() -> None:
    weights = learnt_weights()
    assert len(weights) > 300 and weights["gender other"] < weights["gender fits"]
    assert weights["kind person"] > weights["kind organisation"]
