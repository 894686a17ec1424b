"""``python -m whipcount.train_pronouns``: learn from GAP's development part and the Gazette's train part whom "he" and "she" mean.

The weights that travel with the package, ``reading/pronoun_weights.json``, are such a file: numbers by feature, no word of any text.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

from tqdm.auto import tqdm

from whipcount.config import PronounTrainingConfig
from whipcount.examples.storage import written_whole
from whipcount.launch import launch
from whipcount.modeling.pronoun_examples import parse_source, read_sources, tell
from whipcount.reading.antecedents import learnt_weights
from whipcount.reading.pronoun_learning import Told, learn_weights

log = logging.getLogger(__name__)


def train_pronouns(config: PronounTrainingConfig) -> Path:
    """Learn the weights and write them; return the file.

    Pronouns are linked in the order of the text, and a linked one is a candidate for the next. So the weights are learnt in rounds, each
    on what the one before links.

    Raises:
        InputError: GAP's development part is not at hand.
    """
    sources = read_sources(config.folders)
    parsed = [parse_source(source) for source in tqdm(sources, desc="parse", unit="text", disable=None)]
    kept = {name: weight for name, weight in learnt_weights().items() if config.only and not name.startswith(config.only)}
    weights = dict(kept)
    told: list[Told] = []
    for number in range(config.rounds):
        told = [one for text in tqdm(parsed, desc=f"round {number + 1}", unit="text", disable=None) for one in tell(text, weights).pronouns]
        weights = learn_weights(told, config.penalty, fixed=kept, only=config.only)
    out = Path(config.out)
    record = {"learnt_from": {"gap": "development", **dict.fromkeys(config.folders, "train")}, "n_pronouns": len(told), "weights": weights}
    with written_whole(out) as partial:
        partial.write_text(json.dumps(record, indent=0) + "\n", encoding="utf-8")
    log.info("%d weights, learnt from %d pronouns, written to %s", len(weights), len(told), out)
    return out


if __name__ == "__main__":
    launch(train_pronouns, PronounTrainingConfig, "train_pronouns")
