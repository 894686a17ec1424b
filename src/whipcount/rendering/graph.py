"""The signed multigraph of an article: who is for or against whom, and in how many sentences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import networkx as nx

from whipcount.schema import STANCES
from whipcount.scoring.report import StanceRow

Side = Literal["gold", "predicted"]


def stance_graph(rows: Iterable[StanceRow], side: Side) -> nx.MultiDiGraph:
    """Return the stances of one article as a graph.

    Nodes are actor ids with ``name`` and ``kind``; every actor of ``rows`` is there, so that gold and predicted have the
    same nodes. Edges go from speaker to target, at most one for each of favor and against (its key); ``sentences`` is
    the sorted list of the sentences that convey it, ``n_sentences`` their number.

    Args:
        rows: of one article.
        side: whose stances: the gold ones or the predicted ones.
    """
    graph = nx.MultiDiGraph()
    sentences: dict[tuple[str, str, str], set[int]] = {}
    for row in rows:
        for actor in (row.speaker, row.target):
            graph.add_node(actor.id, name=actor.name, kind=actor.kind)
        stance = row.gold if side == "gold" else row.predicted
        if stance != "none":
            sentences.setdefault((row.speaker.id, row.target.id, stance), set()).add(row.sentence)
    for speaker, target, stance in sorted(sentences, key=lambda edge: (edge[0], edge[1], STANCES.index(edge[2]))):
        found = sorted(sentences[speaker, target, stance])
        graph.add_edge(speaker, target, key=stance, stance=stance, sentences=found, n_sentences=len(found))
    return graph
