"""The words of the project refuse what makes no sense, and say why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from whipcount.schema import (
    AUTHOR,
    SOMEONE,
    STANCES,
    Actor,
    Article,
    Evidence,
    FoundStance,
    InputError,
    Mention,
    Span,
    Stance,
    Utterance,
    example_id,
    ordered_pairs,
)

TEXT = "Quill met Oduya. They fell out. Share this"
ACTORS = (Actor("quill", "Marta Quill", "person"), Actor("oduya", "Femi Oduya", "person"))
ARTICLE = Article("town", "a1", TEXT, (Span(0, 16), Span(17, 31)), ACTORS, furniture=(Span(32, 42),))


def test_the_labels_stand_in_the_order_that_saved_models_and_files_rely_on() -> None:
    assert STANCES == ("favor", "against", "none")


@pytest.mark.parametrize(("start_char", "end_char"), [(-1, 2), (3, 3), (4, 3)])
def test_span_is_neither_empty_nor_negative(start_char: int, end_char: int) -> None:
    with pytest.raises(InputError, match=f"span {start_char}:{end_char}"):
        Span(start_char, end_char)


@pytest.mark.parametrize(("start_char", "end_char"), [(-1, 2), (3, 3), (4, 3)])
def test_mention_and_evidence_are_neither_empty_nor_negative(start_char: int, end_char: int) -> None:
    with pytest.raises(InputError, match=f"mention of 'quill' {start_char}:{end_char} is empty or negative"):
        Mention("quill", start_char, end_char)
    with pytest.raises(InputError, match=f"evidence {start_char}:{end_char} is empty or negative"):
        Evidence("cue", start_char, end_char)


@pytest.mark.parametrize(("sentence", "target", "complaint"), [(-1, "oduya", "sentence -1"), (0, "quill", "both speaker and target")])
def test_found_stance_is_checked(sentence: int, target: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        FoundStance(sentence, "quill", target, (0.8, 0.1, 0.1))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("two words", "Name", "person"), "'two words' is not made of letters"),
        (("a>b", "Name", "person"), "'a>b'"),
        (("", "Name", "person"), "actor id ''"),
        (("a", "Name", "robot"), "kind 'robot'; give one of person, organisation, group"),
        (("author", "Name", "person"), "reserved"),
        (("a", "Name", "author"), "reserved"),
        (("someone", "Name", "author"), "reserved"),
        (("a", " \t", "person"), "empty name"),
        (("a", "Name", "person", ("B", "")), "empty name or alias"),
    ],
)
def test_actor_is_checked(arguments: tuple[str, str, str], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        Actor(*arguments)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((0, "a", "b", "neutral"), "stance 'neutral' is unknown; give one of favor, against, none"),
        ((0, "a", "a", "favor"), "'a' is both speaker and target"),
        ((0, "a", "b", "favor", ("deed", "irony")), "tag 'irony' is unknown"),
    ],
)
def test_stance_is_checked(arguments: tuple[int, str, str, str], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        Stance(*arguments)


def test_article_knows_its_roster_key_and_sentences() -> None:
    assert [actor.id for actor in ARTICLE.roster] == [AUTHOR, SOMEONE, "quill", "oduya"]
    assert [ARTICLE.position(actor.id) for actor in ARTICLE.roster] == [0, 1, 2, 3]
    assert ARTICLE.key == "town/a1"
    assert ARTICLE.story == "a1"  # an article without a story is its own
    assert [ARTICLE.sentence_text(i) for i in range(2)] == ["Quill met Oduya.", "They fell out."]


def test_a_changed_copy_equals_an_article_made_so() -> None:
    assert replace(replace(ARTICLE, split="test"), split="") == ARTICLE
    assert hash(replace(ARTICLE)) == hash(ARTICLE)
    assert replace(ARTICLE, split="test") != ARTICLE


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"corpus": "my town"}, "'my town' is no id"),
        ({"id": "a/1"}, "'a/1' is no id"),
        ({"split": "dev"}, "town/a1: split 'dev' is unknown; give one of train, development, test"),
        ({"sentences": ()}, "town/a1: the article has no sentence"),
        ({"sentences": (Span(0, 16), Span(15, 31))}, "range 15:31 overlaps"),
        ({"sentences": (Span(0, 16), Span(17, 43)), "furniture": ()}, r"range 17:43 .*42 characters"),
        ({"sentences": (Span(17, 31), Span(0, 16))}, "not in the order of the text"),
        ({"furniture": (Span(30, 42),)}, "range 30:42 overlaps"),
        ({"actors": (*ACTORS, ACTORS[0])}, "actor id 'quill' occurs twice"),
        ({"actors": (Actor("author", "the author", "author"),)}, "actor id 'author' occurs twice"),
        ({"mentions": (Mention("nobody", 0, 5),)}, "unknown actor 'nobody'"),
        ({"mentions": (Mention("quill", 40, 43),)}, "leaves the text"),
        ({"stances": (Stance(2, "quill", "oduya", "favor"),)}, "a sentence that the article does not have"),
        ({"stances": (Stance(-1, "quill", "oduya", "favor"),)}, "a sentence that the article does not have"),
        ({"stances": (Stance(0, "quill", "nobody", "favor"),)}, "outside the roster"),
        ({"stances": (Stance(0, "nobody", "quill", "favor"),)}, "outside the roster"),
        ({"utterances": (Utterance((Span(0, 5),), "nobody", "unknown"),)}, "a quotation has the unknown speaker 'nobody'"),
        (
            {"stances": (Stance(0, "quill", "oduya", "favor"), Stance(0, "quill", "oduya", "none"))},
            "sentence 0 has two stances for quill>oduya",
        ),
    ],
)
def test_article_is_checked(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint) as caught:
        replace(ARTICLE, **change)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_one_pair_may_hold_different_stances_in_different_sentences_and_directions() -> None:
    stances = (Stance(0, "quill", "oduya", "favor"), Stance(0, "oduya", "quill", "against"), Stance(1, "quill", "oduya", "against"))
    assert replace(ARTICLE, stances=stances).stances == stances


def test_ordered_pairs_are_every_sentence_and_both_directions_of_every_pair() -> None:
    pairs = list(ordered_pairs(ARTICLE))
    assert len(pairs) == 2 * 4 * 3
    assert len(set(pairs)) == len(pairs)
    assert pairs[:4] == [(0, "author", "someone"), (0, "author", "quill"), (0, "author", "oduya"), (0, "someone", "author")]
    assert pairs[-1] == (1, "oduya", "quill")
    assert not any(speaker == target for _, speaker, target in pairs)


def test_example_id_names_article_sentence_and_pair() -> None:
    assert example_id("town/a1", 3, "quill", "author") == "town/a1/3/quill>author"
