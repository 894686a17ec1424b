"""What opens the lines of interviews and debates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whipcount.reading.labels import find_labels, find_names

DEBATE = ["Moderator: Who pays?", "Nwosu: I would not.", "Moderator: And you, Ms Thole?", "Ms Thole: I will."]
ANSWERED = ["**What of the vote?**", "Ilse Maartens: It was a farce.", "And of Crewe?", "Ilse Maartens: He kept his word."]


def names(lines: list[str]) -> list[str]:
    return [lines[number][span.start_char : span.end_char] for number, span in find_names(lines).items()]


def test_names_open_what_their_bearers_say() -> None:
    assert names(DEBATE) == ["Nwosu", "Ms Thole"], "who asks has none"
    assert names(ANSWERED) == ["Ilse Maartens"] * 2
    assert names(["The candidates met.", "[00:10] DE LA CRUZ: I am here.", "- Ada van Berg (Greens): So am I.", "DE LA CRUZ: No."]) == [
        "DE LA CRUZ", "Ada van Berg", "DE LA CRUZ",
    ]  # fmt: skip
    assert names(["van der Meulen: I kept it.", "Chidi Obi, Northern Grid: You broke my line.", "van der Meulen: No."]) == [
        "van der Meulen", "Chidi Obi", "van der Meulen",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "Editor's note: We have cut this.", "Correction: You can write to us.", "Harbour Herald: We heard of it.",
        "Chairman: I call the vote.", "What I think: I am late.", "Claim: I cut crime.", "Step Two: I use a rag.", "P.S.: I own shares.",
        "Monday Night: I sang.", "Norwick: We go on, said I.", "Milford: Stay off I-95.", "Veltron: They bet on A.I. now.",
        "Vimy: He fell in World War I, aged 19.", "Ferry facts: I have none.", "Quill of the harbour side: I am late.",
    ],
)  # fmt: skip
def test_notes_papers_and_offices_are_no_persons(line: str) -> None:
    assert names([*DEBATE, line, line]) == ["Nwosu", "Ms Thole"]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["Serves: 4 people.", "Note: We love it.", "Serves: 5, if cut thin."],
        ["Nwosu: I agree.", "The hall was full.", "Thole: I do not."],
        ["Goals: Smith, Lee.", "Cards: Park.", "Goals: None."],
        ["Brexit: I was there.", "Brexit: What now?", "Brexit: We wait."],
    ],
    ids=["nothing", "one talks", "nobody twice", "nobody talks", "one alone, who answers nothing"],
)
def test_other_texts_are_no_conversations(lines: list[str]) -> None:
    assert find_labels(lines) == {} and find_names(lines) == {}


@given(st.lists(st.sampled_from([*DEBATE, *ANSWERED, "Q: Why?", "A: I was.", ": I", "Ada: “I am.”", ""]), max_size=12))
def test_whatever_the_lines_names_are_labels_of_them(lines: list[str]) -> None:
    labels = find_labels(lines)
    assert all(labels[number].span("label") == (span.start_char, span.end_char) for number, span in find_names(lines).items())
