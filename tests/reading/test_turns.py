"""Who speaks in interviews and debates without quotation marks."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whipcount.reading.actors import find_actors
from whipcount.reading.hearing import Heard, hear
from whipcount.reading.parsing import parse
from whipcount.reading.sentences import split_sentences
from whipcount.schema import PRONOUN, Span

MEETING = "Margaret Quill and Peter Stroud met in the hall on Monday.\n\n"
INTERVIEW = "Margaret Quill, leader of the Harbour Party, spoke to this paper.\n\n"
DEBATE = MEETING + "Quill: I say no.\n\nStroud: You do.\n\nQuill: Yes.\n\n"


def heard(text: str, furniture: tuple[Span, ...] = ()) -> Heard:
    paragraphs = parse(text, furniture)
    found = find_actors(text, paragraphs, split_sentences(text, paragraphs))
    return hear(text, paragraphs, found.mentions)


def turns(text: str) -> list[tuple[str, str]]:
    """Return who speaks and the words of each quotation and turn."""
    return [(one.speaker, " | ".join(text[s.start_char : s.end_char] for s in one.spans)) for one in heard(text).said]


def speakers(text: str) -> list[str]:
    return [speaker for speaker, _ in turns(text)]


def test_names_before_colons_say_who_speaks() -> None:
    text = MEETING + "Quill: The ferry is late.\n\nPeter Stroud: It is not, you know.\n\nQuill: I waited an hour.\n"
    assert turns(text) == [
        ("margaret_quill", "The ferry is late."),
        ("peter_stroud", "It is not, you know."),
        ("margaret_quill", "I waited an hour."),
    ]
    assert {one.why for one in heard(text).said} == {"label"}


@pytest.mark.parametrize(
    "label",
    [
        "MARGARET QUILL", "Margaret Quill (Harbour Party)", "MQ", "M.Q.", "Ms Quill", "QUILL", "SEN. QUILL", "[00:30] Quill", "- Quill",
        "**Quill**", "Quill, the mayor", "Margaret Quill, Harbour Party",
    ],
)  # fmt: skip
def test_labels_may_be_capitals_initials_or_have_something_around_them(label: str) -> None:
    text = f"{MEETING}{label}: I say it is late.\n\nPeter Stroud: You are wrong.\n\n{label}: Yes, it is.\n"
    assert speakers(text) == ["margaret_quill", "peter_stroud", "margaret_quill"]


def test_initials_of_two_are_nobodys() -> None:
    text = f"{MEETING}Mark Quist came later.\n\nMQ: I am late.\n\nPeter Stroud: You are.\n\nMs Quill: Never.\n\nStroud: Yes.\n"
    assert "margaret_quill" not in speakers(text)[:1] and speakers(text)[1:] == ["peter_stroud", "margaret_quill", "peter_stroud"]


def test_initials_and_capitals_are_no_actors_of_their_own() -> None:
    text = f"{MEETING}MQ: I am late.\n\nPETER STROUD: You are.\n\nMQ: Never.\n\nPS: You always are.\n"
    paragraphs = parse(text)
    found = find_actors(text, paragraphs, split_sentences(text, paragraphs))
    assert {actor.id for actor in found.actors} == {"margaret_quill", "peter_stroud"}


def test_who_is_named_in_labels_alone_is_an_actor() -> None:
    text = "The two candidates met.\n\nPeter Brandt: I love it.\n\nNora Vance: You do not.\n\nPeter Brandt: I do.\n\nNora Vance: No.\n"
    assert speakers(text) == ["peter_brandt", "nora_vance", "peter_brandt", "nora_vance"]


def test_whom_the_parser_knows_not_is_an_actor_who_says_i() -> None:
    text = "PRESENTER: Did you know?\n\nDRAYCOTT: I did not.\n\nPRESENTER: Will you stay?\n\nNwosu: I will, if DRAYCOTT will.\n"
    assert speakers(text) == ["", "draycott", "", "nwosu"]


def test_whom_nothing_else_shows_to_be_a_person_is_none() -> None:
    text = "Leeds: We had snow. I lost my hat.\n\nSamsung: I saw rain.\n\nLeeds: You should see it.\n\nSamsung: My roof leaks.\n"
    paragraphs = parse(text)
    assert "person" not in {actor.kind for actor in find_actors(text, paragraphs, split_sentences(text, paragraphs)).actors}


def test_one_alone_has_a_label_who_answers() -> None:
    text = "What of the vote?\n\nIlse Maartens: It was a farce.\n\nAnd of Senator Crewe?\n\nIlse Maartens: He kept his word.\n"
    assert turns(text) == [("ilse_maartens", "It was a farce."), ("ilse_maartens", "He kept his word.")]
    assert [(text[m.start_char : m.end_char], m.actor) for m in heard(text).mentions if m.why == PRONOUN] == [
        ("He", "crewe"), ("his", "crewe"),
    ]  # fmt: skip


def test_who_answers_one_alone_does_not_go_on_with_the_next_question() -> None:
    text = "Why did you run?\n\nPetra Volk: I was angry.\n\nI still am.\n\nWill you stop?\n\nPetra Volk: I may.\n"
    assert turns(text) == [("petra_volk", "I was angry. | I still am."), ("petra_volk", "I may.")]


def test_a_line_that_tells_itself_whose_it_is_is_no_turn() -> None:
    text = "Norwick: We were lucky, said coach Udo Renn.\n\nHale: I am sad, said Pip Eck.\n\nNorwick: You will win, said Renn.\n"
    assert turns(text) == []


def test_who_talks_is_not_he() -> None:
    text = MEETING + "Quill: I waited for Stroud.\n\nStroud: I came.\n\nQuill: I did not see him.\n\nStroud: She never looks.\n"
    found = {(text[m.start_char : m.end_char], m.actor) for m in heard(text).mentions if m.why == PRONOUN}
    assert {("him", "peter_stroud"), ("She", "margaret_quill")} <= found


@pytest.mark.parametrize(
    "before",
    [
        "Margaret Quill, leader of the Harbour Party, spoke to this paper.",
        "The Harbour Gazette met Margaret Quill in her office.",
        "Ada Moll interviewed Margaret Quill about the port.",
        "Margaret Quill was interviewed by Ada Moll.",
        "Peter Stroud resigned on Monday. We asked Margaret Quill what comes next.",
        "Our reporter sat down with Margaret Quill, who beat Peter Stroud.",
        "An interview with Margaret Quill, who beat Peter Stroud.",
        "Margaret Quill won on Thursday. A day later she spoke with us.",
    ],
)
def test_answers_are_whose_who_was_interviewed(before: str) -> None:
    text = f"{before}\n\nQ: Will you resign?\n\nA: No.\n\nQ: Why?\n\nA: I was elected.\n"
    assert speakers(text) == ["", "margaret_quill", "", "margaret_quill"]


@pytest.mark.parametrize(
    ("before", "answer"),
    [
        (INTERVIEW + "She met Peter Stroud, too.\n\n", "I was elected."),
        ("Ada Moll spoke to Margaret Quill.\n\n", "I was elected."),
        ("Margaret Quill, who is ill, flew home. On the plane she talked with Ada Moll.\n\n", "I was elected."),
        ("Peter Stroud will close the port in May.\n\n", "I asked Peter Stroud, and he said so."),
        ("", "I was elected."),
        ("Margaret Quill signed the rule on Monday. Here is what you need to know.\n\n", "I was elected."),
    ],
    ids=["two were met", "one of two", "one of two, named by a pronoun", "they name the only one", "nobody is named", "nobody was met"],
)
def test_answers_are_nobodys_where_nobody_else_can_have_given_them(before: str, answer: str) -> None:
    text = f"{before}Q: Will you resign?\n\nA: No.\n\nQ: Why?\n\nA: {answer}\n"
    assert speakers(text) == [""] * 4


def test_q_and_a_may_have_full_stops() -> None:
    assert speakers(f"{INTERVIEW}Q. Will you resign?\n\nA. No, I will not.\n\nQ. Why?\n\nA. I was elected.\n")[1] == "margaret_quill"


def test_paragraphs_go_on_that_say_i_or_you() -> None:
    answer = "A: No.\n\nWe have work to do.\n\nThe room was quiet.\n\nWe all waited.\n\n"
    text = f"{INTERVIEW}Q: Will you resign?\n\n{answer}Q: Why?\n\nA: Ask me later.\n"
    assert ("margaret_quill", "No. | We have work to do.") in turns(text)


@pytest.mark.parametrize(
    "after",
    [
        "Peter Stroud told our reporter that he had won.",
        "We asked Quill for comment.",
        "“She lied to us,” Peter Stroud said afterwards. I asked him why.",
        "Read more: What you need to know",
        "Sign up to our letter, and you get it every day.",
    ],
)
def test_what_follows_the_last_turn_is_not_the_speakers(after: str) -> None:
    assert ("margaret_quill", "Yes.") in turns(DEBATE + after + "\n")


def test_furniture_does_not_go_on_with_a_turn() -> None:
    line = "I want our letter every day"
    start_char = len(DEBATE)
    said = heard(DEBATE + line + "\n", (Span(start_char, start_char + len(line)),)).said
    assert [len(one.spans) for one in said] == [1, 1, 1]
    assert [len(one.spans) for one in heard(DEBATE + line + "\n").said] == [1, 1, 2]


@pytest.mark.parametrize(
    "line", ["Stroud: I think you lie", "Stroud: I think you lie (shouting)", "Stroud: “Late” is a big word, and I know"]
)
def test_a_line_with_a_label_never_goes_on_with_the_turn_before(line: str) -> None:
    found = turns(f"{MEETING}Quill: The ferry is late.\n\n{line}\n\nQuill: No, I do not.\n\nStroud: You do.\n")
    assert ("margaret_quill", "The ferry is late.") in found and not any("Stroud:" in words for _, words in found)


def test_other_labels_open_a_turn_of_nobody() -> None:
    text = MEETING + "Quill: I am late.\n\nA very angry woman in the hall: Shame on you.\n\nStroud: Quiet, you.\n\nQuill: No.\n"
    assert speakers(text) == ["margaret_quill", "", "peter_stroud", "margaret_quill"]


def test_whoever_asks_may_be_nobody_known() -> None:
    asked = "Audience member: Will you resign?\n\nNora Vance: No, I will not.\n\nAudience member: Why?\n\nNora Vance: So.\n"
    text = f"Nora Vance met voters.\n\n{asked}"
    assert speakers(text) == ["", "nora_vance", "", "nora_vance"]


def test_the_first_person_is_who_speaks_and_the_third_is_not() -> None:
    text = "Ms Margaret Quill and Mr Peter Stroud met.\n\nQuill: I am late.\n\nStroud: He is lying, and I waited.\n\nQuill: My ferry was.\n"
    meant = [(text[m.start_char : m.end_char], m.actor) for m in heard(text).mentions if m.why == PRONOUN]
    assert meant == [("I", "margaret_quill"), ("I", "peter_stroud"), ("My", "margaret_quill")]


def test_what_is_quoted_within_a_turn_is_its_speakers_only_if_the_turn_says_so() -> None:
    text = MEETING + "Quill: I heard that Stroud said “the ferry is late”.\n\nStroud: You call it “a farce”.\n\nQuill: No.\n"
    assert [(one.speaker, one.depth) for one in heard(text).said] == [
        ("margaret_quill", 0), ("peter_stroud", 1), ("peter_stroud", 0), ("", 1), ("margaret_quill", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "The Harbour Party won.\n\nHarbour Party: 12 seats\n\nGreen Party: 4 seats\n\nHarbour Party: 9 seats\n",
        MEETING + "Quill: 1,769.\n\nStroud: 1,501.\n\nQuill: 46.\n",
        MEETING + "Quill: 45 per cent.\n\nStroud: 41 per cent.\n\nQuill: 39 per cent.\n",
        MEETING + "Quill: She would cut taxes.\n\nStroud: He would raise them.\n\nQuill: She wants free ferries.\n",
        "The Herald: Margaret Quill talks about you.\n\nThe Gazette: A film.\n\nThe Herald: Peter Stroud cooks.\n",
        "Quill: The ferry is late.\n\nMargaret Quill spoke on Monday.\n",
        MEETING + "Where: The town hall.\n\nWhen: Monday at noon.\n\nPrice: Free, says Margaret Quill.\n",
        MEETING + "Quill: I am late.\n\nStroud: You are not.\n",
        "Peter Stroud closes the port.\n\nQ: When?\n\nA: In May.\n\nQ: Who says so?\n\nA: The mayor did.\n",
    ],
    ids=["seats", "votes", "shares", "positions", "what is on", "headline", "list", "too short", "explainer"],
)
def test_other_lines_with_colons_are_no_turns(text: str) -> None:
    assert turns(text) == []


def test_lines_with_quotation_marks_are_read_as_quotations() -> None:
    text = MEETING + "Quill: “I am late.”\n\nStroud: “You are not.”\n\nQuill: “I am.”\n"
    assert heard(text).turns == {}
    assert speakers(text) == ["margaret_quill", "peter_stroud", "margaret_quill"]


LINES = ["Q: Why?", "A: “No.", "Quill: I am “late” now.", "Stroud: You", "“We", "", "It rained.", "MQ: I."]


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_turns_never_overlap_and_lie_in_the_text(lines: list[str]) -> None:
    text = MEETING + "\n".join(lines)
    found = heard(text)
    spans = sorted((s.start_char, s.end_char) for one in found.turns for s in one.spans)
    assert all(start < end <= len(text) and text[start:end] == text[start:end].strip() for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert len(found.said) == len(found.quotations)


def test_a_turn_of_three_thousand_words_is_one() -> None:
    words = "we waited " * 1_500
    text = f"{MEETING}Quill: I say no.\n\nStroud: Oh, {words}there.\n\nQuill: Yes.\n"
    assert [(speaker, len(said.split())) for speaker, said in turns(text)] == [
        ("margaret_quill", 3), ("peter_stroud", 3_002), ("margaret_quill", 1),
    ]  # fmt: skip


def test_a_long_debate_is_read_in_time() -> None:
    text = MEETING + "Somebody: Will you?\nQuill: No, I will not.\n" * 400
    paragraphs = parse(text)
    found = find_actors(text, paragraphs, split_sentences(text, paragraphs))
    start = time.process_time()
    assert len(hear(text, paragraphs, found.mentions).turns) == 800
    assert time.process_time() - start < 5
