"""Raw text goes in, and every offset that comes out points into it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from datasets import Dataset
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from whipcount import StancePipeline
from whipcount.examples.pairs import mentions_by_sentence
from whipcount.modeling.classifier import ArticleScores
from whipcount.modeling.parts import PART_SENTENCES
from whipcount.pipeline import ArticleReading
from whipcount.reading.attributions import Attribution
from whipcount.schema import AUTHOR, NONE, PRONOUN, SOMEONE, Actor, Article, InputError, Mention, Span, ordered_pairs

TEXT = (
    "Marta Quill accused Peter Stroud of misleading the islanders.\n"
    "“You sold the ferry,” Quill told Stroud&nbsp;on Monday &amp; left.\n"
    "He did not answer."
)


class NamedPairsFavor:
    """Stands in for a trained model: in each sentence the actor named first favors the one named next, and nobody else holds a stance.

    With ``outsider`` somebody outside the roster is against the one named first, too; with ``finds_attributions`` it tells of one;
    with ``voices`` its encoding shows whom pronouns mean and who speaks.
    """

    def __init__(
        self, n_slots: int = 48, max_tokens: int = 512, outsider: bool = False, finds_attributions: bool = False, voices: bool = False
    ) -> None:
        self.encoder = self
        self.pronoun_slots = self.speaker_slots = voices
        self.finds_attributions = finds_attributions
        self.n_slots, self.max_tokens, self.outsider = n_slots, max_tokens, outsider
        self.losses: Counter[str] = Counter()
        self.read: list[Article] = []

    def encode(self, article: Article) -> list[str]:
        size = self.max_tokens * 4
        return [article.text[start : start + size] for start in range(0, len(article.text), size)]

    def read_articles(self, articles: Sequence[Article], own_roster: bool = False) -> list[ArticleScores]:
        self.read += articles
        return [ArticleScores(self._judge(article), self._attribute(article)) for article in articles]

    def _attribute(self, article: Article) -> tuple[Attribution, ...]:
        """Take the first sentence's first word for a source, its second for a cue and the rest for what is said."""
        words = list(re.finditer(r"\S+", article.text[: article.sentences[0].end_char]))
        if not self.finds_attributions or len(words) < 3:
            return ()
        source, cue = (Span(*word.span()) for word in words[:2])
        return (Attribution((cue,), (Span(words[2].start(), words[-1].end()),), (source,)),)

    def _judge(self, article: Article) -> NDArray[np.float64]:
        pairs = []
        outside = []
        for mentions in mentions_by_sentence(article):
            named = list(dict.fromkeys(mention.actor for mention in mentions))
            pairs.append(tuple(named[:2]))
            outside.append((SOMEONE, *named[:1]) if self.outsider else ())
        rows = []
        for sentence, *pair in ordered_pairs(article):
            favor, against = tuple(pair) == pairs[sentence], tuple(pair) == outside[sentence]
            rows.append([0.7, 0.2, 0.1] if favor else [0.2, 0.7, 0.1] if against else [0.1, 0.1, 0.8])
        return np.array(rows)


def make_pipeline(**settings: Any) -> StancePipeline:
    kept = {name: settings.pop(name) for name in ("aliases", "on_long") if name in settings}
    return StancePipeline(NamedPairsFavor(**settings), **kept)  # type: ignore[arg-type]


def told(reading: ArticleReading) -> list[tuple[int, str, str, str]]:
    return [(one.sentence, reading.actor(one.speaker).name, reading.actor(one.target).name, one.stance) for one in reading.stances]


def test_a_raw_text_gives_actors_and_stances_with_evidence() -> None:
    reading = make_pipeline()(TEXT, id="a1", date="2024-05-02")
    assert (reading.id, reading.date, reading.n_scored) == ("a1", "2024-05-02", 3)
    assert [reading.words(span) for span in reading.sentences][2] == "He did not answer."
    assert told(reading) == [(0, "Marta Quill", "Peter Stroud", "favor"), (1, "Marta Quill", "Peter Stroud", "favor")]
    assert [(e.role, reading.words(e)) for e in reading.stances[1].evidence] == [
        ("speaker", "Quill"), ("target", "Stroud"), ("cue", "told"), ("content", "“You sold the ferry,”"),
    ]  # fmt: skip
    assert reading.stances[0].probabilities == (0.7, 0.2, 0.1)


