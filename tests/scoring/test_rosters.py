"""Rosters small enough to match by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.schema import Actor, Article, InputError, Mention, Reading, Span
from whipcount.scoring.rosters import Level, identity, match_rosters, plain_form

TEXT = "Vera Quill met the board. It thanked her. Quill and Oduya left."


def person(id_: str, name: str, *aliases: str) -> Actor:
    return Actor(id_, name, "person", aliases)


def body(id_: str, name: str, *aliases: str) -> Actor:
    return Actor(id_, name, "organisation", aliases)


def article(actors: list[Actor], mentions: list[Mention] | None = None, text: str = TEXT) -> Article:
    return Article("town", "quay", text, (Span(0, len(text)),), tuple(actors), tuple(mentions or ()))


def reading(actors: list[Actor], mentions: list[Mention] | None = None, text: str = TEXT) -> Reading:
    return Reading(text, (Span(0, len(text)),), actors=tuple(actors), mentions=tuple(mentions or ()))


def mention(actor: str, words: str, text: str = TEXT, nth: int = 0) -> Mention:
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return Mention(actor, start, start + len(words))


def grounds(own: Reading, gold: Article, level: Level) -> dict[str, tuple[str, str]]:
    found = match_rosters(own, gold, level)
    return {id_: (found.gold_of[id_], why) for id_, why in found.grounds.items()}


def test_strict_names_differ_in_article_case_space_and_apostrophe_at_most() -> None:
    gold = article([body("board", "The Dockers' Board"), person("quill", "Vera Quill")])
    own = reading([body("a0", "dockers’  board"), person("a1", "Vera Quill"), person("a2", "Quill")])
    assert grounds(own, gold, "strict") == {"a0": ("board", "name"), "a1": ("quill", "name")}
    assert grounds(reading([body("a0", "Dockers Board")]), gold, "strict") == {}


@pytest.mark.parametrize("level", ["strict", "lenient"])
def test_the_reserved_actors_are_themselves(level: Level) -> None:
    assert match_rosters(reading([]), article([]), level).gold_of == {"author": "author", "someone": "someone"}


def test_any_form_of_the_own_actor_may_be_a_form_of_the_gold_one() -> None:
    gold = article([body("board", "Harbour Trust", "Quay Board", "the board"), person("quill", "Vera Quill")])
    by_alias = reading([body("a0", "Harbour and Quay", "quay board")])
    assert grounds(by_alias, gold, "lenient") == {"a0": ("board", "form")}
    by_mention = reading([body("a0", "Harbour and Quay")], [mention("a0", "the board")])
    assert grounds(by_mention, gold, "lenient") == {"a0": ("board", "form")}
    assert grounds(by_mention, gold, "strict") == {}


def test_a_pronoun_is_no_form() -> None:
    gold = article([body("band", "It")])
    assert grounds(reading([body("a0", "Harbour Board")], [mention("a0", "It")]), gold, "lenient") == {}


def test_a_surname_matches_unless_first_names_differ() -> None:
    gold = article([person("quill", "Vera Quill")])
    for name in ("Quill", "Mrs Quill", "V. Quill", "Ms. Vera B. Quill", "Ver Quill"):
        assert list(grounds(reading([person("a0", name)]), gold, "lenient")) == ["a0"], name
    for name in ("Ida Quill", "I. Quill", "Quillan", "Vera Oduya"):
        assert grounds(reading([person("a0", name)]), gold, "lenient") == {}, name
    said = reading([person("a0", "Ida Quill")], [mention("a0", "Quill", nth=1)])
    assert grounds(said, gold, "lenient") == {}, "the words are a form of the other person's, the first name is not"
    assert grounds(reading([body("a0", "Ida Quill")]), gold, "lenient") == {}
    full = reading([person("a0", "Pilot Quill")], [mention("a0", "Vera Quill")])
    assert list(grounds(full, gold, "lenient")) == ["a0"], "one of its mentions has the first name"


def test_of_two_smiths_the_bare_surname_is_neither() -> None:
    gold = article([person("john", "John Smith"), person("mary", "Mary Smith")])
    assert grounds(reading([person("a0", "Smith")]), gold, "lenient") == {}
    own = reading([person("a0", "Smith"), person("a1", "M. Smith"), person("a2", "John Smith")])
    assert grounds(own, gold, "lenient") == {"a1": ("mary", "surname"), "a2": ("john", "name")}


def test_of_two_own_actors_for_one_the_name_wins_then_the_more_often_mentioned() -> None:
    gold = article([body("board", "Harbour Board", "board", "trust")])
    own = reading([body("a0", "trust"), body("a1", "harbour board")], [mention("a0", "board")])
    assert grounds(own, gold, "lenient") == {"a1": ("board", "name")}
    text = "The trust met. The board of the board left."
    twice = [mention("a1", "board", text, 0), mention("a1", "board", text, 1), mention("a0", "trust", text)]
    own = reading([body("a0", "trust"), body("a1", "board")], twice, text)
    assert grounds(own, article(list(gold.actors), text=text), "lenient") == {"a1": ("board", "form")}


def test_a_match_for_everybody_is_better_than_the_most_mentions_for_one() -> None:
    gold = article([body("board", "Harbour Board", "board"), body("trust", "Harbour Trust", "trust")])
    own = reading([body("a0", "board", "trust"), body("a1", "trust")])
    assert grounds(own, gold, "lenient") == {"a0": ("board", "form"), "a1": ("trust", "form")}


def test_with_gold_mentions_their_overlap_decides() -> None:
    gold = article(
        [person("quill", "Vera Quill"), body("board", "Harbour Board"), person("oduya", "Femi Oduya")],
        [mention("quill", "Vera Quill"), mention("quill", "her"), mention("board", "the board"), mention("oduya", "Oduya")],
    )
    own = reading(
        [person("a0", "Quill"), body("a1", "members"), person("a2", "Femi")],
        [mention("a0", "Vera Quill"), mention("a1", "board"), mention("a2", "Oduya"), mention("a2", "her")],
    )
    assert grounds(own, gold, "lenient") == {"a0": ("quill", "mentions"), "a1": ("board", "mentions"), "a2": ("oduya", "mentions")}
    little = reading([body("a1", "Harbour")], [mention("a1", "the")])
    assert grounds(little, gold, "lenient") == {}, "3 of 9 characters are less than half"
    named = reading([body("a1", "Harbour Board")], [mention("a1", "her")])
    assert grounds(named, gold, "lenient") == {"a1": ("board", "name")}, "a canonical name outweighs mentions"


def test_a_reading_of_another_text_is_refused() -> None:
    with pytest.raises(InputError, match=r"town/quay: the reading is of another text \(4 characters"):
        match_rosters(Reading("Rain"), article([]), "strict")


def test_the_gold_roster_is_itself() -> None:
    gold = article([person("quill", "Vera Quill")])
    assert identity(gold).gold_of == {"author": "author", "someone": "someone", "quill": "quill"}


def test_a_form_is_compared_plainly() -> None:
    assert plain_form("The  Dockers’\nBoard") == "dockers' board"
    assert plain_form("Theodora") == "theodora"


NAMES = st.lists(st.sampled_from(["Vera Quill", "Ida Quill", "Quill", "V. Quill", "Femi Oduya", "Oduya", "Board"]), max_size=5)


@settings(max_examples=60)
@given(NAMES, NAMES)
def test_a_match_is_one_to_one_and_keeps_what_is_strict(own_names: list[str], gold_names: list[str]) -> None:
    gold = article([person(f"g{i}", name) for i, name in enumerate(gold_names)])
    own = reading([person(f"a{i}", name) for i, name in enumerate(own_names)])
    strict, lenient = match_rosters(own, gold, "strict"), match_rosters(own, gold, "lenient")
    for match in (strict, lenient):
        assert len(set(match.gold_of.values())) == len(match.gold_of)
    n_named = sum(min(own_names.count(name), gold_names.count(name)) for name in set(own_names))
    assert len(strict.grounds) == n_named
    assert list(lenient.grounds.values()).count("name") == n_named
