"""SEESAW's native files become articles, with what is defective in them mended or counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from whipcount.corpora.seesaw import read_seesaw
from whipcount.examples.pairs import make_examples
from whipcount.schema import FULL, InputError, Stance

SENTENCES = ["", "Vera Quill praised the Harbour Board.", "  ", "Lo O’Dell and other pilots attacked Quill.", "It rained."]


def entity(name: str, *types: str) -> list[Any]:
    return [name, list(types), ["Main"] * len(types), ["A"] * len(types)]


def triplet(subject: str, sentiment: str, target: str, annotators: str = "A") -> dict[str, Any]:
    return {"id": 0, "subject": subject, "sentiment": sentiment, "object": target, "annotators": list(annotators)}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    entities = [
        entity("Vera Quill", "People"),
        entity("United States Harbour Board", "Organization", "Organization", "People"),
        entity("lo o'dell", "People"),
        entity("pilot", "People"),
        entity("the new pier", "Topic"),
    ]
    stances = {
        "1": [triplet("Vera Quill", "POS", "United States Harbour Board"), triplet("None", "POS", "Vera Quill")],
        "3": [
            triplet("lo o'dell", "POS", "Vera Quill"),
            triplet("lo o'dell", "NEG", "Vera Quill", "AB"),
            triplet("pilot", "NEG", "Vera Quill"),
            triplet("pilot", "POS", "Vera Quill"),
            triplet("Vera Quill", "NEG", "the new pier"),
            triplet("Vera Quill", "NEG", "Vera Quill"),
            triplet("Not in the list", "NEG", "the new pier"),
        ],
        "2": [triplet("pilot", "NEG", "the new pier")],
    }
    write(tmp_path, "TRIPLET_007", "1", entities, stances, "valid")
    return tmp_path


def write(folder: Path, story: str, number: str, entities: list[Any], stances: dict[str, Any], split: str) -> None:
    for kind in ("articles", "annotations", "meta"):
        (folder / "SEESAW" / kind).mkdir(parents=True, exist_ok=True)
    name = f"{story}_DOCUMENT_{number}.json"
    text = [{"id": index, "text": sentence} for index, sentence in enumerate(SENTENCES)]
    contents = {
        f"articles/{name}": {"title": "A title", "text": text},
        f"annotations/{name}": {"title": "A title", "entity lists": entities, "sentence-level stances": stances},
        f"meta/{story}.json": {
            "Split": split,
            "story_time": "2019-05-01",
            f"Meta info for article {number}": {"source": "The Gazette", "url": "https://example.org/a"},
        },
    }
    for path, content in contents.items():
        (folder / "SEESAW" / path).write_text(json.dumps(content), encoding="utf-8")


def test_an_article_with_its_story_split_and_source(corpus: Path) -> None:
    (article,), _ = read_seesaw(corpus)
    assert (article.key, article.story, article.split) == ("seesaw/TRIPLET_007_DOCUMENT_1", "TRIPLET_007", "development")
    assert (article.date, article.outlet, article.title, article.source) == (
        "2019-05-01",
        "The Gazette",
        "A title",
        "https://example.org/a",
    )
    assert article.annotation == FULL


def test_empty_sentences_are_left_out_and_counted(corpus: Path) -> None:
    (article,), losses = read_seesaw(corpus)
    assert [article.sentence_text(index) for index in range(len(article.sentences))] == [SENTENCES[1], SENTENCES[3], SENTENCES[4]]
    assert losses["empty sentences"] == 2


def test_entities_have_kinds_and_the_spelling_of_the_text(corpus: Path) -> None:
    (article,), _ = read_seesaw(corpus)
    assert [(actor.name, actor.kind) for actor in article.actors] == [
        ("Vera Quill", "person"),
        ("United States Harbour Board", "organisation"),
        ("Lo O’Dell", "person"),
        ("pilot", "group"),
        ("the new pier", "topic"),
    ]
    assert "Harbour Board" in article.actors[1].aliases
    assert "pilots" in article.actors[3].aliases


def test_labels_are_mapped_and_contradictions_settled_by_the_annotators(corpus: Path) -> None:
    (article,), losses = read_seesaw(corpus)
    assert set(article.stances) == {
        Stance(0, "e0", "e1", "favor"),
        Stance(0, "author", "e0", "favor"),
        Stance(1, "e2", "e0", "against"),  # two annotators against one
        Stance(1, "e3", "e0", "against"),  # one each: the first
        Stance(1, "e0", "e4", "against"),
        Stance(1, "someone", "e4", "against"),
    }
    assert losses == {
        "empty sentences": 2,
        "second labels of a pair": 2,
        "stances toward oneself": 1,
        "stances of an empty sentence": 1,
    }


def test_names_are_found_where_the_text_has_them(corpus: Path) -> None:
    (article,), _ = read_seesaw(corpus)
    named = {(row["sentence"], row["speaker"]) for row in make_examples(article) if row["speaker_mentions"]}
    assert named == {(0, "e0"), (0, "e1"), (1, "e0"), (1, "e2"), (1, "e3")}


def test_a_test_part_is_read_where_there_is_one(corpus: Path) -> None:
    write(corpus, "TRIPLET_008", "0", [entity("Vera Quill", "People")], {}, "test")
    assert {article.split for article in read_seesaw(corpus)[0]} == {"development", "test"}


@pytest.mark.parametrize(
    ("path", "content", "complaint"),
    [
        ("articles/TRIPLET_007_DOCUMENT_1.json", None, "no such file, though the corpus names it"),
        ("meta/TRIPLET_007.json", None, "no such file, though the corpus names it"),
        ("articles/TRIPLET_007_DOCUMENT_1.json", "{", "no JSON"),
        ("meta/TRIPLET_007.json", "{}", "'Split' is missing or unknown"),
        ("meta/TRIPLET_007.json", '{"Split": "dev"}', "'dev' is missing or unknown"),
        ("meta/TRIPLET_007.json", "[]", "TRIPLET_007_DOCUMENT_1.json: not as published"),
        ("articles/TRIPLET_007_DOCUMENT_1.json", '{"text": null}', "not as published"),
        ("annotations/TRIPLET_007_DOCUMENT_1.json", '{"entity lists": [["Quill"]], "sentence-level stances": {}}', "not as published"),
    ],
)
def test_a_damaged_corpus_is_refused_with_the_file(corpus: Path, path: str, content: str | None, complaint: str) -> None:
    damaged = corpus / "SEESAW" / path
    damaged.unlink() if content is None else damaged.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=complaint):
        read_seesaw(corpus)


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no annotations/\*\.json"):
        read_seesaw(tmp_path)


def test_an_entity_that_the_list_lacks_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "TRIPLET_001", "0", [entity("Vera Quill", "People")], {"1": [triplet("Nobody", "NEG", "Vera Quill")]}, "train")
    with pytest.raises(InputError, match="'Nobody' is missing or unknown"):
        read_seesaw(tmp_path)


def test_a_sentiment_that_the_corpus_does_not_have_is_refused(tmp_path: Path) -> None:
    entities = [entity("Vera Quill", "People"), entity("pilot", "People")]
    write(tmp_path, "TRIPLET_001", "0", entities, {"1": [triplet("pilot", "NEU", "Vera Quill")]}, "train")
    with pytest.raises(InputError, match="'NEU' is missing or unknown"):
        read_seesaw(tmp_path)


def test_who_is_not_in_the_list_may_be_a_target(tmp_path: Path) -> None:
    write(tmp_path, "TRIPLET_001", "0", [entity("pilot", "People")], {"1": [triplet("pilot", "NEG", "Not in the list")]}, "train")
    (article,), _ = read_seesaw(tmp_path)
    assert article.stances == (Stance(0, "e0", "someone", "against"),)


def test_a_file_of_another_name_is_refused(corpus: Path) -> None:
    (corpus / "SEESAW" / "annotations" / "notes.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"notes\.json: no '_DOCUMENT_' in its name"):
        read_seesaw(corpus)


def test_an_entity_without_a_type_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "TRIPLET_001", "0", [entity("Vera Quill")], {}, "train")
    with pytest.raises(InputError, match="'type of Vera Quill' is missing or unknown"):
        read_seesaw(tmp_path)
