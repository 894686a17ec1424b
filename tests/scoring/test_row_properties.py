"""What can be seen of a row: hand-made sentences for each pattern and each bin."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from datasets import Dataset

from whipcount.examples.pairs import make_examples
from whipcount.examples.storage import EXAMPLE_FEATURES
from whipcount.schema import AUTHOR, SOMEONE, Actor, Article, Span
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.row_properties import NEGATION, PASSIVE, PRONOUN, describe_rows
from whipcount.scoring.rows import ScoredRows, align


def rows_of(article: Article) -> ScoredRows:
    """Return the rows of an article by a system that finds nothing."""
    examples = Dataset.from_list([{**row, "tags": []} for row in make_examples(article)], features=EXAMPLE_FEATURES)
    ids = list(examples["id"])
    return align(examples, [article], Predictions("s", ids, np.tile([0.0, 0.0, 1.0], (len(ids), 1))))


def article_of(*paragraphs: Sequence[str], actors: Sequence[Actor] = (Actor("quill", "Ada Quill", "person"),)) -> Article:
    text = "\n\n".join(" ".join(sentences) for sentences in paragraphs)
    spans, start = [], 0
    for sentence in (sentence for sentences in paragraphs for sentence in sentences):
        start = text.index(sentence, start)
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence)
    return Article("town", "fair", text, tuple(spans), tuple(actors))


def of_sentences(article: Article, name: str) -> list[str]:
    """Return the value of a property for the author's row of each sentence toward Ada Quill."""
    rows = rows_of(article)
    chosen = rows.select((rows.speaker == AUTHOR) & (rows.target == "quill"))
    return list(describe_rows(chosen, [article])[name])


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("He was sacked by the board.", True),
        ("She has been\nroundly criticised on Monday by her allies.", True),
        ("They are not led by a fool.", True),
        ("It is being rewritten by the clerk.", True),
        ("He was sacked.", False),
        ("He stood by the minister.", False),
        ("The board sacked him by letter.", False),
        ("It was a long day, missed by none.", False),
        ("She was accused, he said, of theft by a man.", False),
        ("He was accused after a very long and bitter night by a man.", False),  # the rule ends after three words
    ],
)
def test_the_rule_for_passives(sentence: str, found: bool) -> None:
    assert bool(PASSIVE.search(sentence)) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("They did not vote.", True),
        ("They didn’t vote.", True),
        ("They can't vote.", True),
        ("No one voted.", True),
        ("NEVER again.", True),
        ("A spokesman for No 10 spoke.", False),
        ("A note on knots.", False),
    ],
)
def test_negation_words(sentence: str, found: bool) -> None:
    assert bool(NEGATION.search(sentence)) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("They voted.", True),
        ("“I’m for it,” said Quill.", True),
        ("Quill thanked us.", True),
        ("Its chair resigned.", True),
        ("The US voted.", False),
        ("The IT department voted, i.e. nobody.", False),
        ("The item.", False),
    ],
)
def test_pronouns(sentence: str, found: bool) -> None:
    assert bool(PRONOUN.search(sentence)) == found


def test_a_quotation_runs_on_until_its_mark_or_its_paragraph_ends() -> None:
    article = article_of(
        ["Quill spoke.", "“It is late.", "It is dark.”", "Nobody heard."],
        ['"One.', 'Two," Quill said.', "Three."],
        ["“Open to the end.", "Still open."],
        ["Tell ‘em it can’t be."],
        ["Closed again.", "A so-called ‘friend’ came.", "The members’ vote wasn’t ‘seen.", "‘It can’t.", "It won’t.’", "Done."],
    )
    assert of_sentences(article, "quotation") == [
        *("no", "yes", "yes", "no"),
        *("yes", "yes", "no"),
        *("yes", "yes"),
        "no",
        *("no", "yes", "no", "yes", "yes", "no"),
    ]


def test_a_mark_alone_is_no_quotation() -> None:
    # the closing mark has strayed into the next sentence
    assert of_sentences(article_of(["“Go.", "” Quill left.", "So."]), "quotation") == ["yes", "no", "no"]


def test_the_edges_of_the_bins() -> None:
    lengths = [1, 10, 11, 20, 21, 30, 31, 50]
    sentences = [" ".join(["well-known"] * (n - 1) + [f"Quill’s{n}."]) for n in lengths]
    assert of_sentences(article_of(sentences), "n_words") == ["0-10", "0-10", "11-20", "11-20", "21-30", "21-30", "31+", "31+"]
    crowd = [Actor(name.lower(), name, "person") for name in ("Quill", "Lom", "Berg", "Abara", "Ito")]
    names = [" and ".join(actor.name for actor in crowd[:n]) or "nobody" for n in range(6)]
    article = article_of([f"Here came {words}." for words in (*names, "Quill, only Quill")], actors=crowd)
    assert of_sentences(article, "n_actors") == ["0", "1", "2", "3", "4+", "4+", "1"]


def test_an_actor_named_only_later_has_never_been_named() -> None:
    article = article_of(["Somebody spoke.", "Ada Quill did.", "So.", "So.", "So.", "So."], actors=[Actor("quill", "Ada Quill", "person")])
    rows = rows_of(article)
    chosen = rows.select((rows.speaker == "quill") & (rows.target == SOMEONE))
    assert describe_rows(chosen, [article])["speaker_distance"].tolist() == ["never", "0", "1", "2", "3+", "3+"]
