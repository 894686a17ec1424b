"""The dataset card: what is in a dataset folder, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from whipcount.schema import FULL, SPLITS, Article, ordered_pairs

LEFT_OUT_NONE = "a row without a written stance is `none`"


def count_split(articles: Sequence[Article]) -> dict[str, int]:
    """Return the counts of one split: articles, stories, sentences, actors, rows and stances."""
    stances = Counter(stance.stance for article in articles for stance in article.stances)
    total = sum(n_rows(article) for article in articles)
    n_unknown = sum(n_rows(article) - len(article.stances) for article in articles if article.annotation != FULL)
    return {
        "articles": len(articles),
        "stories": len({article.story for article in articles}),
        "sentences": sum(len(article.sentences) for article in articles),
        "sentences with a stance": sum(len({s.sentence for s in article.stances if s.stance != "none"}) for article in articles),
        "actors": sum(len(article.actors) for article in articles),
        "rows": total,
        "favor": stances["favor"],
        "against": stances["against"],
        "none": total - stances["favor"] - stances["against"] - n_unknown,
        "unknown": n_unknown,
    }


def n_rows(article: Article) -> int:
    """Return how many rows ``schema.ordered_pairs`` yields."""
    if article.annotation != FULL:
        return sum(1 for _ in ordered_pairs(article))
    return len(article.sentences) * len(article.roster) * (len(article.roster) - 1)


def render_card(manifest: Mapping[str, Any]) -> str:
    """Return the text of a dataset folder's ``README.md`` from its manifest."""
    counts = manifest["counts"]
    names = list(counts[SPLITS[0]])
    lines = [
        "# A whipcount dataset",
        "",
        f"Built by whipcount {manifest['versions']['whipcount']} from: {', '.join(manifest['folders'])}. "
        f"Fingerprint `{manifest['fingerprint']}`.",
        "",
        "One row of `examples` is one sentence and one ordered pair of actors (speaker, target) with its stance: `favor`, `against` or",
        f"`none`; {LEFT_OUT_NONE}. `articles` holds each text once; offsets are half-open ranges of its characters.",
        "Mentions in the rows are those that name and alias matching finds; the annotated ones are in `articles`.",
        "",
        "| | " + " | ".join(SPLITS) + " |",
        "|---|" + "---:|" * len(SPLITS),
        *(f"| {name} | " + " | ".join(f"{counts[split][name]:,}" for split in SPLITS) + " |" for name in names),
        "",
        "## What the rows do not carry",
        "",
        *(f"- {reason}: {count:,}" for reason, count in manifest["losses"].items()),
        *([] if manifest["losses"] else ["Nothing."]),
        "",
        "## Leakage",
        "",
        "No story and no near-duplicate sentence stands in two splits (else the dataset is not built). Actor names in more than one split: "
        + (", ".join(manifest["shared_actors"]) or "none")
        + ".",
        "",
        "## Licences",
        "",
        *render_licences(manifest),
        "",
    ]
    return "\n".join(lines)


def render_licences(manifest: Mapping[str, Any]) -> list[str]:
    """Return whose the corpora of a dataset are and under which licence, as Markdown lines."""
    lines = [
        f"- **{name}**: {corpus['paper']}. Licence: {corpus['licence']}. {corpus['terms']} <{corpus['repository']}>"
        for name, corpus in manifest["licences"].items()
    ]
    if "gazette" in manifest["folders"]:
        lines.append("- **gazette**: written for whipcount, its people and places invented; CC BY 4.0.")
    if "labour_2016" in manifest["folders"]:
        lines.append("- **labour_2016**: one article quoted from LabourList, outside the project's licence; a test, never trained on.")
    others = [name for name in manifest["folders"] if name not in {*manifest["licences"], "gazette", "labour_2016"}]
    return [*lines, *(f"- **{name}**: a folder of its user's, under its own terms." for name in others)]
