from __future__ import annotations

import pytest

from whipcount.modeling import own_rosters
from whipcount.modeling.labels import label_tensor
from whipcount.modeling.own_rosters import lists_active_alone, with_distractors, with_own_roster
from whipcount.schema import GIVEN, NONE, Actor, Article, Mention, Span, Stance

SENTENCES = (
    "Marta Quill accused Femi Oduya of wasting the harbour's money.",
    "Ada Lorne watched the debate with Tobias Renn.",
    "She said nothing, and Lorne left before Quill did.",
)


@pytest.fixture
def article() -> Article:
    """Two actors who take part in a stance are listed, two more are named."""
    starts = [sum(len(one) + 1 for one in SENTENCES[:index]) for index in range(len(SENTENCES))]
    return Article(
        corpus="town",
        id="a",
        text="\n".join(SENTENCES),
        sentences=tuple(Span(start, start + len(one)) for start, one in zip(starts, SENTENCES, strict=True)),
        actors=(Actor("quill", "Marta Quill", "person"), Actor("oduya", "Femi Oduya", "person")),
        stances=(Stance(0, "quill", "oduya", "against"),),
    )


def words(article: Article, actor: str) -> list[str]:
    return [article.text[m.start_char : m.end_char] for m in article.mentions if m.actor == actor]


def test_actors_that_only_the_text_names_are_added_and_hold_nothing(article: Article) -> None:
    extended = with_distractors(article)
    assert extended.actors[:2] == article.actors and extended.stances == article.stances
    assert {actor.name for actor in extended.actors[2:]} == {"Ada Lorne", "Tobias Renn"}
    labels = label_tensor(extended)
    assert labels.shape == (3, 6, 6) and (labels != NONE).sum() == 1 + 3 * 6  # the stance, and everybody toward himself


def test_what_reading_finds_is_shown_but_for_pronouns(article: Article) -> None:
    extended = with_distractors(article)
    (lorne,) = (actor.id for actor in extended.actors if actor.name == "Ada Lorne")
    assert words(extended, lorne) == ["Ada Lorne", "Lorne"]
    assert words(extended, "quill") == ["Marta Quill", "Quill"]
    assert {mention.why for mention in extended.mentions} == {GIVEN}


def test_no_more_are_added_than_a_roster_takes(article: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_rosters, "MAX_ACTORS", 3)
    assert [actor.name for actor in with_distractors(article).actors] == ["Marta Quill", "Femi Oduya", "Ada Lorne"], "the most mentioned"
    monkeypatch.setattr(own_rosters, "MAX_ACTORS", 1)
    assert with_distractors(article).actors == article.actors


def test_a_list_without_annotated_mentions_may_leave_actors_out(article: Article) -> None:
    def annotated(why: str) -> Article:
        return Article("town", "a", article.text, article.sentences, article.actors, (Mention("quill", 0, 11, why),), article.stances)

    assert lists_active_alone(article) and lists_active_alone(annotated(GIVEN))
    assert not lists_active_alone(annotated("name"))
    one_pair = Article("town", "a", "Quill met Oduya.", (Span(0, 16),), article.actors, annotation="pair")
    assert not lists_active_alone(one_pair), "what it does not list is unknown, not none"


def test_an_own_roster_takes_the_place_of_the_listed_one(article: Article) -> None:
    hidden = Actor("board", "harbour board", "organisation")
    stances = (*article.stances, Stance(1, "board", "quill", "favor"), Stance(2, "author", "quill", "favor"))
    listed = Article("town", "a", article.text, article.sentences, (*article.actors, hidden), stances=stances)
    own = with_own_roster(listed)
    assert {actor.name for actor in own.actors} == {"Marta Quill", "Femi Oduya", "Ada Lorne", "Tobias Renn"}
    assert {"quill", "oduya"} < {actor.id for actor in own.actors}, "known by the ids that the stances have"
    assert own.stances == (stances[0], stances[2]), "what an actor holds that was not found is lost"
    assert own.mentions == with_distractors(article).mentions
