"""Mention and cluster scores against published and hand-worked numbers."""

from __future__ import annotations

import pytest

from whipcount.schema import Actor, Article, InputError, Mention, Reading, Span
from whipcount.scoring.coreference import MentionScore, mention_values, score_mentions


def sides(text: str, gold: dict[str, list[tuple[int, int]]], found: dict[str, list[tuple[int, int]]]) -> tuple[Reading, Article]:
    def mentions(clusters: dict[str, list[tuple[int, int]]]) -> tuple[Mention, ...]:
        return tuple(Mention(actor, *span) for actor, spans in clusters.items() for span in spans)

    actors = [tuple(Actor(id_, id_, "person") for id_ in side if id_ not in ("author", "someone")) for side in (gold, found)]
    whole = (Span(0, len(text)),)
    return (
        Reading(text, whole, actors=actors[1], mentions=mentions(found)),
        Article("town", "quay", text, whole, actors[0], mentions(gold)),
    )


def score_one(text: str, gold: dict[str, list[tuple[int, int]]], found: dict[str, list[tuple[int, int]]]) -> MentionScore:
    reading, article = sides(text, gold, found)
    return score_mentions([reading], [article])


def letters(clusters: dict[str, str]) -> dict[str, list[tuple[int, int]]]:
    return {actor: [(ord(letter) - ord("a"), ord(letter) - ord("a") + 1) for letter in word] for actor, word in clusters.items()}


PRADHAN = ("abcdefghi", letters({"k0": "abc", "k1": "defg"}), letters({"r0": "ab", "r1": "cd", "r2": "fghi"}))
"""The example of Pradhan et al. 2014, section 4."""


def test_the_published_example() -> None:
    reading, article = sides(*PRADHAN)
    score = score_mentions([reading], [article])
    assert (score.exact.n_gold, score.exact.n_predicted, score.exact.n_correct) == (7, 8, 6)
    # B³: recall (4/3 + 1/3 + 1/4 + 4/4) / 7, precision (4/2 + 1/2 + 1/2 + 4/4) / 8
    assert score.b_cubed.recall == pytest.approx(35 / 84)
    assert score.b_cubed.precision == pytest.approx(0.5)
    assert score.b_cubed.f1 == pytest.approx(0.4545, abs=1e-4)
    # CEAF-e: 2·2/5 + 2·2/8 = 1.3 over 2 gold and 3 found clusters
    assert score.ceaf_e.recall == pytest.approx(0.65)
    assert score.ceaf_e.precision == pytest.approx(1.3 / 3)
    assert score.ceaf_e.f1 == pytest.approx(0.52, abs=1e-9)


def test_articles_add_up_mention_by_mention_and_cluster_by_cluster() -> None:
    perfect = sides("abcd", letters({"k0": "abcd"}), letters({"r0": "abcd"}))
    pairs = [sides(*PRADHAN), perfect]
    score = score_mentions([reading for reading, _ in pairs], [article for _, article in pairs])
    assert score.b_cubed.recall == pytest.approx((35 / 12 + 4) / 11)
    assert score.b_cubed.precision == pytest.approx((4 + 4) / 12)
    assert score.ceaf_e.recall == pytest.approx((1.3 + 1) / 3)
    assert score.ceaf_e.precision == pytest.approx((1.3 + 1) / 4)


def test_pronouns_and_trimming() -> None:
    text = "The board's chair thanked her; Quill left."
    gold = {"board": [(0, 9)], "quill": [(26, 29), (31, 36)]}
    found = {"a0": [(4, 11)], "a1": [(26, 29), (31, 36)]}
    score = score_one(text, gold, found)
    assert (text[4:11], text[26:29], text[31:36]) == ("board's", "her", "Quill")
    assert (score.exact.n_gold, score.exact.n_correct) == (3, 2)
    assert (score.named.n_gold, score.named.n_predicted, score.named.n_correct) == (2, 2, 1)
    assert score.trimmed.f1 == 1.0, "both are 'board' without article and possessive"


def test_author_and_someone_are_left_out_and_a_range_counts_once() -> None:
    gold = {"author": [(0, 1)], "k0": [(1, 2)]}
    found = {"someone": [(0, 1)], "r0": [(1, 2)], "r1": [(1, 2)]}
    score = score_one("abc", gold, found)
    assert (score.exact.n_gold, score.exact.n_predicted, score.exact.n_correct, score.n_double) == (1, 1, 1, 1)
    assert score.b_cubed.f1 == 1.0


def test_nothing_found() -> None:
    reading, article = sides("abc", letters({"k0": "ab"}), {})
    values = mention_values(score_mentions([reading], [article]))
    assert values["exact"]["f1"] == 0.0 and values["exact"]["precision"] is None
    assert values["b_cubed"] == values["ceaf_e"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0}


def test_another_text_is_refused() -> None:
    _, article = sides(*PRADHAN)
    with pytest.raises(InputError, match="another text"):
        score_mentions([Reading("xyz")], [article])
