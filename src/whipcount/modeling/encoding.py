"""An article and its roster become windows of token ids and positions.

``[CLS] [A0] the author [A1] someone else [A2] Tom Watson … [SEP] [S] [A2] Tom Watson told … [S] … [SEP]``: a slot token
per actor in the roster, the same slot before each matched mention, a sentence token before each sentence (compare the
markers of PURE, Zhong and Chen 2021, and PL-Marker, Ye et al. 2022).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from transformers import PreTrainedTokenizerBase

from whipcount.examples.pairs import mentions_by_sentence
from whipcount.schema import KINDS, RESERVED_ACTORS, Article

SENTENCE_TOKEN = "[S]"
ROSTER_SHARE = 0.5
CONTEXT_SHARE = 0.25
MAX_CACHED = 100_000
N_STANDINGS = 8 * len(KINDS)


def slot_token(slot: int) -> str:
    """Return the token of a slot."""
    return f"[A{slot}]"


def add_tokens(tokenizer: PreTrainedTokenizerBase, n_slots: int) -> None:
    """Add the sentence token and ``n_slots`` slot tokens to a tokenizer."""
    tokenizer.add_tokens([SENTENCE_TOKEN, *map(slot_token, range(n_slots))], special_tokens=True)


@dataclass(frozen=True)
class Window:
    """What the encoder reads at once, and where things stand in it.

    ``actors`` are roster positions (``Article.roster``) in the order of the window's roster; ``roster_tokens`` the token
    position of each one's slot. ``sentences`` are the indices of the scored sentences and ``sentence_tokens`` the range
    of token positions of each, its sentence token first. ``mention_tokens`` are (token position, index into ``actors``).
    ``standing`` says for each scored sentence and actor where the text names it, see ``name_standing``.
    """

    input_ids: list[int]
    actors: list[int]
    roster_tokens: list[int]
    sentences: list[int]
    sentence_tokens: list[range]
    mention_tokens: list[tuple[int, int]]
    standing: list[list[int]]


@dataclass(frozen=True)
class Variation:
    """How one reading of an article departs from the plain one; training draws a new one at each epoch.

    ``actors``: roster positions to present, in this order. ``slots``: the slot number of each of them.
    ``masked``: roster positions whose names are replaced by the mask token.
    """

    actors: tuple[int, ...]
    slots: tuple[int, ...]
    masked: frozenset[int] = frozenset()


def plain(article: Article) -> Variation:
    """Return the reading that is used outside training: the whole roster, in order, nothing masked."""
    n_actors = len(article.roster)
    return Variation(tuple(range(n_actors)), tuple(range(n_actors)))


@dataclass
class Encoder:
    """Encodes articles with one tokenizer; ``losses`` counts by reason what did not fit."""

    tokenizer: PreTrainedTokenizerBase
    max_tokens: int
    n_slots: int
    losses: Counter[str] = field(default_factory=Counter)
    _cache: dict[str, list[int]] = field(default_factory=dict, repr=False)

    def encode(self, article: Article, variation: Variation | None = None, scored: Sequence[int] | None = None) -> list[Window]:
        """Return windows that together score each sentence of ``scored`` (default: all) exactly once.

        A window is cut at sentence boundaries and starts with preceding sentences as context. What cannot fit is counted
        in ``losses``: actors beyond the slots or half of the window (those with the fewest mentions in the text go first), the
        end of a sentence that is longer than a window.
        """
        variation = variation or plain(article)
        mentions = mentions_by_sentence(article)
        variation = self._fit_roster(article, variation, Counter(article.position(m.actor) for found in mentions for m in found))
        slot_of = dict(zip(variation.actors, variation.slots, strict=True))
        prefix, roster_tokens = self._encode_roster(article, variation, slot_of)
        budget = self.max_tokens - len(prefix) - 1
        units = []
        for index, found in enumerate(mentions):
            unit = self._encode_sentence(
                article, index, [(m.start_char, m.end_char, article.position(m.actor)) for m in found], slot_of, variation.masked
            )
            if len(unit[0]) > budget:
                self.losses["sentences cut to the window"] += 1
            units.append((unit[0][:budget], [(token, actor) for token, actor in unit[1] if token < budget]))
        lengths = [len(ids) for ids, _ in units]
        shown = [article.roster[actor] for actor in variation.actors]
        places = name_standing([[m.actor for m in found] for found in mentions], [actor.id for actor in shown])
        standing = [[place * len(KINDS) + KINDS.index(actor.kind) for place, actor in zip(row, shown, strict=True)] for row in places]
        wanted = set(range(len(units)) if scored is None else scored)
        return [
            self._window(prefix, roster_tokens, variation.actors, units, standing, first, start, stop, wanted)
            for first, start, stop in cut_windows(lengths, budget)
            if wanted & set(range(start, stop))
        ]

    def _fit_roster(self, article: Article, variation: Variation, n_mentions: Counter[int]) -> Variation:
        room = int(self.max_tokens * ROSTER_SHARE)
        reserved = len(RESERVED_ACTORS)
        order = sorted(variation.actors, key=lambda actor: (actor >= reserved, -n_mentions[actor], actor))
        kept: set[int] = set()
        for actor in order:
            room -= 1 + len(self._ids(article.roster[actor].name))
            if len(kept) == self.n_slots or (room < 0 and actor >= reserved):
                break
            kept.add(actor)
        if len(kept) == len(variation.actors):
            return variation
        self.losses["actors that do not fit the roster"] += len(variation.actors) - len(kept)
        actors = tuple(actor for actor in variation.actors if actor in kept)
        return Variation(actors, tuple(range(len(actors))), variation.masked)

    def _encode_roster(self, article: Article, variation: Variation, slot_of: dict[int, int]) -> tuple[list[int], list[int]]:
        ids, positions = [self._special("cls")], []
        for actor in variation.actors:
            positions.append(len(ids))
            ids.append(self._token(slot_token(slot_of[actor])))
            ids += [self._special("mask")] if actor in variation.masked else self._ids(article.roster[actor].name)
        return [*ids, self._special("sep")], positions

    def _encode_sentence(
        self, article: Article, index: int, mentions: list[tuple[int, int, int]], slot_of: dict[int, int], masked: frozenset[int]
    ) -> tuple[list[int], list[tuple[int, int]]]:
        """Return the ids of one sentence, and (token, roster position) of each token of its mentions, slots included."""
        span = article.sentences[index]
        ids, mentioned, done = [self._token(SENTENCE_TOKEN)], [], span.start_char
        for start_char, end_char, actor in mentions:
            if actor not in slot_of:
                continue
            ids += self._ids(article.text[done:start_char])
            first = len(ids)
            ids.append(self._token(slot_token(slot_of[actor])))
            ids += [self._special("mask")] if actor in masked else self._ids(article.text[start_char:end_char])
            mentioned += [(token, actor) for token in range(first, len(ids))]
            done = end_char
        return ids + self._ids(article.text[done : span.end_char]), mentioned

    def _window(
        self,
        prefix: list[int],
        roster_tokens: list[int],
        actors: tuple[int, ...],
        units: list[tuple[list[int], list[tuple[int, int]]]],
        standing: list[list[int]],
        first: int,
        start: int,
        stop: int,
        wanted: set[int],
    ) -> Window:
        ids = list(prefix)
        window = Window(ids, list(actors), list(roster_tokens), [], [], [], [])
        for index in range(first, stop):
            unit, slots = units[index]
            if index >= start and index in wanted:
                window.sentences.append(index)
                window.standing.append(standing[index])
                window.sentence_tokens.append(range(len(ids), len(ids) + len(unit)))
                window.mention_tokens.extend((len(ids) + token, actors.index(actor)) for token, actor in slots)
            ids.extend(unit)
        ids.append(self._special("sep"))
        return window

    def _ids(self, text: str) -> list[int]:
        if text not in self._cache:
            if len(self._cache) >= MAX_CACHED:
                self._cache.clear()
            # a text that happens to hold "[S]" or "[SEP]" must not pass for a marker
            self._cache[text] = self.tokenizer(text, add_special_tokens=False, split_special_tokens=True, verbose=False)["input_ids"]
        return self._cache[text]

    def _token(self, token: str) -> int:
        found = self.tokenizer.convert_tokens_to_ids(token)
        assert isinstance(found, int)
        return found

    def _special(self, name: str) -> int:
        return int(getattr(self.tokenizer, f"{name}_token_id"))


def name_standing(mentions: Sequence[Sequence[str]], actors: Sequence[str]) -> list[list[int]]:
    """Return for each sentence and actor where it is named: what a reader uses to tell whom "she" means.

    0, 1, 2: first, second, later of the actors that the sentence names; 3, 4, 5: unnamed here, but the last, second to last,
    earlier of those named before; 6: named only later; 7: never named. Multiplied by the kinds of ``schema.KINDS`` elsewhere.

    Args:
        mentions: for each sentence the actor ids of its mentions, in order.
        actors: actor ids.
    """
    named_somewhere = {actor for found in mentions for actor in found}
    latest: list[str] = []  # actors named so far, the last one first
    table = []
    for found in mentions:
        here = list(dict.fromkeys(found))
        row = []
        for actor in actors:
            if actor in here:
                row.append(min(here.index(actor), 2))
            elif actor in latest:
                row.append(3 + min(latest.index(actor), 2))
            else:
                row.append(6 if actor in named_somewhere else 7)
        table.append(row)
        latest = here[::-1] + [actor for actor in latest if actor not in here]
    return table


def cut_windows(lengths: Sequence[int], budget: int) -> list[tuple[int, int, int]]:
    """Return (first, start, stop) of windows: sentences ``start:stop`` are scored, ``first:start`` are their context.

    Args:
        lengths: tokens of each sentence, none above ``budget``.
        budget: tokens that a window can hold. Context takes at most a quarter of it.
    """
    windows, start = [], 0
    while start < len(lengths):
        room, first = budget, start
        while start > 0 and first > 0 and lengths[first - 1] <= room - budget * (1 - CONTEXT_SHARE):
            first -= 1
            room -= lengths[first]
        if lengths[start] > room:
            room, first = budget, start
        stop = start
        while stop < len(lengths) and lengths[stop] <= room:
            room -= lengths[stop]
            stop += 1
        windows.append((first, start, stop))
        start = stop
    return windows
