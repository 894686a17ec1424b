"""Which actor of an own roster is which gold actor, one to one; ``RAW.md`` defines the levels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from whipcount.reading.names import NAME_SUFFIXES, name_forms
from whipcount.schema import RESERVED_IDS, Actor, Article, InputError, Mention, Reading, Span
from whipcount.scoring.ratios import Floats
from whipcount.scoring.row_properties import PRONOUN

Counts = NDArray[np.int64]
Level = Literal["strict", "lenient"]
LEVELS: tuple[Level, ...] = get_args(Level)

MIN_OVERLAP = 0.5
"""Less than this in common, summed over all mentions, makes no match."""
MIN_PREFIX = 3
"""Letters from which on the beginning of a first name stands for the whole: Tim, Timothy."""

TITLES = {
    "mr", "mrs", "ms", "miss", "dr", "sir", "dame", "lord", "lady", "baroness", "prof", "professor", "rev", "sen", "senator", "rep",
    "representative", "gov", "governor", "president", "judge", "justice", "gen", "general", "secretary", "minister", "mayor", "councillor",
    "deputy", "leader", "chief", "chair", "chairman", "chairwoman", "captain", "former", "prime",
}  # fmt: skip
"""Words before a name that are no first name."""
SUFFIXES = {plain.rstrip(".").casefold() for plain in NAME_SUFFIXES}


@dataclass(frozen=True)
class RosterMatch:
    """Which gold actor each own one is.

    ``gold_of`` maps own ids to gold ids, reserved ones to themselves; no two own ids have one gold id. ``grounds`` says of each
    but the reserved why: ``name``, ``mentions``, ``form`` or ``surname``.
    """

    gold_of: Mapping[str, str]
    grounds: Mapping[str, str]


def identity(article: Article) -> RosterMatch:
    """Return the match of a reading that was given the gold roster."""
    return RosterMatch({actor.id: actor.id for actor in article.roster}, {actor.id: "name" for actor in article.actors})


def match_rosters(reading: Reading, article: Article, level: Level) -> RosterMatch:
    """Match the actors of a reading to the gold ones, one to one.

    As many as can be are matched on the strongest ground, of the rest as many as can be on the next. ``strict``: equal canonical
    names. ``lenient``: these; then, where the article has gold mentions, the greatest overlap of mentions; else a form of the own
    actor that names this gold actor alone; then the surname of a person, where it can be of one gold person alone. Form and
    surname match no two persons whose first names differ.

    Args:
        reading: with mentions into the article's text.
        article: with the gold roster.
        level: one of ``LEVELS``.

    Raises:
        InputError: the reading is of another text.
    """
    same_text(reading, article)
    own, gold = reading.actors, article.actors
    tiers = [("name", _same_name(own, gold))]
    if level == "lenient":
        named = [mention for mention in article.annotated_mentions if mention.actor not in RESERVED_IDS]
        if named:
            tiers.append(("mentions", _overlap(reading, article, named)))
        else:
            said = _said(reading)
            agree = _first_names_agree([_first_names(actor, said[actor.id]) for actor in own], [_first_names(actor) for actor in gold])
            tiers.append(("form", agree * _shared_forms(own, gold, said)))
            tiers.append(("surname", _alone(agree * _same_surname(own, gold))))
    reserved = {id_: id_ for id_ in RESERVED_IDS}
    found = _assign(tiers, len(own), len(gold))
    return RosterMatch(
        reserved | {own[i].id: gold[j].id for (i, j) in found},
        {own[i].id: ground for (i, _), ground in found.items()},
    )


def same_text(reading: Reading, article: Article) -> None:
    """Make sure that a reading and its gold speak of one text.

    Raises:
        InputError: they do not.
    """
    if reading.text != article.text:
        raise InputError(
            f"{article.key}: the reading is of another text ({len(reading.text)} characters, the article has {len(article.text)}); "
            "read the article's own text, or carry its annotation over to the other text"
        )


def plain_form(name: str) -> str:
    """Return a name as names are compared: no leading "the", plain spaces and apostrophes, no capitals."""
    return re.sub(r"^the ", "", " ".join(name.split()).replace("’", "'").casefold())


def _assign(tiers: Sequence[tuple[str, Floats]], n_own: int, n_gold: int) -> dict[tuple[int, int], str]:
    """Return the pairs (own, gold) of the best one-to-one assignment, each with its strongest ground.

    Args:
        tiers: grounds, the strongest first, each with (own, gold) weights, 0 for no match. A single match on a stronger ground
            outweighs all on weaker ones.
        n_own: own actors.
        n_gold: gold actors.
    """
    combined = np.zeros((n_own, n_gold))
    for _, weights in reversed(tiers):
        scale = (1.0 + combined.max(axis=1, initial=0.0).sum()) / weights[weights > 0].min(initial=np.inf)
        combined = np.where(weights > 0, weights * scale, combined)
    pairs = zip(*linear_sum_assignment(combined, maximize=True), strict=True)
    grounds = {(int(i), int(j)): [ground for ground, weights in tiers if weights[i, j] > 0] for i, j in pairs}
    return {pair: found[0] for pair, found in grounds.items() if found}


def _same_name(own: Sequence[Actor], gold: Sequence[Actor]) -> Floats:
    rows, columns = ([plain_form(actor.name) for actor in actors] for actors in (own, gold))
    return _matrix([[float(one == other) for other in columns] for one in rows], len(own), len(gold))


def _matrix(weights: Sequence[Sequence[float]], n_own: int, n_gold: int) -> Floats:
    return np.array(weights, dtype=np.float64).reshape(n_own, n_gold)


def _said(reading: Reading) -> dict[str, Counter[str]]:
    """Return for each own actor how often which words, pronouns apart, mean it."""
    said: dict[str, Counter[str]] = {actor.id: Counter() for actor in reading.actors}
    for mention in reading.mentions:
        words = reading.words(mention)
        if mention.actor in said and not PRONOUN.fullmatch(words):
            said[mention.actor][plain_form(words)] += 1
    return said


def _shared_forms(own: Sequence[Actor], gold: Sequence[Actor], said: Mapping[str, Counter[str]]) -> Floats:
    """Return 1 where a form of the own actor names this gold actor alone, and a little more the more of its mentions do."""
    forms = [{plain_form(form) for form in name_forms(actor)} for actor in gold]
    bearers = Counter(form for found in forms for form in found)
    forms = [{form for form in found if bearers[form] == 1} for found in forms]
    n_said = sum(count.total() for count in said.values())
    weights = []
    for actor in own:
        named = {plain_form(name) for name in (actor.name, *actor.aliases)} | set(said[actor.id])
        often = [sum(said[actor.id][form] for form in found) / (n_said + 1) for found in forms]
        weights.append([(1.0 + more) if named & found else 0.0 for found, more in zip(forms, often, strict=True)])
    return _matrix(weights, len(own), len(gold))


def _same_surname(own: Sequence[Actor], gold: Sequence[Actor]) -> Floats:
    surnames = [_surnames(actor) for actor in gold]
    return _matrix([[float(bool(_surnames(one) & found)) for found in surnames] for one in own], len(own), len(gold))


def _alone(weights: Floats) -> Floats:
    """Return the weights without those of own actors that could be several gold ones."""
    return np.where((weights > 0).sum(axis=1, keepdims=True) == 1, weights, 0.0)


def _surnames(actor: Actor) -> set[str]:
    if actor.kind != "person":
        return set()
    found = {plain_form(form) for form, why in name_forms(actor).items() if why == "surname"}
    return found or {plain_form(actor.name)}


def _first_names_agree(own: Sequence[set[str]], gold: Sequence[set[str]]) -> Floats:
    """Return, (own, gold), 0 where both have first names and no two of these can be of one person, else 1."""
    return _matrix(
        [
            [float(not (firsts and seconds) or any(_one_person(*pair) for pair in product(firsts, seconds))) for seconds in gold]
            for firsts in own
        ],
        len(own),
        len(gold),
    )


def _first_names(actor: Actor, said: Iterable[str] = ()) -> set[str]:
    """Return the first names by which a person goes in its names and in words that end with its last name; of others none."""
    if actor.kind != "person":
        return set()
    names = [_name_words(name) for name in (actor.name, *actor.aliases)]
    names += [words for form in said if (words := _name_words(form))[-1:] == names[0][-1:]]
    return {words[0] for words in names if len(words) > 1}


def _name_words(name: str) -> list[str]:
    """Return the words of a person's name as compared, without titles and suffixes."""
    words = (word.rstrip(".,") for word in plain_form(name).split())
    return [word for word in words if word and word not in TITLES and word not in SUFFIXES]


