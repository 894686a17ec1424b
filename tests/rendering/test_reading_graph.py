from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from whipcount.rendering.reading_graph import reading_graph, write_graph
from whipcount.schema import Actor, FoundStance, InputError, Mention, Reading, Span

DAY = {"first_date": "2031-05-02", "last_date": "2031-05-02"}
NAMESPACE = {"g": "http://gexf.net/1.3"}


@pytest.fixture
def two(harbour: Reading) -> list[Reading]:
    """The harbour article and one of three days before, in which Quill is against Oduya, then for her, under other ids."""
    actors = (Actor("o", "Femi Oduya", "person"), Actor("quill", "Ada Quill", "person"))
    stances = (FoundStance(0, "quill", "o", (0.0, 0.7, 0.3)), FoundStance(1, "quill", "o", (0.8, 0.1, 0.1)))
    text = "Quill mocked Oduya. Quill praised Oduya."
    mentions = (Mention("quill", 0, 5), Mention("quill", 20, 25))
    earlier = Reading(text, (Span(0, 19), Span(20, 40)), (), actors, mentions, stances, n_scored=2, date="2031-04-29T08:30:00Z")
    return [harbour, earlier]


def read_back(graph: nx.MultiDiGraph, path: Path) -> nx.MultiDiGraph:
    write_graph(graph, path)
    read = nx.read_gexf(path) if path.suffix == ".gexf" else nx.read_graphml(path, force_multigraph=True)
    return nx.MultiDiGraph(read)


def test_nodes_are_all_actors(harbour: Reading) -> None:
    nodes = dict(reading_graph([harbour]).nodes(data=True))
    assert list(nodes) == ["author", "quill", "oduya", "board", "dockers", "berg"]
    assert nodes["oduya"] == {"label": "Femi Oduya", "kind": "person", "mentions": 2, "n_articles": 1, **DAY}
    assert nodes["berg"] == {"label": "Nils Berg", "kind": "person", "mentions": 0, "n_articles": 1, **DAY}


def test_an_edge_for_each_speaker_target_and_sign(two: list[Reading]) -> None:
    graph = reading_graph(two)
    assert {(speaker, target, key) for speaker, target, key in graph.edges(keys=True)} == {
        ("quill", "oduya", "against"),
        ("quill", "oduya", "favor"),
        ("quill", "board", "against"),
        ("oduya", "dockers", "favor"),
        ("oduya", "quill", "favor"),
        ("dockers", "oduya", "favor"),
        ("author", "dockers", "favor"),
    }
    period = {"first_date": "2031-04-29", "last_date": "2031-05-02"}
    assert graph.edges["quill", "oduya", "against"] == {
        "stance": "against",
        "weight": 1.6,
        "sign": -1,
        "n_sentences": 2,
        "probability": 0.8,
        **period,
    }
    assert graph.edges["quill", "oduya", "favor"] == {
        "stance": "favor",
        "weight": 0.8,
        "sign": 1,
        "n_sentences": 1,
        "probability": 0.8,
        "first_date": "2031-04-29",
        "last_date": "2031-04-29",
    }
    assert graph.nodes["quill"] == {"label": "Ada Quill", "kind": "person", "mentions": 3, "n_articles": 2, **period}
    assert all(weight > 0 for *_, weight in graph.edges(data="weight"))


@pytest.mark.parametrize("suffix", [".gexf", ".graphml"])
def test_both_files_give_every_attribute_back(two: list[Reading], tmp_path: Path, suffix: str) -> None:
    graph = reading_graph(two)
    before = [*graph.nodes(data=True), *graph.edges(keys=True, data=True)]
    back = read_back(graph, tmp_path / f"net{suffix}")
    assert [*graph.nodes(data=True), *graph.edges(keys=True, data=True)] == before  # writing changes nothing
    assert back.is_directed() and set(back.nodes) == set(graph.nodes)
    for node, attributes in graph.nodes(data=True):
        assert {name: back.nodes[node][name] for name in attributes} == attributes
    found = {(speaker, target, values["stance"]): values for speaker, target, values in back.edges(data=True)}
    assert set(found) == set(graph.edges)
    for edge, attributes in graph.edges.items():
        assert {name: found[edge][name] for name in attributes} == attributes
    assert [path.name for path in tmp_path.iterdir()] == [f"net{suffix}"]


def test_the_voices_of_two_outlets_are_two_nodes(harbour: Reading) -> None:
    graph = reading_graph([harbour, replace(harbour, outlet="Shore Courier"), harbour])
    voices = {node: (values["label"], values["n_articles"]) for node, values in graph.nodes(data=True) if values["kind"] == "author"}
    assert voices == {"author": ("the author (Harbour Post)", 2), "author-2": ("the author (Shore Courier)", 1)}


