"""From parsed text to roster: one actor for each person, organisation and group, however the text names it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.reading.actors import Roster, find_actors
from whipcount.reading.aliasfile import Alias
from whipcount.reading.linking import link
from whipcount.reading.parsing import parse
from whipcount.reading.spotting import GROUP, NAME, Spotted
from whipcount.schema import Span


def read(text: str, aliases: Sequence[Alias] = (), date: str = "") -> Roster:
    paragraphs = parse(text)
    sentences = [
        Span(paragraph.start_char + sentence.start_char, paragraph.start_char + sentence.end_char)
        for paragraph in paragraphs
        for sentence in paragraph.doc.sents
        if sentence.text.strip()
    ]
    return find_actors(text, paragraphs, sentences, aliases, date)


def found(text: str, roster: Roster) -> dict[str, list[tuple[str, str]]]:
    """Return for each actor's name its mentions, each with why."""
    names = {actor.id: actor.name for actor in roster.actors}
    by_name: dict[str, list[tuple[str, str]]] = {name: [] for name in names.values()}
    for mention in roster.mentions:
        by_name[names[mention.actor]].append((text[mention.start_char : mention.end_char], mention.why))
    return by_name


def test_a_person_is_one_actor_however_written() -> None:
    text = (
        "Priya Nair, the transport secretary, met drivers. Mr Harwell told Ms Nair's staff that Nair had failed. "
        "The transport secretary left."
    )
    assert found(text, read(text))["Priya Nair"] == [
        ("Priya Nair", "name"), ("Nair", "surname"), ("Nair", "surname"), ("transport secretary", "role"),
    ]  # fmt: skip


def test_two_persons_that_are_taken_for_one_name_are_two() -> None:
    names = [Spotted(0, 9, ("Ann", "Lee"), NAME, label="PERSON"), Spotted(20, 29, ("Bob", "Quill"), NAME, label="PERSON")]
    both = Spotted(40, 53, ("Lee", "and", "Quill"), NAME, label="ORG")
    drafts, _ = link([*names, both])
    assert {draft.name: [mention[:2] for mention in draft.mentions] for draft in drafts} == {
        "Ann Lee": [(0, 9), (40, 43)], "Bob Quill": [(20, 29), (48, 53)],
    }  # fmt: skip


def test_two_full_names_that_are_taken_for_one_are_two() -> None:
    both = Spotted(0, 27, ("Fenna", "Rook", "and", "Piers", "Aldous"), NAME, label="ORG", subject=True)
    drafts, _ = link([both, Spotted(40, 44, ("Rook",), NAME, label="PERSON", speaks=True)])
    assert {draft.name: [mention[:2] for mention in draft.mentions] for draft in drafts} == {
        "Fenna Rook": [(0, 10), (40, 44)], "Piers Aldous": [(15, 27)],
    }  # fmt: skip
    assert [draft.name for draft in link([both])[0]] == ["Fenna Rook and Piers Aldous"], "as long as nothing speaks against it"


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("Ngozi Abara-Finch", "Abara-Finch"), ("Bas van der Meulen", "Van der Meulen"), ("Conor O'Dell", "O’Dell"),
    ],
)  # fmt: skip
def test_a_surname_of_several_words_is_its_bearers(full: str, short: str) -> None:
    text = f"{full} lost on Monday. The board thanked {short} for her work."
    assert found(text, read(text))[full] == [(full, "name"), (short, "surname"), ("her", "pronoun")]


def test_two_of_one_surname_whom_titles_part_are_two() -> None:
    text = "Mrs Hale built the hall. Mr Hale sold half of it. Mrs Hale wept. The hall was named after Hale."
    roster = read(text)
    assert {actor.name: actor.kind for actor in roster.actors} == {"Mrs Hale": "person", "Mr Hale": "person"}
    assert [mention.actor for mention in roster.mentions] == ["mrs_hale", "mr_hale", "mrs_hale"]


@pytest.mark.parametrize("suffix", ["Jr.", "Sr", "Jr"])
def test_father_and_son_are_two(suffix: str) -> None:
    text = f"President Ivan Dorn met his family. Dorn thanked Ivan Dorn {suffix} and Eva Dorn. Voters like Ivan Dorn."
    names = found(text, read(text))
    assert names["Ivan Dorn"] == [("Ivan Dorn", "name"), ("his", "pronoun"), ("Dorn", "surname"), ("Ivan Dorn", "name")]
    assert [name for name, mentions in names.items() if name.startswith("Ivan") and len(mentions) == 1] == [f"Ivan Dorn {suffix}"]


