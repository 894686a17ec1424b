from __future__ import annotations

from dataclasses import replace

import pytest

from whipcount.rendering.reading_actors import MergedActor, merge_actors, named_actors
from whipcount.schema import Actor, FoundStance, InputError, Mention, Reading


def with_actors(*actors: Actor) -> Reading:
    return Reading("", actors=actors)


def test_reserved_actors_are_there_where_named(harbour: Reading) -> None:
    assert [actor.id for actor in named_actors(harbour)] == ["author", "quill", "oduya", "board", "dockers", "berg"]
    assert [actor.id for actor in named_actors(replace(harbour, stances=()))] == ["quill", "oduya", "board", "dockers", "berg"]


@pytest.mark.parametrize(
    "reading",
    [
        Reading("Who?", stances=(FoundStance(0, "ghost", "author", (1.0, 0.0, 0.0)),)),
        Reading("Who?", mentions=(Mention("ghost", 0, 3),)),
    ],
)
def test_an_actor_that_is_not_listed_is_an_error(reading: Reading) -> None:
    with pytest.raises(InputError, match="unknown actor 'ghost'"):
        named_actors(reading)


def test_the_actors_of_one_reading_keep_their_ids(harbour: Reading) -> None:
    assert {old: actor.id for (_, old), actor in merge_actors([harbour]).items()} == {actor.id: actor.id for actor in named_actors(harbour)}


def test_same_name_and_kind_is_one_actor_and_a_taken_id_gets_a_number() -> None:
    first = with_actors(Actor("quill", "Ada Quill", "person"), Actor("quill-2", "Quill Ferries", "organisation"))
    second = with_actors(Actor("ada", "Ada  Quill", "person"), Actor("quill", "Quill", "organisation"), Actor("z", "Ada Quill", "group"))
    merged = merge_actors([first, second])
    assert merged[1, "ada"] == merged[0, "quill"] == MergedActor("quill", "Ada Quill", "person")
    assert merged[1, "quill"] == MergedActor("quill-3", "Quill", "organisation")
    assert merged[1, "z"].id == "z"
    assert len({actor.id for actor in merged.values()}) == 4


def test_the_voices_of_two_outlets_are_two_actors() -> None:
    praise = Reading("", actors=(Actor("x", "Quill", "person"),), stances=(FoundStance(0, "author", "x", (0.9, 0.1, 0.0)),))
    outlets = ("Harbour Post", "Shore Courier", "Harbour  Post", "", "")
    merged = merge_actors([replace(praise, outlet=outlet, id=f"a{n}") for n, outlet in enumerate(outlets)])
    voices = [merged[index, "author"] for index in range(5)]
    assert [(voice.id, voice.name, voice.kind) for voice in voices] == [
        ("author", "the author (Harbour Post)", "author"),
        ("author-2", "the author (Shore Courier)", "author"),
        ("author", "the author (Harbour Post)", "author"),
        ("author-3", "the author (a3)", "author"),
        ("author-4", "the author (a4)", "author"),
    ]
    assert len({merged[index, "x"].id for index in range(5)}) == 1


def test_two_accents_of_one_name_are_one_actor() -> None:
    merged = merge_actors([with_actors(Actor("a", "Zo\u00eb Lom", "person")), with_actors(Actor("b", "Zoe\u0308 Lom", "person"))])
    assert merged[0, "a"] == merged[1, "b"]


def test_two_of_one_name_in_a_reading_stay_two_and_apart_from_others() -> None:
    twins = with_actors(Actor("smith", "John Smith", "person"), Actor("smith-b", "John Smith", "person"))
    merged = merge_actors([with_actors(Actor("smith", "John Smith", "person")), twins])
    assert len({actor.id for actor in merged.values()}) == 3
