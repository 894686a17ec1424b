from __future__ import annotations

import random
from dataclasses import replace

import pytest

from whipcount.config import TrainingConfig
from whipcount.corpora.authored import parse_article
from whipcount.examples.pairs import shown_mentions
from whipcount.modeling.variation import NewName, draw_variation, gender, in_order, name_pool, plain
from whipcount.schema import Actor, Article

SOURCE = """article: ferry
# actors
quill | person | Marta Quill
board | organisation | Ferry Board
oduya | person | Femi Oduya
# text
Marta Quill told Quill's friends and the Ferry Board off, and [she|quill] left.
> quill against board
Oduya was there with [his|oduya] dog.
"""


@pytest.fixture
def article() -> Article:
    return parse_article(SOURCE, "town", "ferry.txt")


def test_variations_depend_on_the_generator_alone(article: Article) -> None:
    config = TrainingConfig()
    drawn = [draw_variation(article, random.Random("1/0/ferry"), 8, config, {}) for _ in range(2)]
    assert drawn[0] == drawn[1]
    many = [draw_variation(article, random.Random(seed), 8, config, {}) for seed in range(50)]
    assert len({variation.slots for variation in many}) > 30
    assert all({2, 3} <= set(variation.actors) for variation in many), "an actor with a stance was left out"
    assert any(4 not in variation.actors for variation in many)
    assert not any({0, 1} & variation.masked for variation in many)


def test_gender_is_what_the_annotated_pronouns_tell(article: Article) -> None:
    assert [gender(article, actor) for actor in article.actors] == ["feminine", "", "masculine"]
    assert name_pool([article]) == {"feminine": [NewName("Marta Quill", "Quill")], "masculine": [NewName("Femi Oduya", "Oduya")]}


def test_persons_are_renamed_within_their_gender(article: Article) -> None:
    pool = {"feminine": [NewName("Ada Berg", "Berg")], "masculine": []}
    config = TrainingConfig(swap_names=1.0, mask_names=0.0, drop_idle=0.0)
    assert draw_variation(article, random.Random(1), 8, config, pool).renamed == {2: NewName("Ada Berg", "Berg")}
    assert not draw_variation(article, random.Random(1), 8, TrainingConfig(swap_names=0.0), pool).renamed
    masked = draw_variation(article, random.Random(1), 8, TrainingConfig(swap_names=1.0, mask_names=1.0), pool)
    assert masked.masked and not masked.renamed


def test_slots_can_be_in_the_order_of_the_text(article: Article) -> None:
    config = TrainingConfig(shuffle_slots=False, drop_idle=0.0)
    listed = replace(article, actors=(*reversed(article.actors), Actor("zoll", "Zoll", "person"), Actor("ames", "Ames", "person")))
    assert len([m for m in shown_mentions(article) if m.actor == "quill"]) > 1, "named twice before another"
    for one in (article, listed):
        variation = draw_variation(one, random.Random(1), 8, config, {})
        assert variation.slots == () and plain(one).slots == ()
        seen = in_order(variation, shown_mentions(one), one)
        assert [one.roster[actor].id for actor in seen.actors][:5] == ["author", "someone", "quill", "board", "oduya"]
        assert seen.slots == tuple(range(len(one.roster)))
    assert [listed.roster[actor].id for actor in seen.actors][5:] == ["ames", "zoll"], "whom nothing names comes last, by name"
