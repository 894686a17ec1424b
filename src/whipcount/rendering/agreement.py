"""How far annotators agree, as Markdown."""

from __future__ import annotations

from whipcount.rendering.markdown import cell, counted, number, table
from whipcount.schema import STANCES
from whipcount.scoring.agreement import Agreement, PairAgreement

NOTE = (
    "Triplet F1 of one annotator against the other is what a system's triplet F1 is to be held against. Alpha over all rows is near it, "
    "for nearly all rows are none for everybody; over stance rows alone it is lower, for there the rows on which all agree that nothing "
    "is held are left out."
)


def render_agreement(agreement: Agreement, corpus: str) -> str:
    """Return a Markdown section: pairwise F1, Krippendorff's alpha, and what each pair of annotators takes for what."""
    lines = []
    for pair in agreement.pairs:
        counts = (pair.n_articles, pair.triplets.n_gold, pair.triplets.n_predicted)
        lines.append([cell(pair.one), cell(pair.other), *(f"{count:,}" for count in counts), number(pair.triplets.f1)])
    blocks = [
        f"### How far annotators of {cell(corpus)} agree",
        table(["annotator", "other annotator", "articles", "stances", "of the other", "triplet F1"], lines, n_words=2),
        f"Krippendorff's alpha over {counted(agreement.n_rows, 'row')}: {number(agreement.alpha)}; over the "
        f"{counted(agreement.n_stance_rows, 'row')} where any annotator writes a stance: {number(agreement.alpha_stance_rows)}.",
        *(_confusion(pair) for pair in agreement.pairs),
        NOTE,
    ]
    return "\n\n".join(blocks)


def _confusion(pair: PairAgreement) -> str:
    lines = [[stance, *(f"{count:,}" for count in line)] for stance, line in zip(STANCES[:-1], pair.confusion, strict=False)]
    none = pair.confusion[-1]
    lines.append([STANCES[-1], f"{none[0]:,}", f"{none[1]:,}", ""])
    return table([f"{cell(pair.one)} \\ {cell(pair.other)}", *STANCES], lines)
