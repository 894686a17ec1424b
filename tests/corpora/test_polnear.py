from __future__ import annotations

from pathlib import Path

import pytest

from whipcount.corpora.polnear import read_polnear
from whipcount.reading.attributions import Attribution
from whipcount.schema import InputError, Span

TEXT = "“No,” Quill said, “never.”\nIt is feared the ferry\nsinks. Oduya’s view of it changed.\n"
MARKED = """T1\tContent 0 5;18 26\t“No,” “never.”
T2\tSource 6 11\tQuill
T3\tCue 12 16\tsaid
T4\tAttribution 12 16\tsaid
E1\tAttribution:T4 Content:T1 Source:T2 Cue:T3
T5\tCue 33 39\tfeared
T6\tContent 40 55\tthe ferry
sinks
T7\tAttribution-no-source 33 39\tfeared
E2\tAttribution-no-source:T7 Cue:T5 Content:T6
#1\tAnnotatorNotes T6\tis this one?
T8\tDiscuss 0 5\t“No,”
T9\tSource 57 62\tOduya
T10\tAttribution 65 69\tview
E3\tAttribution:T10 Source:T9\x20
"""


def joined(text: str, spans: tuple[Span, ...]) -> str:
    return " … ".join(text[span.start_char : span.end_char] for span in spans)


def write(folder: Path, part: str, name: str, codes: str, text: str = TEXT, marked: str = MARKED) -> None:
    for kind in ("text", "attributions"):
        (folder / part / kind).mkdir(parents=True, exist_ok=True)
    (folder / part / "text" / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    for code in codes:
        (folder / part / "attributions" / f"{name}_{code}.ann").write_text(marked, encoding="utf-8", newline="")


def test_ranges_become_attributions(tmp_path: Path) -> None:
    write(tmp_path, "dev", "ferry", "a")
    ((read,), losses) = read_polnear(tmp_path)
    assert (read.id, read.annotator, read.split, read.text) == ("ferry", "a", "development", TEXT)
    said, feared = read.attributions
    assert [joined(TEXT, part) for part in (said.source, said.cue, said.content)] == ["Quill", "said", "“No,” … “never.”"]
    assert feared.source == () and joined(TEXT, feared.content) == "the ferry\nsinks", "a range over two lines"
    assert losses == {"ranges named Discuss": 1, "attributions without cue or content": 1}


def test_an_article_comes_once_for_each_annotator_and_part(tmp_path: Path) -> None:
    write(tmp_path / "data", "dev", "ferry", "ba")
    write(tmp_path / "data", "train", "bridge", "c")
    read, _ = read_polnear(tmp_path)
    assert [(one.split, one.id, one.annotator) for one in read] == [
        ("train", "bridge", "c"), ("development", "ferry", "a"), ("development", "ferry", "b"),
    ]  # fmt: skip


def test_two_contents_are_one_and_ranges_that_touch_too(tmp_path: Path) -> None:
    marked = (
        "T1\tContent 0 3;3 5\t“No,”\nT2\tContent 18 26\t“never.”\nT3\tCue 12 16\tsaid\nE1\tAttribution:T3 Content:T1 Cue:T3 Content2:T2\n"
    )
    write(tmp_path, "dev", "ferry", "a", marked=marked)
    ((read,), _) = read_polnear(tmp_path)
    assert read.attributions == (Attribution((Span(12, 16),), (Span(0, 5), Span(18, 26))),)


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("T1\tCue 12 x\tsaid\n", r"T1 has the range '12 x'; expected 'start end'"),
        ("T1\tCue 12 1600\tsaid\n", r"T1 leaves the text \(\d+ characters\)"),
        ("T1\tCue 12 16\tsaid\nE1\tAttribution:T1 Cue:T1 Content:T9\n", "names the range T9, which is not there"),
    ],
)
def test_a_malformed_file_is_named(tmp_path: Path, marked: str, message: str) -> None:
    write(tmp_path, "dev", "ferry", "a", marked=marked)
    with pytest.raises(InputError, match=rf"ferry_a\.ann: .*{message}"):
        read_polnear(tmp_path)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no dev/attributions/\*\.ann; give the folder"):
        read_polnear(tmp_path)
    write(tmp_path, "dev", "ferry", "a")
    (tmp_path / "dev" / "text" / "ferry.txt").unlink()
    with pytest.raises(InputError, match=r"ferry\.txt: no such file, though ferry_a\.ann annotates it"):
        read_polnear(tmp_path)


@pytest.mark.parametrize("file", ["text/ferry.txt", "attributions/ferry_a.ann"])
def test_another_encoding_is_refused(tmp_path: Path, file: str) -> None:
    write(tmp_path, "dev", "ferry", "a")
    (tmp_path / "dev" / file).write_bytes(b"\xff")
    with pytest.raises(InputError, match=rf"{file}: not UTF-8 at byte 0"):
        read_polnear(tmp_path)


def test_a_byte_order_mark_counts_as_a_character_of_the_text(tmp_path: Path) -> None:
    write(
        tmp_path,
        "dev",
        "ferry",
        "a",
        text="\ufeff“No,” said\r\nQuill.",
        marked="T1\tCue 7 11\tsaid\nT2\tContent 1 6\t“No,”\nE1\tA:T1 Cue:T1 Content:T2\n",
    )
    ((read,), _) = read_polnear(tmp_path)
    assert joined(read.text, read.attributions[0].cue) == "said" and read.text.endswith("\r\nQuill.")
