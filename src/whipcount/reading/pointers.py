"""What in a text points at who speaks: labels, "that was Quill", "in her words", descriptions, the sentence before."""

from __future__ import annotations

import re
from bisect import bisect_left

from whipcount.reading.denials import in_denial
from whipcount.reading.roles import PERSON_NOUNS
from whipcount.reading.surroundings import TELLING_FORMS, UNKNOWN, Surroundings
from whipcount.schema import Span

LABEL = re.compile(r"\s*(?P<name>[^\s.,;!?“”\"][^.,;!?“”\"\n]{0,60}?)\s*[:–—-]\s*\Z")
"""What a line of an interview starts with: "Quill: “No.”"."""
INNER_LABEL = re.compile(r"[.!?”\"]\s+(?P<name>[^\s.,:;!?“”\"][^.,:;!?“”\"\n]{0,40}?)\s*:\s*\Z")
"""The same within a line."""
POINTS_BACK = re.compile(
    r"\W*(?:(?:this|that|it)\s+(?:was|is|came\s+from)|so(?:\s+(?:says?|said|speaks?|spoke|writes?|wrote|runs?|ran))?|thus|(?:is|was)\s+how|"
    r"(?:came|comes)\s+the\s+voice\s+of|the\s+speaker|"
    r"the\s+(?:words?|voice|sentence|remark)\s+(?:is|are|was|were|belongs?\s+to|belonged\s+to|came\s+(?:not\s+from\s+[^.;]{1,60}?\s+but\s+)?from)|"
    r"the\s+\w+\s+who\s+(?:says?|said|spoke|asked)\s+(?:this|that|it|so))\b",
    re.IGNORECASE,
)
"""How words begin that name a speaker after the quotation: "That was Quill"."""
PAUSE = re.compile(r"[,;:]")
"""What parts a name from words that point back, if the name has nothing to do with them: "It was late, and Quill left"."""
IN_WORDS = re.compile(r"\bin\s+(?P<owner>(?:\w+\s+){0,3}?[\w’']+)\s+(?:own\s+)?words\W*\Z", re.IGNORECASE)
"""What says right before a quotation whose words it gives: "in her words"."""
RELATED = re.compile(r"['’]s?\b|['’]\s|\b(?:of|for|from|to|at|with|by)\b|\bspokes(?:man|woman|person)\b")
"""What makes a description one of somebody else: "Quill's lawyer", "a spokesman"."""
PERSON = re.compile(
    rf"(?:-year-old|\b(?:man|woman|boy|girl|teenager|pensioner|father|mother|democrat|republican|lawmaker|{'|'.join(sorted(PERSON_NOUNS))}))\Z"
)
"""How a description ends that says who somebody is: "the 26-year-old"."""
MAX_LABEL = 80
"""Characters before a quotation in which the label of its line stands."""


def label(places: Surroundings, line_start: int, char: int) -> str | None:
    """Return the actor whose name and a colon stand right before a place, at the start of its line or after a sentence.

    ``UNKNOWN`` where a phrase stands there that names nobody known, None where none does.
    """
    if char - line_start <= MAX_LABEL and (found := LABEL.fullmatch(places.text, line_start, char)):
        return places.labelled(Span(*found.span("name")))
    found = INNER_LABEL.search(places.text, max(line_start, char - MAX_LABEL), char)
    return places.called(found["name"]) or None if found else None


def in_words(places: Surroundings, char: int) -> str:
    """Return the actor in whose words something is said to be put, right before a place."""
    found = IN_WORDS.search(places.text, max(0, char - MAX_LABEL), char)
    named = places.first_mention(found.start("owner"), found.end("owner")) if found else None
    return named.actor if named else UNKNOWN


def denied(places: Surroundings, char: int) -> bool:
    """Whether the words that begin at a place are such as somebody is said not to have said."""
    words = places.words(Span(char, char + 1))
    first = next((token for token in words[0].doc[words[1].start :] if not token.is_punct), None) if words else None
    return first is not None and in_denial(first)


def said_before(places: Surroundings, char: int, start_char: int) -> str:
    """Return who says or judges something, or reacts, in the sentence that ends before a place, if it begins after another one."""
    index = places.sentence_before(char)
    if index < 0 or places.sentence_starts[index] < start_char:
        return UNKNOWN
    for subject in places.subjects(index):
        if (subject.verb_form in TELLING_FORMS or subject.reacts) and not places.quoted.holds(subject.start_char):
            return places.head(subject.phrase)
    return UNKNOWN


def described(places: Surroundings, source: Span, char: int) -> str:
    """Return whom words mean that name no actor: "the 26-year-old" the subject of the sentence before it or its quotation.

    "A nurse" in the first sentence of the text is the subject of the second, where it is named first.
    """
    words = places.text[source.start_char : source.end_char].lower()
    if RELATED.search(words):
        return UNKNOWN
    start_char = min(source.start_char, char)
    own = places.sentence_at(start_char)
    if not own and words.startswith(("a ", "an ")) and len(places.sentences) > 1:
        named = next((places.head(one.phrase) for one in places.subjects(1)), UNKNOWN)
        return named if all(one.actor != named for one in places.mentions if one.start_char < places.sentence_starts[1]) else UNKNOWN
    first = bisect_left(places.starts, source.start_char)
    names = first < len(places.starts) and places.starts[first] < source.end_char
    if names or not words.startswith("the ") or not (PERSON.search(words) or _is_of_nation(places, source)) or own < 1:
        return UNKNOWN
    if places.line(places.sentence_starts[own - 1]) != places.line(start_char):
        return UNKNOWN
    return next((places.head(one.phrase) for one in places.subjects(own - 1)), UNKNOWN)


def _is_of_nation(places: Surroundings, source: Span) -> bool:
    """Whether words call somebody by a nation or a faith: "the Italian"."""
    words = places.words(source)
    return words is not None and words[1].root.ent_type_ == "NORP" and words[1].root.tag_ not in ("NNS", "NNPS")


def named_after(places: Surroundings, char: int) -> str:
    """Return whom the words after a place name, if they say that theirs are the words before it: "That was Quill"."""
    pointing = POINTS_BACK.match(places.text, char)
    if pointing is None or places.quoted.holds(pointing.end() - 1):
        return UNKNOWN
    sentence = places.sentence_before(pointing.end())
    named = places.first_mention(pointing.end(), places.sentences[sentence][0].end_char if sentence >= 0 else char)
    if named is None or places.quoted.holds(named.start_char):
        return UNKNOWN
    words = places.words(named)
    straight = not PAUSE.search(places.text, pointing.end(), named.start_char)
    return named.actor if straight or (words and words[1].root.dep_ == "appos") else UNKNOWN


def told_of(places: Surroundings, quotation: Span) -> str:
    """Return the author of the writing that is the subject of the sentence before a quotation, on the same line or the one before."""
    index = places.sentence_before(quotation.start_char)
    line = places.line(quotation.start_char)
    opens = not places.text[line[0] : quotation.start_char].strip()
    if index < 0 or (places.line(places.sentence_starts[index]) != line and not opens):
        return UNKNOWN
    return next((author for subject in places.subjects(index) if (author := places.writings.author(subject.phrase))), UNKNOWN)
