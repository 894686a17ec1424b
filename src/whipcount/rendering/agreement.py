"""How far annotators agree, as Markdown."""

from __future__ import annotations

from whipcount.rendering.markdown import cell, counted, number, table
from whipcount.schema import AGAINST, FAVOR, NONE, STANCES
from whipcount.scoring.agreement import Agreement, PairAgreement

MAX_CONFUSIONS = 3
"""Of more pairs of annotators the confusions are left out; the first table has their sums."""

F1_NOTE = (
    "Each line counts the stances that two annotators write in the articles both have read: the same for the same sentence, speaker and "
    "target, favor by one and against by the other, or by one alone. Triplet F1 is that of the other against the one, the same either "
    "way round: what an annotator would score as a system, and so the line to hold a system's triplet F1 against."
)
ALPHA_NOTE = (
    "Krippendorff's alpha is the share of the disagreement expected by chance that is avoided: 1 where all agree, 0 where they might as "
    "well draw lots, below 0 where they disagree more than that; from 0.8 on annotation is commonly taken as reliable, from 0.667 on "
    "for tentative conclusions. Over all rows it counts it as agreement, too, that nobody sees a stance. Over the rows with a stance "
    "alone that agreement is left out by choice, so it is lower: it asks whether, where one sees a stance, the others see the same."
)


def render_agreement(agreement: Agreement, corpus: str) -> str:
    """Return a Markdown section: F1 and confusions of each two annotators, and Krippendorff's alpha over two sets of rows.

    Args:
        agreement: of all annotators of the corpus.
        corpus: its name.
    """
    parts = [f"### How far annotators of {cell(corpus)} agree"]
    if not agreement.pairs:
        return "\n\n".join([*parts, "No article was read by two annotators."]) + "\n"
    articles = f"{counted(agreement.n_articles, 'article')} {'was' if agreement.n_articles == 1 else 'were'} read by two annotators or more"
    rows = f"{counted(agreement.n_rows, 'row')}, one for each sentence and ordered pair of actors"
    parts.append(f"{articles}: {rows}. In {agreement.n_stance_rows:,} of them an annotator writes a stance.")
    columns = ["annotator", "other", "articles", "stances", "of the other", "the same", "opposite", "by one alone", "triplet F1"]
    parts.append(table(columns, [_pair_line(pair) for pair in agreement.pairs], n_words=2))
    if len(agreement.pairs) > 1:
        parts.append(f"Mean triplet F1 over the pairs of annotators with a stance: {number(agreement.mean_f1)}.")
    parts.append(F1_NOTE)
    if len(agreement.pairs) <= MAX_CONFUSIONS:
        parts += [_confusion(pair) for pair in agreement.pairs]
    lines = [
        ["all rows", f"{agreement.n_rows:,}", number(agreement.alpha)],
        ["rows where an annotator writes a stance", f"{agreement.n_stance_rows:,}", number(agreement.alpha_stance_rows)],
    ]
    parts += [table(["rows", "n", "Krippendorff's alpha"], lines), ALPHA_NOTE]
    return "\n\n".join(parts) + "\n"


def _pair_line(pair: PairAgreement) -> list[str]:
    scores, cells = pair.triplets, pair.confusion
    opposite = cells[FAVOR][AGAINST] + cells[AGAINST][FAVOR]
    alone = sum(cells[stance][NONE] + cells[NONE][stance] for stance in (FAVOR, AGAINST))
    counts = (pair.n_articles, scores.n_gold, scores.n_predicted, scores.n_correct, opposite, alone)
    f1 = number(scores.shown_f1)
    return [cell(pair.one), cell(pair.other), *(f"{count:,}" for count in counts), f1]


def _confusion(pair: PairAgreement) -> str:
    """Return what two annotators take for what; rows that both leave at none are not counted."""
    lines = [[f"**{stance}**", *(f"{count:,}" for count in line)] for stance, line in zip(STANCES, pair.confusion, strict=True)]
    lines[NONE][1 + NONE] = "not counted"
    return table([f"{cell(pair.one)} \\ {cell(pair.other)}", *STANCES], lines)