def test_a_name_with_a_suffix_is_one_person() -> None:
    text = "Ivan Dorn III lost. Voters thanked Dorn on Monday. Ivan Dorn will not run again. Peter Zoll Jr. won. Zoll sang."
    assert {name: len(mentions) for name, mentions in found(text, read(text)).items() if name[0] in "IP"} == {
        "Ivan Dorn III": 3, "Peter Zoll Jr.": 2,
    }  # fmt: skip


def test_who_is_named_after_an_owner_is_a_person() -> None:
    names = [
        Spotted(0, 9, ("Jeb", "Quill"), NAME, label="PERSON", definite=True), Spotted(20, 25, ("Quill",), NAME, label="PERSON"),
        Spotted(30, 42, ("Harbour", "Star"), NAME, label="PERSON", definite=True, the=True),
        Spotted(50, 58, ("Bo", "Aksel"), NAME, label="PERSON", definite=True),
        Spotted(60, 70, ("Ann", "Lee"), NAME, label="ORG", definite=True),
    ]  # fmt: skip
    assert {draft.name: draft.kind for draft in link(names)[0]} == {
        "Jeb Quill": "person", "Bo Aksel": "person", "Harbour Star": "organisation", "Ann Lee": "organisation",
    }  # fmt: skip


def test_a_surname_that_looks_like_a_plural_is_a_name() -> None:
    drafts, _ = link([Spotted(0, 13, ("Mieke", "Roelofs"), NAME, label="PERSON"), Spotted(20, 27, ("Roelofs",), GROUP, speaks=True)])
    assert [(draft.name, [why for *_, why in draft.mentions]) for draft in drafts] == [("Mieke Roelofs", ["name", "surname"])]
    drafts, _ = link([Spotted(0, 11, ("Eve", "Farmers"), NAME, label="PERSON"), Spotted(20, 27, ("farmers",), GROUP, speaks=True)])
    assert [draft.name for draft in drafts] == ["Eve Farmers", "farmers"]


def test_a_first_name_that_looks_like_a_plural_is_a_name() -> None:
    text = "Frances Dunmore and James Vane met. Frances said the plan was late. James denied it."
    assert {one.name: one.kind for one in read(text).actors} == {"Frances Dunmore": "person", "James Vane": "person"}


def test_an_mp_is_one_person() -> None:
    text = "Susan Thripp, the MP for Averley, lost. The former MP left. The MP said the plan was late."
    roster = read(text)
    assert [(one.name, one.kind) for one in roster.actors] == [("Susan Thripp", "person")]
    assert [text[one.start_char : one.end_char] for one in roster.mentions if one.why == "role"][-1] == "MP"


def test_what_is_called_a_group_and_speaks_is_an_organisation() -> None:
    text = "Greenshore, the campaign group, accused the ministry of lying."
    assert ("Greenshore", "organisation") in [(one.name, one.kind) for one in read(text).actors]


def test_no_pronoun_is_a_name() -> None:
    text = "‘Them boys’d have laughed,’ Viktor Salnikov said. ‘You’d have won, and so would I.’ Salnikov left."
    assert [one.name for one in read(text).actors] == ["Viktor Salnikov"]
    assert [one.name for one in read("Marta Quill is late.\n“So am I.” This was Quill.").actors] == ["Marta Quill"]


def test_the_role_before_a_name_is_the_persons_and_not_anothers() -> None:
    text = "The owner of Harbour Rovers, Priya Nair, sued the league. The owner smiled. Nair left."
    assert ("owner", "role") in found(text, read(text))["Priya Nair"]


@pytest.mark.parametrize(
    "text",
    [
        "An auditor, Priya Nair, found boxes. The board left. The auditor told reporters so.",
        "Priya Nair, who chairs the board, found boxes. Tom Harwell left. The chairwoman told reporters so.",
        "Priya Nair owns the club. Tom Harwell left. The owner told reporters so.",
        "Priya Nair, the board's chairwoman, found boxes. Tom Harwell left. Its chairwoman told reporters so.",
    ],
)
def test_a_description_is_who_the_text_describes_so(text: str) -> None:
    assert [why for _, why in found(text, read(text))["Priya Nair"] if why != "pronoun"] == ["name", "role"]


