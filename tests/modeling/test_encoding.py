from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from whipcount.corpora.authored import parse_article
from whipcount.modeling.cues import N_PLACES
from whipcount.modeling.encoding import Encoder, Window, add_tokens, cut_windows, slot_token
from whipcount.modeling.labels import label_references
from whipcount.modeling.variation import NewName, Variation, plain
from whipcount.schema import KINDS, PRONOUN, Article, Mention, Span, Utterance

SOURCE = """article: ferry
# actors
quill | person | Marta Quill
board | organisation | Ferry Board
oduya | person | Femi Oduya
# text
Marta Quill told the Ferry Board off.
> quill against board
Oduya was there.
She left, and \\[S\\] \\[A3\\] stayed.
"""


@pytest.fixture
def article() -> Article:
    return parse_article(SOURCE, "town", "ferry.txt")


@pytest.fixture
def encoder(tiny_encoder: Path) -> Encoder:
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    add_tokens(tokenizer, 8)
    return Encoder(tokenizer, 256, 8)


def words_of(window: Window, encoder: Encoder) -> str:
    return "".join(encoder.tokenizer.convert_ids_to_tokens(window.input_ids)).replace("##", "")


def test_each_actor_and_mention_wears_its_slot(article: Article, encoder: Encoder) -> None:
    (window,) = encoder.encode(article)
    tokens = encoder.tokenizer.convert_ids_to_tokens(window.input_ids)
    assert [tokens[position] for position in window.roster_tokens] == [slot_token(slot) for slot in range(5)]
    worn = [(tokens[token], actor) for token, actor in window.mention_tokens if tokens[token].startswith("[A")]
    assert worn == [("[A2]", 2), ("[A3]", 3), ("[A4]", 4)]
    assert [tokens[words[0]] for words in window.sentence_tokens] == ["[S]"] * 3


def test_markers_in_the_text_are_ordinary_words(article: Article, encoder: Encoder) -> None:
    (window,) = encoder.encode(article)
    tokens = encoder.tokenizer.convert_ids_to_tokens(window.input_ids)
    assert tokens.count("[S]") == len(article.sentences)
    assert tokens.count("[A3]") == 2  # the roster's and the mention's, not the one that the text spells out


def test_speaker_and_target_swapped_change_the_encoding(article: Article, encoder: Encoder) -> None:
    swapped = parse_article(SOURCE.replace("Marta Quill told the Ferry Board", "Ferry Board told the Marta Quill"), "town", "x")
    assert encoder.encode(article)[0].mention_tokens != encoder.encode(swapped)[0].mention_tokens


def test_masked_names_do_not_reach_the_encoder(article: Article, encoder: Encoder) -> None:
    roster = plain(article)
    (window,) = encoder.encode(article, Variation(roster.actors, roster.slots, frozenset({4})))
    assert "oduya" not in words_of(window, encoder)


def test_blanked_words_are_masks_and_markers_stay(article: Article, encoder: Encoder) -> None:
    start = article.text.index("Quill told")
    blanked = (Span(start, start + len("Quill told the Ferry")), Span(article.text.index("there"), article.text.index("there") + 1))
    (window,) = encoder.encode(article, replace(plain(article), blanked=blanked))
    tokens = encoder.tokenizer.convert_ids_to_tokens(window.input_ids)
    first, second, third = ([tokens[position] for position in positions] for positions in window.sentence_tokens)
    assert first[:7] == ["[S]", "[A2]", "m", "##a", "##r", "##t", "##a"]
    assert first[7:15] == [*["[MASK]"] * 7, "[A3]"], "five pieces of Quill, told, the; the marker of the board"
    assert first[15:] == [*["[MASK]"] * 5, "board", "of", "##f", "."]
    assert second[-4:] == ["[MASK]", "##r", "##e", "."], "only what starts in the range"
    assert "[MASK]" not in third and "[MASK]" not in tokens[: window.sentence_tokens[0].start], "the roster is read"
    (untouched,) = encoder.encode(article)
    assert replace(window, input_ids=untouched.input_ids, cues=untouched.cues) == untouched, "nothing moves"


