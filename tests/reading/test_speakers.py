"""Who speaks, in every construction that news has for it."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whipcount.reading.actors import find_actors
from whipcount.reading.attribution_rules import find_attributions
from whipcount.reading.attributions import Attribution
from whipcount.reading.parsing import parse
from whipcount.reading.quotes import find_quotations
from whipcount.reading.sentences import split_sentences
from whipcount.reading.speakers import GROUNDS, find_speakers
from whipcount.reading.surroundings import Surroundings
from whipcount.rendering.reading_json import SCHEMA_FILE
from whipcount.schema import Mention, Span, Utterance


def read(text: str) -> list[Utterance]:
    paragraphs = parse(text)
    found = find_actors(text, paragraphs, split_sentences(text, paragraphs))
    quotations = find_quotations(text)
    return find_speakers(Surroundings(text, paragraphs, quotations, found.mentions, find_attributions(text, paragraphs)), quotations)


def speakers(text: str) -> list[str]:
    return [one.speaker for one in read(text)]


@pytest.mark.parametrize(
    ("construction", "text", "said"),
    [
        ("before", "Marta Quill said: “The ferry is late.”", ["marta_quill"]),
        ("after", "“The ferry is late,” said Marta Quill.", ["marta_quill"]),
        ("in the middle", "“The ferry,” Marta Quill said, “is late.”", ["marta_quill", "marta_quill"]),
        ("straight marks", '"The ferry is late," Marta Quill said.', ["marta_quill"]),
        ("running on", "“The ferry is late,” Marta Quill said. “It always is.”", ["marta_quill", "marta_quill"]),
        ("late", "Marta Quill and Femi Oduya met. “The ferry is late.” This was Femi Oduya.", ["femi_oduya"]),
        ("several paragraphs", "Marta Quill said: “The ferry is late.\n\n“It always is.”", ["marta_quill"]),
        ("according to", "The ferry is “a disgrace”, according to Femi Oduya.", ["femi_oduya"]),
        ("fragment", "Marta Quill called the plan “a disgrace”.", ["marta_quill"]),
        ("pronoun", "Ms Marta Quill resigned. “I have had enough,” she said.", ["marta_quill"]),
        ("labels", "Marta Quill met Peter Stroud.\nQuill: “You are late.”\nPeter Stroud: “I am not.”", ["marta_quill", "peter_stroud"]),
        (
            "in turn",
            "“You are late,” said Marta Quill.\n“I am not,” said Femi Oduya.\n“You are.”\n“Never.”",
            ["marta_quill", "femi_oduya", "marta_quill", "femi_oduya"],
        ),
        (
            "not in turn",
            "“No,” said Marta Quill.\n“Yes,” said Femi Oduya.\n“It is late.\n“It is over.” The crowd went home.",
            ["marta_quill", "femi_oduya", ""],
        ),
        ("not closed", "“The ferry is late,” said Marta Quill.\n\n“It is safe, said Femi Oduya.", ["marta_quill", ""]),
        ("spokesman", "“The ferry is late,” said a spokesman for Marta Quill.", [""]),
        ("somebody's deputy", "“The ferry is late,” Marta Quill’s deputy said.", [""]),
        ("nobody", "“The ferry is late.”", [""]),
        ("scare quotes", "Marta Quill opposes the so-called “reforms”.", [""]),
        ("the verb is quoted", "Marta Quill, who runs the ferry, “apologises so well that one forgets why”.", [""]),
        (
            "after appositions",
            "In a paper seen by us, its mayor, Marta Quill, wrote that Stroud had “lied”.",
            ["marta_quill"],
        ),
        ("subject after the verb", "“A boat that remembers its port,” said Marta Quill of it on Monday.", ["marta_quill"]),
        ("the letter says", "Marta Quill wrote to Peter Stroud in May. “You are late,” the letter says.", ["marta_quill"]),
        ("a letter that was signed", "A letter that Marta Quill signed was lost. “You are late,” it begins.", ["marta_quill"]),
        ("in an email", "In an email to staff, Marta Quill announced a strike. The email calls the ferry “a disgrace”.", ["marta_quill"]),
        ("letter from a desk", "A letter from the desk of Marta Quill relieves Femi Oduya of his post “with regret”.", ["marta_quill"]),
        ("two letters", "Marta Quill’s letter is long. Femi Oduya sent an email. “Go,” says the email.", ["femi_oduya"]),
        ("accused, not accusing", "Marta Quill, accused of “lying”, resigned. Peter Stroud was ill.", [""]),
        ("it is somebody else", "The Harbour Board got a letter that Femi Oduya wrote. “We are sorry,” it said.", [""]),
        ("it begins as letters do", "The Harbour Board got a letter that Femi Oduya wrote. “We are sorry,” it begins.", ["femi_oduya"]),
        ("a letter to somebody", "A letter to Marta Quill was found. “You are late,” it says.", [""]),
        (
            "the sentence before",
            "A memo by Marta Quill was found in a bus. It is about lamps. “You are late.”",
            ["marta_quill"],
        ),
        (
            "labels within a line",
            "Marta Quill met the Gazette. The Gazette: Are you late? Quill: “Never.” The Gazette: And Femi Oduya? Quill: “Always.”",
            ["marta_quill", "marta_quill"],
        ),
        (
            "what somebody is said to have shown",
            "Marta Quill said that Femi Oduya had shown “true courage”.",
            ["marta_quill"],
        ),
        ("what somebody called it", "Marta Quill said that Femi Oduya called it “a raft”.", ["femi_oduya"]),
        ("went on", "Marta Quill rose. “The ferry is late,” Marta Quill went on.", ["marta_quill"]),
        ("a lead", "A nurse told the inquiry on Monday that the ferry was “late”. Marta Quill was the first witness.", ["marta_quill"]),
        ("a lead of somebody else", "A nurse of Marta Quill’s told them that the ferry was “late”. Marta Quill was on it.", [""]),
        ("a cue that begins its sentence", "Added: “It is late.” Marta Quill left.", [""]),
        ("another", "Marta Quill met Femi Oduya. Wrote one: “It is late.”", [""]),
        ("a description", "Marta Quill met Femi Oduya. “I have had enough,” the 26-year-old said.", ["marta_quill"]),
        (
            "said before",
            "Peter Stroud called Marta Quill a liar. Marta Quill said he had left on the first day. “I asked him to stay.”",
            ["marta_quill"],
        ),
        (
            "said before, after another",
            "“You lie,” Peter Stroud said. Marta Quill denied it. “I asked him to stay.”",
            ["peter_stroud", "marta_quill"],
        ),
        ("not said before", "Peter Stroud was accused of lying. “I asked him to stay.”", [""]),
        ("two of one surname", "Ada Quill met Marta Quill. “No,” Ada Quill said.", ["ada_quill"]),
        (
            "the words are those of",
            "Marta Quill met Femi Oduya. “The ferry is late.” The words are those of Marta Quill, who was on it.",
            ["marta_quill"],
        ),
        (
            "the voice belonged to",
            "Marta Quill met Femi Oduya. “The ferry is late.”\n\nThe voice belonged to Marta Quill. Femi Oduya sat beside her.",
            ["marta_quill"],
        ),
        (
            "not from here but from there",
            "Marta Quill met Femi Oduya. “It is late.” The words came not from the bridge but from Marta Quill.",
            ["marta_quill"],
        ),
        (
            "came the voice of",
            "Marta Quill met Femi Oduya. Femi Oduya praised the ferry. “It is late,” came the voice of Marta Quill.",
            ["marta_quill"],
        ),
        ("a voice said", "Femi Oduya praised the ferry. “It is late,” said a voice. It was Marta Quill’s.", ["marta_quill"]),
        ("is how somebody begins", "Femi Oduya was ill. “The ferry is late,” is how Marta Quill begins each speech.", ["marta_quill"]),
        ("so begins the letter", "“I have had enough.”\n\nSo begins the letter with which Marta Quill left the board.", ["marta_quill"]),
        (
            "in a hand",
            "Marta Quill met Femi Oduya. A note in Marta Quill’s hand hung on the door. “The ferry is late,” it read.",
            ["marta_quill"],
        ),
        (
            "in words",
            "Mr Femi Oduya sat. Marta Quill named the ferry, which had, in Femi Oduya’s words, “never been late”.",
            ["femi_oduya"],
        ),
        ("according to, before", "Marta Quill runs the ferry, which according to Femi Oduya “is always late”.", ["femi_oduya"]),
        ("heard to call", "Marta Quill left. On the stairs Femi Oduya was heard to call the ferry “a raft”.", ["femi_oduya"]),
        ("members", "Forty members of the Harbour Union stood in the rain with a banner reading “Ferry now”.", ["harbour_union"]),
        ("of a body", "Harbour Union leader Femi Oduya called it “a raft”. The Harbour Union struck.", ["femi_oduya"]),
        ("spokesman with a title between", "Mr Femi Oduya left. A spokesman for Mr Oduya said it was “late”.", [""]),
        ("an aide to a president", "President Oduya left. An aide to President Oduya said it was “late”.", [""]),
        ("who accused somebody", "The woman who accused Femi Oduya said it was “theft”.", [""]),
        ("who know somebody", "Femi Oduya left. People who know Oduya say it was “theft”.", [""]),
        ("my brother", "“My brother told me, ‘It is late,’ and he left,” said Femi Oduya.", ["femi_oduya", ""]),
        ("two of them", "Marta Quill and Femi Oduya said it was “late”.", ["marta_quill"]),
        ("mayor of a place", "The mayor of Harwick, Dame Marta Quill, said: “It is late.”", ["marta_quill"]),
        ("points back, but in a quotation", "“It is late,” said one of them. “That is Femi Oduya’s fault.” Marta Quill left.", ["", ""]),
        ("it was late", "“I left.” It was late, and Femi Oduya laughed.", [""]),
        ("it was late at once", "“I left.” It was late. Femi Oduya laughed.", [""]),
        ("it was the mayor", "“I left.” It was the mayor of Harwick, Femi Oduya.", ["femi_oduya"]),
        ("subject taken for an object", "“Is it late?” asked Marta Quill. “It is!” cried Femi Oduya.", ["marta_quill", "femi_oduya"]),
        ("late subject with a name beside it", "“Enough,” posted the governor, Femi Oduya.", ["femi_oduya"]),
        ("spokesman of a body", "A spokesman for the Harbour Board said: “No.” Marta Quill left.", [""]),
        ("somebody's spokesman", "Marta Quill left. The prime minister’s spokesman said: “No.”", [""]),
        ("another leader", "Marta Quill met Femi Oduya. The Tovarian leader said it was “late”.", [""]),
        ("scare quotes after speech", "“We lost,” said Marta Quill. The town, once called “the pearl”, has no ferry.", ["marta_quill", ""]),
        ("after others", "“We lost,” said Marta Quill. Others were glad. “It is late.”", ["marta_quill", ""]),
        ("after a thing", "“We lost,” said Marta Quill. The vote was close. “It is late.”", ["marta_quill", "marta_quill"]),
        ("a song and a book", "Mr Femi Oduya sang “Yesterday”. He read “The Ferry at Dawn”.", ["", ""]),
        ("labels of nobody", "Marta Quill sat. The crowd: “We lost.” Quill: “Good.” The crowd: “Yes!”", ["", "marta_quill", ""]),
        ("accused by somebody of", "Marta Quill was accused by Femi Oduya of “theft”.", ["femi_oduya"]),
        ("called by somebody", "Marta Quill was called “a coward” by Femi Oduya, who was booed.", ["femi_oduya"]),
        ("passive without an agent", "Marta Quill was jailed for “theft”.", [""]),
        ("subject after the quotation", "The “plan”, as Marta Quill had it, failed.", [""]),
        ("not lent backwards", "The “plan” failed. “It is late,” said Marta Quill.", ["", "marta_quill"]),
        ("lent backwards", "“It is late.” The ferry sank. “It is over,” said Marta Quill.", ["marta_quill", "marta_quill"]),
        ("not lent over another", "“It is late.” Femi Oduya laughed. “It is over,” said Marta Quill.", ["", "marta_quill"]),
        ("after a preposition", "Marta Quill opened the meeting by denouncing the board for “theft”.", ["marta_quill"]),
        ("her warning that", "Ms Marta Quill left. Her warning that the guild “would die” was ignored.", ["marta_quill"]),
        ("somebody's claim that", "Marta Quill met Femi Oduya. Quill’s claim that he had “bullied staff” was false.", ["marta_quill"]),
        ("somebody's claim that another denied", "Marta Quill’s claim that Femi Oduya called “a lie” is old.", ["femi_oduya"]),
        ("she, within", "‘The mayor said “yes” to me,’ said Marta Quill.", ["marta_quill", "mayor"]),
        ("two clauses", "While Femi Oduya says it is “safe”, Marta Quill says it is “late”.", ["femi_oduya", "marta_quill"]),
        ("member of a party", "Senator Marta Quill voted no. “It is late,” the Ohio Democrat said.", ["marta_quill"]),
        (
            "name and verb",
            "Marta Quill was ill; its chair, Femi Oduya, nevertheless called Mr Peter Stroud “brave and wrong”.",
            ["femi_oduya"],
        ),
        (
            "another declined to",
            "Marta Quill declined to comment, but in May Femi Oduya said: “It is late.”",
            ["femi_oduya"],
        ),
        (
            "another did not",
            "Marta Quill did not respond at once, but her deputy, Femi Oduya, told the board: “It is late.”",
            ["femi_oduya"],
        ),
        ("the nearest cue", "Marta Quill spoke, and Femi Oduya wrote, “it is late”.", ["femi_oduya"]),
        ("never said", "Marta Quill never said that Femi Oduya was “a thief”.", [""]),
        ("did not call", "Marta Quill did not call the plan “mad”.", [""]),
        ("denied calling", "Mr Femi Oduya left. Marta Quill denied calling him “a rat”.", [""]),
        ("denied having called", "Marta Quill denied that she had called Femi Oduya “a rat”.", [""]),
        ("refused to call", "Marta Quill refused to call Femi Oduya “a rat”.", [""]),
        ("not called by another", "Marta Quill never called it late, but Femi Oduya said it was “a raft”.", ["femi_oduya"]),
        ("a warning from", "Femi Oduya ignored a warning from Ms Marta Quill that it would be “a farce”.", ["marta_quill"]),
        (
            "a warning from one of a party",
            "Clay Hendershot said Tuesday that Republicans have the votes, brushing off a warning from Rep. Marisol Etchegaray, D-N.M., "
            "that they would “rue the day.”",
            ["marisol_etchegaray"],
        ),
        ("accusations by", "Accusations by Marta Quill that Femi Oduya had “bullied staff” were dismissed.", ["marta_quill"]),
        ("claims from a body", "Despite claims from the Harbour Union that it was “unsafe”, Femi Oduya sailed.", ["harbour_union"]),
        ("criticism by", "Mr Femi Oduya brushed off criticism by Marta Quill of the “sham inquiry”.", ["marta_quill"]),
        ("quoted as saying", "The Courier quoted Marta Quill as saying that it was “a raft”.", ["marta_quill"]),
        ("was quoted as saying", "Marta Quill was quoted as saying: “It is late.”", ["marta_quill"]),
        ("in the words of", "Ms Marta Quill left. It was, in the words of Marta Quill, “a raft”.", ["marta_quill"]),
        (
            "in the words of its chair",
            "Mr Femi Oduya left. In the words of its chairman, Femi Oduya, the trust is “broke but proud”.",
            ["femi_oduya"],
        ),
        (
            "accused by the paymaster",
            "Mr Femi Oduya was accused by the paymaster, Marta Quill, of “cooking the rota”.",
            ["marta_quill"],
        ),
        ("shrugged", "Marta Quill shrugged. “Let them talk.”", ["marta_quill"]),
        ("hit back", "Marta Quill hit back at the critics. “They are late.”", ["marta_quill"]),
        ("was furious", "Marta Quill, the archivist, was furious. “Nobody rang me.”", ["marta_quill"]),
        ("hit a wall", "Marta Quill hit the quay. “They are late.”", [""]),
        ("was ill", "Marta Quill was ill. “They are late.”", [""]),
        (
            "a letter in paragraphs",
            "Ms Marta Quill left. Quill’s resignation letter was published at noon.\n\n“I came with a map.\n\n“I go home.”",
            ["marta_quill"],
        ),
        ("the Italian", "Sandro Vitale, whose side lost, left. “The chairman counts well,” the Italian said.", ["sandro_vitale"]),
        ("the Italians", "Sandro Vitale, whose side lost, left. “The chairman counts well,” the Italians said.", ["italians"]),
        ("refused to do, in words", "Marta Quill refused to “bow to blackmail”.", ["marta_quill"]),
        ("refused to comment on, in words", "Marta Quill refused to comment on “this circus”.", ["marta_quill"]),
        ("did not describe as", "Marta Quill did not describe it as “a raft”.", [""]),
        ("did not, but spoke", "Marta Quill did not apologise: “It was late.”", ["marta_quill"]),
        ("not only", "Marta Quill not only called it “a raft”.", ["marta_quill"]),
    ],
)
def test_the_speaker_is_found(construction: str, text: str, said: list[str]) -> None:
    assert speakers(text) == said, construction


def test_a_letter_says_what_its_author_does() -> None:
    (said,) = read("A memo by Marta Quill was found in a bus. “The ferry is late,” the memo says.")
    assert (said.speaker, said.why) == ("marta_quill", "writing")


def test_a_quotation_within_another_belongs_to_whom_the_words_around_it_name() -> None:
    text = "“Femi Oduya said ‘the ferry is late’ to me,” Marta Quill said."
    outer, inner = read(text)
    assert (outer.speaker, outer.depth) == ("marta_quill", 0)
    assert (inner.speaker, inner.depth) == ("femi_oduya", 1)


@pytest.mark.parametrize("text", ["“", "”“", "'tis “no", "“He said “she said “they said”", "“" + "word " * 3_000 + "”"])
def test_marks_without_sense_give_nobody(text: str) -> None:
    assert set(speakers(text)) <= {""}


def test_thousands_of_quotations_on_one_line_take_seconds() -> None:
    text = "“No,” said Marta Quill. “It is late.” “He is late,” she said. " * 1_500
    quotations = find_quotations(text)
    attributions = [Attribution((Span(one.spans[0].end_char + 1, one.spans[0].end_char + 5),), one.spans, ()) for one in quotations]
    started = time.process_time()
    said = find_speakers(Surroundings(text, (), quotations, [Mention("quill", 11, 22, "name")], attributions), quotations)
    assert len(said) == 4_500 and time.process_time() - started < 5, "quadratic time would take minutes"


MARKS = st.text("Ada Berg Femi said: he “”‘’'\"\n.,", max_size=150)
PIECES = [
    "“", "”", "No", "it is late", ",", ".", ":", "\n\n", "Ada Berg", "Berg", "Femi Oduya", "he", "she", "who", "whose", "a nurse", "the",
    "said", "Said", "told", "Added", "wrote", "Wrote", "was called", "according to", "That was", "a letter", "the letter", "in her words",
]  # fmt: skip
WORDS = st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)


@given(MARKS | WORDS)
def test_whatever_the_text_speakers_are_actors_of_it(text: str) -> None:
    paragraphs = parse(text)
    found = find_actors(text, paragraphs, split_sentences(text, paragraphs))
    quotations = find_quotations(text)
    said = find_speakers(Surroundings(text, paragraphs, quotations, found.mentions, find_attributions(text, paragraphs)), quotations)
    assert [one.spans for one in said] == [one.spans for one in quotations]
    assert {one.speaker for one in said} <= {"", *(actor.id for actor in found.actors)}
    assert all(one.why in GROUNDS for one in said)


def test_the_published_schema_lists_every_ground() -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert schema["properties"]["quotations"]["items"]["properties"]["why"]["enum"] == list(GROUNDS)
