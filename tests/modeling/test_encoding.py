from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from whipcount.corpora.authored import parse_article
from whipcount.modeling.encoding import Encoder, NewName, Variation, Window, add_tokens, cut_windows, plain, slot_token
from whipcount.schema import Article

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


def test_actors_left_out_have_no_slot_in_the_text(article: Article, encoder: Encoder) -> None:
    (window,) = encoder.encode(article, Variation((0, 1, 2), (5, 6, 7)))
    tokens = encoder.tokenizer.convert_ids_to_tokens(window.input_ids)
    assert window.actors == [0, 1, 2]
    assert {token for token in tokens if token.startswith("[A")} == {"[A5]", "[A6]", "[A7]"}


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


def test_words_know_where_they_stand_in_the_text(article: Article, encoder: Encoder) -> None:
    (window,) = encoder.encode(article)
    tokens = encoder.tokenizer.convert_ids_to_tokens(window.input_ids)
    for positions, chars in zip(window.sentence_tokens, window.word_chars, strict=True):
        for position, char in zip(positions, chars, strict=True):
            word = tokens[position].replace("##", "")
            assert char < 0 if position in window.roster_tokens or word in ("[S]", "[A2]", "[A4]") else True
            assert char < 0 or word == "[UNK]" or article.text[char:].lower().startswith(word)


def test_without_markers_names_stand_alone_in_the_text(article: Article, tiny_encoder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    add_tokens(tokenizer, 8)
    windows = {marked: Encoder(tokenizer, 256, 8, mention_markers=marked).encode(article)[0] for marked in (True, False)}
    slots = {tokenizer.convert_tokens_to_ids(slot_token(slot)) for slot in range(8)}
    counts = {marked: sum(token in slots for token in window.input_ids) for marked, window in windows.items()}
    assert counts[False] == len(windows[False].actors) < counts[True]
    assert 0 < len(windows[False].mention_tokens) < len(windows[True].mention_tokens)
