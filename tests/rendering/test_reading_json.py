from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from whipcount.rendering.reading_json import reading_from_json, reading_schema, reading_to_json
from whipcount.schema import EVIDENCE_ROLES, KINDS, Actor, Attributed, FoundStance, InputError, Mention, Reading, Span, Utterance

SCHEMA = Draft202012Validator(reading_schema())


def test_the_schema_is_one_and_knows_the_words_of_the_project() -> None:
    schema = reading_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["$defs"]["actor"]["properties"]["kind"]["enum"] == list(KINDS)
    assert schema["$defs"]["stance"]["properties"]["evidence"]["items"]["properties"]["role"]["enum"] == list(EVIDENCE_ROLES)
    objects = [one for one in everything(schema) if isinstance(one, dict) and one.get("type") == "object"]
    assert len(objects) == 14
    for one in objects:
        assert one["additionalProperties"] is False or "properties" not in one  # losses and model have keys of their own
        assert set(one.get("required", ())) <= set(one.get("properties", ()))


def everything(values: Any) -> list[Any]:
    inner = values.values() if isinstance(values, dict) else values if isinstance(values, list) else ()
    return [values, *(one for value in inner for one in everything(value))]


def test_the_values_of_a_reading(harbour: Reading) -> None:
    values = reading_to_json(harbour)
    SCHEMA.validate(values)
    about = {"id": "harbour-1", "date": "2031-05-02", "title": "Ferry chair under fire", "outlet": "Harbour Post"}
    assert {name: values[name] for name in about} == about
    assert values["text"] == harbour.text
    assert [actor["id"] for actor in values["actors"]] == ["author", "quill", "oduya", "board", "dockers", "berg"]
    assert values["actors"][0] == {"id": "author", "name": "the author", "kind": "author", "mentions": []}
    assert values["actors"][1] == {
        "id": "quill",
        "name": "Ada Quill",
        "kind": "person",
        "aliases": ["the Ferry Queen"],
        "mentions": [{"start_char": 0, "end_char": 9, "text": "Ada Quill", "why": "name"}],
    }
    assert [(one["text"], one["why"]) for one in values["actors"][2]["mentions"]] == [("Femi Oduya", "name"), ("Oduya thanked", "pronoun")]
    assert values["stances"][0] == {
        "sentence": {"index": 0, "start_char": 0, "end_char": 55, "text": "Ada Quill told the Ferry Board that Femi Oduya must go."},
        "speaker": "quill",
        "target": "oduya",
        "stance": "against",
        "probabilities": {"favor": 0.05, "against": 0.9, "none": 0.05},
        "evidence": [{"role": "speaker", "start_char": 0, "end_char": 9, "text": "Ada Quill"}],
    }
    assert [one["text"] for one in values["furniture"]] == ["Sign up for our newsletter!"]
    assert values["coverage"] == {"sentences": 3, "scored": 3, "losses": {"stances of or toward an actor outside the roster": 2}}
    assert values["model"] == {"folder": "model"}


def test_what_is_not_known_is_left_out() -> None:
    values = reading_to_json(Reading(""))
    SCHEMA.validate(values)
    assert values == {
        **{name: [] for name in ("sentences", "actors", "stances", "quotations", "attributed", "furniture")},
        "text": "",
        "coverage": {"sentences": 0, "scored": 0, "losses": {}},
        "model": {},
    }
    assert reading_from_json(values) == Reading("")


def test_quotations_tell_who_speaks() -> None:
    text = "“No,” said Quill.\n“The ‘plan’ is dead.”"
    said = (Utterance((Span(0, 5),), "quill", "attribution"), Utterance((Span(18, 39),), "", "unknown"))
    reading = Reading(text, (Span(0, 17), Span(18, 39)), actors=(Actor("quill", "Quill", "person"),), quotations=said)
    values = reading_to_json(reading)
    SCHEMA.validate(values)
    first, second = values["quotations"]
    assert first == {"speaker": "quill", "why": "attribution", "depth": 0, "ranges": [{"start_char": 0, "end_char": 5, "text": "“No,”"}]}
    assert second["speaker"] is None
    assert reading_from_json(values) == reading
    with pytest.raises(InputError, match="unknown actor 'ghost'"):
        reading_to_json(replace(reading, quotations=(Utterance((Span(0, 5),), "ghost", "label"),)))


def test_attributed_words_tell_whose_they_are() -> None:
    text = "Quill said it was late. It is said that it sank."
    quill = Attributed("quill", (Span(0, 5),), (Span(6, 10),), (Span(11, 22),))
    reading = Reading(
        text,
        (Span(0, 23), Span(24, 48)),
        actors=(Actor("quill", "Quill", "person"),),
        attributed=(quill, Attributed("", (), (Span(30, 34),), (Span(35, 47),))),
    )
    values = reading_to_json(reading)
    SCHEMA.validate(values)
    first, second = values["attributed"]
    assert (first["speaker"], first["content"]) == ("quill", [{"start_char": 11, "end_char": 22, "text": "it was late"}])
    assert (second["speaker"], second["source"]) == (None, [])
    assert reading_from_json(values) == reading
    assert reading_from_json({name: value for name, value in values.items() if name != "attributed"}) == replace(reading, attributed=())
    with pytest.raises(InputError, match="unknown actor 'ghost'"):
        reading_to_json(replace(reading, attributed=(replace(quill, speaker="ghost"),)))


