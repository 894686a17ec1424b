"""Learn the weights by which antecedents are ranked: a conditional logit (McFadden 1974) over the candidates of each pronoun."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from whipcount.reading.antecedents import score
from whipcount.reading.pronouns import Options

MAX_STEPS = 300
DECIMALS = 4


@dataclass(frozen=True)
class Told:
    """Whom a pronoun could mean, and the ids of the actors that are right: several where reading takes one person for two.

    ``ruled_out`` are those that are known to be wrong; of others nothing is known.
    """

    options: Options
    meant: frozenset[str]
    ruled_out: frozenset[str] = frozenset()

    @property
    def right(self) -> list[bool]:
        """Whether each candidate is one of them."""
        return [actor in self.meant for actor in self.options.actors]


def learn_weights(
    told: Sequence[Told], penalty: float, least: int = 5, fixed: Mapping[str, float] | None = None, only: str = ""
) -> dict[str, float]:
    """Return the weight of each feature, those that are fixed among them; pronouns none of whose candidates is right teach nothing.

    Args:
        told: pronouns with what they mean.
        penalty: of the weights' squares.
        least: features seen with fewer candidates are left out.
        fixed: weights that stay as they are.
        only: how the features begin whose weights are learnt.
    """
    fixed = fixed or {}
    usable = [one for one in told if any(one.right)]
    seen: dict[str, int] = {}
    for one in usable:
        for features in one.options.features:
            for name in features:
                seen[name] = seen.get(name, 0) + 1
    names = sorted(name for name, n in seen.items() if n >= least and name not in fixed and name.startswith(only))
    if not names:
        return dict(fixed)
    given = np.array([score(features, fixed) for one in usable for features in one.options.features])
    table = _table(usable, {name: index for index, name in enumerate(names)})
    right = np.concatenate([one.right for one in usable]).astype(float)
    sizes = [len(one.right) for one in usable]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    group = np.repeat(np.arange(len(sizes)), sizes)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = table @ weights + given
        shares = np.exp(scores - np.maximum.reduceat(scores, starts)[group])
        every, good = np.add.reduceat(shares, starts), np.add.reduceat(shares * right, starts)
        gradient = table.T @ (shares / every[group] - shares * right / good[group]) + penalty * weights
        return float((np.log(every) - np.log(good)).sum() + penalty / 2 * weights @ weights), gradient

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": MAX_STEPS}).x
    rounded = np.round(found, DECIMALS)
    return dict(sorted({**fixed, **{name: float(weight) for name, weight in zip(names, rounded, strict=True) if weight}}.items()))


def _table(told: Sequence[Told], index: dict[str, int]) -> csr_matrix:
    rows = [features for one in told for features in one.options.features]
    cells = [(row, index[name], value) for row, features in enumerate(rows) for name, value in features.items() if name in index]
    row, column, value = zip(*cells, strict=True)
    return csr_matrix((value, (row, column)), shape=(len(rows), len(index)))


def meant_by(start_char: int, options: Sequence[Options], meant: Collection[str], ruled_out: Collection[str] = ()) -> Told | None:
    """Return the pronoun that starts at a place with what it means; None where reading sees none there."""
    found = next((one for one in options if one.pronoun.start_char == start_char), None)
    return Told(found, frozenset(meant), frozenset(ruled_out)) if found else None