def test_attributions_that_the_model_finds_take_the_place_of_rules() -> None:
    text = "Quill praised Stroud.\n\nQuill thanked Stroud."
    rules, learned = (make_pipeline(finds_attributions=finds)(text) for finds in (False, True))

    def words(reading: ArticleReading, role: str) -> list[str]:
        return [reading.text[e.start_char : e.end_char] for one in reading.stances for e in one.evidence if e.role == role]

    assert words(learned, "cue") == ["praised"] and words(learned, "content") == ["Stroud."]
    assert words(rules, "cue") == ["praised", "thanked"] and words(rules, "content") == ["Stroud"] * 2


def test_attributions_that_the_model_finds_tell_who_speaks_where_rules_do_not_know() -> None:
    text = "Quill by “reform” banners praised Stroud."
    rules, learned = (make_pipeline(finds_attributions=finds)(text) for finds in (False, True))
    assert [[one.speaker for one in reading.quotations] for reading in (rules, learned)] == [[""], ["quill"]]
    text = "Stroud heard “no” from them, Quill said."
    rules, learned = (make_pipeline(finds_attributions=finds)(text) for finds in (False, True))
    assert [one.speaker for one in learned.quotations] == [one.speaker for one in rules.quotations] == ["quill"], "rules first"


def test_what_somebodys_deputy_says_is_no_evidence_of_theirs() -> None:
    reading = make_pipeline()("Marta Quill’s deputy said Peter Stroud lied.")
    (stance,) = reading.stances
    assert [(e.role, reading.words(e)) for e in stance.evidence] == [("speaker", "Marta Quill"), ("target", "Peter Stroud")]


def test_words_that_are_reported_have_their_speaker_and_their_places() -> None:
    raw = "Marta&nbsp;Quill said that the ferry was late. According to Peter Stroud­t, it sank. It is said that it burnt."
    reading = make_pipeline()(raw.replace("­t", ""))
    told = [
        (one.speaker, *("|".join(map(reading.words, spans)) for spans in (one.source, one.cue, one.content))) for one in reading.attributed
    ]
    assert told[:2] == [
        ("marta_quill", "Marta&nbsp;Quill", "said", "that the ferry was late"),
        ("peter_stroud", "Peter Stroud", "According to", "it sank"),
    ]
    assert all(not speaker for speaker, *_ in told[2:])