def test_a_crowd_goes_there_and_back(crowd: Reading) -> None:
    values = reading_to_json(crowd)
    SCHEMA.validate(values)
    assert len(values["actors"]) == 300
    assert reading_from_json(values) == crowd


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_reading_goes_to_a_file_and_back(data: st.DataObject, readings: Callable[[], st.SearchStrategy[Reading]]) -> None:
    reading = data.draw(readings())
    written = json.dumps(reading_to_json(reading)).encode("ascii")
    values = json.loads(written)
    SCHEMA.validate(values)
    back = reading_from_json(values)
    listed = list(reading.roster)
    order = {actor.id: place for place, actor in enumerate(listed)}
    assert sorted(back.mentions, key=lambda one: order[one.actor]) == sorted(reading.mentions, key=lambda one: order[one.actor])
    assert replace(back, mentions=()) == replace(reading, mentions=())
    assert reading_to_json(back) == values
    for one in everything(values):
        if isinstance(one, dict) and {"start_char", "text"} <= set(one):
            assert reading.text[one["start_char"] : one["end_char"]] == one["text"]


@pytest.mark.parametrize("text", ["\ud800 Quill \x00\x1b left\udfff", "شكرت أدا القبطان 🚢", "a\r\nb\u2028c"])
def test_text_of_any_kind_survives(text: str) -> None:
    reading = Reading(text, (Span(0, len(text)),), mentions=(Mention("author", 2, 5),), n_scored=1)
    assert reading_from_json(json.loads(json.dumps(reading_to_json(reading)))) == reading


def test_a_surrogate_pair_would_move_offsets_and_is_an_error() -> None:
    with pytest.raises(InputError, match="surrogate pair at 4"):
        reading_to_json(Reading("was \ud83d\udea2 here", id="ship"))


def test_a_stance_of_an_unlisted_actor_is_an_error(harbour: Reading) -> None:
    with pytest.raises(InputError, match=r"'harbour-1'.*unknown actor 'ghost'"):
        reading_to_json(replace(harbour, stances=(FoundStance(0, "ghost", "quill", (1.0, 0.0, 0.0)),)))


def changed(values: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a copy with a value set, or taken away where it is None."""
    values = copy.deepcopy(values)
    *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place: Any = values
    for step in parents:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return values


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("text", None),
        ("coverage.losses", None),
        ("mood", "grim"),
        ("id", ""),
        ("actors.1.kind", "robot"),
        ("actors.1.id", "ada quill"),
        ("actors.1.aliases", []),
        ("actors.1.mentions.0.why", None),
        ("actors.1.mentions.0.start_char", -1),
        ("actors.1.mentions.0.actor", "quill"),
        ("stances.0.stance", "none"),
        ("stances.0.stance", "pro"),
        ("stances.0.speaker", 3),
        ("stances.0.sentence.index", 1.5),
        ("stances.0.probabilities.favor", 1.2),
        ("stances.0.probabilities.none", None),
        ("stances.0.evidence.0.role", "hearsay"),
        ("furniture.0.end_char", "120"),
        ("sentences.0.text", "Ada Quill left."),
        ("coverage.scored", -1),
        ("model.version", 3),
    ],
)
def test_the_schema_refuses_broken_values(harbour: Reading, path: str, value: Any) -> None:
    assert not SCHEMA.is_valid(changed(reading_to_json(harbour), path, value))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("furniture", None, "lacks the value 'furniture'"),
        ("stances.0.evidence", None, "lacks the value 'evidence'"),
        ("actors", 7, "not of the shape"),
        ("actors.1.kind", "robot", "kind 'robot'"),
        ("actors.1.id", "oldquill", "unknown actor 'quill'"),
        ("actors.1.mentions.0.end_char", 8, "at 0:8 stands 'Ada Quil', not 'Ada Quill'"),
        ("furniture.0.text", "Buy now", "not 'Buy now'"),
        ("furniture.0.end_char", 999, "ends at 999, behind the text"),
        ("sentences.2.end_char", 999, "ends at 999, behind the text"),
        ("stances.0.stance", "favor", "'favor' is not the likeliest"),
        ("stances.0.sentence.index", 9, "which is not listed so"),
        ("stances.0.sentence.index", 1, "which is not listed so"),
        ("stances.0.evidence.0.text", "Quill", "not 'Quill'"),
        ("coverage.sentences", 4, "counts 4 sentences, 3 are listed"),
    ],
)
def test_values_that_contradict_each_other_are_an_error(harbour: Reading, path: str, value: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        reading_from_json(changed(reading_to_json(harbour), path, value))


def test_actor_without_mentions_keeps_its_place() -> None:
    reading = Reading("x", actors=(Actor("b", "Board", "organisation"), Actor("a", "Ada", "person")))
    assert reading_from_json(reading_to_json(reading)) == reading
