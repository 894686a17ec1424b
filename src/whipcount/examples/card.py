"""The dataset card: what is in a dataset folder, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from whipcount.schema import FULL, SPLITS, Article, ordered_pairs

LABELS = (
    "- `favor`: backs, praises, defends, endorses, thanks, campaigns for, acts in the interest of.",
    "- `against`: criticises, blames, opposes, attacks, ridicules, challenges, votes against, asks to resign. Refusing support when",
    "  asked is against.",
    "- `none`: all else, neutral reports, meetings, denials of a stance.",
    "",
    "The speaker is whoever holds the stance, by word or by deed, not whoever reports it; `author` is the article's own voice,",
    "`someone` an actor outside the roster.",
)
"""What the labels mean, for datasets and for what learns from them."""
CONVEYED = "**A stance is what the text conveys, not what a politician believes.**"


def count_split(articles: Sequence[Article]) -> dict[str, int]:
    """Return the counts of one split: articles, stories, sentences, actors, rows and stances."""
    stances = Counter(stance.stance for article in articles for stance in article.stances)
    total = sum(n_rows(article) for article in articles)
    n_unknown = sum(n_rows(article) - len(article.stances) for article in articles if article.annotation != FULL)
    return {
        "articles": len(articles),
        "stories": len({(article.corpus, article.story) for article in articles}),
        "sentences": sum(len(article.sentences) for article in articles),
        "sentences with a stance": sum(len({s.sentence for s in article.stances if s.stance != "none"}) for article in articles),
        "actors": sum(len(article.actors) for article in articles),
        "rows": total,
        "favor": stances["favor"],
        "against": stances["against"],
        "none": total - stances["favor"] - stances["against"] - n_unknown,
        "unknown": n_unknown,
    }


def count_stances(articles: Sequence[Article]) -> int:
    """Return how many rows of the articles are favor or against."""
    return sum(stance.stance != "none" for article in articles for stance in article.stances)


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
        "`none`. In an article that is annotated whole, a row without a written stance is `none`. Where a corpus labels one pair of actors",
        "or its targets alone, the rows that it does not label are `unknown` (-1): they are not scored, and no label is learnt from them.",
        "`articles` holds each text once; offsets are half-open ranges of its characters. Mentions in the rows are those that name and",
        "alias matching finds and those that a corpus hands out with its text; the annotated ones are in `articles`.",
        "",
        "| | " + " | ".join(SPLITS) + " |",
        "|---|" + "---:|" * len(SPLITS),
        *(f"| {name} | " + " | ".join(f"{counts[split][name]:,}" for split in SPLITS) + " |" for name in names),
        "",
        *_render_parts(manifest.get("published_parts", {})),
        "## What the labels mean",
        "",
        *LABELS,
        "",
        "## What it is for, and what not",
        "",
        "- To train and to measure models that say who is said to stand with whom in English news.",
        f"- {CONVEYED} Do not quote a row as somebody's position.",
        *(f"- {name}: {defect}" for name, defects in manifest.get("defects", {}).items() for defect in defects),
        "",
        "## What the rows do not carry",
        "",
        *(f"- {reason}: {count:,}" for reason, count in manifest["losses"].items()),
        *([] if manifest["losses"] else ["Nothing."]),
        "",
        "## Leakage",
        "",
        *_render_leakage(manifest),
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


def _render_parts(parts: Mapping[str, Mapping[str, bool]]) -> list[str]:
    """Return which published parts of each public corpus are here."""
    if not parts:
        return []
    lines = ["## Published parts", ""]
    for name, found in parts.items():
        here, missing = ([part for part, is_here in found.items() if is_here == wanted] for wanted in (True, False))
        lack = f"; not here (withheld, or not fetched): {', '.join(missing)}" if missing else ""
        lines.append(f"- {name}: {', '.join(here)}{lack}.")
    return [*lines, ""]


def _render_leakage(manifest: Mapping[str, Any]) -> list[str]:
    published = list(manifest["licences"])
    own = [name for name in manifest["folders"] if name not in published]
    lines = []
    if own:
        lines += [
            f"No story and no near-duplicate sentence{' of ' + ', '.join(own) if published else ''} stands in two splits (else the "
            "dataset is not built). Actor names in more than one split: " + (", ".join(manifest["shared_actors"]) or "none") + ".",
            "",
        ]
    if published:
        lines += [
            f"The splits of {', '.join(published)} are the published ones and stay as they are, whatever leaks from one into another.",
            "",
        ]
    return [
        *lines,
        "### Sentences that stand twice",
        "",
        "A sentence stands *word for word* in another part if it is there too, capitals and spaces aside. It stands there *nearly* if it",
        "does not, but one so like it does that the two, of eight words or more each, have 70 % or more of their runs of three words in",
        "common. Sentences of fewer than eight words may recur by chance. A model may know by heart what also stands in training: its",
        "scores on such sentences say little about others.",
        "",
        *_held_out_in_train(manifest["duplicates"]["sentences"]),
        "",
        *_sentence_table(manifest["duplicates"]["sentences"]),
        "",
        "The last column counts articles with at least one such sentence. Ids of up to three examples of each kind stand in",
        "`manifest.json`, under `duplicates`.",
        "",
        "### Actors that training has seen",
        "",
        "By name, capitals aside, without author and someone. The ends of stances are the speakers and targets of `favor` and `against`.",
        "",
        *_name_table(manifest["duplicates"]["names"]),
    ]


def _held_out_in_train(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    train = SPLITS[0]
    lines = []
    for row in rows:
        corpus, _, split = row["part"].partition("/")
        other, _, other_split = row["other"].partition("/")
        if split in ("", train) or other_split != train:
            continue
        short = f", {row['short']:,} of them shorter than eight words" if row["short"] else ""
        lines.append(
            f"- {corpus}, {split}: {row['exact']:,} of {row['n_sentences']:,} sentences stand word for word in "
            f"{train if other == corpus else f'{train} of {other}'}{short}; {row['near']:,} more nearly. "
            f"Articles with such a sentence: {row['articles']:,} of {row['n_articles']:,}."
        )
    return lines or ["There is no held-out part beside a training part."]


def _sentence_table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    found = [row for row in rows if row["exact"] or row["near"]]
    if not found:
        return ["No sentence stands twice in or between any parts."]
    return [
        "| sentences of | stand again in | word for word | of these under 8 words | nearly | articles |",
        "|---|---|---:|---:|---:|---:|",
        *(
            f"| {_name(row['part'])} | {'the same' if row['other'] == row['part'] else _name(row['other'])} "
            f"| {_of(row['exact'], row['n_sentences'])} | {row['short']:,} | {_of(row['near'], row['n_sentences'])} "
            f"| {_of(row['articles'], row['n_articles'])} |"
            for row in found
        ),
    ]


def _name_table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rows:
        return ["There is no held-out part."]
    return [
        "| | names | in the training part of the corpus | in any training part | ends of stances | named in the former | in the latter |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {_name(row['part'])} | {row['names']:,} | {_of(row['names_in_own_train'], row['names'])} "
            f"| {_of(row['names_in_any_train'], row['names'])} | {row['ends']:,} | {_of(row['ends_in_own_train'], row['ends'])} "
            f"| {_of(row['ends_in_any_train'], row['ends'])} |"
            for row in rows
        ),
    ]


def _name(part: str) -> str:
    corpus, _, split = part.partition("/")
    return f"{corpus}, {split}" if split else f"{corpus}, all"


def _of(count: int, total: int) -> str:
    return f"{count:,} ({100 * count / total:.1f} %)" if total else "–"
