"""The words of a text that a stance rests on."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from whipcount.reading.attributions import Attribution
from whipcount.reading.surroundings import Surroundings
from whipcount.schema import Evidence, Mention, Span, Utterance


def attributions_by_sentence(sentences: Sequence[Span], attributions: Sequence[Attribution]) -> dict[int, list[Attribution]]:
    """Return for each sentence, by its index, the attributions whose cue or content reaches into it.

    Args:
        sentences: of the text, in order.
        attributions: of the text.
    """
    ends = [sentence.end_char for sentence in sentences]
    found: dict[int, list[Attribution]] = defaultdict(list)
    for one in attributions:
        touched: set[int] = set()
        for span in (*one.cue, *one.content):
            index = bisect_left(ends, span.start_char + 1)
            while index < len(sentences) and sentences[index].start_char < span.end_char:
                touched.add(index)
                index += 1
        for index in sorted(touched):
            found[index].append(one)
    return found


def with_heads(attributions: Iterable[Attribution], places: Surroundings) -> list[Attribution]:
    """Return attributions whose source is the name of whom it names alone; empty where that is no actor: "Quill's lawyer" is not Quill."""
    heads = ((one, places.head_mention(one.source[0]) if one.source else None) for one in attributions)
    return [replace(one, source=(Span(head.start_char, head.end_char),) if head else ()) for one, head in heads]


def evidence_of(
    sentence: Span,
    speaker: Sequence[Mention],
    target: Sequence[Mention],
    attributions: Sequence[Attribution],
    utterances: Iterable[Utterance] = (),
) -> tuple[Evidence, ...]:
    """Return what a stance rests on: who holds it, toward whom, and where words are attributed to the speaker the cue and these words.

    Of several such attributions those whose words name the target count, if any do. Of an end that the sentence does not name it is
    the source of such words, else the last mention before.

    Args:
        sentence: that holds the stance.
        speaker: the speaker's mentions in the whole text, in its order.
        target: likewise.
        attributions: those that reach into the sentence, as ``with_heads`` gives them.
        utterances: the speaker's, in the whole text; those count that no attribution tells of.
    """
    said = [
        _Said(one.cue, one.content, names[0])
        for one in attributions
        if (names := [m for m in speaker if any(_overlap(m, span) for span in one.source)])
    ]
    unnamed = [one for one in attributions if not one.source]
    for one in utterances if speaker else ():
        told = any(_overlap(span, piece) for other in said for span in other.content for piece in one.spans)
        if not told and any(_overlap(piece, sentence) for piece in one.spans):
            cue = [span for other in unnamed if any(_overlap(s, p) for s in other.content for p in one.spans) for span in other.cue]
            said.append(_Said(cue, one.spans, _nearest(one.spans, speaker)))
    meant = _inside(sentence, target)
    said = [one for one in said if any(_overlap(m, span) for m in meant for span in one.content)] or said
    named = _inside(sentence, speaker) or [one.source for one in said] or _last_before(sentence, speaker)
    found = [Evidence("speaker", mention.start_char, mention.end_char) for mention in named]
    found += [Evidence("target", m.start_char, m.end_char) for m in meant or _last_before(sentence, target)]
    found += [Evidence("cue", span.start_char, span.end_char) for one in said for span in one.cue]
    found += [Evidence("content", span.start_char, span.end_char) for one in said for span in one.content if _overlap(span, sentence)]
    return tuple(dict.fromkeys(found))


class _Said(NamedTuple):
    """Words that the speaker says, with what tells so and the mention of the speaker there."""

    cue: Sequence[Span]
    content: Sequence[Span]
    source: Mention


def _nearest(spans: Sequence[Span], mentions: Sequence[Mention]) -> Mention:
    """Return the mention that is nearest to what is said, outside of it if there is one."""
    first, last = spans[0].start_char, spans[-1].end_char
    outside = [m for m in mentions if not any(_overlap(m, span) for span in spans)]
    return min(outside or mentions, key=lambda m: max(first - m.end_char, m.start_char - last))


def _overlap(one: Span | Mention, other: Span) -> bool:
    return one.start_char < other.end_char and other.start_char < one.end_char


def _inside(sentence: Span, mentions: Sequence[Mention]) -> list[Mention]:
    first, after = (
        bisect_left(mentions, char, key=lambda mention: mention.start_char) for char in (sentence.start_char, sentence.end_char)
    )
    return [*mentions[first:after]]


def _last_before(sentence: Span, mentions: Sequence[Mention]) -> list[Mention]:
    first = bisect_left(mentions, sentence.start_char, key=lambda mention: mention.start_char)
    return [*mentions[max(0, first - 1) : first]]
