"""The signed network of one or many readings, and its files for Gephi, Cytoscape, igraph and networkx."""

from __future__ import annotations

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whipcount.rendering.reading_actors import merge_actors, named_actors
from whipcount.schema import FAVOR, STANCES, InputError, Reading

if TYPE_CHECKING:
    import networkx as nx

logger = logging.getLogger(__name__)

SUFFIXES = (".gexf", ".graphml")
NOT_IN_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped: controls, lone surrogates, U+FFFE and U+FFFF."""
REPLACEMENT = "\ufffd"
COLOURS = {"favor": {"r": 0, "g": 114, "b": 178, "a": 1.0}, "against": {"r": 230, "g": 159, "b": 0, "a": 1.0}}
"""Blue and orange, which the colour-blind tell apart, as in the figures."""


def reading_graph(readings: Sequence[Reading]) -> nx.MultiDiGraph:
    """Return who is for and against whom in the readings as a graph.

    Nodes are the ids of all actors, merged over the readings by name and kind (see ``merge_actors``); ``label`` is the name, ``kind`` the
    kind, ``mentions`` the number of mentions, ``n_articles`` that of the readings that have the actor. The articles' own voices
    (``author``) are a node for each outlet, or for each reading where none is known, as the label says.

    Edges go from speaker to target, at most one for each of favor and against, which is its key and ``stance``. ``weight`` is the sum
    of the stance's probability over the sentences that convey it: the number of sentences, each counted by how sure the model is. It
    is positive for against, too, since layouts refuse negative weights; ``sign`` is 1 for favor and -1 for against. ``n_sentences``
    is the number of sentences, ``probability`` the mean over them.

    Where a date is known (ISO 8601), nodes and edges have ``first_date`` and ``last_date`` over their readings, as days. Readings
    with another date, or a year or month alone, are counted in the log.

    Raises:
        InputError: a stance or a mention names an actor that its reading does not have.
    """
    import networkx as nx

    graph = nx.MultiDiGraph()
    merged = merge_actors(readings)
    days = [_day(reading.date) for reading in readings]
    unread = [reading.date for reading, day in zip(readings, days, strict=True) if reading.date and not day]
    if unread:
        logger.warning("%d readings have a date that tells no day (ISO 8601), as %r; the graph leaves them out", len(unread), unread[0])
    probabilities: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    dates: dict[Any, set[str]] = defaultdict(set)
    for index, reading in enumerate(readings):
        n_mentions = Counter(mention.actor for mention in reading.mentions)
        for actor in named_actors(reading):
            node = merged[index, actor.id]
            graph.add_node(node.id, label=node.name, kind=node.kind)
            counts = graph.nodes[node.id]
            counts["mentions"] = counts.get("mentions", 0) + n_mentions[actor.id]
            counts["n_articles"] = counts.get("n_articles", 0) + 1
            dates[node.id].add(days[index])
        for found in reading.stances:
            edge = (merged[index, found.speaker].id, merged[index, found.target].id, found.stance)
            probabilities[edge].append(found.probability)
            dates[edge].add(days[index])
    for (speaker, target, stance), of_sentences in probabilities.items():
        weight = sum(of_sentences)
        graph.add_edge(
            *(speaker, target, stance),
            stance=stance,
            weight=round(weight, 6),
            sign=1 if stance == STANCES[FAVOR] else -1,
            n_sentences=len(of_sentences),
            probability=round(weight / len(of_sentences), 6),
            **_period(dates[speaker, target, stance]),
        )
    for node, attributes in graph.nodes(data=True):
        attributes.update(_period(dates[node]))
    return graph


def _day(date: str) -> str:
    try:
        return datetime.fromisoformat(date.strip()).date().isoformat()
    except ValueError:
        return ""


def _period(days: set[str]) -> dict[str, str]:
    known = sorted(days - {""})
    return {"first_date": known[0], "last_date": known[-1]} if known else {}


def write_graph(graph: nx.MultiDiGraph, path: Path) -> None:
    """Write a graph of ``reading_graph`` as GEXF 1.3 or GraphML, as the suffix says; a file of that name is replaced whole.

    GEXF is the one for Gephi: an edge's stance is also its *kind*, without which Gephi merges the favor and the against of the same
    two actors into one edge; dates are also the time in which a node or edge stands; edges are coloured by sign. GraphML has the same
    attributes, but neither kinds, time nor colours. Characters that XML cannot hold are replaced by U+FFFD and counted in the log.

    Raises:
        InputError: the suffix is neither ``.gexf`` nor ``.graphml``, or a folder of that name stands there.
    """
    import networkx as nx

    from whipcount.examples.storage import written_whole  # brings datasets along

    if path.suffix.lower() not in SUFFIXES:
        raise InputError(
            f"{path}: a graph is not written as {path.suffix or 'a file without suffix'!r}; give .gexf (for Gephi) or .graphml"
        )
    as_gexf = path.suffix.lower() == ".gexf"
    clean, n_replaced = _clean(graph)
    if n_replaced:
        logger.warning("%s: %d characters that XML cannot hold are replaced by U+FFFD", path, n_replaced)
    with written_whole(path) as partial, partial.open("wb") as file:
        if as_gexf:
            _gexf_writer(clean).write(file)
        else:
            nx.write_graphml_xml(_edges_by_id(clean), file)


def _clean(graph: nx.MultiDiGraph) -> tuple[nx.MultiDiGraph, int]:
    """Return a copy whose values XML can hold, and how many characters were replaced."""
    clean = graph.copy()
    n_replaced = 0
    for *_, attributes in (*clean.nodes(data=True), *clean.edges(data=True)):
        for name, value in attributes.items():
            if isinstance(value, str):
                attributes[name], n = NOT_IN_XML.subn(REPLACEMENT, value)
                n_replaced += n
    return clean, n_replaced


def _edge_id(speaker: str, target: str, stance: str) -> str:
    """Return an id that no other edge of the graph has: by an edge's key alone readers take edges of other actors for the same."""
    return f"{speaker}>{target}:{stance}"


def _edges_by_id(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Return the graph with the edges' ids as their keys, which GraphML writes as ids."""
    import networkx as nx

    renamed = nx.MultiDiGraph()
    renamed.add_nodes_from(graph.nodes(data=True))
    renamed.add_edges_from((*edge[:2], _edge_id(*edge[:3]), edge[3]) for edge in graph.edges(keys=True, data=True))
    return renamed


def _gexf_writer(graph: nx.MultiDiGraph) -> Any:
    """Return networkx's writer of the graph, with what networkx has no name for: the kinds of edges."""
    from networkx.readwrite.gexf import GEXFWriter

    for _, attributes in graph.nodes(data=True):
        attributes.update(_time(attributes))
    for speaker, target, stance, attributes in graph.edges(keys=True, data=True):
        attributes.update(_time(attributes), id=_edge_id(speaker, target, stance), label=stance, viz={"color": COLOURS[stance]})
    writer = GEXFWriter(graph, version="1.3")
    for element in writer.xml.iter("edge"):
        element.set("kind", element.get("label"))
    return writer


def _time(attributes: dict[str, Any]) -> dict[str, str]:
    return {"start": attributes["first_date"], "end": attributes["last_date"]} if "first_date" in attributes else {}
