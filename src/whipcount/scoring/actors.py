"""The scores of each actor, as speaker and as target, and of actors that training has or has not seen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from whipcount.schema import NONE, RESERVED_IDS, Article
from whipcount.scoring.metrics import FalseStances, PrecisionRecallF1, false_stances, share, triplet_scores
from whipcount.scoring.rows import ScoredRows

Role = Literal["speaker", "target"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class ActorScore:
    """How one actor's rows are labelled, in one role.

    An actor is its name and kind within a corpus; in several articles it is one. ``n`` counts the rows with gold favor
    or against, ``correct`` those of them labelled exactly right; ``none`` for one of them is an error.
    """

    corpus: str
    name: str
    kind: str
    role: Role
    n_articles: int
    triplets: PrecisionRecallF1
    false: FalseStances

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes the actor one: corpus, name, kind."""
        return self.corpus, self.name, self.kind

    @property
    def n(self) -> int:
        """Rows with gold favor or against."""
        return self.triplets.n_gold

    @property
    def correct(self) -> int:
        """Those of them labelled exactly right."""
        return self.triplets.n_correct

    @property
    def accuracy(self) -> float:
        """``correct / n``; nan without such a row."""
        return share(self.correct, self.n)


def score_by_actor(rows: ScoredRows, role: Role) -> list[ActorScore]:
    """Score each actor that has a row in ``role``, those with most gold-stance rows first, then by name.

    Rows with ``someone`` at either end are left out, as from every headline score.
    """
    rows = rows.select(rows.headline)
    codes: dict[tuple[str, str, str], int] = {}
    code_of: dict[tuple[str, str], int] = {}
    ends = list(zip(rows.article, getattr(rows, role), strict=True))
    for end in ends:
        if end not in code_of:
            actor = rows.actors[end]
            code_of[end] = codes.setdefault((end[0].split("/")[0], actor.name, actor.kind), len(codes))
    row_code = np.array([code_of[end] for end in ends], dtype=np.intp)
    in_articles: dict[int, set[str]] = {}
    for (article, _), code in code_of.items():
        in_articles.setdefault(code, set()).add(article)
    order = np.argsort(row_code, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(row_code, minlength=len(codes)))[:-1]) if codes else []
    predicted = rows.predicted
    scores = [
        ActorScore(
            corpus,
            name,
            kind,
            role,
            n_articles=len(in_articles[code]),
            triplets=triplet_scores(rows.gold[members[code]], predicted[members[code]]),
            false=false_stances(rows.gold[members[code]], predicted[members[code]]),
        )
        for (corpus, name, kind), code in codes.items()
    ]
    return sorted(scores, key=lambda score: (-score.n, score.key))


def macro_accuracy(scores: Iterable[ActorScore], min_support: int) -> tuple[float, int]:
    """Return the mean accuracy over the actors with ``min_support`` gold-stance rows or more, and how many these are.

    Without such an actor the mean is nan.
    """
    accuracies = [score.accuracy for score in scores if score.n >= max(min_support, 1)]
    return (sum(accuracies) / len(accuracies) if accuracies else math.nan), len(accuracies)


def micro_accuracy(scores: Sequence[ActorScore]) -> float:
    """Return the accuracy over all actors' gold-stance rows together; nan without any."""
    return share(sum(score.correct for score in scores), sum(score.n for score in scores))


def seen_names(articles: Iterable[Article]) -> set[str]:
    """Return the names of the actors in the training articles; author and someone are no names."""
    return {actor.name for article in articles for actor in article.actors}


def count_seen(rows: ScoredRows, seen: set[str]) -> NDArray[np.intp]:
    """Return, (rows,), how many ends of each row training has seen by name: 0, 1 or 2.

    The author is in every article, so it counts as the other end does: a row of the author toward an unseen actor
    has 0 seen ends, toward a seen one 2.
    """
    known = {
        end: None if actor.id in RESERVED_IDS else actor.name in seen
        for end, actor in rows.actors.items()
    }  # fmt: skip
    counts = []
    for article, speaker, target in zip(rows.article, rows.speaker, rows.target, strict=True):
        ends = [end for end in (known[article, speaker], known[article, target]) if end is not None]
        counts.append(2 * sum(ends) // len(ends) if ends else 0)
    return np.array(counts, dtype=np.intp)


def stance_rows(rows: ScoredRows) -> ScoredRows:
    """Return the rows where gold or prediction holds a stance."""
    return rows.select((rows.gold != NONE) | (rows.predicted != NONE))