def test_gephi_finds_direction_labels_weights_kinds_and_time(two: list[Reading], tmp_path: Path) -> None:
    write_graph(reading_graph(two), tmp_path / "net.gexf")
    root = ElementTree.parse(tmp_path / "net.gexf").getroot()
    assert root.get("version") == "1.3"
    graph = root.find("g:graph", NAMESPACE)
    assert graph is not None
    assert (graph.get("defaultedgetype"), graph.get("mode"), graph.get("timeformat")) == ("directed", "dynamic", "date")
    declared = {
        (block.get("class"), attribute.get("title")): attribute.get("type")
        for block in graph.findall("g:attributes", NAMESPACE)
        for attribute in block
    }
    dates = {(scope, name): "string" for scope in ("node", "edge") for name in DAY}
    assert {key: type_ for key, type_ in declared.items() if key[1] != "networkx_key"} == {
        ("node", "kind"): "string",
        ("node", "mentions"): "long",
        ("node", "n_articles"): "long",
        ("edge", "stance"): "string",
        ("edge", "sign"): "long",
        ("edge", "n_sentences"): "long",
        ("edge", "probability"): "double",
        **dates,
    }
    nodes = {node.get("id"): node for node in graph.iterfind("g:nodes/g:node", NAMESPACE)}
    assert (nodes["quill"].get("label"), nodes["quill"].get("start"), nodes["quill"].get("end")) == (
        "Ada Quill",
        "2031-04-29",
        "2031-05-02",
    )
    edges = {edge.get("id"): dict(edge.attrib) for edge in graph.iterfind("g:edges/g:edge", NAMESPACE)}
    assert len(edges) == 7
    assert edges["quill>oduya:against"] == {
        "id": "quill>oduya:against",
        "source": "quill",
        "target": "oduya",
        "label": "against",
        "kind": "against",
        "weight": "1.6",
        "start": "2031-04-29",
        "end": "2031-05-02",
    }
    assert edges["quill>oduya:favor"]["kind"] == "favor"


def test_edges_of_graphml_have_ids_of_their_own(two: list[Reading], tmp_path: Path) -> None:
    write_graph(reading_graph(two), tmp_path / "net.graphml")
    edges = list(ElementTree.parse(tmp_path / "net.graphml").getroot().iter("{http://graphml.graphdrawing.org/xmlns}edge"))
    assert len({edge.get("id") for edge in edges}) == len(edges) == 7


def test_without_dates_the_network_stands_still(harbour: Reading, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    graph = reading_graph([replace(harbour, date="last Tuesday"), replace(harbour, date="")])
    assert "1 readings have a date that tells no day (ISO 8601), as 'last Tuesday'" in caplog.text
    assert not any("first_date" in attributes for *_, attributes in (*graph.nodes(data=True), *graph.edges(data=True)))
    write_graph(graph, tmp_path / "net.gexf")
    element = ElementTree.parse(tmp_path / "net.gexf").getroot().find("g:graph", NAMESPACE)
    assert element is not None and element.get("mode") == "static"


@pytest.mark.parametrize("suffix", [".gexf", ".graphml"])
@pytest.mark.parametrize("readings_of", [[], [Reading("")], [Reading("Quill.", actors=(Actor("quill", "Quill", "person"),))]])
def test_a_network_of_nobody_or_without_stances(readings_of: list[Reading], tmp_path: Path, suffix: str) -> None:
    graph = reading_graph(readings_of)
    back = read_back(graph, tmp_path / f"net{suffix}")
    assert (len(back), back.number_of_edges()) == (len(graph), 0)


@pytest.mark.parametrize("suffix", [".gexf", ".graphml"])
def test_a_crowd_and_any_script(crowd: Reading, tmp_path: Path, suffix: str) -> None:
    odd = replace(crowd, actors=(Actor("a0", '🚢 <b>نادر</b> & "Co"', "group"), *crowd.actors[1:]))
    back = read_back(reading_graph([odd]), tmp_path / f"net{suffix}")
    assert (len(back), back.number_of_edges()) == (300, 299)
    assert back.nodes["a0"]["label"] == '🚢 <b>نادر</b> & "Co"'


@pytest.mark.parametrize("suffix", [".gexf", ".graphml"])
def test_characters_that_xml_cannot_hold_are_replaced_and_counted(tmp_path: Path, suffix: str, caplog: pytest.LogCaptureFixture) -> None:
    reading = Reading("", actors=(Actor("a", "Ada\x00\ud800\x1bQuill\ufffe", "person"),))
    path = tmp_path / f"net{suffix}"
    assert read_back(reading_graph([reading]), path).nodes["a"]["label"] == "Ada\ufffd\ufffd\ufffdQuill\ufffd"
    assert f"{path}: 4 characters that XML cannot hold are replaced" in caplog.text


@given(data=st.data())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_readings_give_files_that_parse(
    data: st.DataObject, readings: Callable[[], st.SearchStrategy[Reading]], tmp_path: Path
) -> None:
    logging.getLogger("whipcount.rendering.reading_graph").setLevel(logging.ERROR)
    found = data.draw(st.lists(readings(), max_size=3))
    graph = reading_graph(found)
    assert sum(n for *_, n in graph.edges(data="n_sentences")) == sum(len(reading.stances) for reading in found)
    for suffix in (".gexf", ".graphml"):
        back = read_back(graph, tmp_path / f"net{suffix}")
        assert set(back.nodes) == set(graph.nodes)
        assert ends_of(back) == ends_of(graph)


def ends_of(graph: Any) -> set[tuple[str, str, str, float]]:
    return {(speaker, target, values["stance"], values["weight"]) for speaker, target, values in graph.edges(data=True)}


@pytest.mark.parametrize("name", ["net.csv", "net", "net.gexf.gz"])
def test_another_suffix_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"give \.gexf \(for Gephi\) or \.graphml"):
        write_graph(reading_graph([]), tmp_path / name)
    assert not list(tmp_path.iterdir())
