"""An article and its roster become windows of token ids and positions.

``[CLS] [A0] the author [A1] someone else [A2] Marta Quill … [SEP] [S] [A2] Marta Quill told … [S] … [SEP]``: a slot token
per actor in the roster, the same slot before each name, a sentence token before each sentence (compare the
markers of PURE, Zhong and Chen 2021, and PL-Marker, Ye et al. 2022).

Many a speaker is not named where it holds a stance. So an encoder can show what reading finds (``voices``): ``pronoun_slots`` put the
slot of whom a pronoun means before it, ``speaker_slots`` a quotation token and the slot of whoever says it where a quotation begins and
at the start of each sentence that it goes on in: ``[S] [Q] [A2] “You are late,” [A2] she told [A3] Oduya … [S] [Q] [A2] “Again …``. Such a
slot is no name: what is read, masked and learnt of the words behind it stays the same. It cannot be right where reading is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from whipcount.examples.pairs import mentions_by_sentence
from whipcount.modeling.cues import N_PLACES, list_names, name_standing, reference_cues
from whipcount.modeling.variation import Variation, in_order, plain
from whipcount.modeling.voices import Mark, find_marks
from whipcount.reading.quotes import quotations
from whipcount.schema import FULL, KINDS, RESERVED_ACTORS, Article, Mention, Span

SENTENCE_TOKEN = "[S]"
QUOTATION_TOKEN = "[Q]"
ROSTER_SHARE = 0.5
MAX_CACHED = 100_000
CUT = "sentences cut to the window"


def slot_token(slot: int) -> str:
    """Return the token of a slot."""
    return f"[A{slot}]"


def add_tokens(tokenizer: PreTrainedTokenizerBase, n_slots: int, speaker_slots: bool = False) -> None:
    """Add the sentence token and ``n_slots`` slot tokens to a tokenizer, with ``speaker_slots`` the quotation token besides."""
    quotation = [QUOTATION_TOKEN] if speaker_slots else []
    tokenizer.add_tokens([SENTENCE_TOKEN, *map(slot_token, range(n_slots)), *quotation], special_tokens=True)


@dataclass(frozen=True)
class Window:
    """What the encoder reads at once, and where things stand in it.

    ``actors`` are roster positions (``Article.roster``) in the order of the window's roster; ``roster_tokens`` the token
    position of each one's slot. ``sentences`` are the indices of the scored sentences and ``sentence_tokens`` the range
    of token positions of each, its sentence token first; ``word_chars`` says for each of these tokens where in the article's
    text it starts, -1 for markers. ``mention_tokens`` are (token position, index into ``actors``). ``standing`` says for each
    scored sentence and actor where the text names it (``cues.name_standing``, plus ``N_PLACES`` where a quotation in it is marked as the
    actor's, times kinds), ``cues`` (tokens, actors, 3) for each token of a scored sentence how the actor's names lie to it, see
    ``cues.reference_cues``. ``annotation`` is the article's. ``shown`` are the indices of all sentences that the window holds, its
    context included.
    """

    input_ids: list[int]
    actors: list[int]
    roster_tokens: list[int]
    sentences: list[int]
    sentence_tokens: list[range]
    word_chars: list[list[int]]
    mention_tokens: list[tuple[int, int]]
    standing: list[list[int]]
    cues: list[NDArray[np.int64]]
    annotation: str = FULL
    shown: range = range(0)


@dataclass(frozen=True)
class Sentence:
    """Token ids of a sentence, where in the text each starts (-1 for markers), and (token, roster position) of its names."""

    ids: list[int]
    chars: list[int]
    names: list[tuple[int, int]]


@dataclass
class Encoder:
    """Encodes articles with one tokenizer; ``losses`` counts by reason what did not fit. For the rest see ``config.ModelConfig``."""

    tokenizer: PreTrainedTokenizerBase
    max_tokens: int
    n_slots: int
    context_share: float = 0.25
    mention_markers: bool = True
    pronoun_slots: bool = False
    speaker_slots: bool = False
    losses: Counter[str] = field(default_factory=Counter)
    _cache: dict[str, tuple[list[int], list[int]]] = field(default_factory=dict, repr=False)

    def encode(self, article: Article, variation: Variation | None = None, scored: Sequence[int] | None = None) -> list[Window]:
        """Return windows that together score each sentence of ``scored`` (default: all) exactly once.

        A window is cut at sentence boundaries and starts with preceding sentences as context. What cannot fit is counted
        in ``losses``: actors beyond the slots or half of the window (those with the fewest mentions in the text go first), the
        end of a sentence that is longer than a window.
        """
        variation = variation or plain(article)
        mentions = mentions_by_sentence(article)
        variation = self._fit_roster(article, variation, Counter(article.position(m.actor) for found in mentions for m in found))
        if not variation.slots:
            variation = in_order(variation, (mention for found in mentions for mention in found), article)
        slot_of = dict(zip(variation.actors, variation.slots, strict=True))
        prefix, roster_tokens = self._encode_roster(article, variation, slot_of)
        budget = self.max_tokens - len(prefix) - 1
        marks = find_marks(article, mentions, self)
        units = []
        for index, found in enumerate(mentions):
            unit = self._encode_sentence(article, index, [*marks[index], *found], slot_of, variation)
            if len(unit.ids) > budget:
                self.losses[CUT] += 1
                unit = Sentence(unit.ids[:budget], unit.chars[:budget], [name for name in unit.names if name[0] < budget])
            units.append(unit)
        shown = [article.roster[actor] for actor in variation.actors]
        places = name_standing([[m.actor for m in found] for found in mentions], [actor.id for actor in shown])
        for row, marked in zip(places, marks, strict=True):
            speakers = {mark.actor for mark in marked if mark.speaks}
            row[:] = [place + N_PLACES * (actor.id in speakers) for place, actor in zip(row, shown, strict=True)]
        standing = [[place * len(KINDS) + KINDS.index(actor.kind) for place, actor in zip(row, shown, strict=True)] for row in places]
        quoted = quotations(article.text)  # find_quotations finds more, but the saved models have learnt their cues with these
        names = list_names([(mention, index) for index, found in enumerate(mentions) for mention in found], shown, quoted)
        wanted = set(range(len(units)) if scored is None else scored)
        windows = []
        for first, start, stop in cut_windows([len(unit.ids) for unit in units], budget, self.context_share):
            ids = list(prefix)
            shown_here = range(first, stop)
            window = Window(ids, list(variation.actors), list(roster_tokens), [], [], [], [], [], [], article.annotation, shown_here)
            for index in shown_here:
                unit = units[index]
                if index >= start and index in wanted:
                    window.sentences.append(index)
                    window.sentence_tokens.append(range(len(ids), len(ids) + len(unit.ids)))
                    window.word_chars.append(unit.chars)
                    window.mention_tokens.extend((len(ids) + token, variation.actors.index(actor)) for token, actor in unit.names)
                    window.standing.append(standing[index])
                    window.cues.append(reference_cues(unit.chars, index, names, shown, quoted))
                ids.extend(unit.ids)
            ids.append(self._special("sep"))
            if window.sentences:
                windows.append(window)
        return windows

    def _fit_roster(self, article: Article, variation: Variation, n_mentions: Counter[int]) -> Variation:
        room = int(self.max_tokens * ROSTER_SHARE)
        reserved = len(RESERVED_ACTORS)
        order = sorted(variation.actors, key=lambda actor: (actor >= reserved, -n_mentions[actor], article.roster[actor].name))
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
        return replace(variation, actors=actors, slots=tuple(range(len(actors))) if variation.slots else ())

    def _encode_roster(self, article: Article, variation: Variation, slot_of: dict[int, int]) -> tuple[list[int], list[int]]:
        ids, positions = [self._special("cls")], []
        for actor in variation.actors:
            positions.append(len(ids))
            ids.append(self._token(slot_token(slot_of[actor])))
            name = variation.renamed[actor].full if actor in variation.renamed else article.roster[actor].name
            ids += [self._special("mask")] if actor in variation.masked else self._ids(name)
        return [*ids, self._special("sep")], positions

    def _encode_sentence(
        self, article: Article, index: int, found: Sequence[Mark | Mention], slot_of: Mapping[int, int], variation: Variation
    ) -> Sentence:
        span = article.sentences[index]
        sentence = Sentence([self._token(SENTENCE_TOKEN)], [-1], [])
        hidden = index in variation.hidden

        def read(start_char: int, end_char: int, hidden: bool) -> None:
            ids, starts = self._tokenize(article.text[start_char:end_char])
            sentence.ids.extend([self._special("mask")] * len(ids) if hidden else ids)
            sentence.chars.extend(start_char + start for start in starts)

        def mark(*tokens: str) -> None:
            sentence.ids.extend(map(self._token, tokens))
            sentence.chars.extend([-1] * len(tokens))

        done = span.start_char
        for mention in sorted(found, key=lambda one: one.start_char):
            actor = article.position(mention.actor)
            if actor not in slot_of:
                continue
            read(done, mention.start_char, hidden)
            done, slot = mention.start_char, slot_token(slot_of[actor])
            if isinstance(mention, Mark):
                mark(*([QUOTATION_TOKEN] if mention.speaks else []), slot)
                continue
            first = len(sentence.ids)
            if self.mention_markers:
                mark(slot)
            if actor in variation.masked or actor in variation.renamed:
                name = variation.renamed.get(actor)
                other = [self._special("mask")] if name is None else self._ids(name.full if mention.why == "name" else name.short)
                sentence.ids.extend(other)
                sentence.chars.extend([mention.start_char] * len(other))
            else:
                read(mention.start_char, mention.end_char, hidden=False)
            sentence.names.extend((token, actor) for token in range(first, len(sentence.ids)))
            done = mention.end_char
        read(done, span.end_char, hidden)
        return self._blank(sentence, variation.blanked) if variation.blanked else sentence

    def _blank(self, sentence: Sentence, blanked: Sequence[Span]) -> Sentence:
        mask = self._special("mask")
        ids = [
            mask if any(span.start_char <= char < span.end_char for span in blanked) else token
            for token, char in zip(sentence.ids, sentence.chars, strict=True)
        ]
        return replace(sentence, ids=ids)

    def _ids(self, text: str) -> list[int]:
        return self._tokenize(text)[0]

    def _tokenize(self, text: str) -> tuple[list[int], list[int]]:
        """Return token ids of a text, and where in it each starts."""
        if text not in self._cache:
            if len(self._cache) >= MAX_CACHED:
                self._cache.clear()
            # a text that happens to hold "[S]" or "[SEP]" must not pass for a marker
            read = self.tokenizer(
                text, add_special_tokens=False, split_special_tokens=True, return_offsets_mapping=True, verbose=False
            )  # fmt: skip
            self._cache[text] = read["input_ids"], [start for start, _ in read["offset_mapping"]]
        return self._cache[text]

    def _token(self, token: str) -> int:
        found = self.tokenizer.convert_tokens_to_ids(token)
        assert isinstance(found, int)
        return found

    def _special(self, name: str) -> int:
        return int(getattr(self.tokenizer, f"{name}_token_id"))


def make_encoder(tokenizer: PreTrainedTokenizerBase, config: Any) -> Encoder:
    """Return the encoder of a ``config.ModelConfig`` or of a saved model's configuration."""
    shown = config.mention_markers, config.pronoun_slots, config.speaker_slots
    return Encoder(tokenizer, config.max_tokens, config.n_slots, config.context_share, *shown)


def cut_windows(lengths: Sequence[int], budget: int, context_share: float) -> list[tuple[int, int, int]]:
    """Return (first, start, stop) of windows: sentences ``start:stop`` are scored, ``first:start`` are their context.

    Args:
        lengths: tokens of each sentence, none above ``budget``.
        budget: tokens that a window can hold.
        context_share: most of the budget that context may take.
    """
    windows, start = [], 0
    while start < len(lengths):
        room, first = budget, start
        while start > 0 and first > 0 and lengths[first - 1] <= room - budget * (1 - context_share):
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
