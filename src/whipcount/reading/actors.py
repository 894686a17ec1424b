"""Find the actors of a text: its roster, and where each is named."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from whipcount.reading.aliasfile import Alias
from whipcount.reading.antecedents import Resolver
from whipcount.reading.drafts import GROUP_KIND, Draft
from whipcount.reading.linking import link
from whipcount.reading.matching import find_forms
from whipcount.reading.names import name_forms
from whipcount.reading.overrides import apply_aliases
from whipcount.reading.parsing import Paragraph
from whipcount.reading.pronouns import Options, link_pronouns
from whipcount.reading.spotting import GROUP, NAME, spot
from whipcount.schema import RESERVED_IDS, Actor, Mention, Span

MAX_ID_CHARS = 60


@dataclass(frozen=True)
class Roster:
    """The actors of a text in the order of their first mention, their mentions in the text's order, and the losses by reason.

    ``options`` says of every "he" and "she" whom it could mean, linked or not.
    """

    actors: tuple[Actor, ...] = ()
    mentions: tuple[Mention, ...] = ()
    losses: dict[str, int] = field(default_factory=dict)
    options: tuple[Options, ...] = ()


def find_actors(
    text: str,
    paragraphs: Sequence[Paragraph],
    sentences: Sequence[Span],
    aliases: Sequence[Alias] = (),
    date: str = "",
    weights: Mapping[str, float] | None = None,
    resolver: Resolver | None = None,
) -> Roster:
    """Return the persons, organisations and groups of a text with their mentions; each mention says why it was linked.

    ``why`` is ``name``, ``surname``, ``short form``, ``abbreviation``, ``role``, ``group``, ``metonym``, ``alias file`` or
    ``pronoun``. Mentions do not overlap; titles, articles and possessives are no part of them. An actor that is neither named nor
    judged nor comes up again is left out; ``losses`` counts by reason what was.

    Args:
        text: clean text.
        paragraphs: of the text, as ``parsing.parse`` gives them.
        sentences: of the text, in order.
        aliases: the user's own names; they go before what is found otherwise.
        date: of the text (ISO 8601); decides which aliases hold. All do where it is empty.
        weights: see ``pronouns.link_pronouns``.
        resolver: has a say in whom "he" and "she" mean, where it is given.
    """
    spotted = [*spot(paragraphs)]
    drafts, losses = link(spotted)
    drafts, claimed = apply_aliases(text, drafts, [alias for alias in aliases if alias.holds(date)])
    _fill(text, drafts, [*((one.start_char, one.end_char) for one in spotted if one.sort == NAME), *claimed])
    drafts = sorted((draft for draft in drafts if draft.mentions), key=lambda draft: min(draft.mentions))
    taken: set[str] = set(RESERVED_IDS)
    identifiers = [_identifier(draft.name, taken) for draft in drafts]
    actors = tuple(_actor(draft, identifier) for draft, identifier in zip(drafts, identifiers, strict=True))
    mentions = _in_order(
        Mention(identifier, *mention) for draft, identifier in zip(drafts, identifiers, strict=True) for mention in draft.mentions
    )
    pronouns, options = link_pronouns(
        text,
        paragraphs,
        sentences,
        mentions,
        {actor.id: actor.kind for actor in actors},
        {identifier: draft.gender for draft, identifier in zip(drafts, identifiers, strict=True)},
        {(one.start_char, one.end_char): (one.subject, one.speaks) for one in spotted},
        weights,
        partial(resolver.read, text, sentences, actors, mentions) if resolver else None,
    )
    return Roster(actors, tuple(_in_order([*mentions, *pronouns])), dict(+losses), tuple(options))


def _fill(text: str, drafts: Sequence[Draft], judged: Iterable[tuple[int, int]]) -> None:
    """Add mentions by names of the actors where spaCy saw none; what has been judged already stays as it is."""
    owners: dict[str, list[tuple[Draft, str]]] = defaultdict(list)
    for draft in drafts:
        if draft.sort in (NAME, GROUP) and (draft.kind != GROUP_KIND or draft.name[0].isupper()):
            for form, why in name_forms(_actor(draft, "x")).items():
                if form[0].isupper() or len(form.split()) > 1:
                    owners[form].append((draft, why))
    blocked = sorted({*judged, *((start, end) for draft in drafts for start, end, _ in draft.mentions)})
    index = 0
    for match in find_forms(text, dict.fromkeys(owners, True)):
        while index < len(blocked) and blocked[index][1] <= match.start_char:
            index += 1
        free = index == len(blocked) or blocked[index][0] >= match.end_char
        if free and len(owners[match.form]) == 1:
            draft, why = owners[match.form][0]
            draft.mentions.append((match.start_char, match.end_char, "short form" if why == "alias" else why))


def _in_order(mentions: Iterable[Mention]) -> list[Mention]:
    """Return mentions in the text's order; of two that overlap the first, or the longer, stays."""
    ordered: list[Mention] = []
    for one in sorted(mentions, key=lambda one: (one.start_char, -one.end_char)):
        if not ordered or one.start_char >= ordered[-1].end_char:
            ordered.append(one)
    return ordered


def _actor(draft: Draft, identifier: str) -> Actor:
    """Return the actor that a draft has become; its aliases are the names of the text that do not follow from its own."""
    bare = Actor(identifier, draft.name, draft.kind)
    derived = name_forms(bare)
    others = (
        form for form in draft.forms if form not in derived and form != draft.name and (form[0].isupper() or draft.kind == GROUP_KIND)
    )
    return Actor(identifier, draft.name, draft.kind, tuple(others))


def _identifier(name: str, taken: set[str]) -> str:
    """Return a readable id made of a name that is not taken, and take it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = "_".join(re.findall(r"[a-z0-9]+", plain))[:MAX_ID_CHARS].strip("_") or "actor"
    identifier, number = slug, 1
    while identifier in taken:
        number += 1
        identifier = f"{slug}_{number}"
    taken.add(identifier)
    return identifier
