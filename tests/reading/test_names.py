"""Names are found as people write them, and nothing else is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.reading.names import find_mentions, make_actor, name_forms
from whipcount.schema import RESERVED_ACTORS, Actor, InputError


def person(name: str, identifier: str = "p", *aliases: str) -> Actor:
    return Actor(identifier, name, "person", aliases)


def organisation(name: str, identifier: str = "o", *aliases: str) -> Actor:
    return Actor(identifier, name, "organisation", aliases)


def group(name: str, identifier: str = "g", *aliases: str) -> Actor:
    return Actor(identifier, name, "group", aliases)


def found(text: str, *actors: Actor) -> list[tuple[str, str, str]]:
    """Return (actor, words, why) of the mentions found."""
    return [(mention.actor, text[mention.start_char : mention.end_char], mention.why) for mention in find_mentions(text, actors)]


@pytest.mark.parametrize("name", ["Liam O'Brien", "Liam O’Brien"])
def test_straight_and_curly_apostrophes_match_each_other(name: str) -> None:
    assert found("Liam O'Brien spoke; Liam O’Brien left; O'Brien and O’Brien.", person(name)) == [
        ("p", "Liam O'Brien", "name"),
        ("p", "Liam O’Brien", "name"),
        ("p", "O'Brien", "surname"),
        ("p", "O’Brien", "surname"),
    ]


def test_white_space_of_any_kind_matches_in_name_and_text() -> None:
    spelled = [words for _, words, _ in found("Marta\u00a0Quill, Marta  Quill, Marta\nQuill, MartaQuill", person("Marta Quill"))]
    assert spelled == ["Marta\u00a0Quill", "Marta  Quill", "Marta\nQuill"]
    assert found("Marta Quill", person("Marta\u00a0Quill")) == [("p", "Marta Quill", "name")]


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Ana van der Berg", {"Ana van der Berg": "name", "van der Berg": "surname", "Berg": "surname"}),
        ("Leyla al Amin", {"Leyla al Amin": "name", "al Amin": "surname", "Amin": "surname"}),
        ("Van Morrow", {"Van Morrow": "name", "Morrow": "surname"}),
        ("Martin Krol Jr.", {"Martin Krol Jr.": "name", "Krol": "surname"}),
        ("Martin Krol, Jr.", {"Martin Krol, Jr.": "name", "Krol": "surname"}),
        ("Pelé", {"Pelé": "name"}),
        ("Zadie Smith-Okafor", {"Zadie Smith-Okafor": "name", "Smith-Okafor": "surname"}),
    ],
)
def test_forms_of_a_person(name: str, forms: dict[str, str]) -> None:
    assert name_forms(person(name)) == forms


@pytest.mark.parametrize(
    ("actor", "forms"),
    [
        (organisation("the Ferry Workers of the Union"), {"Ferry Workers of the Union": "name", "FWU": "abbreviation"}),
        (organisation("Ferry Board"), {"Ferry Board": "name"}),
        (organisation("Ferry workers Union"), {"Ferry workers Union": "name"}),
        (
            group("Parliamentary Labour Party", "g", "Labour MPs", "PLP"),
            {"Parliamentary Labour Party": "name", "Labour MPs": "alias", "PLP": "alias"},
        ),
        (organisation("The Tories", "o", "the Blues"), {"Tories": "name", "Blues": "alias"}),
    ],
)
def test_forms_of_a_body(actor: Actor, forms: dict[str, str]) -> None:
    assert name_forms(actor) == forms


def test_an_abbreviation_is_found_in_capitals_only() -> None:
    assert found("The FWU met; fwu did not; NFWU neither.", organisation("Ferry Workers Union")) == [("o", "FWU", "abbreviation")]


def test_a_shared_surname_is_matched_for_neither_but_full_names_are() -> None:
    assert found("Owen Smith met Ada Smith. Smith left.", person("Owen Smith", "owen"), person("Ada Smith", "ada")) == [
        ("owen", "Owen Smith", "name"),
        ("ada", "Ada Smith", "name"),
    ]


def test_a_surname_shared_but_for_its_apostrophe_is_shared() -> None:
    assert found("O'Brien left.", person("Liam O'Brien", "liam"), person("Nora O’Brien", "nora")) == []


def test_a_group_form_shared_but_for_its_capitals_is_shared() -> None:
    assert found("The union leaders met.", group("Union leaders", "g1"), group("union Leaders", "g2")) == []


def test_a_form_of_a_party_and_of_a_group_is_left_alone_where_both_match() -> None:
    party, members = organisation("Greens", "party"), group("greens", "members")
    assert found("The Greens met the greens.", party, members) == [("members", "greens", "name")]


def test_of_two_matches_the_leftmost_then_the_longer_wins() -> None:
    labour, members, mps = organisation("Labour", "labour"), group("Labour members", "members"), group("members of parliament", "mps")
    assert found("Labour members of parliament, Labour.", labour, members, mps) == [
        ("members", "Labour members", "name"),
        ("labour", "Labour", "name"),
    ]


def test_capitals_matter_for_persons_and_organisations_not_for_groups() -> None:
    text = "Union Leaders, union leaders, unite, Unite, may, May"
    assert found(text, group("union leaders"), organisation("Unite"), person("Theo May")) == [
        ("g", "Union Leaders", "name"),
        ("g", "union leaders", "name"),
        ("o", "Unite", "name"),
        ("p", "May", "surname"),
    ]


def test_a_group_with_letters_that_grow_in_lower_case_is_found() -> None:
    assert found("İşçiler met.", group("İşçiler")) == [("g", "İşçiler", "name")]


def test_words_that_merely_contain_a_name_are_no_mention() -> None:
    assert found("Quilliam and McQuill met; Quill's dog, Quill-like.", person("Marta Quill")) == [
        ("p", "Quill", "surname"),
        ("p", "Quill", "surname"),
    ]


def test_names_are_read_as_words_not_as_patterns() -> None:
    assert found("Yes (Now) met; Yes Now did not; A.B. Cole, AxB. Cole", organisation("Yes (Now)", "o"), person("A.B. Cole")) == [
        ("o", "Yes (Now)", "name"),
        ("p", "A.B. Cole", "name"),
        ("p", "Cole", "surname"),
    ]


def test_reserved_actors_and_empty_rosters_are_never_found() -> None:
    assert find_mentions("the author and someone else", RESERVED_ACTORS) == ()
    assert find_mentions("anything", ()) == ()


WORDS = st.sampled_from(
    ["Ana", "O'Brien", "O’Brien", "van", "der", "Berg", "Ferry", "Union", "of", "the", "Jr.", "Smith", "leaders", "É", "MP"]
)
SPACES = st.sampled_from([" ", "\u00a0", "  ", "\n", ", ", "-"])
ROSTERS = st.lists(
    st.tuples(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), st.sampled_from(["person", "organisation", "group"])), max_size=6
).map(lambda rows: [Actor(f"a{i}", name, kind) for i, (name, kind) in enumerate(rows)])
TEXTS = st.lists(st.tuples(WORDS | st.text(max_size=5), SPACES), max_size=25).map(
    lambda parts: "".join(word + space for word, space in parts)
)


def plain(words: str) -> str:
    return re.sub(r"\s+", " ", words).replace("’", "'")


@given(TEXTS, ROSTERS)
@settings(max_examples=200)
def test_mentions_are_in_order_apart_inside_the_text_and_bear_a_form_of_their_actor(text: str, actors: list[Actor]) -> None:
    by_id = {actor.id: actor for actor in actors}
    previous_end = 0
    for mention in find_mentions(text, actors):
        assert previous_end <= mention.start_char < mention.end_char <= len(text)
        previous_end = mention.end_char
        actor = by_id[mention.actor]
        words = plain(text[mention.start_char : mention.end_char])
        forms = {plain(form): why for form, why in name_forms(actor).items()}
        if actor.kind == "group":
            words, forms = words.lower(), {form.lower(): why for form, why in forms.items()}
        assert words in forms
        rivals = [other for other in actors if other.kind == actor.kind and other.id != actor.id]
        assert not any(plain(form) == plain(text[mention.start_char : mention.end_char]) for other in rivals for form in name_forms(other))


@given(ROSTERS)
@settings(max_examples=50)
def test_the_order_of_the_roster_changes_nothing(actors: list[Actor]) -> None:
    text = "Ana van der Berg met O’Brien, Smith, the Ferry Union leaders and the MP of Berg."
    assert find_mentions(text, actors) == find_mentions(text, list(reversed(actors)))


@pytest.mark.parametrize(
    ("given_name", "kind"),
    [
        ("Jeremy Corbyn", "person"),
        ("Corbyn", "person"),
        ("NATO", "organisation"),
        ("Labour Party", "organisation"),
        ("the harbour council", "organisation"),
        ("Labour MPs", "group"),
        ("the miners", "group"),
        ("nurses", "group"),
        ("Tory grandees", "group"),
        ("James", "person"),
    ],
)
def test_make_actor_guesses_the_kind(given_name: str, kind: str) -> None:
    assert make_actor(f" {given_name} ", "target") == Actor("target", given_name, kind)


def test_make_actor_keeps_a_given_actor_but_for_its_id() -> None:
    assert make_actor(Actor("x", "Unite", "organisation", ("UTU",)), "speaker") == Actor("speaker", "Unite", "organisation", ("UTU",))


def test_make_actor_knows_the_reserved_actors() -> None:
    assert make_actor("author", "speaker") == RESERVED_ACTORS[0]
    assert make_actor("someone", "target") == RESERVED_ACTORS[1]
    assert make_actor(RESERVED_ACTORS[0], "target") == RESERVED_ACTORS[0]


def test_make_actor_refuses_an_empty_name() -> None:
    with pytest.raises(InputError, match="empty name"):
        make_actor("  ", "speaker")