def test_a_description_that_the_text_gives_nobody_is_nobody() -> None:
    text = "Priya Nair met her auditor. The board left. Its auditor told reporters so."
    assert "auditor" not in {form for mentions in found(text, read(text)).values() for form, _ in mentions}
    text = "Priya Nair heads to the board. Tom Harwell left. The head told reporters so."
    assert "head" not in {form for form, _ in found(text, read(text))["Priya Nair"]}


def test_a_role_that_opens_the_text_is_the_person_whom_the_next_sentence_names() -> None:
    text = "The governor of Westering Bank resigned on Tuesday. Marta Quill had held the post since May."
    assert ("governor", "role") in found(text, read(text))["Marta Quill"]
    for text in (
        "The governor of Westering Bank resigned on Tuesday. The treasurer, Marta Quill, will hold the post.",
        "An engineer said on Tuesday that the governor of Westering Bank had ignored him. Marta Quill wrote to the board.",
    ):
        assert ("governor", "role") not in found(text, read(text))["Marta Quill"]


def test_a_role_that_opens_the_next_sentence_is_the_person_of_the_sentence_before() -> None:
    text = "Tom Harwell told reporters that he would resign. The Deputy Leader told the meeting that he was tired."
    assert ("Deputy Leader", "role") in found(text, read(text))["Tom Harwell"]


def test_a_former_holder_is_not_the_holder() -> None:
    text = "The former mayor, Ruth Arden, spoke on Monday. John Dunn, the mayor, spoke too. The mayor praised nobody."
    by_name = found(text, read(text))
    assert ("mayor", "role") in by_name["John Dunn"]
    assert ("mayor", "role") not in by_name["Ruth Arden"]


def test_two_of_one_surname_stay_two_and_the_bare_surname_is_left_out_and_counted() -> None:
    text = "Anna Smith met John Smith in the hall. Smith said nothing."
    roster = read(text)
    by_name = found(text, roster)
    assert by_name["Anna Smith"] == [("Anna Smith", "name")]
    assert by_name["John Smith"] == [("John Smith", "name")]
    assert roster.losses["surnames that several people bear"] == 1


def test_a_bare_surname_is_who_alone_has_been_named_before() -> None:
    text = "Anna Smith spoke first. Smith said the plan was dead. John Smith answered her."
    assert ("Smith", "surname") in found(text, read(text))["Anna Smith"]


def test_a_bare_surname_goes_on_to_mean_whom_it_has_meant() -> None:
    text = "Anna Smith spoke first. Smith said the plan was dead. John Smith answered her. Smith would not give way."
    assert found(text, read(text))["Anna Smith"].count(("Smith", "surname")) == 2
    text += " John Smith left. John Smith had had enough. Smith sighed."
    assert found(text, read(text))["Anna Smith"].count(("Smith", "surname")) == 3
    text = (
        "Anna Smith spoke first. Smith said the plan was dead. John Smith answered. John Smith and John Smith's aides left. Smith sighed."
    )
    assert found(text, read(text))["Anna Smith"].count(("Smith", "surname")) == 1  # John is named more often by then


def test_a_title_before_a_surname_tells_that_it_is_one() -> None:
    text = "Senator Mills voted for the bill on Thursday. Mills said he had no regrets."
    assert found(text, read(text)) == {"Mills": [("Mills", "name"), ("Mills", "name"), ("he", "pronoun")]}


def test_a_capital_that_only_begins_the_sentence_is_no_first_name() -> None:
    names = [Spotted(0, 11, ("Marta", "Quill"), NAME, label="PERSON"), Spotted(20, 32, ("Though", "Quill"), NAME, label="PERSON")]
    drafts, _ = link(names)
    assert [(draft.name, draft.mentions) for draft in drafts] == [("Marta Quill", [(0, 11, "name"), (27, 32, "surname")])]
    lone = [Spotted(0, 9, ("Team", "Quill"), NAME, label="PERSON")]
    assert [draft.name for draft in link(lone)[0]] == ["Team Quill"]


def test_a_name_with_a_word_before_it_is_the_same_person() -> None:
    short = Spotted(0, 11, ("Jory", "Marlow"), NAME, label="PERSON")
    long = Spotted(20, 41, ("Floridian", "Jory", "Marlow"), NAME, label="PERSON")
    assert [(draft.name, len(draft.mentions)) for draft in link([short, long])[0]] == [("Jory Marlow", 2)]
    first = Spotted(0, 16, ("Marta", "Dorn", "Quill"), NAME, label="PERSON")
    again = Spotted(30, 40, ("Dorn", "Quill"), NAME, label="PERSON")
    assert [(draft.name, len(draft.mentions)) for draft in link([first, again])[0]] == [("Marta Dorn Quill", 2)]


