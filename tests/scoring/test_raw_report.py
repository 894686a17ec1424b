"""What is reported of two articles read raw: each part is checked by hand elsewhere, here that each stands where it belongs."""

from __future__ import annotations

from dataclasses import replace

from whipcount.corpora.authored import parse_article
from whipcount.schema import Actor, Article, FoundStance, Mention, Reading
from whipcount.scoring.raw_report import report_corpus

ARTICLE = parse_article(
    """article: quay
split: development

# actors
quill | person | Vera Quill
oduya | person | Femi Oduya
berg | person | Nils Berg

# text
[Vera Quill|quill] praised [Femi Oduya|oduya].
> quill favor oduya
[Oduya|oduya] met [Nils Berg|berg].

% Read on
""",
    "town",
    "quay.txt",
)
PRO, CON = (0.9, 0.05, 0.05), (0.05, 0.9, 0.05)


def own(article: Article) -> Reading:
    """Find Quill and, by another name, Oduya; turn the stance round and make one up."""
    actors = (Actor("a0", "Vera Quill", "person"), Actor("a1", "Deputy Oduya", "person"))
    mentions = tuple(
        Mention({"quill": "a0", "oduya": "a1"}[m.actor], m.start_char, m.end_char) for m in article.mentions if m.actor != "berg"
    )
    stances = (FoundStance(0, "a1", "a0", PRO), FoundStance(1, "a1", "a0", CON))
    furniture = article.furniture
    return Reading(article.text, article.sentences, furniture, actors, mentions, stances, losses={"actors beyond the slots": 2})


def oracle(article: Article) -> Reading:
    return Reading(article.text, article.sentences, (), article.actors, stances=(FoundStance(0, "quill", "oduya", PRO),))


def test_a_corpus_is_reported() -> None:
    articles = [ARTICLE, replace(ARTICLE, id="pier", story="pier")]
    report = report_corpus(articles, [own(a) for a in articles], [oracle(a) for a in articles], n_sentences=200, n_resamples=20, seed=0)
    assert (report["n_articles"], report["n_stories"], report["n_sentences"]) == (2, 2, 4)
    assert report["roster"]["strict"]["headline"]["end_recall"] == 0.5
    assert report["roster"]["lenient"]["headline"]["end_recall"] == 1.0
    assert report["roster"]["lenient"]["headline"]["precision"] == 1.0
    assert report["scores"]["strict"]["headline"]["lost"]["target missing"] == 2
    assert report["scores"]["lenient"]["headline"]["lost"]["called none"] == 2
    assert report["scores"]["lenient"]["headline"]["triplet"]["f1"] == 0.0
    assert report["scores"]["oracle"]["all_ends"]["triplet"]["f1"] == 1.0
    assert (report["false_pairs"]["lenient"]["n_sentences"], report["false_pairs"]["lenient"]["gold_actors"]["count"]) == (2, 2)
    assert report["false_pairs"]["oracle"]["any"]["count"] == 0
    assert (report["direction"]["lenient"]["n_reversed"], report["direction"]["oracle"]["n_reversed"]) == (2, 0)
    assert report["furniture"] == {"n": 2, "n_marked": 2, "n_read": 0, "n_sentences": 4, "n_sentences_marked": 0}
    assert report["not_judged"] == {"own": {"actors beyond the slots": 4}, "oracle": {}}
    assert report["mentions"]["exact"]["n_correct"] == 6 and report["mentions"]["exact"]["n_gold"] == 8
    assert "actors" not in report


def test_of_a_single_article_each_actor_is_named() -> None:
    report = report_corpus([ARTICLE], [own(ARTICLE)], [oracle(ARTICLE)], n_sentences=200, n_resamples=20, seed=0)
    assert report["actors"] == {"quill": True, "oduya": True, "berg": False}


def test_a_corpus_without_mentions_has_no_mention_scores() -> None:
    bare = replace(ARTICLE, mentions=())
    report = report_corpus([bare], [own(ARTICLE)], [oracle(bare)], n_sentences=200, n_resamples=20, seed=0)
    assert "mentions" not in report
    assert report["actors"] == {"quill": True, "oduya": True, "berg": False}, "by a form: Oduya"
