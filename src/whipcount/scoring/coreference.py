"""Mentions against gold: how many are found, and how well they are told apart by actor; ``RAW.md`` defines the measures.

B³ (Bagga and Baldwin 1998) and CEAF-e (Luo 2005) come from ``scorch``, which holds to the formulas and the test cases of the
CoNLL-2012 reference scorer (Pradhan et al. 2014). Mentions found by one side alone count against precision or recall.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scorch.scores import b_cubed, ceaf_e  # type: ignore[import-untyped]

from whipcount.schema import RESERVED_IDS, Article, Mention, Reading
from whipcount.scoring.metrics import PrecisionRecallF1
from whipcount.scoring.rosters import same_text
from whipcount.scoring.row_properties import PRONOUN
from whipcount.scoring.values import number, triplet_values

Range = tuple[int, int]
Clusters = list[set[Range]]

LEADING = re.compile(r"(?:the|a|an)\s+", re.IGNORECASE)
TRAILING = re.compile(r"(?:['’]s|['’])$")


@dataclass(frozen=True, slots=True)
class LinkScore:
    """Precision and recall of a clustering over several articles.

    ``right_gold`` and ``right_found`` are the credit on either side, ``n_gold`` and ``n_found`` the most there could be:
    mentions for B³, clusters for CEAF-e.
    """

    right_gold: float
    n_gold: int
    right_found: float
    n_found: int

    @property
    def recall(self) -> float:
        """Credit over what is in the gold; 0.0 where there is nothing, as in the reference scorer."""
        return self.right_gold / self.n_gold if self.n_gold else 0.0

    @property
    def precision(self) -> float:
        """Credit over what was found; 0.0 where there is nothing, as in the reference scorer."""
        return self.right_found / self.n_found if self.n_found else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class MentionScore:
    """``exact`` counts equal ranges; ``named`` those of no pronoun; ``trimmed`` all, without article before and possessive after.

    ``n_double`` is how many mentions of either side were left out because another actor, or the same, has that range already.
    """

    exact: PrecisionRecallF1
    named: PrecisionRecallF1
    trimmed: PrecisionRecallF1
    b_cubed: LinkScore
    ceaf_e: LinkScore
    n_double: int


def score_mentions(readings: Sequence[Reading], articles: Sequence[Article]) -> MentionScore:
    """Score the mentions of readings, those of author and someone left out, over all articles together.

    Args:
        readings: one for each article.
        articles: with gold mentions.

    Raises:
        InputError: a reading is of another text.
    """
    pairs = []
    n_double = 0
    for reading, article in zip(readings, articles, strict=True):
        same_text(reading, article)
        sides = [_owners(mentions) for mentions in (article.annotated_mentions, reading.mentions)]
        pairs.append((article.text, sides[0][0], sides[1][0]))
        n_double += sides[0][1] + sides[1][1]
    clusters = [(_clusters(gold), _clusters(found)) for _, gold, found in pairs]
    return MentionScore(
        exact=_count((set(gold), set(found)) for _, gold, found in pairs),
        named=_count((_named(text, gold), _named(text, found)) for text, gold, found in pairs),
        trimmed=_count((_trimmed(text, gold), _trimmed(text, found)) for text, gold, found in pairs),
        b_cubed=_sum_links(b_cubed, clusters, lambda side: sum(map(len, side))),
        ceaf_e=_sum_links(ceaf_e, clusters, len),
        n_double=n_double,
    )


def mention_values(score: MentionScore) -> dict[str, Any]:
    """Return the scores for JSON."""
    links = {"b_cubed": score.b_cubed, "ceaf_e": score.ceaf_e}
    return {
        **{name: triplet_values(getattr(score, name)) for name in ("exact", "named", "trimmed")},
        **{name: {key: number(getattr(one, key)) for key in ("precision", "recall", "f1")} for name, one in links.items()},
        "n_double": score.n_double,
    }


def _owners(mentions: Iterable[Mention]) -> tuple[dict[Range, str], int]:
    """Return the actor of each range, the first where there are several, and how many mentions that leaves out."""
    owners: dict[Range, str] = {}
    kept = [mention for mention in mentions if mention.actor not in RESERVED_IDS]
    for mention in kept:
        owners.setdefault((mention.start_char, mention.end_char), mention.actor)
    return owners, len(kept) - len(owners)


def _clusters(owners: Mapping[Range, str]) -> Clusters:
    clusters: dict[str, set[Range]] = {}
    for span, actor in owners.items():
        clusters.setdefault(actor, set()).add(span)
    return list(clusters.values())


def _named(text: str, spans: Iterable[Range]) -> set[Range]:
    return {(start, end) for start, end in spans if not PRONOUN.fullmatch(text[start:end])}


def _trimmed(text: str, spans: Iterable[Range]) -> set[Range]:
    """Return the ranges without a leading article and a trailing possessive; what would be empty stays whole."""
    trimmed = set()
    for start, end in spans:
        leading, trailing = LEADING.match(text, start, end), TRAILING.search(text[start:end])
        first, last = leading.end() if leading else start, end - len(trailing[0]) if trailing else end
        trimmed.add((first, last) if first < last else (start, end))
    return trimmed


def _count(pairs: Iterable[tuple[set[Range], set[Range]]]) -> PrecisionRecallF1:
    n_gold = n_found = n_both = 0
    for gold, found in pairs:
        n_gold, n_found, n_both = n_gold + len(gold), n_found + len(found), n_both + len(gold & found)
    return PrecisionRecallF1(n_gold, n_found, n_both)


def _sum_links(
    scorer: Callable[[Clusters, Clusters], tuple[float, float, float]],
    pairs: Iterable[tuple[Clusters, Clusters]],
    size: Callable[[Clusters], int],
) -> LinkScore:
    """Add up a scorer's credit article by article, which is what the reference scorer does with its documents."""
    right_gold = right_found = 0.0
    n_gold = n_found = 0
    for gold, found in pairs:
        recall, precision, _ = scorer(gold, found)
        right_gold, n_gold = right_gold + float(recall) * size(gold), n_gold + size(gold)
        right_found, n_found = right_found + float(precision) * size(found), n_found + size(found)
    return LinkScore(right_gold, n_gold, right_found, n_found)
