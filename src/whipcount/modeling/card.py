"""The model card: what a saved model was made of and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from whipcount.corpora.folders import bundled_names
from whipcount.examples.card import CONVEYED, LABELS, render_licences

LICENCES = "## Data and licences"
OWN, OTHER = "license: apache-2.0", "license: other"
NO_CARD = (
    f"---\n{OTHER}\n---\n\n{LICENCES}\n\n- What it has learnt from, and under which terms, is not known: it had no card that tells it."
)
"""What counts as the card of a model without one, or with one that tells nothing of data and licences."""


def read_card(folder: Path) -> str:
    """Return the card of a model; empty where its folder has none."""
    file = folder / "README.md"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def render_card(record: Mapping[str, Any], dataset: Mapping[str, Any], before: str = "") -> str:
    """Return the text of a model folder's ``README.md``.

    Args:
        record: ``training.json``: configuration, development scores, versions, hardware.
        dataset: the manifest of the dataset it was trained on.
        before: the card of the model that it goes on from, whose data and licences hold for it, too; empty where it began afresh.
    """
    config, counts = record["config"], dataset["counts"]
    before = _with_terms(before) if before else ""
    licences = render_licences(dataset)
    inherited = [line for line in _section(before, LICENCES) if line not in licences]
    encoder = f"Goes on from the model in {config['model']['encoder']}" if before else f"Encoder: {config['model']['encoder']}"
    ours = set(dataset["folders"]).issubset(bundled_names()) and (not before or OWN in before.splitlines())
    lines = [
        "---",
        "library_name: whipcount",
        OWN if ours else OTHER,
        "language: en",
        "tags: [stance-detection, news, political-science]",
        "---",
        "",
        "# A whipcount model",
        "",
        "For a sentence of a news article and two actors it gives the probability that the first (the speaker) is in favor of the second",
        "(the target), against it, or neither.",
        "",
        "```python",
        "from whipcount import StanceClassifier",
        "",
        'model = StanceClassifier.from_pretrained("outputs/model")',
        'model.predict(text="Quill accused Oduya of misleading the islanders.", speaker="Quill", target="Oduya")',
        "```",
        "",
        "## What it was made of",
        "",
        f"- {encoder}; seed {config['seed']}; windows of {config['model']['max_tokens']} tokens.",
        f"- Trained on {record['n_articles']} of the {counts['train']['articles']} training articles, with {record['n_stances']} of their "
        f"{_stances(counts['train'])}, of",
        f"  {', '.join(record['corpora'])}; dataset fingerprint `{record['dataset']}`.",
        f"- Training took {record['seconds']:.0f} s on {record['hardware']}; "
        + ", ".join(f"{name} {number}" for name, number in record["versions"].items())
        + ".",
        "",
        LICENCES,
        "",
        *licences,
        *(["", "Of the model that it goes on from, whose terms hold for this one, too:", "", *inherited] if inherited else []),
        "",
        "## What the labels mean",
        "",
        *LABELS,
        "",
        "## How good it is",
        "",
        *_measured(record, counts["development"]),
        "",
        "## What it is for, and what not",
        "",
        "- To read many English news articles and count who is said to stand with whom, with a person checking what matters.",
        f"- {CONVEYED} Do not quote a single prediction as somebody's position.",
        "- On other kinds of text than the corpora above nothing has been measured.",
        "- Oracle roster: the actors were given. Finding them is another source of error.",
        "- Labels can change with the names alone: `make controls` measures how often.",
        "",
    ]
    return "\n".join(lines)


ATTRIBUTIONS = "## Who says what"


def with_attributions(card: str, record: Mapping[str, Any]) -> str:
    """Return a card that also tells of the head for attributions, and of no other one.

    Args:
        card: of the model; empty where it has none.
        record: ``attribution.json``.
    """
    before = (card.split(ATTRIBUTIONS)[0].rstrip() or NO_CARD).replace(f"\n{OWN}\n", f"\n{OTHER}\n", 1)
    config, texts = record["config"], f"{record['n_texts']} {'text' if record['n_texts'] == 1 else 'texts'}"
    lines = [
        before,
        "",
        ATTRIBUTIONS,
        "",
        f"A second head finds sources, cues and contents. It has its own copy of the encoder's last {config['layers']} layers and learnt",
        f"from {record['n_attributions']:,} attributions of {texts} of PolNeAR (Newell, Margolin, Ruths 2018) for which no",
        "licence is stated: ask its publishers before you pass these weights on. Without it:",
        "`StanceClassifier.from_pretrained(folder, attribution=False)`; its tensors are those named `attribution.…`.",
        "",
    ]
    return "\n".join(lines)


def render_resolver_card(model: str, before: str, dataset: Mapping[str, Any], n_pronouns: int, n_texts: int) -> str:
    """Return the text of the ``README.md`` of a resolver of pronouns.

    Args:
        model: folder of the stance model that its encoder started from.
        before: that model's card, whose data and licences hold for it, too.
        dataset: ``folders``, the corpora that it learnt from, and ``licences``, those of the public ones, as in a dataset's manifest.
        n_pronouns: that it learnt from.
        n_texts: of which.
    """
    licences = render_licences(dataset)
    inherited = [line for line in _section(_with_terms(before), LICENCES) if line not in licences]
    lines = [
        "---",
        "library_name: whipcount",
        OTHER,
        "language: en",
        "tags: [coreference, news]",
        "---",
        "",
        "# A resolver of pronouns for whipcount",
        "",
        f"Its encoder started from the stance model in `{model}` and learnt from {n_pronouns:,} pronouns of {n_texts:,} texts",
        'whom "he" and "she" mean: GAP\'s development part, whose text is Wikipedia\'s (CC BY-SA), and train articles of what is named',
        "below.",
        "`StancePipeline.from_pretrained(model, resolver=folder)` and `whipcount read --resolver folder` use it beside the grammar that",
        "whipcount goes by without it.",
        "",
        LICENCES,
        "",
        *licences,
        *(["", "Of the stance model, whose terms hold for this one, too:", "", *inherited] if inherited else []),
        "",
        "## What it is for, and what not",
        "",
        "It links pronouns to the persons whom reading finds in a text, and to nobody below a threshold. It may take a name for a man's or",
        "a woman's as its texts did: GAP's protocol compares the two, see `experiments/pronouns`.",
        "",
    ]
    return "\n".join(lines)


def _measured(record: Mapping[str, Any], counts: Mapping[str, int]) -> list[str]:
    scores = record["development"]
    if not scores:
        return ["It was trained without development articles: no threshold was chosen and nothing was measured."]
    lines = [
        f"On its {counts['articles']} development articles ({_stances(counts)}, oracle roster). The threshold and the best epoch were",
        "chosen on these articles, so expect less on others. The best epoch is the one with the highest mean over corpora of each corpus's",
        "main measure (triplet F1 where all pairs are annotated, else macro-F1), each fully annotated corpus at its own best threshold;",
        "the figures below are those of the saved model, which has one threshold for all of them.",
        "",
        "| corpus | measure | value |",
        "|---|---|---:|",
    ]
    for corpus, measures in scores.items():
        lines += [f"| {corpus} | {name.replace('_', ' ').replace('f1', 'F1')} | {value:.3f} |" for name, value in measures.items()]
    if any(name.endswith("_unseen") for measures in scores.values() for name in measures):
        lines += ["", "*Unseen*: on the articles that do not stand word for word in training; only there is it no matter of memory."]
    for corpus, failures in record["failures"].items():
        lines += [
            "",
            f"{corpus}, {failures['stances']} stances between actors of the roster: {failures['missed']:.0%} are missed and "
            f"{failures['turned']:.0%} turned into their opposite; {failures['false_per_100']:.2f} false stances are read into 100 rows",
            "without one.",
        ]
        if "median" in failures:
            lines += [
                f"Speakers fare differently: of the {failures['speakers']} with five stances or more, the share labelled right runs from",
                f"{failures['lowest']:.0%} to {failures['highest']:.0%}, median {failures['median']:.0%}.",
            ]
    return lines


def _with_terms(card: str) -> str:
    """Return a card if it tells of data and licences, else ``NO_CARD``."""
    return card if LICENCES in card else NO_CARD


def _section(card: str, title: str) -> list[str]:
    """Return the list items of a section of a card."""
    _, _, after = card.partition(title)
    return [line for line in after.partition("\n## ")[0].splitlines() if line.startswith("- ")]


def _stances(counts: Mapping[str, int]) -> str:
    return f"{counts['favor'] + counts['against']} stances"
