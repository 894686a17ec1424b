from __future__ import annotations

import re
from importlib.resources import files

import pytest

from whipcount.baselines.lexicon import FEATURES, find_signs, fit_lexicon, lexicon_features, read_lexicon
from whipcount.corpora.authored import parse_article
from whipcount.examples.pairs import make_examples
from whipcount.schema import AGAINST, FAVOR, Article

ACTORS = "quill | person | Marta Quill\noduya | person | Femi Oduya\nfriends | organisation | Friends of the Lake"


def features_of(sentence: str) -> dict[str, dict[str, int]]:
    article = parse_article(f"article: x\n# actors\n{ACTORS}\n# text\n{sentence}", "town", "x.txt")
    pairs = [row["id"].rsplit("/", 1)[1] for row in make_examples(article)]
    return {
        pair: {k: v for k, v in zip(FEATURES, row, strict=True) if v} for pair, row in zip(pairs, lexicon_features(article), strict=True)
    }


def test_lexicon_is_large_and_tidy() -> None:
    lexicon = read_lexicon()
    assert all(list(lexicon.values()).count(sign) >= 140 for sign in (FAVOR, AGAINST))
    assert all(re.fullmatch(r"[a-z-]+( [a-z-]+)*\*?", entry) for entry in lexicon)


def test_every_entry_is_found_whole_with_its_own_sign() -> None:
    found = {entry: find_signs(f"— {entry.rstrip('*').capitalize()}.") for entry in read_lexicon()}
    assert found == {entry: ((2, sign),) for entry, sign in read_lexicon().items()}


def test_no_entry_stands_twice() -> None:
    lines = (files("whipcount.baselines") / "lexicon.txt").read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if line and not line.startswith("#")]
    assert len(entries) == len(set(entries)) == len(read_lexicon())


@pytest.mark.parametrize(
    ("sentence", "signs"),
    [
        ("She endorsed him.", [FAVOR]),
        ("She stood   up for him and blamed her.", [FAVOR, AGAINST]),
        ("She refused to back him.", [AGAINST]),
        ("She didn’t really support him.", [AGAINST]),
        ("She did not criticise him.", []),
        ("It was not the rain that she would have praised.", [FAVOR]),  # the negator is too far off
        ("She came backwards.", []),
    ],
)
def test_signs(sentence: str, signs: list[int]) -> None:
    assert [sign for _, sign in find_signs(sentence)] == signs


def test_speaker_is_whoever_is_mentioned_first() -> None:
    features = features_of("Marta Quill blamed Femi Oduya, then thanked the driver.")
    assert features["quill>oduya"] == {
        "both named": 1,
        "speaker first: in this order": 1,
        "speaker first: favor": 1,
        "speaker first: against": 1,
        "speaker first: against between": 1,
    }
    assert features["oduya>quill"] == {key.replace("first", "second"): value for key, value in features["quill>oduya"].items()}
    assert features["author>oduya"] == features["quill>author"] == features["quill>friends"] == {}


def test_words_of_names_do_not_count() -> None:
    features = features_of("Friends of the Lake met Marta Quill.")
    assert features["friends>quill"] == {"both named": 1, "speaker first: in this order": 1}


def test_counts_stop_at_three() -> None:
    features = features_of("Marta Quill praised, thanked, backed, hailed Femi Oduya.")
    assert features["quill>oduya"]["speaker first: favor between"] == 3


def test_sign_of_the_lexicon_decides_the_side(articles: list[Article]) -> None:
    classifier = fit_lexicon(articles)
    new = parse_article(
        f"article: x\n# actors\n{ACTORS}\n# text\nMarta Quill denounced Femi Oduya.\nMarta Quill saluted Femi Oduya.", "town", "x"
    )
    rows = [row["id"] for row in make_examples(new)]
    probabilities = dict(zip(rows, classifier.classify(new), strict=True))
    assert probabilities["town/x/0/quill>oduya"][:2].argmax() == AGAINST
    assert probabilities["town/x/1/quill>oduya"][:2].argmax() == FAVOR
