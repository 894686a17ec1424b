"""Readings made by hand, of disputes about a ferry with invented people, and arbitrary readings."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import strategies as st

from whipcount.schema import EVIDENCE_ROLES, RESERVED_IDS, Actor, Evidence, FoundStance, Mention, Reading, Span

HEADING = "Ferry board splits over plan to drop the night boat\n\n"
BYLINE = "By Ines Marrow\nUpdated 14 May 2024, 17:20\n\n"
MORE = "More from the harbour\nTen walks along the north shore\nSign up for our newsletter\n\n"
CAPTION = "The Marten at its winter berth. Photograph: Shore Courier\n"
PARAGRAPHS = (
    (
        "Ada Quill, who chairs the Skerry Ferry Board, accused the finance director Tobias Renn on Tuesday of hiding the cost of the "
        "night boat from islanders.",
        "“We were handed a page with half the figures missing,” she said.",
    ),
    (
        "Renn told the meeting that Quill had signed off every line of it in March.",
        "He praised the Islanders’ Association for asking “the questions the chair never did”.",
    ),
    (
        "The association’s secretary, Maud Fenwick, was not won over.",
        "“Mr Renn flatters us and then cuts our only boat after nine,” Fenwick said, and she called on the board to dismiss him.",
    ),
    (
        "Deck crews have backed the chair from the start.",
        "Jonas Okafor, for the Deckhands’ Union, thanked Quill for refusing to sign the roster and said the union would strike beside the "
        "association if the boat went.",
        "He dismissed the consultants from Larch & Vane as people “who have never tied a rope”.",
    ),
    (
        "Larch & Vane did not reply to questions.",
        "Its report, leaked last week, commends Renn’s “discipline” and says that the union has resisted every saving.",
    ),
    (
        "Provost Elin Strand met both sides on Wednesday.",
        "Strand, once a deckhand, defended Okafor against the report, though she would not say whether she still trusted Quill.",
    ),
    (
        "The board votes on Friday.",
        "In this newspaper’s view it should keep the night boat and Ada Quill with it.",
    ),
)
ACTORS = (
    Actor("quill", "Ada Quill", "person"),
    Actor("renn", "Tobias Renn", "person"),
    Actor("board", "Skerry Ferry Board", "organisation"),
    Actor("association", "Islanders’ Association", "organisation"),
    Actor("fenwick", "Maud Fenwick", "person"),
    Actor("union", "Deckhands’ Union", "organisation"),
    Actor("okafor", "Jonas Okafor", "person"),
    Actor("consultants", "Larch & Vane", "organisation"),
    Actor("strand", "Elin Strand", "person"),
)
NAMES = (
    (0, "Ada Quill", "quill", "name"), (0, "Skerry Ferry Board", "board", "name"), (0, "the finance director Tobias Renn", "renn", "name"),
    (1, "We", "board", "pronoun"), (1, "she", "quill", "pronoun"),
    (2, "Renn", "renn", "surname"), (2, "Quill", "quill", "surname"),
    (3, "He", "renn", "pronoun"), (3, "Islanders’ Association", "association", "name"), (3, "the chair", "quill", "role"),
    (4, "The association", "association", "head_word"), (4, "The association’s secretary, Maud Fenwick", "fenwick", "name"),
    (5, "Mr Renn", "renn", "surname"), (5, "us", "association", "pronoun"), (5, "Fenwick", "fenwick", "surname"),
    (5, "she", "fenwick", "pronoun"), (5, "the board", "board", "head_word"), (5, "him", "renn", "pronoun"),
    (6, "Deck crews", "union", "group"), (6, "the chair", "quill", "role"),
    (7, "Jonas Okafor", "okafor", "name"), (7, "Deckhands’ Union", "union", "name"), (7, "Quill", "quill", "surname"),
    (7, "the union", "union", "head_word"), (7, "the association", "association", "head_word"),
    (8, "He", "okafor", "pronoun"), (8, "Larch & Vane", "consultants", "name"),
    (9, "Larch & Vane", "consultants", "name"), (10, "Its", "consultants", "pronoun"), (10, "Renn", "renn", "surname"),
    (10, "the union", "union", "head_word"), (11, "Provost Elin Strand", "strand", "name"), (12, "Strand", "strand", "surname"),
    (12, "Okafor", "okafor", "surname"), (12, "she", "strand", "pronoun"), (12, "Quill", "quill", "surname"),
    (13, "The board", "board", "head_word"), (14, "it", "board", "pronoun"), (14, "Ada Quill", "quill", "name"),
)  # fmt: skip
FOUND = (
    (0, "quill", "renn", (0.02, 0.94, 0.04), (("speaker", 0, "Ada Quill"), ("target", 0, "Tobias Renn"), ("cue", 0, "accused"),
      ("content", 0, "hiding the cost of the night boat"))),
    (1, "quill", "renn", (0.05, 0.71, 0.24), (("speaker", 1, "she"), ("target", 0, "Tobias Renn"),
      ("content", 1, "a page with half the figures missing"))),
    (2, "renn", "quill", (0.06, 0.83, 0.11), (("speaker", 2, "Renn"), ("target", 2, "Quill"), ("cue", 2, "told"))),
    (3, "renn", "association", (0.91, 0.04, 0.05), (("speaker", 3, "He"), ("cue", 3, "praised"),
      ("target", 3, "Islanders’ Association"))),
    (3, "renn", "quill", (0.03, 0.77, 0.20), (("speaker", 3, "He"), ("target", 3, "the chair"),
      ("content", 3, "the questions the chair never did"))),
    (4, "fenwick", "renn", (0.11, 0.48, 0.41), (("speaker", 4, "Maud Fenwick"), ("content", 4, "not won over"), ("target", 3, "He"))),
    (5, "fenwick", "renn", (0.004, 0.992, 0.004), (("speaker", 5, "Fenwick"), ("target", 5, "Mr Renn"),
      ("content", 5, "flatters us and then cuts our only boat"))),
    (5, "association", "renn", (0.08, 0.55, 0.37), (("speaker", 5, "us"), ("target", 5, "Mr Renn"))),
    (6, "union", "quill", (0.96, 0.01, 0.03), (("speaker", 6, "Deck crews"), ("cue", 6, "backed"), ("target", 6, "the chair"))),
    (7, "okafor", "quill", (0.95, 0.02, 0.03), (("speaker", 7, "Jonas Okafor"), ("cue", 7, "thanked"), ("target", 7, "Quill"))),
    (7, "union", "quill", (0.62, 0.07, 0.31), (("speaker", 7, "Deckhands’ Union"), ("target", 7, "Quill"))),
    (7, "union", "association", (0.81, 0.03, 0.16), (("speaker", 7, "the union"),
      ("content", 7, "would strike beside the association"), ("target", 7, "the association"))),
    (7, "okafor", "association", (0.57, 0.05, 0.38), (("speaker", 7, "Jonas Okafor"), ("target", 7, "the association"))),
    (8, "okafor", "consultants", (0.02, 0.93, 0.05), (("speaker", 8, "He"), ("cue", 8, "dismissed"), ("target", 8, "Larch & Vane"),
      ("content", 8, "who have never tied a rope"))),
    (10, "consultants", "renn", (0.88, 0.03, 0.09), (("speaker", 10, "Its"), ("cue", 10, "commends"), ("target", 10, "Renn"))),
    (10, "consultants", "union", (0.05, 0.74, 0.21), (("speaker", 10, "Its"), ("target", 10, "the union"),
      ("content", 10, "resisted every saving"))),
    (12, "strand", "okafor", (0.90, 0.03, 0.07), (("speaker", 12, "Strand"), ("cue", 12, "defended"), ("target", 12, "Okafor"))),
    (12, "strand", "consultants", (0.04, 0.58, 0.38), (("speaker", 12, "Strand"), ("content", 12, "against the report"),
      ("target", 10, "Its"))),
    (12, "strand", "quill", (0.10, 0.46, 0.44), (("speaker", 12, "she"), ("target", 12, "Quill"))),
    (14, "author", "quill", (0.84, 0.04, 0.12), (("target", 14, "Ada Quill"), ("content", 14, "it should keep"))),
)  # fmt: skip


@pytest.fixture(scope="session")
def ferry_reading() -> Reading:
    """Fifteen sentences, nine actors and the author, twenty stances, and furniture before, inside and behind the text."""
    text, sentences, furniture = HEADING, [], []

    def add_furniture(words: str) -> None:
        nonlocal text
        for line in words.splitlines(keepends=True):
            if line.strip():
                furniture.append(Span(len(text), len(text) + len(line.rstrip())))
            text += line

    add_furniture(BYLINE)
    for number, paragraph in enumerate(PARAGRAPHS):
        for sentence in paragraph:
            sentences.append(Span(len(text), len(text) + len(sentence)))
            text += sentence + " "
        text = text.rstrip() + "\n\n"
        if number == 3:
            add_furniture(MORE)
    add_furniture(CAPTION)

    def place(sentence: int, words: str) -> tuple[int, int]:
        start = text.index(words, sentences[sentence].start_char, sentences[sentence].end_char)
        return start, start + len(words)

    return Reading(
        text=text,
        sentences=tuple(sentences),
        furniture=tuple(furniture),
        actors=ACTORS,
        mentions=tuple(Mention(actor, *place(sentence, words), why) for sentence, words, actor, why in NAMES),
        stances=tuple(
            FoundStance(n, speaker, target, p, tuple(Evidence(role, *place(where, words)) for role, where, words in evidence))
            for n, speaker, target, p, evidence in FOUND
        ),
        n_scored=15,
        losses={"stances of or toward an actor outside the roster": 2, "pronouns without an antecedent": 1},
        model={"folder": "minilm-three-corpora", "trained": "4f0c2a91b7de", "whipcount": "0.1.0"},
        id="courier-0514",
        date="2024-05-14",
        title="Ferry board splits over plan to drop the night boat",
        outlet="Shore Courier",
    )


HARBOUR_SENTENCES = (
    "Ada Quill told the Ferry Board that Femi Oduya must go.",
    "Oduya thanked the dockers, and cheered Quill on.",
    "The dockers cheered him.",
    "Sign up for our newsletter!",
)


def spans_of(pieces: tuple[str, ...]) -> tuple[Span, ...]:
    """Return where the pieces stand in a text that joins them by spaces."""
    spans, start = [], 0
    for piece in pieces:
        spans.append(Span(start, start + len(piece)))
        start += len(piece) + 1
    return tuple(spans)


def mention(text: str, actor: str, words: str, why: str = "name") -> Mention:
    start = text.index(words)
    return Mention(actor, start, start + len(words), why)


@pytest.fixture
def harbour() -> Reading:
    """Five actors, one of them idle; six stances, one by the author; the last sentence is furniture."""
    text = " ".join(HARBOUR_SENTENCES)
    *sentences, furniture = spans_of(HARBOUR_SENTENCES)
    quill = mention(text, "quill", "Ada Quill")
    return Reading(
        text=text,
        sentences=tuple(sentences),
        furniture=(furniture,),
        actors=(
            Actor("quill", "Ada Quill", "person", ("the Ferry Queen",)),
            Actor("oduya", "Femi Oduya", "person"),
            Actor("board", "Ferry Board", "organisation"),
            Actor("dockers", "the dockers", "group"),
            Actor("berg", "Nils Berg", "person"),
        ),
        mentions=(
            quill,
            mention(text, "board", "the Ferry Board"),
            mention(text, "oduya", "Femi Oduya"),
            mention(text, "oduya", "Oduya thanked", "pronoun"),
            mention(text, "dockers", "the dockers"),
        ),
        stances=(
            FoundStance(0, "quill", "oduya", (0.05, 0.9, 0.05), (Evidence("speaker", quill.start_char, quill.end_char),)),
            FoundStance(0, "quill", "board", (0.125, 0.5, 0.375)),
            FoundStance(1, "oduya", "dockers", (0.75, 0.125, 0.125)),
            FoundStance(1, "oduya", "quill", (0.5, 0.25, 0.25)),
            FoundStance(2, "dockers", "oduya", (0.625, 0.25, 0.125)),
            FoundStance(2, "author", "dockers", (0.375, 0.3125, 0.3125)),
        ),
        n_scored=3,
        losses={"stances of or toward an actor outside the roster": 2},
        model={"folder": "model"},
        id="harbour-1",
        date="2031-05-02",
        title="Ferry chair under fire",
        outlet="Harbour Post",
    )


@pytest.fixture
def crowd() -> Reading:
    """300 actors: each of the first 299 is against the next in one sentence."""
    actors = tuple(Actor(f"a{number}", f"Clerk {number}", "person") for number in range(300))
    stances = tuple(FoundStance(0, f"a{number}", f"a{number + 1}", (0.0, 1.0, 0.0)) for number in range(299))
    return Reading("They fell out.", (Span(0, 14),), (), actors, (), stances, n_scored=1)


@st.composite
def any_reading(draw: st.DrawFn) -> Reading:
    """Any text whatever, with actors, ranges and stances anywhere in it."""
    text = draw(st.text(st.characters(exclude_categories=()), min_size=1, max_size=40))
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")  # two surrogates in a row are one character
    ends = st.lists(st.integers(0, len(text)), min_size=2, max_size=2, unique=True).map(lambda pair: (min(pair), max(pair)))
    cuts = sorted({0, len(text), *draw(st.lists(st.integers(0, len(text)), max_size=4))})
    spans = [Span(start, end) for start, end in pairwise(cuts)]
    n_sentences = draw(st.integers(0, len(spans)))
    name = st.text(st.characters(exclude_categories=()), min_size=1, max_size=8).filter(str.strip)
    kind = st.sampled_from(("person", "organisation", "group"))
    number = draw(st.integers(0, 4))
    actors = tuple(Actor(f"a{index}", draw(name), draw(kind), tuple(draw(st.lists(name, max_size=2)))) for index in range(number))
    ids = [*RESERVED_IDS, *(actor.id for actor in actors)]
    mentions = {Mention(draw(st.sampled_from(ids)), *draw(ends), draw(st.sampled_from(("name", "pronoun")))) for _ in range(number)}
    stances = []
    for _ in range(draw(st.integers(0, 3)) if n_sentences else 0):
        speaker, target = draw(st.permutations(ids))[:2]
        likely = draw(st.floats(0.5, 1))
        probabilities = draw(st.sampled_from(((likely, 1 - likely, 0.0), (0.0, likely, 1 - likely))))
        evidence = tuple(Evidence(draw(st.sampled_from(EVIDENCE_ROLES)), *draw(ends)) for _ in range(draw(st.integers(0, 2))))
        stances.append(FoundStance(draw(st.integers(0, n_sentences - 1)), speaker, target, probabilities, evidence))
    word = st.text(st.characters(codec="utf-8"), max_size=5)
    return Reading(
        text=text,
        sentences=tuple(spans[:n_sentences]),
        furniture=tuple(spans[n_sentences:]),
        actors=actors,
        mentions=tuple(sorted(mentions, key=lambda one: (one.start_char, one.end_char, ids.index(one.actor), one.why))),
        stances=tuple(stances),
        n_scored=n_sentences,
        losses=draw(st.dictionaries(word, st.integers(0, 5), max_size=2)),
        model=draw(st.dictionaries(word, word, max_size=2)),
        id=draw(word),
        date=draw(word),
        title=draw(word),
        outlet=draw(word),
    )


@pytest.fixture(scope="session")
def readings() -> Callable[[], st.SearchStrategy[Reading]]:
    return any_reading