def test_a_body_is_named_with_the_people_that_it_is_of() -> None:
    text = "The Midwives' League thanked Ann Lee. Lee leads the tenants' federation. The federation said tenants were tired."
    by_name = found(text, read(text))
    assert [words for words, _ in by_name["Midwives' League"]] == ["Midwives' League"]
    assert [words for words, _ in by_name["tenants' federation"]] == ["tenants' federation", "federation"]
    assert set(by_name) == {"Midwives' League", "Ann Lee", "tenants' federation"}


def test_a_body_that_no_name_is_given_is_an_actor_where_it_speaks_or_is_judged() -> None:
    text = "Ann Lee told the court that the ministry had failed. The port authority said so, too. A spokesman for the council said no."
    assert [actor.name for actor in read(text).actors] == ["Ann Lee", "port authority", "council"]
    assert [actor.name for actor in read("Ann Lee blamed the ministry. She left the museum.").actors] == ["Ann Lee", "ministry"]
    assert [actor.name for actor in read("Ann Lee told the court of her youth.").actors] == ["Ann Lee"]


@pytest.mark.parametrize(
    "dateline",
    ["OTTERHOLT — ", "KEY MARSH, Fla. (AP) -- ", "ST ANNE, Marrow Island — ", "Otterholt (Reuters) - ", "PORT KERROW, Aug. 3 (HPA) – "],
)
def test_where_a_report_was_written_is_no_actor(dateline: str) -> None:
    text = f"Ferry late again\n\n{dateline}Ann Lee blamed the Harbour Board. NATO — which Lee praised — said nothing."
    assert [actor.name for actor in read(text).actors] == ["Ann Lee", "Harbour Board", "NATO"]


def test_a_short_form_in_brackets_belongs_to_a_name_with_a_hyphen() -> None:
    text = "The Anglo-Irish Bank (AIB) met Ann Lee. AIB said no. Lee left."
    assert [actor.name for actor in read(text).actors] == ["Anglo-Irish Bank", "Ann Lee"]


def test_a_report_in_capitals_is_read_at_once() -> None:
    started = time.monotonic()
    assert read("THE COUNCIL MET. " * 24).actors is not None
    assert time.monotonic() - started < 5, "each sentence in capitals doubled the time"


def test_a_bare_body_is_the_one_named_last_though_others_are_named_later() -> None:
    text = "The Ferry Board met. The harbour board said no. The board said yes. The Ferry Board sat."
    by_name = found(text, read(text))
    assert [words for words, _ in by_name["harbour board"]] == ["harbour board", "board"]
    assert [words for words, _ in by_name["Ferry Board"]] == ["Ferry Board", "Ferry Board"]


def test_what_somebody_is_may_stand_before_the_name() -> None:
    by_name = found(text := "Parent Lucia Ferro blamed the board. Ferro left.", read(text))
    assert by_name["Lucia Ferro"] == [("Lucia Ferro", "name"), ("Ferro", "surname")]


def test_a_body_without_a_name_is_named_with_its_owner() -> None:
    text = "Ann Lee's office said no. Tom Berg's office said yes. Ann Lee's office apologised."
    by_name = found(text, read(text))
    assert by_name["Ann Lee's office"] == [("office", "name"), ("office", "name")]
    assert by_name["Tom Berg's office"] == [("office", "name")]
    text = "The Harbour Party lost. Ann Lee's party said it was sorry."
    assert found(text, read(text))["Harbour Party"] == [("Harbour Party", "name"), ("party", "short form")]


def test_organisations_and_their_short_forms_are_one() -> None:
    text = (
        "The Department of Justice sued the Ferry Users Group (FUG). The Justice Department said FUG had lied. "
        "The DOJ blamed the Northaven Scrutiny Committee, and the committee thanked FUG."
    )
    by_name = found(text, read(text))
    assert [words for words, _ in by_name["Department of Justice"]] == ["Department of Justice", "Justice Department", "DOJ"]
    assert by_name["Ferry Users Group"][1:] == [("FUG", "abbreviation")] * 3
    assert by_name["Northaven Scrutiny Committee"] == [("Northaven Scrutiny Committee", "name"), ("committee", "short form")]


