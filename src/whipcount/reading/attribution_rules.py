"""Find who is said to say, think or judge what, by rules over spaCy's parse: no training, and no model's word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from whipcount.reading.attributions import Attribution, merged
from whipcount.reading.cues import CUE_FORMS, CUE_NOUNS, JUDGING_FORMS, QUOTING_FORMS, SAYING_FORMS
from whipcount.reading.denials import denied
from whipcount.reading.noun_cues import of_noun
from whipcount.reading.parsing import Paragraph
from whipcount.reading.quotes import Quoted, find_quotations
from whipcount.reading.ranges import EDGES, FINAL, subtree, tells_when, trimmed, widened, words_range
from whipcount.reading.tags import UNFINISHED, goes_on, has_own, late_subject, tags
from whipcount.schema import Span

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

SUBJECTS = ("nsubj", "nsubjpass", "csubj")
INVERTED = {"said", "says", "wrote", "writes"}
"""Verbs of saying that may stand before whoever speaks, within what is said."""
BEFORE_CUE = ("aux", "auxpass", "neg", "advmod")
"""What belongs to a cue where it stands right before the verb: "has also said"."""
OBJECTS = ("dobj", "dative", "oprd", "prep", "xcomp", "ccomp", "attr", "acomp")
CLOSE = re.compile(r"[\s,:;–—-]*(?:that\s+)?")
"""What may part a cue or its source from a quotation."""
REST = re.compile(r"(?:(?!(?<!\bM[rs])(?<!\bMrs)(?<!\bDr)[.!?]\s+[A-Z])[^“”\"\n]){0,120}[.,:;–—-][^\S\n]*")
"""What may part a cue or its source from the rest of a quotation that it interrupts: no other sentence."""
ADDRESS = re.compile(r"[^.!?\n“”\"]{0,80}[,:]\s*")
"""Whom or where something is told, between the verb and the quotation: "told the board on Monday: “…”"."""
SELF = ("i", "we", "you")
IMPERSONAL = ("appears", "appeared", "seems", "seemed")
WITNESSED = ("heard", "overheard", "said", "reported", "known")
"""Passives whose subject does what follows: "she was heard to call it a farce"."""
CONTROLLED = ("by", "in", "before", "after", "while", "without")
"""Prepositions after which a verb has the subject of the clause: "opened the session by denouncing it"."""
ACCORDING = (["according", "to"], ["in", "the", "words", "of"])
"""What stands before whoever says a whole sentence."""
BY = re.compile(r"\s+by\s+\Z")


def find_attributions(text: str, paragraphs: Sequence[Paragraph]) -> tuple[Attribution, ...]:
    """Return the attributions of a text in the order of their cues.

    A cue is a verb of saying, thinking or judging with its auxiliaries, or "according to" or "in the words of"; its source the verb's
    subject, or the agent of a passive; its content the clause or, of verbs that judge, the object that depends on it, and the quotation
    beside it.

    Args:
        text: clean text.
        paragraphs: of the text, as ``parsing.parse`` gives them.
    """
    quoted = Quoted(find_quotations(text))
    found = [one for paragraph in paragraphs for one in _of_paragraph(text, paragraph, quoted)]
    return tuple(sorted(found, key=lambda one: (one.cue[0].start_char, one.content[0].start_char)))


def _of_paragraph(text: str, paragraph: Paragraph, quoted: Quoted) -> Iterator[Attribution]:
    doc = paragraph.doc
    for token in doc:
        found = None
        if (token.pos_ == "VERB" and token.lower_ in CUE_FORMS) or tags(
            text, paragraph, token, quoted.at(paragraph.start_char + token.idx)
        ):
            found = _of_verb(text, paragraph, token, quoted)
        elif n_words := next((len(words) for words in ACCORDING if doc[token.i : token.i + len(words)].text.lower().split() == words), 0):
            found = _according(text, paragraph, token, n_words, quoted)
        elif token.pos_ == "NOUN" and token.lower_ in CUE_NOUNS:
            found = of_noun(text, paragraph, token, quoted)
        if found:
            yield found


def _of_verb(text: str, paragraph: Paragraph, verb: Token, quoted: Quoted) -> Attribution | None:
    cue = _cue(paragraph, verb)
    near = quoted.at(cue.start_char)
    late = late_subject(text, paragraph, verb, near)
    subject = late or subject_of(verb)
    if subject is not None and subject.lower_ in SELF and quoted.holds(cue.start_char):
        return None  # a speaker's own words, said to be said already
    if subject is None and verb.tag_ == "VBN" and _is_bare(verb):
        return None  # nobody is told to have asked
    source, rest = _source(text, paragraph, subject, cue, quoted) if subject is not None else (None, None)
    start_char, end_char = cue.start_char, cue.end_char
    if source and source.end_char <= cue.start_char and _near(verb, subject):
        start_char = source.start_char
    elif source and source.start_char >= cue.end_char and (late or _near(verb, subject)):
        end_char = source.end_char
    speaks = late or verb.lower_ not in CUE_FORMS - SAYING_FORMS - QUOTING_FORMS
    content = _beside(text, paragraph, start_char, end_char, near) if speaks else []
    clause = _clause(text, paragraph, verb, cue, quoted) if verb.lower_ in CUE_FORMS - QUOTING_FORMS else None
    if clause and not content:
        content = [clause]
    elif clause and clause.end_char <= content[0].start_char:
        parted = text[clause.end_char : content[0].start_char].strip() in (":", ",", "")
        content = [clause, *content] if parted else [clause]
    elif not content and verb.dep_ == "parataxis" and source and verb.lower_ in SAYING_FORMS:
        content = _around(text, paragraph, verb, cue, quoted)
    elif not content and verb.lower_ in JUDGING_FORMS | SAYING_FORMS:
        cue, content = _object(text, paragraph, verb, cue, quoted)
    if source:
        content = [_before_agent(text, span, source) for span in content]
        content = [span for span in content if span.end_char <= source.start_char or span.start_char >= source.end_char]
        content += [rest] if rest and content else []
    if not content or (denied(verb) and any(quoted.touching(span.start_char + 1, span.end_char) for span in content)):
        return None
    return Attribution((cue,), merged(content), (source,) if source else ())


def _cue(paragraph: Paragraph, verb: Token) -> Span:
    first = last = verb.i
    left = {child.i for child in verb.lefts if child.dep_ in BEFORE_CUE}
    while first - 1 in left:
        first -= 1
    while first < verb.i and verb.doc[first].dep_ == "advmod" and verb.doc[first].lower_ in ("when", "where", "how", "why"):
        first += 1
    if last + 1 < len(verb.doc) and verb.doc[last + 1].dep_ == "prt" and verb.doc[last + 1].head == verb:
        last += 1
    return paragraph.span(first, last + 1)


def subject_of(verb: Token) -> Token | None:
    """Return the head word of whoever says it; None where the text names nobody."""
    if inverted := _inverted(verb):
        return inverted
    seen = verb
    for _ in range(4):
        if seen != verb and seen.lower_ in WITNESSED and (witnessed := [c for c in seen.children if c.dep_ == "nsubjpass"]):
            return witnessed[0]
        passive = any(child.dep_ == "auxpass" and child.lower_ not in ("'s", "’s") for child in seen.children)
        if passive or (seen.tag_ == "VBN" and (seen.dep_ == "acl" or _is_bare(seen))):
            ends = [seen, *(child for child in seen.children if child.dep_ == "oprd")]
            by = [child for end in ends for child in end.rights if child.dep_ == "agent" or (child.dep_ == "prep" and child.lower_ == "by")]
            return next((end for child in by for end in child.children if end.dep_ == "pobj"), None)
        subjects = [child for child in seen.children if child.dep_ in SUBJECTS]
        if subjects:
            return None if subjects[-1].lower_ == "it" and seen.lower_ in IMPERSONAL else subjects[-1]
        if seen.dep_ == "acl":
            return seen.head
        if seen.dep_ == "pcomp" and seen.head.lower_ == "as":  # "quoted Quill as saying"
            return next((child for child in seen.head.head.children if child.dep_ in ("dobj", "nsubjpass")), None)
        if seen.dep_ == "pcomp" and seen.head.lower_ in CONTROLLED:
            seen = seen.head
        elif seen.dep_ not in ("conj", "advcl", "xcomp", "ccomp") or seen.head == seen:
            return None
        seen = seen.head
    return None


def _is_bare(verb: Token) -> bool:
    """Whether a verb opens a clause without a subject or an auxiliary: "Asked about the strike, Quill left"."""
    return verb.dep_ == "advcl" and not any(child.dep_ in ("aux", "auxpass", "mark", *SUBJECTS) for child in verb.children)


def _inverted(verb: Token) -> Token | None:
    """Return who says it right after the verb, between commas: "Quill, said the mayor, is late", whatever the parser makes of "Quill"."""
    doc = verb.doc
    if verb.lower_ not in INVERTED or not verb.i or doc[verb.i - 1].text != ",":
        return None
    for child in verb.rights:
        end = child.right_edge.i + 1
        if child.left_edge.i == verb.i + 1 and child.pos_ in ("NOUN", "PROPN", "PRON") and end < len(doc) and doc[end].text == ",":
            return child
    return None


def _source(text: str, paragraph: Paragraph, subject: Token, cue: Span, quoted: Quoted) -> tuple[Span, Span | None]:
    """Return the words of a subject, and those of an agent that belong to the verb: "was accused by Frost | of “theft”"."""
    whole = subtree(paragraph, subject)
    if subject.dep_ == "pobj":
        names = [child for child in subject.head.head.rights if child.pos_ == "PROPN" and child.left_edge.i == subject.right_edge.i + 2]
        ends = [subtree(paragraph, child) for word in (subject, *names) for child in word.rights if child.dep_ == "prep"]
        if cut := next((end for end in ends if quoted.touching(end.start_char + 1, end.end_char)), None):
            return trimmed(text, Span(whole.start_char, cut.start_char)), widened(cut, cue, quoted)
    return trimmed(text, whole), None


def _before_agent(text: str, content: Span, source: Span) -> Span:
    """Return content without the agent that it ends with: "was called “a coward” by Quill"."""
    agent = BY.search(text, content.start_char, source.start_char)
    return Span(content.start_char, agent.start()) if agent and source.end_char <= content.end_char else content


def _near(verb: Token, subject: Token | None) -> bool:
    return subject is not None and subject.head == verb


def _clause(text: str, paragraph: Paragraph, verb: Token, cue: Span, quoted: Quoted) -> Span | None:
    """Return the clause that depends on a verb, with the object that is its subject: "urged them to go"."""
    clauses = [child for child in verb.children if child.dep_ == "ccomp" or (child.dep_ == "xcomp" and child.i > verb.i)]
    if not clauses or clauses[-1].left_edge.i <= verb.i <= clauses[-1].right_edge.i:
        return None
    clause = clauses[-1]
    first = clause.left_edge.i
    if not any(child.dep_ in SUBJECTS for child in clause.children):
        first = min([first, *(child.left_edge.i for child in verb.rights if child.dep_ == "dobj" and child.i < first)])
    return words_range(text, paragraph, first, clause.right_edge.i, cue, quoted)


def _around(text: str, paragraph: Paragraph, verb: Token, cue: Span, quoted: Quoted) -> list[Span]:
    """Return the two parts of the clause that a verb with its source interrupts: "the vote, she said, was lost"."""
    first, last = verb.left_edge.i, verb.right_edge.i
    left, right = verb.head.left_edge.i, verb.head.right_edge.i
    if not left < first <= last < right:
        return []
    parts = [words_range(text, paragraph, left, first - 1, cue, quoted), words_range(text, paragraph, last + 1, right, cue, quoted)]
    return parts if all(_words(text, part).strip(EDGES + FINAL) for part in parts) else []


def _object(text: str, paragraph: Paragraph, verb: Token, cue: Span, quoted: Quoted) -> tuple[Span, list[Span]]:
    """Return the cue of a verb, with a preposition that follows it ("called for"), and its object and what belongs to that.

    The object of a passive is its subject: "the board was criticised for the delay".
    """
    ends = [child for child in verb.rights if child.dep_ in OBJECTS and not tells_when(child)]
    passive = [child for child in verb.lefts if child.dep_ == "nsubjpass" and child.right_edge.i < verb.i]
    if not passive and not any(child.dep_ in ("dobj", "prep", "oprd") for child in ends):
        return cue, []
    content = [words_range(text, paragraph, child.left_edge.i, child.right_edge.i, cue, quoted) for child in passive]
    if ends:
        first, last = ends[0].left_edge.i, max(child.right_edge.i for child in ends)
        if not passive and ends[0].dep_ == "prep" and first == verb.i + 1 and ends[0].right_edge.i > first:
            cue = Span(cue.start_char, paragraph.span(first, first + 1).end_char)
            first, last = first + 1, ends[0].right_edge.i
        content.append(words_range(text, paragraph, first, last, cue, quoted))
    return cue, content


def _beside(text: str, paragraph: Paragraph, start_char: int, end_char: int, quoted: Quoted) -> list[Span]:
    """Return the quotations right before and right after a cue with its source."""
    before, after = quoted.before(start_char), quoted.after(end_char)
    content: list[Span] = []
    if before and CLOSE.fullmatch(text, before[-1].end_char, start_char) and goes_on(text, before, UNFINISHED):
        content += before
    if after:
        start = after[0].start_char
        if content:
            continues = bool(REST.fullmatch(text, end_char, start)) and not has_own(text, paragraph, after, quoted)
        else:
            addressed = ADDRESS.fullmatch(text, end_char, start) and not _has_clause(paragraph, end_char, start)
            continues = bool(addressed or CLOSE.fullmatch(text, end_char, start))
        if continues:
            content += after
    return content


def _has_clause(paragraph: Paragraph, start_char: int, end_char: int) -> bool:
    """Whether a subject and its verb stand between two places: who says what follows them."""
    words = paragraph.doc.char_span(start_char - paragraph.start_char, end_char - paragraph.start_char, alignment_mode="contract")
    return words is not None and any(token.dep_ in SUBJECTS and token.i < token.head.i < words.end for token in words)


def _according(text: str, paragraph: Paragraph, token: Token, n_words: int, quoted: Quoted) -> Attribution | None:
    """Return "according to", so many words, with the quotation right after it, or with what the rest of its sentence says."""
    doc: Doc = token.doc
    preposition = doc[token.i + n_words - 1]
    ends = [child for child in preposition.children if child.dep_ == "pobj"]
    if not ends:
        return None
    cue, source = paragraph.span(token.i, token.i + n_words), subtree(paragraph, ends[0])
    if pieces := quoted.touching(source.start_char + 1, source.end_char):
        source = Span(source.start_char, max(pieces[0].start_char, source.start_char + 1))
    source = trimmed(text, source)
    sentence = token.sent
    whole = paragraph.span(sentence.start, sentence.end)
    sides = [(whole.start_char, cue.start_char), (source.end_char, whole.end_char)]
    after = quoted.after(source.end_char)
    if after and not text[source.end_char : after[0].start_char].strip(EDGES + ","):
        return Attribution((cue,), after, (source,))
    if doc[sentence.start].dep_ == "cc" and sentence.start + 1 == token.i:  # "But according to Quill, …"
        del sides[0]
    content = next((Span(*side) for side in sides if text[slice(*side)].strip(EDGES + FINAL)), None)
    return Attribution((cue,), (trimmed(text, content),), (source,)) if content else None


def _words(text: str, span: Span) -> str:
    return text[span.start_char : span.end_char]