def heard(article: Article) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The pronouns and the quotations that a model is told the actors of."""
    assert article.utterances is not None
    pronouns = [(article.text[m.start_char : m.end_char], m.actor) for m in article.mentions if m.why == PRONOUN]
    return pronouns, [(article.text[span.start_char : span.end_char], one.speaker) for one in article.utterances for span in one.spans]


def test_a_model_whose_encoding_shows_voices_is_told_them() -> None:
    (silent, told) = (make_pipeline(voices=voices) for voices in (False, True))
    assert told(TEXT) == silent(TEXT), "what is reported stays the same"
    (article,) = told.classifier.read  # type: ignore[attr-defined]
    assert heard(article) == ([("He", "marta_quill")], [("“You sold the ferry,”", "marta_quill")])
    (plain,) = silent.classifier.read  # type: ignore[attr-defined]
    assert plain.utterances is None and plain.mentions == article.annotated_mentions
    learned = make_pipeline(voices=True, finds_attributions=True)
    assert learned(TEXT).quotations == make_pipeline(finds_attributions=True)(TEXT).quotations
    assert heard(learned.classifier.read[0]) == heard(article), "by rules"  # type: ignore[attr-defined]


def test_a_quotation_that_runs_over_two_parts_is_told_in_both() -> None:
    lines = [f"“Day {day} was long and the ferry was late." for day in range(PART_SENTENCES + 20)]
    pipeline = make_pipeline(voices=True)
    pipeline("\n".join(["Marta Quill said:", *lines]) + "” Quill left Peter Stroud.")
    parts = pipeline.classifier.read  # type: ignore[attr-defined]
    assert [len(article.sentences) for article in parts] == [PART_SENTENCES, 5 + 22]
    for article, n_pieces in zip(parts, (PART_SENTENCES - 1, 5 + 21), strict=True):
        _, pieces = heard(article)
        assert [(words[:4], speaker) for words, speaker in pieces] == [("“Day", "marta_quill")] * n_pieces


def test_with_a_given_roster_voices_are_found_among_it() -> None:
    actors = [Actor("q", "Marta Quill", "person"), Actor("o", "Peter Stroud", "person")]
    pipeline = make_pipeline(voices=True)
    reading = pipeline.read_with_roster("Quill met Stroud. “Late,” said Quill. “Again.”", actors)
    (article,) = pipeline.classifier.read  # type: ignore[attr-defined]
    assert heard(article)[1] == [("“Late,”", "q"), ("“Again.”", "q")]
    assert [(reading.words(one.spans[0]), one.speaker) for one in reading.quotations] == [("“Late,”", "q"), ("“Again.”", "q")]
    assert [(one.speaker, reading.words(one.content[0])) for one in reading.attributed] == [("q", "“Late,”")]


def test_offsets_point_into_the_text_that_came_in() -> None:
    raw = "&quot;Never,&quot; said Marta Qu\u00adill\u00a0to Peter\u00a0Stroud &amp; left.\r\nPeter Stroud thanked Marta Quill."
    reading = make_pipeline()(raw)
    assert reading.text == raw
    named = {reading.words(mention) for mention in reading.mentions}
    assert named >= {"Marta Qu\u00adill", "Peter\u00a0Stroud", "Peter Stroud", "Marta Quill"}
    assert reading.words(reading.sentences[-1]) == "Peter Stroud thanked Marta Quill."


@given(st.text(alphabet=st.sampled_from("Marta Quill Peter Stroud said. “”\"'\n\r\t\u00a0\u00ad\x00&amp;<b>🛳 אב told"), max_size=300))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_the_text_every_offset_slices_back(text: str) -> None:
    reading = make_pipeline()(text)
    values = json.loads(reading.to_json())
    spans = values["furniture"] + [mention for actor in values["actors"] for mention in actor["mentions"]]
    for one in values["stances"]:
        spans += [one["sentence"], *one["evidence"]]
    for span in spans:
        assert text[span["start_char"] : span["end_char"]] == span["text"] != ""


@pytest.mark.parametrize("text", ["", " \n\t", "\x00\x00", "🛳" * 50, "1", "." * 500])
def test_texts_without_actors_give_a_reading_without_stances(text: str) -> None:
    reading = make_pipeline()(text)
    assert (reading.actors, reading.stances) == ((), ())
    assert reading.n_scored == len(reading.sentences)


def test_a_long_text_is_read_in_parts_and_every_sentence_once() -> None:
    lines = [f"Marta Quill thanked Peter Stroud on day {day}." for day in range(2 * PART_SENTENCES + 7)]
    pipeline = make_pipeline()
    reading = pipeline("\n".join(lines))
    assert [one.sentence for one in reading.stances] == list(range(len(lines)))
    for one in reading.stances:
        sentence = reading.sentences[one.sentence]
        assert all(sentence.start_char <= e.start_char and e.end_char <= sentence.end_char for e in one.evidence)
    assert len(pipeline.classifier.read) == 3  # type: ignore[attr-defined]


def test_each_part_of_a_long_text_is_read_with_the_actors_that_it_names() -> None:
    first = [f"Marta Quill thanked Peter Stroud on day {day}." for day in range(PART_SENTENCES)]
    second = [f"Anna Berling thanked Pavel Linden on day {day}." for day in range(PART_SENTENCES)]
    pipeline = make_pipeline()
    assert len(pipeline("\n".join([*first, *second])).stances) == 2 * PART_SENTENCES
    parts = [[actor.name for actor in article.actors] for article in pipeline.classifier.read]  # type: ignore[attr-defined]
    named = [["Marta Quill", "Peter Stroud"], ["Marta Quill", "Peter Stroud", "Anna Berling", "Pavel Linden"]]
    assert parts == named, "the second part has some sentences of the first for context"


def test_a_text_that_does_not_fit_can_be_refused() -> None:
    text = "\n".join("Marta Quill thanked Peter Stroud for the new ferry." for _ in range(60))
    assert len(make_pipeline()(text).stances) == 60
    with pytest.raises(InputError, match="window of 512 tokens"):
        make_pipeline(on_long="error")(text)
    with pytest.raises(InputError, match="on_long is 'cut'"):
        make_pipeline(on_long="cut")


def test_actors_beyond_the_slots_are_counted() -> None:
    text = "Marta Quill thanked Peter Stroud. Quill and Stroud met Anna Berling, Pavel Linden and Ida Morrow."
    pipeline = make_pipeline(n_slots=4)
    reading = pipeline(text)
    (article,) = pipeline.classifier.read  # type: ignore[attr-defined]
    assert [actor.name for actor in article.actors] == ["Marta Quill", "Peter Stroud"]
    assert reading.losses["actors beyond the model's slots, in a part of the text"] == len(reading.actors) - 2 > 0


def test_stances_of_someone_outside_the_roster_are_counted_not_told() -> None:
    reading = make_pipeline(outsider=True)(TEXT)
    assert all(SOMEONE not in (one.speaker, one.target) for one in reading.stances)
    assert reading.losses["stances of or toward an actor outside the roster"] >= 2


def test_the_roster_can_be_given() -> None:
    actors = [Actor("q", "Marta Quill", "person"), Actor("o", "Peter Stroud", "person")]
    reading = make_pipeline().read_with_roster("Quill met Stroud. Nobody else came.", actors)
    assert [(one.sentence, one.speaker, one.target) for one in reading.stances] == [(0, "q", "o")]
    assert reading.n_scored == 2


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"mentions": [Mention("ghost", 0, 5)]}, "unknown actor 'ghost'"),
        ({"mentions": [Mention("q", 0, 99)]}, r"mention .*99.* leaves the text \(17 characters\)"),
        ({"sentences": [Span(0, 99)]}, "range 0:99 overlaps another or leaves the text"),
        ({"actors": [Actor("q", "Marta Quill", "person")] * 2}, "actor id 'q' occurs twice"),
    ],
)
def test_a_given_roster_that_does_not_fit_the_text_is_refused(change: dict[str, Any], complaint: str) -> None:
    given = {"text": "Quill met Stroud.", "actors": [Actor("q", "Marta Quill", "person"), Actor("o", "Peter Stroud", "person")]}
    with pytest.raises(InputError, match=complaint):
        make_pipeline().read_with_roster(**{**given, **change})


def test_with_a_given_roster_an_empty_text_is_an_empty_reading() -> None:
    assert make_pipeline().read_with_roster("", [Actor("q", "Marta Quill", "person")]).stances == ()


def test_with_a_given_roster_stances_rest_on_what_is_said() -> None:
    actors = [Actor("q", "Marta Quill", "person"), Actor("o", "Peter Stroud", "person")]
    reading = make_pipeline().read_with_roster("Quill told Stroud: “You lied.” Quill: “So Stroud lied.”", actors)
    first, last = ([(e.role, reading.words(e)) for e in reading.stances[index].evidence] for index in (0, -1))
    assert first == [("speaker", "Quill"), ("target", "Stroud"), ("cue", "told"), ("content", "“You lied.”")]
    assert last == [("speaker", "Quill"), ("target", "Stroud"), ("content", "“So Stroud lied.”")]


def test_names_of_a_users_own_table_are_found(tmp_path: Path) -> None:
    table = tmp_path / "names.csv"
    table.write_text("name,alias,kind,valid_from,valid_to,note\nMarta Quill,the Iron Harbourmaster,person,,,\n", encoding="utf-8")
    reading = make_pipeline(aliases=table)("Marta Quill spoke. The Iron Harbourmaster praised Peter Stroud.")
    assert told(reading)[-1] == (1, "Marta Quill", "Peter Stroud", "favor")


def test_many_texts_and_datasets_are_read_in_order() -> None:
    texts = [TEXT, "", "Peter Stroud thanked Marta Quill."]
    pipeline = make_pipeline()
    readings = pipeline(texts)
    assert [told(reading) for reading in readings] == [told(pipeline(text)) for text in texts]
    assert [reading.text for reading in pipeline(Dataset.from_dict({"text": texts}))] == texts


def test_a_reading_can_be_written_down() -> None:
    reading = make_pipeline()(TEXT)
    assert len(reading.to_dataframe()) == len(reading.stances) == 2
    assert "Marta Quill" in reading.to_html()
    assert reading.to_graph().number_of_edges() == len({(one.speaker, one.target) for one in reading.stances})


@pytest.mark.parametrize("make", [dict, pd.DataFrame, Dataset.from_dict, lambda table: Dataset.from_dict(table).to_iterable_dataset()])
def test_of_a_table_the_texts_are_read(make: Callable[[dict[str, list[str]]], Any]) -> None:
    texts = [TEXT, "Peter Stroud thanked Marta Quill."]
    assert [reading.text for reading in make_pipeline()(make({"id": ["a", "b"], "text": texts}))] == texts
    with pytest.raises(InputError, match="the columns id, body and no 'text'"):
        make_pipeline()(make({"id": ["a", "b"], "body": texts}))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (None, "None is no list of texts; give a text"),
        (5, "5 is no list"),
        (b"Quill", "b'Quill' is no list"),
        (Path("a.txt"), r"PosixPath\('a.txt'\) is no list"),
        ([TEXT, None], "element 1 is None, not a text"),
        ([TEXT, TEXT, float("nan")], "element 2 is nan, not a text"),
        (pd.DataFrame({"text": [TEXT, None]}), "element 1 is (None|nan), not a text"),
        ({"text": TEXT}, "'Marta Quill.*' is no list of texts"),
    ],
)
def test_what_is_no_text_is_named_before_any_is_read(given: Any, told: str) -> None:
    pipeline = make_pipeline()
    with pytest.raises(InputError, match=told):
        pipeline(given)
    assert pipeline.classifier.read == []  # type: ignore[attr-defined]


def test_a_sentence_that_does_not_fit_can_be_refused(small_run: Path) -> None:
    sentence = "Marta Quill thanked Peter Stroud" + " and the ferry" * 300 + "."
    pipeline = StancePipeline.from_pretrained(small_run / "model")
    assert pipeline(sentence).losses["sentences cut to the window"] == 1
    pipeline.on_long = "error"
    with pytest.raises(InputError, match="a text of 1 sentences does not fit"):
        pipeline(sentence)
    assert "sentences cut to the window" not in pipeline("Marta Quill thanked Peter Stroud.").losses


def test_a_saved_model_reads(small_run: Path) -> None:
    pipeline = StancePipeline.from_pretrained(small_run / "model")
    reading = pipeline(TEXT)
    assert reading.model["folder"] == "model" and reading.model["trained"]
    assert reading.n_scored == 3
    for one in reading.stances:
        assert max(one.probabilities) == one.probability != one.probabilities[NONE]
        assert one.speaker == AUTHOR or one.speaker in {actor.id for actor in reading.actors}
    with pytest.raises(InputError, match="make train"):
        StancePipeline.from_pretrained(small_run / "nothing")


def test_what_is_told_of_one_text_is_not_told_of_several(small_run: Path) -> None:
    pipeline = StancePipeline.from_pretrained(small_run / "model")
    with pytest.raises(InputError, match="date is given with several texts"):
        pipeline([TEXT, TEXT], date="2019-05-01")  # type: ignore[call-overload]
