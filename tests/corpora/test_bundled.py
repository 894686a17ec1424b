"""What travels with the package is what its pages say it is."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from whipcount.config import QualityConfig
from whipcount.corpora.authored import format_article, parse_article, read_article, read_corpus
from whipcount.corpora.folders import BUNDLED
from whipcount.quality import measure_quality
from whipcount.reading.names import find_mentions, name_forms
from whipcount.schema import Article

LABOUR = BUNDLED / "labour_2016"
GAZETTE = BUNDLED / "gazette"
ARTICLE_SHA256 = "85a6d674e8c9da5d8f8016791612491e44cd7ecc097ee80baf039eed86e06b36"


@pytest.fixture(scope="module")
def labour() -> Article:
    (article,) = read_corpus(LABOUR)
    return article


@pytest.fixture(scope="module")
def gazette() -> list[Article]:
    return read_corpus(GAZETTE)


def triplets(article: Article) -> set[tuple[int, str, str, str]]:
    return {(s.sentence, s.speaker, s.target, s.stance) for s in article.stances if s.stance != "none"}


def test_the_article_of_june_2016_is_quoted_to_the_letter(labour: Article) -> None:
    assert hashlib.sha256(labour.text.encode()).hexdigest() == ARTICLE_SHA256
    assert len(labour.sentences) == 12
    assert labour.sentence_text(0).startswith("Tom Watson told Labour MPs this evening")
    assert labour.sentence_text(11) == "The former Shadow Work and Pensions Secretary Owen Smith is also preparing for a challenge."
    assert [labour.text[span.start_char : span.end_char].split()[0] for span in labour.furniture] == ["More", "Local", "Compass’", "John"]


def test_the_article_of_june_2016_has_its_roster_and_stances(labour: Article) -> None:
    assert [actor.name for actor in labour.actors] == [
        "Tom Watson",
        "Jeremy Corbyn",
        "Neil Kinnock",
        "Len McCluskey",
        "Angela Eagle",
        "Owen Smith",
        "Labour MPs",
        "Labour Party members",
        "union leaders",
        "Unite",
        "Labour Party",
        "the Tories",
    ]
    assert Counter(stance.stance for stance in labour.stances) == {"favor": 5, "against": 10}
    assert len(labour.mentions) == 55
    assert (labour.key, labour.story, labour.split, labour.date) == ("labour_2016/labour_2016", "labour_2016", "test", "2016-06-27")


def test_the_agreement_that_the_readme_states_is_that_of_the_two_annotators() -> None:
    a, b = (read_article(LABOUR / "annotators" / name, "labour_2016") for name in ("a.txt", "b.txt"))
    assert a.text == b.text
    shared = len(triplets(a) & triplets(b))
    agreement = 2 * shared / (len(triplets(a)) + len(triplets(b)))
    mentions_a, mentions_b = ({(m.actor, m.start_char, m.end_char) for m in article.mentions} for article in (a, b))
    tags_a, tags_b = ({(s.sentence, s.speaker, s.target): set(s.tags) for s in article.stances} for article in (a, b))
    n_tags_differ = sum(tags_a[pair] != tags_b[pair] for pair in tags_a.keys() & tags_b.keys())
    number_words = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
    readme = " ".join((LABOUR / "README.md").read_text(encoding="utf-8").split())
    assert f"agreed on all {shared} stances (triplet F1 {agreement:.2f}) and on all {len(mentions_a & mentions_b)} mentions" in readme
    assert f"differed in the descriptive tags of {number_words[n_tags_differ]} rows" in readme
    assert mentions_a == mentions_b
    assert len(triplets(a)) == len(triplets(b)) == shared


def test_the_readme_counts_what_is_in_the_file(labour: Article) -> None:
    counts = Counter(stance.stance for stance in labour.stances)
    stated = (
        f"{len(labour.sentences)} sentences, {len(labour.actors)} actors, {len(labour.mentions)} mentions, "
        f"{len(labour.stances)} stances ({counts['favor']} favor, {counts['against']} against)"
    )
    assert stated in " ".join((LABOUR / "README.md").read_text(encoding="utf-8").split())


def test_the_settled_annotation_is_what_both_annotators_said(labour: Article) -> None:
    a = read_article(LABOUR / "annotators" / "a.txt", "labour_2016")
    assert (labour.text, labour.actors, labour.mentions, triplets(labour)) == (a.text, a.actors, a.mentions, triplets(a))


@pytest.mark.parametrize("folder", [LABOUR, GAZETTE], ids=lambda folder: folder.name)
def test_bundled_files_can_be_written_again(folder: Path) -> None:
    for path in sorted(folder.glob("*.txt")):
        article = read_article(path, folder.name)
        assert article.id == path.stem
        assert parse_article(format_article(article), folder.name, path.name) == article


def test_the_gazette_is_large_and_varied_enough(gazette: list[Article]) -> None:
    assert len(gazette) >= 40
    assert len({article.register for article in gazette} - {""}) >= 10
    assert not [(article.id, len(article.sentences)) for article in gazette if not 8 <= len(article.sentences) <= 16]


def test_the_gazettes_held_out_registers_are_nowhere_else(gazette: list[Article]) -> None:
    held_out = {article.register for article in gazette if article.split == "development"}
    assert held_out
    assert held_out.isdisjoint(article.register for article in gazette if article.split != "development")


def test_the_gazettes_articles_share_no_persons(gazette: list[Article]) -> None:
    articles_of: dict[str, set[str]] = defaultdict(set)
    for article in gazette:
        for actor in article.actors:
            if actor.kind == "person":
                articles_of[actor.name.split()[-1]].add(article.id)
    assert {surname: sorted(ids) for surname, ids in articles_of.items() if len(ids) > 1} == {}


def test_the_gazette_names_nobody_of_the_test_article(gazette: list[Article], labour: Article) -> None:
    found = [
        (article.id, article.text[m.start_char : m.end_char]) for article in gazette for m in find_mentions(article.text, labour.actors)
    ]
    assert found == []
    proper = {form.lower() for actor in labour.actors for form in name_forms(actor)}
    names = {form.lower(): article.id for article in gazette for actor in article.actors for form in name_forms(actor)}
    assert {form: names[form] for form in proper & names.keys()} == {}


def test_every_gazette_roster_has_two_actors_without_a_stance(gazette: list[Article]) -> None:
    n_idle = {}
    for article in gazette:
        involved = {actor for _, speaker, target, _ in triplets(article) for actor in (speaker, target)}
        n_idle[article.id] = sum(actor.id not in involved for actor in article.actors)
    assert {identifier: n for identifier, n in n_idle.items() if n < 2} == {}


def test_the_gazette_is_balanced(gazette: list[Article]) -> None:
    stances = Counter(stance for article in gazette for *_, stance in triplets(article))
    assert min(stances["favor"], stances["against"]) >= 0.4 * stances.total()
    n_sentences = sum(len(article.sentences) for article in gazette)
    n_quiet = n_sentences - sum(len({sentence for sentence, *_ in triplets(article)}) for article in gazette)
    assert 0.4 <= n_quiet / n_sentences <= 0.6


def test_every_gazette_actor_is_named_in_the_text(gazette: list[Article]) -> None:
    """A name that the text never uses cannot be found by a reader who is given the name."""
    missing = []
    for article in gazette:
        words = re.sub(r"\s+", " ", article.text).lower()
        missing += [(article.id, a.name) for a in article.actors if not any(form.lower() in words for form in name_forms(a))]
    assert missing == []


def test_the_gazettes_card_states_what_is_measured(tmp_path: Path) -> None:
    measured = measure_quality(QualityConfig(out=str(tmp_path / "quality.json")))
    card = " ".join((GAZETTE / "README.md").read_text(encoding="utf-8").split())
    corpus, blind, wording = measured["statistics"]["all"], measured["blind"]["all"], measured["wording"]
    assert f"{corpus['articles']} articles" in card and f"{corpus['sentences']:,} sentences, {corpus['stance_rows']:,} favor" in card
    assert f"triplet F1 | **{blind['triplet_f1']:.3f}**" in card
    assert blind["triplet_f1"] >= 0.75
    assert f"in {wording['accuracy']:.1%}".replace("%", " %") in card
    assert wording["accuracy"] < 0.75
    assert not measured["near_duplicates"]["pairs"]
    assert f"more than {measured['near_duplicates']['largest']['share']:.1%}".replace("%", " %") in card


def test_every_gazette_article_is_of_a_batch(gazette: list[Article]) -> None:
    with (GAZETTE / "batches.csv").open(encoding="utf-8", newline="") as file:
        batches = {row["article"]: row["batch"] for row in csv.DictReader(file)}
    assert set(batches) == {article.id for article in gazette}
    counts = Counter(batches.values())
    card = " ".join((GAZETTE / "README.md").read_text(encoding="utf-8").split())
    assert (
        f"{counts['feature']} articles are features" in card
        and f"{counts['plain']} are plain" in card
        and f"{counts['reference']} (all in train)" in card
    )
    assert {article.split for article in gazette if batches[article.id] == "reference"} == {"train"}
