"""What a training article teaches: its stances, and whom its words mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from whipcount.examples.pairs import unnamed_mentions
from whipcount.modeling.encoding import Window
from whipcount.modeling.heads import IGNORED, NOBODY
from whipcount.schema import FULL, NONE, PAIR, SOMEONE, STANCES, TARGETS, Article


def label_tensor(article: Article) -> Tensor:
    """Return the gold stances of an article (sentences, roster, roster); ``IGNORED`` where they are unknown and on the diagonal."""
    n_actors = len(article.roster)
    labels = torch.full((len(article.sentences), n_actors, n_actors), NONE if article.annotation == FULL else IGNORED)
    for stance in article.stances:
        labels[stance.sentence, article.position(stance.speaker), article.position(stance.target)] = STANCES.index(stance.stance)
    labels[:, range(n_actors), range(n_actors)] = IGNORED
    return labels


def pair_outcomes(forward: Tensor, backward: Tensor) -> Tensor:
    """Return what a corpus of single pairs tells of p and q: 0 no stance, 1 and 2 p favors or opposes q, 3 and 4 q favors or opposes p.

    Args:
        forward: the stance of p toward q, any shape; ``IGNORED`` where the other direction is labelled.
        backward: of q toward p, the same shape.
    """
    return torch.where(forward == NONE, 0, torch.where(forward != IGNORED, 1 + forward, 1 + NONE + backward))


def pair_weights(articles: Iterable[Article], balance: float) -> list[float]:
    """Return what each of ``pair_outcomes`` weighs in training: its share of the pairs to the power of ``-balance``, 1 on average.

    Empty where no article has a single pair or ``balance`` is 0: then all weigh the same.
    """
    pairs = [label_tensor(article)[0] for article in articles if article.annotation == PAIR] if balance else []
    if not pairs:
        return []
    counts = torch.bincount(torch.tensor([_outcome(pair) for pair in pairs]), minlength=1 + 2 * NONE)
    weights = (counts.clamp(min=1) / len(pairs)) ** -balance
    return [round(weight, 4) for weight in (weights * len(pairs) / (weights * counts).sum()).tolist()]


def pair_weight(article: Article, weights: Sequence[float]) -> float:
    """Return what an article's pair weighs; 1 without ``weights``, or where the article is of no corpus of pairs.

    The two are p and q in the order of the article, in whatever order a window shows them.
    """
    return weights[_outcome(label_tensor(article)[0])] if weights and article.annotation == PAIR else 1.0


def _outcome(pair: Tensor) -> int:
    return int(pair_outcomes(pair[-2, -1], pair[-1, -2]))


def label_targets(article: Article) -> Tensor:
    """Return what is conveyed toward each actor by whomever (sentences, roster); ``IGNORED`` unless the article is annotated so."""
    labels = torch.full((len(article.sentences), len(article.roster)), IGNORED)
    if article.annotation == TARGETS:
        labels = label_tensor(article)[:, article.position(SOMEONE)]
    return labels


def label_references(article: Article, window: Window) -> list[list[int]]:
    """Return for each scored sentence and token the index of the actor that it means, ``NOBODY``, or ``IGNORED``.

    Of nested mentions the inner one counts. Names and markers are ignored; so is everything in an article in which nobody
    annotated more than names: there a pronoun without mark says nothing.
    """
    names = {token for token, _ in window.mention_tokens}
    columns = {article.roster[position].id: column for column, position in enumerate(window.actors)}
    mentions = sorted(unnamed_mentions(article), key=lambda mention: mention.start_char - mention.end_char)
    table = []
    for tokens, chars in zip(window.sentence_tokens, window.word_chars, strict=True):
        row = [NOBODY if mentions and char >= 0 and token not in names else IGNORED for token, char in zip(tokens, chars, strict=True)]
        for mention in mentions:
            for index, char in enumerate(chars):
                if mention.start_char <= char < mention.end_char and row[index] != IGNORED:
                    row[index] = columns.get(mention.actor, NOBODY)
        table.append(row)
    return table
