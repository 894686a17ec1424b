"""The words of a text that a stance rests on."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

from whipcount.reading.attributions import Attribution
from whipcount.schema import Evidence, Mention, Span


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


def evidence_of(
    sentence: Span, speaker: Sequence[Mention], target: Sequence[Mention], attributions: Sequence[Attribution]
) -> tuple[Evidence, ...]:
    """Return what a stance rests on: who holds it, toward whom, and where words are attributed to the speaker the cue and these words.

    Of several such attributions those whose words name the target count, if any do. Of an end that the sentence does not name it is
    the source of such words, else the last mention before.

    Args:
        sentence: that holds the stance.
        speaker: the speaker's mentions in the whole text, in its order.
        target: likewise.
        attributions: those that reach into the sentence.
    """
    said = [(one, names) for one in attributions if (names := [m for m in speaker if any(_overlap(m, span) for span in one.source)])]
    meant = _inside(sentence, target)
    said = [pair for pair in said if any(_overlap(m, span) for m in meant for span in pair[0].content)] or said
    named = _inside(sentence, speaker) or [names[0] for _, names in said] or _last_before(sentence, speaker)
    found = [Evidence("speaker", mention.start_char, mention.end_char) for mention in named]
    found += [Evidence("target", m.start_char, m.end_char) for m in meant or _last_before(sentence, target)]
    found += [Evidence("cue", span.start_char, span.end_char) for one, _ in said for span in one.cue]
    found += [Evidence("content", span.start_char, span.end_char) for one, _ in said for span in one.content if _overlap(span, sentence)]
    return tuple(dict.fromkeys(found))


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
