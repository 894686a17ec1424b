"""A reading as plain values for JSON, and back; ``reading.schema.json`` describes them.

Offsets count characters as Python does, one for each Unicode code point.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from whipcount.rendering.reading_actors import named_actors
from whipcount.schema import RESERVED_IDS, STANCES, Actor, Attributed, Evidence, FoundStance, InputError, Mention, Reading, Span, Utterance

SCHEMA_FILE = Path(__file__).with_name("reading.schema.json")
ABOUT = ("id", "date", "title", "outlet")
"""What may be known of the article besides its text."""
ATTRIBUTED = ("source", "cue", "content")
SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def reading_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of what ``reading_to_json`` returns."""
    schema: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return schema


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """Return the reading: every range with its words, mentions under their actor in the order of the text.

    ``author`` and ``someone`` are among the actors where a stance or a mention names them. The ``speaker`` of a quotation or of attributed
    words is None where the text does not say. ``id``, ``date``, ``title`` and ``outlet`` are there where known, an actor's ``aliases``
    where it has any. Write it with ``json.dumps``'s ``ensure_ascii`` left on, so that text of any kind, lone surrogates and NULs too,
    comes back from a file as it was.

    Raises:
        InputError: a stance or a mention names an actor that the reading does not have, or the text has two surrogates in a row that
            JSON would take for one character, which would move every offset behind them.
    """
    pair = SURROGATE_PAIR.search(reading.text)
    if pair:
        raise InputError(
            f"reading {reading.id!r}: the text has a surrogate pair at {pair.start()}, which JSON holds as one character; "
            "decode the text again, for example with text.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace')"
        )
    mentions: dict[str, list[Mention]] = defaultdict(list)
    for mention in sorted(reading.mentions, key=_place):
        mentions[mention.actor].append(mention)
    return {
        **{name: getattr(reading, name) for name in ABOUT if getattr(reading, name)},
        "text": reading.text,
        "sentences": [_range(span) for span in reading.sentences],
        "actors": [_actor_values(reading, actor, mentions[actor.id]) for actor in named_actors(reading)],
        "stances": [_stance_values(reading, stance) for stance in reading.stances],
        "quotations": [_quotation_values(reading, one) for one in reading.quotations],
        "attributed": [_attributed_values(reading, one) for one in reading.attributed],
        "furniture": [_words(reading, span) for span in reading.furniture],
        "coverage": {"sentences": len(reading.sentences), "scored": reading.n_scored, "losses": dict(reading.losses)},
        "model": dict(reading.model),
    }


def _place(mention: Mention) -> tuple[int, int]:
    return mention.start_char, mention.end_char


def _range(span: Span | Mention | Evidence) -> dict[str, Any]:
    return {"start_char": span.start_char, "end_char": span.end_char}


def _words(reading: Reading, span: Span | Mention | Evidence) -> dict[str, Any]:
    return {**_range(span), "text": reading.words(span)}


def _actor_values(reading: Reading, actor: Actor, mentions: list[Mention]) -> dict[str, Any]:
    return {
        "id": actor.id,
        "name": actor.name,
        "kind": actor.kind,
        **({"aliases": list(actor.aliases)} if actor.aliases else {}),
        "mentions": [{**_words(reading, mention), "why": mention.why} for mention in mentions],
    }


def _stance_values(reading: Reading, found: FoundStance) -> dict[str, Any]:
    return {
        "sentence": {"index": found.sentence, **_words(reading, reading.sentences[found.sentence])},
        "speaker": found.speaker,
        "target": found.target,
        "stance": found.stance,
        "probabilities": dict(zip(STANCES, map(float, found.probabilities), strict=True)),
        "evidence": [{"role": evidence.role, **_words(reading, evidence)} for evidence in found.evidence],
    }


def _quotation_values(reading: Reading, said: Utterance) -> dict[str, Any]:
    return {
        "speaker": said.speaker or None,
        "why": said.why,
        "depth": said.depth,
        "ranges": [_words(reading, span) for span in said.spans],
    }


def _attributed_values(reading: Reading, one: Attributed) -> dict[str, Any]:
    return {"speaker": one.speaker or None, **{role: [_words(reading, span) for span in getattr(one, role)] for role in ATTRIBUTED}}


