"""The authoring format gives every text back to the letter, and every slip of an author's pen one clear line."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.corpora.authored import format_article, parse_article, read_article, read_corpus
from whipcount.schema import SPLITS, STANCES, TAGS, Actor, Article, InputError, Mention, Span, Stance

HEADER = "article: ferry\n\n# actors\nquill | person | Marta Quill | Cllr Quill\nboard | organisation | Ferry Board\n\n# text\n"
FERRY = """article: ferry
story: ferry_vote
split: development
register: council
date: 2031-03-04
outlet: Quayside Herald
title: Council: splits over the ferry
source: page 2

# actors
quill | person | Marta Quill | Cllr Quill
board | organisation | Ferry Board

# text
[Marta Quill|quill] told [[Ferry Board|board] chair Oduya|quill] \\[sic\\] a \\| b \\| c.
> quill against board #deed #noun
> author none quill #denial
\\> She [left|quill].


% % Read more: 50 %
\\# The end \\\\o/.
> board favor quill
"""


def test_an_article_is_read_as_the_page_says() -> None:
    article = parse_article(FERRY, "gazette", "ferry.txt")
    first = "Marta Quill told Ferry Board chair Oduya [sic] a | b | c."
    assert article.text == f"{first} > She left.\n\n% Read more: 50 % # The end \\o/."
    assert [article.sentence_text(i) for i in range(3)] == [first, "> She left.", "# The end \\o/."]
    assert [article.text[span.start_char : span.end_char] for span in article.furniture] == ["% Read more: 50 %"]
    assert [(m.actor, article.text[m.start_char : m.end_char], m.why) for m in article.mentions] == [
        ("quill", "Marta Quill", "annotated"),
        ("quill", "Ferry Board chair Oduya", "annotated"),
        ("board", "Ferry Board", "annotated"),
        ("quill", "left", "annotated"),
    ]
    assert article.stances == (
        Stance(0, "quill", "board", "against", ("deed", "noun")),
        Stance(0, "author", "quill", "none", ("denial",)),
        Stance(2, "board", "quill", "favor"),
    )
    assert article.actors == (Actor("quill", "Marta Quill", "person", ("Cllr Quill",)), Actor("board", "Ferry Board", "organisation"))
    assert (article.key, article.story, article.split, article.register) == ("gazette/ferry", "ferry_vote", "development", "council")
    assert (article.date, article.outlet, article.title, article.source) == (
        "2031-03-04",
        "Quayside Herald",
        "Council: splits over the ferry",
        "page 2",
    )


def test_a_file_written_as_we_write_it_comes_back_to_the_letter() -> None:
    assert format_article(parse_article(FERRY, "gazette", "ferry.txt")) == FERRY


def test_what_the_header_leaves_out_is_empty() -> None:
    article = parse_article(HEADER + "One.\n", "town", "x")
    assert (article.story, article.split, article.register, article.date) == ("ferry", "", "", "")


def test_lines_are_joined_by_a_space_and_blank_lines_are_line_breaks() -> None:
    assert parse_article(HEADER + "\n\n  One. \nTwo.\n\nThree.\n\n\n\tFour.\n\n", "town", "x").text == "One. Two.\nThree.\n\nFour."


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_byte_order_mark_and_line_ends_leave_no_trace(tmp_path: Path, line_end: str, mark: bytes) -> None:
    path = tmp_path / "ferry.txt"
    path.write_bytes(mark + FERRY.replace("\n", line_end).encode())
    assert read_article(path, "gazette") == parse_article(FERRY, "gazette", "")


# What an author may type: words with every mark that the format knows, brackets already balanced.
ODD = st.text(st.sampled_from("ab\u00a0“”‘’'[]|\\>%#: \t\r😀é\u2028\x85-.,"), min_size=1, max_size=12)
ACTORS = (
    Actor("quill", "Marta Quill", "person", ("Cllr Quill",)),
    Actor("board", "Ferry Board", "organisation"),
    Actor("we", "us", "group"),
)
IDS = st.sampled_from(["author", "someone", "quill", "board", "we"])


def is_line(words: str) -> bool:
    return bool(words) and words == words.strip(" \t") and not words.endswith("\r")


NESTED = st.recursive(ODD, lambda inner: st.tuples(st.lists(inner, min_size=1, max_size=3), IDS), max_leaves=6)


def lay_out(pieces: list[object], start_char: int, mentions: list[Mention]) -> str:
    """Return the words of nested (pieces, actor) and collect the mentions in the order in which their brackets close."""
    words = ""
    for piece in pieces:
        if isinstance(piece, tuple):
            inner = lay_out(piece[0], start_char + len(words), mentions)
            mentions.append(Mention(piece[1], start_char + len(words), start_char + len(words) + len(inner)))
            words += inner
        else:
            words += str(piece)
    return words


@st.composite
def articles(draw: st.DrawFn) -> Article:
    text = ""
    sentences: list[Span] = []
    furniture: list[Span] = []
    mentions: list[Mention] = []
    for index in range(draw(st.integers(1, 5))):
        if text:
            text += draw(st.sampled_from([" ", "\n", "\n\n", "\n\n\n"]))
        inside: list[Mention] = []
        words = lay_out(draw(st.lists(NESTED, min_size=1, max_size=4)), len(text), inside)
        if not is_line(words):
            words, inside = f"[{index}] |", []
        span = Span(len(text), len(text) + len(words))
        (furniture if index and draw(st.booleans()) else sentences).append(span)
        text += words
        mentions += sorted(inside, key=lambda m: (m.start_char, -m.end_char))
    pairs = st.tuples(st.integers(0, len(sentences) - 1), IDS, IDS).filter(lambda pair: pair[1] != pair[2])
    tags = st.lists(st.sampled_from(TAGS), max_size=2, unique=True).map(tuple)
    stances = [
        Stance(*pair, draw(st.sampled_from(STANCES)), draw(tags)) for pair in sorted(draw(st.sets(pairs, max_size=4)), key=lambda p: p[0])
    ]
    return Article(
        corpus="gazette",
        id="a-1.b",
        text=text,
        sentences=tuple(sentences),
        actors=ACTORS,
        mentions=tuple(mentions),
        stances=tuple(stances),
        furniture=tuple(furniture),
        story=draw(st.sampled_from(["", "a-1.b", "vote"])),
        split=draw(st.sampled_from(["", *SPLITS])),
        title=draw(st.sampled_from(["", "# text", "> a: b |c [d"])),
        register=draw(st.sampled_from(["", "council"])),
    )


@given(articles())
@settings(max_examples=150)
def test_every_article_comes_back_to_the_letter(article: Article) -> None:
    written = format_article(article)
    assert parse_article(written, "gazette", "x") == article
    assert parse_article(written.replace("\n", "\r\n"), "gazette", "x") == article


@given(st.lists(st.tuples(ODD.filter(lambda words: "\\" not in words), IDS), min_size=1, max_size=4))
@settings(max_examples=60)
def test_a_mention_is_what_was_bracketed(pieces: list[tuple[str, str]]) -> None:
    line = "x" + "".join("[" + re.sub(r"[][|]", r"\\\g<0>", words) + f"|{actor}], " for words, actor in pieces) + "y"
    article = parse_article(HEADER.replace("# text", "we | group | us\n# text") + line, "town", "x")
    assert [(article.text[m.start_char : m.end_char], m.actor) for m in article.mentions] == pieces
    assert article.sentence_text(0) == article.text == "x" + "".join(f"{words}, " for words, _ in pieces) + "y"


BASE = Article("town", "a", "One. Two.", (Span(0, 4), Span(5, 9)), ACTORS)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("One.Two.", ((0, 4), (4, 8))),
        ("One.  Two.", ((0, 4), (6, 10))),
        ("One. \nTwo.", ((0, 4), (6, 10))),
        ("One.\n \nTwo.", ((0, 4), (7, 11))),
        ("One.\tTwo.", ((0, 4), (5, 9))),
        ("One. xx Two.", ((0, 4), (8, 12))),
        (" One. Two.", ((1, 5), (6, 10))),
        ("\nOne. Two.", ((1, 5), (6, 10))),
    ],
)
def test_what_lies_between_sentences_must_be_a_space_or_line_breaks(text: str, spans: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(InputError, match=r"^town/a: '.*' before character .* only one space or line breaks"):
        format_article(replace(BASE, text=text, sentences=tuple(Span(*span) for span in spans)))


@pytest.mark.parametrize("gap", [" ", "\n", "\n\n\n"])
def test_a_space_or_line_breaks_between_sentences_come_back(gap: str) -> None:
    article = replace(BASE, text=f"One.{gap}Two.", sentences=(Span(0, 4), Span(4 + len(gap), 8 + len(gap))))
    assert parse_article(format_article(article), "town", "x").text == article.text


@pytest.mark.parametrize(
    "change",
    [
        {"text": "One. Two.\n"},
        {"text": "One. Two. Advertisement"},
        {"text": "One\n. Two", "sentences": (Span(0, 5), Span(6, 9))},
        {"text": "One. Two "},
        {"text": "One. Two\r"},
        {"mentions": (Mention("quill", 0, 3), Mention("board", 1, 4))},
        {"mentions": (Mention("quill", 2, 7),)},
        {"mentions": (Mention("quill", 0, 3, "name"),)},
        {"actors": (Actor("quill", "Marta | Quill", "person"),)},
        {"actors": (Actor("quill", " Marta Quill", "person"),)},
        {"title": "Two\nlines"},
        {"title": " indented"},
    ],
)
def test_what_the_format_cannot_hold_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InputError, match=r"^town/a"):
        format_article(replace(BASE, **change))  # type: ignore[arg-type]


def test_mentions_and_stances_in_any_order_are_written_in_the_texts() -> None:
    mentions = (Mention("board", 5, 8), Mention("quill", 0, 3))
    stances = (Stance(1, "quill", "board", "favor"), Stance(0, "quill", "board", "against"))
    back = parse_article(format_article(replace(BASE, mentions=mentions, stances=stances)), "town", "x")
    assert back == replace(BASE, mentions=mentions[::-1], stances=stances[::-1])


@pytest.mark.parametrize(
    ("lines", "number", "quoted"),
    [
        ("[Quill|quill spoke.", 8, "'[Quill|quill spoke.': the bracket does not close"),
        ("One.\n[Quill spoke.", 9, "'[Quill spoke.': a bracket does not close"),
        ("One.\n\n[[Quill|quill] spoke.", 10, "'[[Quill|quill] spoke.': a bracket does not close"),
        ("Quill] spoke.", 8, "'Quill]': ']' closes no '[words|actor]'"),
        ("[Quill] spoke.", 8, "'[Quill]': ']' closes no '[words|actor]'"),
        ("See [Quil|quil] now.", 8, "'See [Quil|quil]' names the unknown actor 'quil'"),
        ("See [|quill] now.", 8, "'See [|quill]': the bracket holds no words"),
        ("%", 8, "'' holds no words"),
        ("One.\n> quill against bord", 9, "'> quill against bord' names the unknown actor 'bord'"),
        ("One.\n> quil against board", 9, "'> quil against board' names the unknown actor 'quil'"),
        ("> quill against board", 8, "'> quill against board' stands under no sentence"),
        ("One.\n% More\n> quill against board", 10, "'> quill against board' stands under no sentence"),
        (
            "One.\n> quill against board\n> quill favor board",
            10,
            "'> quill favor board': the sentence has a stance of quill toward board already",
        ),
        ("# my note\nOne.", 8, r"'# my note' is no sentence and no section; write \# where a sentence begins with it"),
        ("One.\n#Ferry now!", 9, "'#Ferry now!' is no sentence"),
        ("One.\n> quill against", 9, "'> quill against' is no stance"),
        ("One.\n> quill against board deed", 9, "'> quill against board deed' is no stance"),
        ("One.\n> quill opposes board", 9, "stance 'opposes' is unknown"),
        ("One.\n> quill against board #irony", 9, "tag 'irony' is unknown"),
        ("One.\n> quill against quill", 9, "'quill' is both speaker and target"),
    ],
)
def test_a_slip_in_the_text_is_one_line_with_its_place(lines: str, number: int, quoted: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_article(HEADER + lines + "\n", "town", "ferry.txt")
    assert str(caught.value).startswith(f"ferry.txt:{number}: {quoted}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("right", "wrong", "number", "quoted"),
    [
        ("article: ferry", "artcle: ferry", 1, "'artcle: ferry' is no header line; expected 'key: value' with a key of article, story"),
        ("article: ferry", "ferry", 1, "'ferry' is no header line"),
        ("article: ferry", "article: the ferry", 1, "'article: the ferry': 'the ferry' is no id"),
        ("article: ferry", "article:", 1, "'article:': '' is no id"),
        ("article: ferry\n", "article: ferry\nsplit: dev\n", 2, "'split: dev': split 'dev' is unknown; give one of train"),
        ("article: ferry\n", "article: ferry\ndate: 1\ndate: 2\n", 3, "'date: 2': the header has 'date' already"),
        ("article: ferry\n", "story: ferry\n", 1, "no line 'article: <id>' in the header"),
        ("# text", "# Text", 7, "'# Text' is no actor"),
        ("quill | person", "quill, person", 4, "actor id 'quill, person' is not made of letters"),
        ("quill | person", "quill | robot", 4, "actor 'quill' has kind 'robot'; give one of person"),
        ("quill | person", "mar ta | person", 4, "actor id 'mar ta'"),
        ("board |", "quill |", 5, "'quill | organisation | Ferry Board': actor id 'quill' occurs twice"),
        ("quill | person", "author | author", 4, "'author | author | Marta Quill | Cllr Quill': 'author' is in every roster already"),
        ("quill | person", "someone | person", 4, "actor 'someone' of kind 'person': author and someone are reserved"),
        ("| Cllr Quill", "|", 4, "actor 'quill' has an empty name or alias"),
        ("board | organisation | Ferry Board", "board | organisation", 5, "'board | organisation' is no actor"),
    ],
)
def test_a_slip_above_the_text_is_one_line_with_its_place(right: str, wrong: str, number: int, quoted: str) -> None:
    assert right in HEADER
    with pytest.raises(InputError) as caught:
        parse_article(HEADER.replace(right, wrong) + "One.\n", "town", "ferry.txt")
    assert str(caught.value).startswith(f"ferry.txt:{number}: {quoted}")
    assert "\n" not in str(caught.value)


def test_an_article_without_a_sentence_is_refused() -> None:
    with pytest.raises(InputError, match=r"^ferry\.txt: town/ferry: the article has no sentence"):
        parse_article(HEADER + "% Only furniture\n", "town", "ferry.txt")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", ":1: no line 'article: <id>' in the header"),
        (b"\n\n", ":1: no line 'article: <id>' in the header"),
        (HEADER.encode() + "Café.\n".encode("latin-1"), f": not UTF-8 at byte {len(HEADER) + 3}; save the file as UTF-8"),
        (b"PK\x03\x04\x00\x00", ": a binary file, not text"),
        (HEADER.encode("utf-16"), ": not UTF-8 at byte 0; save the file as UTF-8"),
    ],
)
def test_a_file_that_is_no_article_is_refused_by_name(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "ferry.txt"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_article(path, "town")
    assert str(caught.value).startswith(f"{path}{complaint}")


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(InputError, match=r"folder\.txt: cannot be read \(Is a directory\)"):
        read_corpus(tmp_path)


def test_a_corpus_is_the_text_files_of_a_folder_in_order_of_name(tmp_path: Path) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    for name in ("b", "a", "c"):
        (folder / f"{name}.txt").write_text(HEADER.replace("ferry", name) + "One.\n", encoding="utf-8")
    (folder / "README.md").write_text("not an article", encoding="utf-8")
    assert [article.key for article in read_corpus(folder)] == ["town/a", "town/b", "town/c"]


def test_two_files_of_one_article_id_are_refused_with_both_names(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(HEADER + "One.\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_corpus(tmp_path)
    assert str(caught.value) == f"{tmp_path / 'b.txt'}: article id 'ferry' is taken by {tmp_path / 'a.txt'}; give it another"


def test_a_missing_folder_and_one_without_articles_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere: no such folder"):
        read_corpus(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"no \*\.txt in it"):
        read_corpus(tmp_path)


def test_a_folder_whose_name_is_no_part_of_an_id_is_refused_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "my articles"
    folder.mkdir()
    (folder / "a.txt").write_text(HEADER + "One.\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_corpus(folder)
    assert str(caught.value) == (
        f"{folder}: the folder's name 'my articles' becomes part of the articles' ids; rename it with letters, digits, '_', '-' and '.'"
    )
