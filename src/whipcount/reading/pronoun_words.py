"""Find the pronouns of a text that may mean an actor, each with what stands around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whipcount.reading.parsing import Paragraph
from whipcount.reading.places import MAX_CLIMB, Grammar, Place
from whipcount.reading.quotes import last_begun
from whipcount.reading.roles import SPEECH_VERBS
from whipcount.schema import Span

if TYPE_CHECKING:
    from spacy.tokens import Token

HE = {"he", "him", "his", "himself"}
SHE = {"she", "her", "hers", "herself"}
THEY = {"they", "them", "their", "theirs", "themselves"}
IT = {"it"}
ITS = {"its", "itself"}
SELF = {"i", "me", "my", "mine", "myself"}
RELATIVE = {"who", "whom", "whose"}
FORMS = HE | SHE | THEY | IT | ITS | SELF | RELATIVE


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A pronoun of the text.

    Attributes:
        subject: whether it is the subject of a clause.
        verb: of that clause.
        noun: where the word stands that the clause of "who" or "whose" describes, -1 where there is none.
        beside: see ``antecedents.describe``.
        own: see ``antecedents.apart``.
        owned: what it owns, in small letters: "chair" of "its chair"; else empty.
        after_plural: of "they" whether a plural noun stands before it, in its sentence or the one before.
    """

    word: str
    start_char: int
    end_char: int
    sentence: int
    subject: bool
    verb: str
    noun: int
    quoted: bool
    place: Place
    beside: bool
    own: bool
    owned: str
    after_plural: bool

    @property
    def gender(self) -> str:
        """The gender it tells: "m" for "he", "f" for "she", else nothing."""
        return "m" if self.word in HE else "f" if self.word in SHE else ""


def find_pronouns(text: str, paragraphs: Sequence[Paragraph], grammar: Grammar, quotes: Sequence[Span]) -> list[Pronoun]:
    """Return the pronouns of a text in its order.

    Args:
        text: that the offsets are of.
        paragraphs: of the text.
        grammar: of the text.
        quotes: its quotations, as ``quotes.quotations`` gives them.
    """
    found = []
    for paragraph in paragraphs:
        for token in paragraph.doc:
            word = token.text.lower()
            if word not in FORMS or token.tag_ not in ("PRP", "PRP$", "WP", "WP$"):
                continue
            start_char = paragraph.start_char + token.idx
            subject, verb = token.dep_ in ("nsubj", "nsubjpass"), token.head.text.lower()
            noun = _described(token) if word in RELATIVE else None
            quote = last_begun(quotes, start_char)
            quoted = quote is not None and start_char < quote.end_char
            tells = subject and verb in SPEECH_VERBS and not quoted
            place = grammar.place(start_char, start_char + len(word))
            found.append(
                Pronoun(
                    word=word,
                    start_char=start_char,
                    end_char=start_char + len(word),
                    sentence=place.sentence,
                    subject=subject,
                    verb=verb,
                    noun=-1 if noun is None else paragraph.start_char + noun.idx,
                    quoted=quoted,
                    place=place,
                    beside=quote is not None and tells and _follows(text, quote, start_char, verb),
                    own=word.endswith(("self", "selves")) or text.startswith(" own ", start_char + len(word)),
                    owned=token.head.text.lower() if token.tag_ == "PRP$" else "",
                    after_plural=word in THEY and _after_plural(grammar, place),
                )
            )
    return found


def first_persons(paragraphs: Sequence[Paragraph]) -> list[Span]:
    """Return where a text has "I" or one of its forms, in order."""
    return [
        paragraph.span(token.i, token.i + 1)
        for paragraph in paragraphs
        for token in paragraph.doc
        if token.lower_ in SELF and token.tag_ in ("PRP", "PRP$")
    ]


def _follows(text: str, quote: Span, char: int, verb: str) -> bool:
    """Return whether nothing but the verb stands between a quotation and a place."""
    return text[quote.end_char : char].strip(" ,").lower() in ("", verb)


def _after_plural(grammar: Grammar, place: Place) -> bool:
    for word in range(place.first - 1, -1, -1):
        if grammar.sentence(word) < place.sentence - 1:
            break
        if grammar.tokens[word][1].tag_ in ("NNS", "NNPS"):
            return True
    return False


def _described(relative: Token) -> Token | None:
    """Return the word that the clause of "who" describes: the name in "Quill, an auditor who lost and who paid", in "Quill is one who"."""
    noun = relative
    for _ in range(MAX_CLIMB):
        noun, clause = noun.head, noun.head.dep_
        if clause == "relcl":
            noun = noun.head
            if noun.dep_ == "attr":
                return next((child for child in noun.head.children if child.dep_ == "nsubj"), noun)
            return noun.head if noun.dep_ == "appos" else noun
    return None
