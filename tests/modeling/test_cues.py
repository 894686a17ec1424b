from __future__ import annotations

from whipcount.corpora.authored import parse_article
from whipcount.examples.pairs import mentions_by_sentence
from whipcount.modeling.cues import list_names, name_standing, reference_cues
from whipcount.reading.quotes import quotations
from whipcount.schema import KINDS

SOURCE = """article: a
# actors
ada | person | Ada
ben | person | Ben
board | organisation | Board
# text
Ada met Ben and the Board.
"He lied," she said.
Then it fell.
"I am sorry."
Ben left.
"""


def test_name_standing_by_hand() -> None:
    mentions = [["a", "b", "a"], [], ["c", "d", "e", "f"]]
    # "b" is the last one named in the first sentence, so the likelier "she" of the second
    assert name_standing(mentions, ["a", "b", "c", "f", "g"]) == [[0, 1, 6, 6, 7], [4, 3, 6, 6, 7], [4, 3, 0, 2, 7]]


def cues_of(word: str) -> dict[str, tuple[int, ...]]:
    """The three cues of each actor for the first occurrence of a word, the kinds taken away."""
    article = parse_article(SOURCE, "town", "a.txt")
    char = article.text.index(word)
    sentence = next(index for index, span in enumerate(article.sentences) if char < span.end_char)
    names = [(mention, index) for index, found in enumerate(mentions_by_sentence(article)) for mention in found]
    quoted = quotations(article.text)
    (row,) = reference_cues([char], sentence, list_names(names, article.roster, quoted), article.roster, quoted)
    assert [value % len(KINDS) for value in row[:, 0]] == [KINDS.index(actor.kind) for actor in article.roster]
    return {actor.id: tuple(int(value) // len(KINDS) for value in cues) for actor, cues in zip(article.roster, row, strict=True)}


def test_who_was_named_last_before_a_pronoun() -> None:
    cues = cues_of("she")
    assert cues["ben"][0] == 4, "one sentence before, nobody of his kind since"
    assert cues["ada"][0] == 5, "one sentence before, Ben since"
    assert cues["board"][0] == 4, "one sentence before, no other organisation since"
    assert cues["author"][0] == 12 == cues["someone"][0]
    assert cues_of("it fell")["ada"][0] == 9, "two sentences before, Ben since"


def test_who_is_named_after_a_pronoun() -> None:
    assert cues_of("I am")["ben"][1] == 1
    assert cues_of("I am")["ada"][1] == 2
    assert cues_of("met")["ben"][1] == 0


def test_whose_quotation_it_may_be() -> None:
    cues = cues_of("I am")
    assert cues["board"][2] == 0, "the last name before it"
    assert cues["ben"][2] == 1, "the first name after it"
    assert cues["ada"][2] == 3
    assert {cue[2] for cue in cues_of("it fell").values()} == {4}


def test_of_markers_nothing_is_known() -> None:
    article = parse_article(SOURCE, "town", "a.txt")
    (row,) = reference_cues([-1], 0, list_names([], article.roster, []), article.roster, [])
    assert (row // len(KINDS) == [12, 2, 4]).all()
