"""Where a system is wrong, as Markdown: by tag, by property of the row, and its most confident mistakes."""

from __future__ import annotations

from collections.abc import Sequence

from whipcount.rendering.markdown import cell, counted, number, percent, percent_range, table
from whipcount.schema import Article, InputError
from whipcount.scoring.errors import ErrorAnalysis, Mistake, TagScore
from whipcount.scoring.metrics import PrecisionRecallF1
from whipcount.scoring.row_properties import PROPERTIES

PROPERTY_TITLES = {
    "named": "named in the sentence",
    "speaker_distance": "sentences since the speaker was named",
    "quotation": "quotation in the sentence",
    "pronoun": "pronoun in the sentence",
    "negation": "negation in the sentence",
    "passive": "passive with *by*",
    "n_actors": "actors named in the sentence",
    "n_words": "words in the sentence",
}

TAG_NOTE = (
    "n: rows with gold favor or against. Recall: the share of them labelled exactly right, with its Wilson interval (95 %, as if "
    "rows were independent, so too narrow). Polarity: favor against against alone. False stances: on rows whose gold is none, "
    "of those with the tag. A row may carry several tags."
)
PROPERTY_NOTE = (
    "Every row has one value of each property. Never: not named up to this sentence. Quotation, pronoun and negation are found by "
    "marks and word lists. Passive is a rule on the surface, not a parse: a form of *be*, at most one word, a participle, at most "
    "three words, *by*; a passive without *by* is not found."
)


def render_errors(analysis: ErrorAnalysis, system: str, split: str, articles: Sequence[Article] = (), *, with_text: bool = False) -> str:
    """Return Markdown with three sections: by tag, by property, most confident mistakes.

    Args:
        analysis: of one system on one split.
        system: its name, for the headings.
        split: likewise.
        articles: at least those of the mistakes, where ``with_text``.
        with_text: show the sentence of each mistake. The text of most corpora may not be passed on: leave it out of
            what is published.

    Raises:
        InputError: ``with_text``, and the article of a mistake is not given.
    """
    where = f"of {cell(system)} ({split})"
    parts = [f"### Errors {where}, by tag", _tag_section(analysis)]
    parts += [f"### Errors {where}, by property of the row", _property_table(analysis), PROPERTY_NOTE]
    parts += [f"### Most confident mistakes {where}", _mistake_section(analysis, articles if with_text else None)]
    return "\n\n".join(parts) + "\n"


def _tag_section(analysis: ErrorAnalysis) -> str:
    if not analysis.tags:
        return "No row carries a tag."
    columns = ["tag", "n", "recall", "95 % interval", "polarity", "called none", "false stances", "none rows"]
    scores = {**{f"`{tag}`": score for tag, score in analysis.tags.items()}, "no tag": analysis.untagged, "all rows": analysis.all_rows}
    return table(columns, [_tag_line(tag, score) for tag, score in scores.items()], n_words=1) + "\n\n" + TAG_NOTE


def _tag_line(tag: str, score: TagScore) -> list[str]:
    low, high = score.interval
    return [
        tag,
        f"{score.n:,}",
        percent(score.recall),
        percent_range(low, high),
        percent(score.polarity_accuracy),
        percent(score.called_none),
        f"{score.false.count:,}",
        f"{score.false.none_rows:,}",
    ]


def _property_table(analysis: ErrorAnalysis) -> str:
    columns = ["property", "value", "n gold", "n predicted", "precision", "recall", "triplet F1"]
    lines = [["all rows", "", *_triplet_cells(analysis.triplets)]]
    for name in PROPERTIES:
        for value, scores in analysis.properties[name].items():
            title = PROPERTY_TITLES[name] if value == PROPERTIES[name][0] else ""
            lines.append([title, value.replace("-", "–"), *_triplet_cells(scores)])
    return table(columns, lines, n_words=2)


def _triplet_cells(scores: PrecisionRecallF1) -> list[str]:
    rates = (scores.precision, scores.recall, scores.shown_f1)
    return [f"{scores.n_gold:,}", f"{scores.n_predicted:,}", *map(number, rates)]


def _mistake_section(analysis: ErrorAnalysis, articles: Sequence[Article] | None) -> str:
    if not analysis.n_mistakes:
        return "No row is labelled wrong."
    blocks = [
        f"The {len(analysis.mistakes):,} most confident of {counted(analysis.n_mistakes, 'mistake')}, "
        "by the probability of the wrong label; a missed stance and a false one count alike."
    ]
    columns = ["example", "speaker", "target", "gold", "predicted", "tags"]
    lines = [_mistake_words(mistake) for mistake in analysis.mistakes]
    if articles is not None:
        columns.append("sentence")
        by_key = {article.key: article for article in articles}
        for line, mistake in zip(lines, analysis.mistakes, strict=True):
            if mistake.article not in by_key:
                raise InputError(f"{mistake.id}: the article of this mistake is not given; give those of its split")
            line.append(cell(by_key[mistake.article].sentence_text(mistake.sentence)))
    numbers = [f"{mistake.probability:.3f}" for mistake in analysis.mistakes]
    if lines:
        lines = [[*words, number] for words, number in zip(lines, numbers, strict=True)]
        blocks.append(table([*columns, "probability"], lines, n_words=len(columns)))
    return "\n\n".join(blocks)


def _mistake_words(mistake: Mistake) -> list[str]:
    names = [cell(actor.name) for actor in (mistake.speaker, mistake.target)]
    return [f"`{mistake.id}`", *names, mistake.gold, mistake.predicted, ", ".join(f"`{tag}`" for tag in mistake.tags)]