def reading_from_json(values: Mapping[str, Any]) -> Reading:
    """Return the reading that ``reading_to_json`` made the values of; mentions come in the order of the text.

    Raises:
        InputError: a value is missing, a range leaves the text, or one value contradicts another: words that do not
            stand where the offsets say, a stance that is not the likeliest, a wrong number of sentences, an actor that is not listed.
    """
    try:
        return _reading(values)
    except KeyError as error:
        raise InputError(f"reading {values.get('id', '')!r} lacks the value {error}; reading.schema.json lists them") from error
    except TypeError as error:
        raise InputError(f"reading {values.get('id', '')!r} is not of the shape that reading.schema.json describes: {error}") from error


def _reading(values: Mapping[str, Any]) -> Reading:
    actors = [Actor(one["id"], one["name"], one["kind"], tuple(one.get("aliases", ()))) for one in values["actors"]]
    mentions = [Mention(one["id"], *_ends(mention), mention["why"]) for one in values["actors"] for mention in one["mentions"]]
    reading = Reading(
        text=values["text"],
        sentences=tuple(Span(*_ends(span)) for span in values["sentences"]),
        furniture=tuple(Span(*_ends(span)) for span in values["furniture"]),
        actors=tuple(actor for actor in actors if actor.id not in RESERVED_IDS),
        mentions=tuple(sorted(mentions, key=_place)),
        stances=tuple(_stance(one) for one in values["stances"]),
        quotations=tuple(_quotation(one) for one in values["quotations"]),
        attributed=tuple(_attributed(one) for one in values.get("attributed", ())),  # files of before have none
        n_scored=values["coverage"]["scored"],
        losses=dict(values["coverage"]["losses"]),
        model=dict(values["model"]),
        **{name: values.get(name, "") for name in ABOUT},
    )
    _check(reading, values)
    return reading


def _ends(span: Mapping[str, Any]) -> tuple[int, int]:
    return span["start_char"], span["end_char"]


def _stance(values: Mapping[str, Any]) -> FoundStance:
    favor, against, none = (values["probabilities"][stance] for stance in STANCES)
    evidence = tuple(Evidence(one["role"], *_ends(one)) for one in values["evidence"])
    return FoundStance(values["sentence"]["index"], values["speaker"], values["target"], (favor, against, none), evidence)


def _quotation(values: Mapping[str, Any]) -> Utterance:
    spans = tuple(Span(*_ends(span)) for span in values["ranges"])
    return Utterance(spans, values["speaker"] or "", values["why"], values["depth"])


def _attributed(values: Mapping[str, Any]) -> Attributed:
    return Attributed(values["speaker"] or "", *(tuple(Span(*_ends(span)) for span in values[role]) for role in ATTRIBUTED))


def _check(reading: Reading, values: Mapping[str, Any]) -> None:
    """Raise an ``InputError`` where a range leaves the text, or the values say twice the same thing, and not the same."""
    named_actors(reading)
    where = f"reading {reading.id!r}"
    if values["coverage"]["sentences"] != len(reading.sentences):
        raise InputError(f"{where}: coverage counts {values['coverage']['sentences']} sentences, {len(reading.sentences)} are listed")
    stated = [
        *values["furniture"],
        *(span for one in values["quotations"] for span in one["ranges"]),
        *(span for one in values.get("attributed", ()) for role in ATTRIBUTED for span in one[role]),
        *(mention for one in values["actors"] for mention in one["mentions"]),
        *(one["sentence"] for one in values["stances"]),
        *(evidence for one in values["stances"] for evidence in one["evidence"]),
    ]
    for span in (*values["sentences"], *stated):
        if span["end_char"] > len(reading.text):
            raise InputError(f"{where}: a range ends at {span['end_char']}, behind the text ({len(reading.text)} characters)")
    for found, one in zip(reading.stances, values["stances"], strict=True):
        if not 0 <= found.sentence < len(reading.sentences) or reading.sentences[found.sentence] != Span(*_ends(one["sentence"])):
            raise InputError(f"{where}: a stance names the sentence {one['sentence']!r}, which is not listed so")
        if found.stance != one["stance"]:
            raise InputError(f"{where}: the stance {one['stance']!r} is not the likeliest of {one['probabilities']!r}")
    for span in stated:
        start_char, end_char = _ends(span)
        if reading.text[start_char:end_char] != span["text"]:
            raise InputError(f"{where}: at {start_char}:{end_char} stands {reading.text[start_char:end_char]!r}, not {span['text']!r}")