def test_the_people_of_a_party_are_the_party() -> None:
    text = "The Democratic Party won the vote. Democrats praised the union leaders, and the other union leaders praised Democrats."
    by_name = found(text, read(text))
    assert by_name["Democratic Party"] == [("Democratic Party", "name"), ("Democrats", "group"), ("Democrats", "group")]
    assert by_name["union leaders"] == [("union leaders", "group")] * 2


def test_a_parliamentary_party_and_its_members_are_one_and_the_party_another() -> None:
    text = "Quill MPs cheered. The Parliamentary Quill Party met on Monday, and the PQP voted. The Quill Party praised nobody."
    by_name = found(text, read(text))
    assert {words for words, _ in by_name["Parliamentary Quill Party"]} >= {"Quill MPs", "PQP"}
    assert ("Quill Party", "name") in by_name["Quill Party"]


def test_a_metonym_says_so_and_a_place_where_nobody_acts_is_none() -> None:
    text = "In Lisbon, it rained. The White House said that Beijing had rejected the offer."
    by_name = found(text, read(text))
    assert by_name == {"White House": [("White House", "metonym")], "Beijing": [("Beijing", "metonym")]}


def test_products_laws_and_days_are_no_actors() -> None:
    text = "On Monday, Ann Lee praised the Clean Rivers Act and Medicare on Twitter."
    assert [actor.name for actor in read(text).actors] == ["Ann Lee"]


def test_pronouns_are_linked_and_say_so() -> None:
    text = 'Ann Lee, who chairs the board, said she would go. "I am tired," Lee said.'
    assert [(words, why) for words, why in found(text, read(text))["Ann Lee"] if why == "pronoun"] == [
        ("who", "pronoun"), ("she", "pronoun"), ("I", "pronoun"),
    ]  # fmt: skip


def test_ids_are_readable_and_differ() -> None:
    text = "Ann Lee met the Lee Council. José Núñez-Lee praised Ann Lee."
    identifiers = [actor.id for actor in read(text).actors]
    assert identifiers == ["ann_lee", "lee_council", "jose_nunez_lee"]


def test_the_alias_file_goes_before_the_rules() -> None:
    text = "Tom Harwell smiled. The Iron Ferryman told Mr Harwell that Bluebell had failed voters."
    aliases = (
        Alias("Ruth Arden", "Iron Ferryman", "person"),
        Alias("Thomas Harwell", "Tom Harwell", "person"),
        Alias("Bluebell", kind="topic"),
    )
    by_name = found(text, read(text, aliases))
    assert by_name["Ruth Arden"] == [("Iron Ferryman", "alias file")]
    assert by_name["Thomas Harwell"] == [("Tom Harwell", "alias file"), ("Harwell", "surname")]
    assert "Bluebell" not in by_name


@pytest.mark.parametrize(("date", "expected"), [("2036-05-01", True), ("2038-01-01", False), ("", True)])
def test_an_alias_holds_in_its_time(date: str, expected: bool) -> None:
    text = "The Iron Ferryman told voters to wait."
    aliases = (Alias("Ruth Arden", "Iron Ferryman", "person", valid_from="2036", valid_to="2037-06-30"),)
    assert ("Ruth Arden" in found(text, read(text, aliases, date))) is expected


PIECES = st.sampled_from(
    ["Ann Lee", "Mr Lee's", "the mayor", "(FUG)", "said", "😀", "שלום", "\n", '"', "MPs", "of", "U.S.", "-", "he", "\0", "."]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(PIECES, max_size=14), st.text(max_size=10))
def test_whatever_the_text_mentions_are_ordered_apart_and_of_the_roster(pieces: list[str], tail: str) -> None:
    text = " ".join(pieces) + tail
    roster = read(text)
    known = {actor.id for actor in roster.actors}
    end = 0
    for mention in roster.mentions:
        assert end <= mention.start_char < mention.end_char <= len(text)
        assert text[mention.start_char : mention.end_char].strip() == text[mention.start_char : mention.end_char]
        assert mention.actor in known and mention.why
        end = mention.end_char
    assert known == {mention.actor for mention in roster.mentions}


def test_text_without_actors_has_none(tmp_path: Path) -> None:
    assert read("") == Roster()
    assert read("It rained. ").actors == ()