def test_a_new_name_is_blanked_where_the_old_one_is(article: Article, encoder: Encoder) -> None:
    told = replace(plain(article), renamed={2: NewName("Ada Berg", "Berg")}, blanked=(Span(0, len("Marta Quill")),))
    (window,) = encoder.encode(article, told)
    tokens = encoder.tokenizer.convert_ids_to_tokens(window.input_ids)
    positions = window.sentence_tokens[0]
    assert [tokens[position] for position in positions][:10] == ["[S]", "[A2]", *["[MASK]"] * 7, "told"]


def test_a_window_knows_the_sentences_that_it_holds(encoder: Encoder) -> None:
    long = parse_article("article: long\n# actors\n# text\n" + "the board met the council.\n" * 90, "town", "x")
    windows = encoder.encode(long)
    assert windows[0].shown == range(windows[0].sentences[-1] + 1)
    assert len(windows) > 1
    for before, window in itertools.pairwise(windows):
        assert window.shown.start < window.sentences[0] == before.shown.stop, "what stands before is its context"
        assert window.shown.stop == window.sentences[-1] + 1
        assert encoder.tokenizer.convert_ids_to_tokens(window.input_ids).count("[S]") == len(window.shown)


def test_actors_left_out_have_no_slot_in_the_text(article: Article, encoder: Encoder) -> None:
    (window,) = encoder.encode(article, Variation((0, 1, 2), (5, 6, 7)))
    tokens = encoder.tokenizer.convert_ids_to_tokens(window.input_ids)
    assert window.actors == [0, 1, 2]
    assert {token for token in tokens if token.startswith("[A")} == {"[A5]", "[A6]", "[A7]"}


@pytest.mark.parametrize("n_slots", [4, 8])
def test_the_order_of_the_list_is_not_seen(article: Article, tiny_encoder: Path, n_slots: int) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    add_tokens(tokenizer, n_slots)
    encoder = Encoder(tokenizer, 256, n_slots)
    listed = replace(article, actors=tuple(reversed(article.actors)))
    assert [window.input_ids for window in encoder.encode(listed)] == [window.input_ids for window in encoder.encode(article)]


