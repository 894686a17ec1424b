"""The model card: what a saved model was made of and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def render_card(record: Mapping[str, Any], dataset: Mapping[str, Any]) -> str:
    """Return the text of a model folder's ``README.md``.

    Args:
        record: ``training.json``: configuration, development scores, versions, hardware.
        dataset: the manifest of the dataset it was trained on.
    """
    config, scores = record["config"], record["development"]
    counts = dataset["counts"]
    measured = (
        f"On its {counts['development']['articles']} development articles ({_stances(counts['development'])}, oracle roster): "
        f"triplet F1 {scores['triplet_f1']:.3f}, polarity accuracy {scores['polarity_accuracy']:.3f}. "
        "The threshold and the best epoch were chosen on these articles, so expect less on others."
        if scores
        else "It was trained without development articles: no threshold was chosen and nothing was measured."
    )
    lines = [
        "---",
        "library_name: whipcount",
        "license: apache-2.0",
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
        f"- Encoder: {config['model']['encoder']}; seed {config['seed']}; windows of {config['model']['max_tokens']} tokens.",
        f"- Trained on {record['n_articles']} of the {counts['train']['articles']} training articles ({_stances(counts['train'])}) "
        f"of {', '.join(dataset['folders'])};",
        f"  dataset fingerprint `{record['dataset']}`.",
        f"- Training took {record['seconds']:.0f} s on {record['hardware']}; "
        + ", ".join(f"{name} {number}" for name, number in record["versions"].items())
        + ".",
        "",
        "## How good it is",
        "",
        measured,
        "",
        "## What it is not for",
        "",
        "- It reads English news. The bundled training stories are invented; on other kinds of text nothing has been measured.",
        "- It judges what a sentence conveys in its article, not what a person believes. Do not quote a single prediction as",
        "  somebody's position.",
        "- Oracle roster: the actors were given. Finding them is another source of error.",
        "",
    ]
    return "\n".join(lines)


def _stances(counts: Mapping[str, int]) -> str:
    return f"{counts['favor'] + counts['against']} stances"
