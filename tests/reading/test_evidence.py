from __future__ import annotations

from whipcount.reading.attribution_rules import find_attributions
from whipcount.reading.evidence import attributions_by_sentence, evidence_of, with_heads
from whipcount.reading.names import find_mentions
from whipcount.reading.parsing import parse
from whipcount.reading.quotes import find_quotations
from whipcount.reading.sentences import split_sentences
from whipcount.reading.speakers import find_speakers
from whipcount.reading.surroundings import Surroundings
from whipcount.schema import Actor

BOTH = "Quill denounced the fares, and Quill blamed Oduya."
TEXT = "Femi Oduya came late. “The board lied to us,” Marta Quill said. “It sold the ferry.” Quill blamed Oduya. Oduya left."
ACTORS = (Actor("quill", "Marta Quill", "person"), Actor("oduya", "Femi Oduya", "person"), Actor("board", "board", "group"))


def rests_on(number: int, speaker: str, target: str, text: str = TEXT) -> list[tuple[str, str]]:
    paragraphs = parse(text)
    sentences = split_sentences(text, paragraphs)
    mentions = find_mentions(text, ACTORS)
    attributions, quotations = find_attributions(text, paragraphs), find_quotations(text)
    places = Surroundings(text, paragraphs, quotations, mentions, attributions)
    said = attributions_by_sentence(sentences, with_heads(attributions, places))
    uttered = [one for one in find_speakers(places, quotations) if one.speaker == speaker]
    holder, object_ = ([m for m in mentions if m.actor == end] for end in (speaker, target))
    evidence = evidence_of(sentences[number], holder, object_, said.get(number, []), uttered)
    return [(one.role, text[one.start_char : one.end_char]) for one in evidence]


def test_what_is_said_rests_on_cue_and_words() -> None:
    assert rests_on(1, "quill", "board") == [
        ("speaker", "Marta Quill"), ("target", "board"), ("cue", "said"), ("content", "“The board lied to us,”"),
    ]  # fmt: skip


def test_a_sentence_within_a_quotation_rests_on_who_said_it_before() -> None:
    assert rests_on(2, "quill", "board") == [
        ("speaker", "Marta Quill"), ("target", "board"), ("cue", "said"), ("content", "“It sold the ferry.”"),
    ]  # fmt: skip


def test_what_another_says_is_no_evidence() -> None:
    assert rests_on(1, "oduya", "board") == [("speaker", "Femi Oduya"), ("target", "board")], "the last mention before"
    assert rests_on(3, "quill", "oduya") == [("speaker", "Quill"), ("target", "Oduya"), ("cue", "blamed"), ("content", "Oduya")]


def test_what_somebodys_lawyer_says_is_no_evidence_of_theirs() -> None:
    text = "Quill’s lawyer said Oduya lied to Quill."
    assert rests_on(0, "quill", "oduya", text) == [("speaker", "Quill"), ("speaker", "Quill"), ("target", "Oduya")]
    assert ("cue", "said") in rests_on(0, "quill", "oduya", text.replace("’s lawyer", ""))


def test_words_whose_speaker_a_label_tells_rest_on_it() -> None:
    text = "Femi Oduya came.\nQuill: “Go. Oduya lied.”"
    assert rests_on(2, "quill", "oduya", text) == [("speaker", "Quill"), ("target", "Oduya"), ("content", "“Go. Oduya lied.”")]


def test_words_that_turn_about_rest_on_the_mention_of_who_spoke_before() -> None:
    text = "“You lied,” said Marta Quill.\n“Never,” said Femi Oduya.\n“Oduya lied.”"
    assert rests_on(2, "quill", "oduya", text) == [("speaker", "Marta Quill"), ("target", "Oduya"), ("content", "“Oduya lied.”")]


def test_words_whose_speaker_another_sentence_names_have_the_cue_of_their_own() -> None:
    text = "The meeting heard them all. “Oduya lied,” one said. The speaker was Marta Quill."
    assert rests_on(1, "quill", "oduya", text) == [
        ("speaker", "Marta Quill"), ("target", "Oduya"), ("cue", "said"), ("content", "“Oduya lied,”"),
    ]  # fmt: skip


def test_of_several_attributions_those_count_that_name_the_target() -> None:
    told = rests_on(0, "quill", "oduya", BOTH)
    assert [one for one in told if one[0] in ("cue", "content")] == [("cue", "blamed"), ("content", "Oduya")]
    assert [words for role, words in rests_on(0, "quill", "board", BOTH) if role == "cue"] == ["denounced", "blamed"], "none names it"


def test_the_articles_own_voice_has_no_mention() -> None:
    assert rests_on(4, "author", "oduya") == [("target", "Oduya")]


def test_an_attribution_belongs_to_every_sentence_that_it_reaches_into() -> None:
    paragraphs = parse(TEXT)
    said = attributions_by_sentence(split_sentences(TEXT, paragraphs), find_attributions(TEXT, paragraphs))
    assert {index: len(found) for index, found in said.items()} == {1: 1, 2: 1, 3: 1}
    assert attributions_by_sentence([], find_attributions(TEXT, paragraphs)) == {}