def test_a_roster_beyond_the_slots_is_counted(article: Article, tiny_encoder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    add_tokens(tokenizer, 4)
    encoder = Encoder(tokenizer, 256, 4)
    (window,) = encoder.encode(article)
    assert len(window.actors) == 4
    assert encoder.losses == {"actors that do not fit the roster": 1}


def test_a_sentence_beyond_the_window_is_cut_and_counted(encoder: Encoder) -> None:
    long = parse_article("article: long\n# actors\n# text\n" + "word " * 300 + "\nshort.\n", "town", "x")
    windows = encoder.encode(long)
    assert encoder.losses == {"sentences cut to the window": 1}
    assert all(len(window.input_ids) <= encoder.max_tokens for window in windows)
    assert [index for window in windows for index in window.sentences] == [0, 1]


@given(lengths=st.lists(st.integers(1, 100), max_size=40))
def test_every_sentence_is_scored_once_and_no_window_is_too_long(lengths: list[int]) -> None:
    windows = cut_windows(lengths, 100, 0.25)
    assert [index for _, start, stop in windows for index in range(start, stop)] == list(range(len(lengths)))
    for first, start, stop in windows:
        assert first <= start < stop
        assert sum(lengths[first:stop]) <= 100


def test_later_windows_start_with_context() -> None:
    assert cut_windows([20] * 8, 100, 0.25) == [(0, 0, 5), (4, 5, 8)]
    assert cut_windows([20] * 8, 100, 0.0) == [(0, 0, 5), (5, 5, 8)]


def test_only_the_sentences_asked_for_are_scored(article: Article, encoder: Encoder) -> None:
    (window,) = encoder.encode(article, scored=[2])
    assert window.sentences == [2]
    assert "marta" in words_of(window, encoder)


def test_another_name_is_read_wherever_the_own_one_stands(article: Article, encoder: Encoder) -> None:
    roster = plain(article)
    (window,) = encoder.encode(article, Variation(roster.actors, roster.slots, renamed={2: NewName("Ada Berg", "Berg")}))
    words = words_of(window, encoder)
    assert "adaberg" in words and "quill" not in words and "oduya" in words
    (own,) = encoder.encode(article)
    assert [actor for token, actor in window.mention_tokens if token in token_starts(window)] == [
        actor for token, actor in own.mention_tokens if token in token_starts(own)
    ]


def token_starts(window: Window) -> set[int]:
    """The first token of each mention: the slots."""
    tokens = [token for token, _ in window.mention_tokens]
    return {token for token in tokens if token - 1 not in tokens}


def check_places(article: Article, window: Window, encoder: Encoder, markers: set[str]) -> None:
    """Each token of a sentence is a marker, which stands nowhere, or starts where it says in the text."""
    tokens = encoder.tokenizer.convert_ids_to_tokens(window.input_ids)
    for positions, chars in zip(window.sentence_tokens, window.word_chars, strict=True):
        for position, char in zip(positions, chars, strict=True):
            word = tokens[position].replace("##", "")
            assert (char < 0) == (word in markers)
            assert char < 0 or word == "[UNK]" or article.text[char:].lower().startswith(word)


def test_words_know_where_they_stand_in_the_text(article: Article, encoder: Encoder) -> None:
    (window,) = encoder.encode(article)
    check_places(article, window, encoder, {"[S]", "[A2]", "[A3]", "[A4]"})


def test_without_markers_names_stand_alone_in_the_text(article: Article, tiny_encoder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    add_tokens(tokenizer, 8)
    windows = {marked: Encoder(tokenizer, 256, 8, mention_markers=marked).encode(article)[0] for marked in (True, False)}
    slots = {tokenizer.convert_tokens_to_ids(slot_token(slot)) for slot in range(8)}
    counts = {marked: sum(token in slots for token in window.input_ids) for marked, window in windows.items()}
    assert counts[False] == len(windows[False].actors) < counts[True]
    assert 0 < len(windows[False].mention_tokens) < len(windows[True].mention_tokens)


SPOKEN = """article: late
# actors
stroud | person | Peter Stroud
board | organisation | Ferry Board
# text
Peter Stroud met the board.
“No,” [he|stroud] told the Ferry Board. “Of the council.

“The board met.”
The council met.
"""


@pytest.fixture
def spoken() -> Article:
    """He is said to say the first quotation, and the second, which runs over two sentences."""
    article = parse_article(SPOKEN, "town", "late.txt")
    text = article.text

    def span(words: str) -> Span:
        return Span(text.index(words), text.index(words) + len(words))

    he = span("he told")
    said = (
        Utterance((span("“No,”"),), "stroud", "attribution"),
        Utterance((span("“Of the council."), span("“The board met.”")), "stroud", "same paragraph"),
    )
    return replace(article, mentions=(*article.mentions, Mention("stroud", he.start_char, he.start_char + 2, PRONOUN)), utterances=said)


def showing(tiny_encoder: Path, pronouns: bool, speakers: bool) -> Encoder:
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    add_tokens(tokenizer, 8, speakers)
    return Encoder(tokenizer, 256, 8, pronoun_slots=pronouns, speaker_slots=speakers)


def sentences_of(window: Window, encoder: Encoder) -> list[str]:
    """The tokens of each sentence, pieces of words put together."""
    tokens = encoder.tokenizer.convert_ids_to_tokens(window.input_ids)
    return [" ".join(tokens[place] for place in places).replace(" ##", "") for places in window.sentence_tokens]


@pytest.mark.parametrize(
    ("pronouns", "speakers", "second", "third"),
    [
        (
            False,
            False,
            "[S] [UNK] no , [UNK] he told the [A3] ferry board . [UNK] of the council .",
            "[S] [UNK] the board met . [UNK]",
        ),
        (
            True,
            False,
            "[S] [UNK] no , [UNK] [A2] he told the [A3] ferry board . [UNK] of the council .",
            "[S] [UNK] the board met . [UNK]",
        ),
        (
            False,
            True,
            "[S] [Q] [A2] [UNK] no , [UNK] he told the [A3] ferry board . [Q] [A2] [UNK] of the council .",
            "[S] [Q] [A2] [UNK] the board met . [UNK]",
        ),
        (
            True,
            True,
            "[S] [Q] [A2] [UNK] no , [UNK] [A2] he told the [A3] ferry board . [Q] [A2] [UNK] of the council .",
            "[S] [Q] [A2] [UNK] the board met . [UNK]",
        ),
    ],
)
def test_pronouns_and_quotations_wear_the_slot_of_their_actor(
    pronouns: bool, speakers: bool, second: str, third: str, spoken: Article, tiny_encoder: Path
) -> None:
    encoder = showing(tiny_encoder, pronouns, speakers)
    (window,) = encoder.encode(spoken)
    assert sentences_of(window, encoder) == [
        "[S] [A2] peter stroud met the board .",
        second,
        third,
        "[S] the council met .",
    ]
    check_places(spoken, window, encoder, {"[S]", "[Q]", "[A2]", "[A3]"})


def test_a_shown_pronoun_is_no_name(spoken: Article, tiny_encoder: Path) -> None:
    without, shown = (showing(tiny_encoder, pronouns, speakers=False) for pronouns in (False, True))
    (before,), (after,) = without.encode(spoken), shown.encode(spoken)
    assert after.standing == before.standing
    tokens = shown.tokenizer.convert_ids_to_tokens(after.input_ids)
    assert [tokens[place] for place, _ in after.mention_tokens] == [
        without.tokenizer.convert_ids_to_tokens(before.input_ids)[place] for place, _ in before.mention_tokens
    ]
    meant = [actor for row in label_references(spoken, after) for actor in row if actor >= 0]
    assert meant == [actor for row in label_references(spoken, before) for actor in row if actor >= 0] == [2, 2], "h, ##e"
    for one, other in zip(before.cues, after.cues, strict=True):
        assert len(one) <= len(other)
    words = [index for index, char in enumerate(after.word_chars[1]) if char >= 0]
    assert np.array_equal(after.cues[1][words], before.cues[1][[i for i, char in enumerate(before.word_chars[1]) if char >= 0]])


def test_whoever_speaks_stands_apart(spoken: Article, tiny_encoder: Path) -> None:
    (before,), (after,) = (showing(tiny_encoder, False, speakers).encode(spoken) for speakers in (False, True))
    added = [[(b - a) // len(KINDS) for a, b in zip(*rows, strict=True)] for rows in zip(before.standing, after.standing, strict=True)]
    assert added == [[0, 0, 0, 0], [0, 0, N_PLACES, 0], [0, 0, N_PLACES, 0], [0, 0, 0, 0]]


def test_voices_are_not_shown_unless_asked_for(spoken: Article, encoder: Encoder) -> None:
    silent = replace(spoken, mentions=spoken.annotated_mentions, utterances=None)
    for one, other in zip(encoder.encode(spoken), encoder.encode(silent), strict=True):
        assert replace(one, cues=[]) == replace(other, cues=[])
        assert all(np.array_equal(a, b) for a, b in zip(one.cues, other.cues, strict=True))
    assert "[Q]" not in encoder.tokenizer.get_vocab()


def test_markers_stay_where_names_are_masked_or_words_hidden(spoken: Article, tiny_encoder: Path) -> None:
    encoder = showing(tiny_encoder, True, True)
    roster = plain(spoken)
    (masked,) = encoder.encode(spoken, replace(roster, masked=frozenset({2})))
    assert sentences_of(masked, encoder)[0].startswith("[S] [A2] [MASK] met")
    assert "[A2] he told" in sentences_of(masked, encoder)[1]
    (hidden,) = encoder.encode(spoken, replace(roster, hidden=frozenset({1})))
    words = sentences_of(hidden, encoder)[1].split()
    assert [word for word in words if word != "[MASK]"] == ["[S]", "[Q]", "[A2]", "[A2]", "[A3]", "ferry", "board", "[Q]", "[A2]"]
    (left_out,) = encoder.encode(spoken, Variation((0, 1, 3), (0, 1, 3)))
    assert not {"[Q]", "[A2]"} & set(encoder.tokenizer.convert_ids_to_tokens(left_out.input_ids))