def _one_person(first: str, second: str) -> bool:
    short, long = sorted((first, second), key=len)
    return first == second or (long.startswith(short) and (len(short) == 1 or len(short) >= MIN_PREFIX))


def _overlap(reading: Reading, article: Article, mentions: Sequence[Mention]) -> Floats:
    """Return, (own, gold), the sum over pairs of mentions of the share of their characters that they have in common."""
    ids = {actor.id: index for index, actor in enumerate(reading.actors)}
    positions = {actor.id: index for index, actor in enumerate(article.actors)}
    found = [mention for mention in reading.mentions if mention.actor in ids]
    overlap = np.zeros((len(ids), len(positions)))
    if found:
        common, union = common_characters(found, mentions)
        rows, columns = [ids[m.actor] for m in found], [positions[m.actor] for m in mentions]
        np.add.at(overlap, np.ix_(rows, columns), common / union)
    return np.where(overlap >= MIN_OVERLAP, overlap, 0.0)


def common_characters(first: Sequence[Span | Mention], second: Sequence[Span | Mention]) -> tuple[Counts, Counts]:
    """Return, both (first, second), the characters that two ranges have in common and those that they cover together."""
    starts, ends = _ends(first)
    other_starts, other_ends = _ends(second)
    common = np.maximum(np.minimum(ends[:, None], other_ends) - np.maximum(starts[:, None], other_starts), 0)
    return common, (ends - starts)[:, None] + (other_ends - other_starts) - common


def _ends(ranges: Sequence[Span | Mention]) -> tuple[Counts, Counts]:
    starts = np.array([one.start_char for one in ranges], dtype=np.int64)
    return starts, np.array([one.end_char for one in ranges], dtype=np.int64)
