"""The threshold between stance and none, kept as a bias on log P(none) so that the label stays the argmax."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from whipcount.schema import AGAINST, FAVOR, NONE, STANCES, InputError
from whipcount.scoring.metrics import Labels

SMALLEST_GAP = 1e-9
"""Two rows whose margins are closer than this flip together: rounding could not tell their biases apart."""

BEYOND_THE_LAST = 1.0
"""How far (in nats) the bias goes beyond the last margin where the best plateau has no other end."""


def choose_none_bias(gold: NDArray[np.int_], probabilities: NDArray[np.float64]) -> float:
    """Return the bias on log P(none) that maximises triplet F1 on these rows; 0.0 where no bias gets any row right.

    A row has the margin ``max(log P(favor), log P(against)) - log P(none)`` and becomes ``none`` once the bias exceeds
    it, so F1 is a step function of the bias and every step is tried. The middle of the best plateau is taken, of
    several equally good plateaus the one whose middle is closest to 0.

    Args:
        gold: (rows,) indices into ``STANCES``.
        probabilities: (rows, 3) in the order of ``STANCES``.
    """
    stance_likelier = np.where(probabilities[:, FAVOR] >= probabilities[:, AGAINST], FAVOR, AGAINST)
    with np.errstate(divide="ignore"):
        logs = np.log(probabilities)
    margin = logs[:, :NONE].max(axis=1, initial=-np.inf) - logs[:, NONE]
    order = np.argsort(-margin, kind="stable")
    margin, right = margin[order], (gold == stance_likelier)[order]

    # with the k likeliest rows as stances the bias lies in (edges[k + 1], edges[k]]
    edges = np.concatenate(([np.inf], margin, [-np.inf]))
    n_right = np.concatenate(([0], np.cumsum(right)))
    f1 = 2 * n_right / np.maximum(np.arange(len(margin) + 1) + np.count_nonzero(gold != NONE), 1)
    with np.errstate(invalid="ignore"):  # inf - inf: rows that no bias can part
        f1[~(edges[:-1] - edges[1:] > SMALLEST_GAP)] = -1.0
    if f1.max() <= 0:
        return 0.0
    best = np.flatnonzero(f1 == f1.max())
    # two equally good steps may touch; each keeps its own middle, for where they touch rows flip
    middles = [middle(float(edges[k + 1]), float(edges[k])) for k in best]
    return min(middles, key=abs)


def middle(low: float, high: float) -> float:
    """Return the middle of a range; of one without an end, the point closest to 0 that is well inside."""
    if np.isinf(low) and np.isinf(high):
        return 0.0
    if np.isinf(high):
        return max(low + BEYOND_THE_LAST, 0.0)
    if np.isinf(low):
        return min(high - BEYOND_THE_LAST, 0.0)
    return (low + high) / 2


def apply_none_bias(probabilities: NDArray[np.float64], bias: float) -> NDArray[np.float64]:
    """Return the probabilities after adding ``bias`` to log P(none) and renormalising, (rows, 3).

    A probability of 0 stays 0, whatever the bias.
    """
    with np.errstate(divide="ignore"):
        logs = np.log(probabilities)
    logs[:, NONE] += bias
    shares = np.exp(logs - logs.max(axis=1, keepdims=True))
    normalised: NDArray[np.float64] = shares / shares.sum(axis=1, keepdims=True)
    return normalised


def none_bias_for_precision(gold: Labels, probabilities: NDArray[np.float64], precision: float, min_stances: int = 1) -> float:
    """Return the smallest bias on log P(none) from which on the stances are as precise as wanted; nan where none is.

    From there on every larger bias, too, leaves the triplet precision at ``precision`` or above, as long as it leaves a
    stance. The margins are those of ``choose_none_bias``; as there, the middle of the step is taken, so that rounding
    flips no row, and of a step that begins at minus infinity the point closest to 0.

    Args:
        gold: (rows,) indices into ``STANCES``.
        probabilities: (rows, 3) in the order of ``STANCES``, such as ``apply_none_bias`` takes.
        precision: the wanted share of right ones among the predicted stances, above 0 and at most 1.
        min_stances: biases that leave fewer stances are not looked at: neither chosen nor held against smaller ones.
            With 1, a single mistake in the row most surely a stance makes every precision out of reach.

    Raises:
        InputError: the precision or ``min_stances`` is out of range, shapes do not fit, a gold is no index into
            ``STANCES``, a probability is not from 0 to 1.
    """
    if not 0 < precision <= 1:
        raise InputError(f"precision {precision}; give a share above 0 and at most 1")
    if min_stances < 1:
        raise InputError(f"min_stances {min_stances}; give 1 or more")
    check_rows(gold, probabilities)
    stance_likelier = np.where(probabilities[:, FAVOR] >= probabilities[:, AGAINST], FAVOR, AGAINST)
    with np.errstate(divide="ignore"):
        logs = np.log(probabilities)
    margin = logs[:, :NONE].max(axis=1, initial=-np.inf) - logs[:, NONE]
    order = np.argsort(-margin, kind="stable")
    # with the k likeliest rows as stances, k from 1 on, the bias lies in (margin of row k, margin of row k - 1]
    high = margin[order]
    low = np.concatenate((high[1:], [-np.inf]))[: len(high)]
    n_stances = np.arange(1, len(high) + 1)
    precise = np.cumsum((gold == stance_likelier)[order]) / n_stances >= precision
    with np.errstate(invalid="ignore"):  # inf - inf: rows that no bias can part
        looked_at = (high - low > SMALLEST_GAP) & (n_stances >= min_stances)
    stays = np.logical_and.accumulate(precise | ~looked_at)
    reached = np.flatnonzero(stays & looked_at)
    return middle(float(low[reached[-1]]), float(high[reached[-1]])) if len(reached) else math.nan


def check_rows(gold: Labels, probabilities: NDArray[np.float64]) -> None:
    """Make sure that gold and probabilities can be measured.

    Raises:
        InputError: shapes do not fit, a gold is no index into ``STANCES``, a probability is not from 0 to 1.
    """
    if gold.ndim != 1 or probabilities.shape != (len(gold), len(STANCES)):
        raise InputError(f"probabilities of shape {probabilities.shape} for gold of shape {gold.shape}; give (rows, 3) and (rows,)")
    unknown = np.flatnonzero((gold < 0) | (gold >= len(STANCES)))
    if len(unknown):
        raise InputError(f"row {unknown[0]}: gold {gold[unknown[0]]} is no index into {STANCES} ({len(unknown)} such rows)")
    bad = np.flatnonzero(~((probabilities >= 0) & (probabilities <= 1)).all(axis=1))
    if len(bad):
        raise InputError(f"row {bad[0]}: probabilities {probabilities[bad[0]].tolist()} are not from 0 to 1 ({len(bad)} such rows)")
