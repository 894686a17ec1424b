"""Training of a pronoun resolver."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor
from transformers import set_seed

from whipcount.config import ResolverTrainingConfig
from whipcount.modeling.checkpoints import open_run
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.fitting import Batches, fit
from whipcount.modeling.pronoun_examples import ToldText
from whipcount.modeling.resolver import ABSENT, PronounResolver, ResolverModel, TextWindow, pad_windows, read_windows
from whipcount.reading.antecedents import learnt_weights, score
from whipcount.reading.pronoun_learning import Told
from whipcount.schema import InputError


class ToldPronoun(NamedTuple):
    """A pronoun as its window shows it: its token, of each candidate the first and last token, its features' score, whether it is right.

    ``nobody`` is whether somebody else than all of them may be meant.
    """

    token: int
    candidates: list[tuple[int, int]]
    features: list[float]
    right: list[bool]
    nobody: bool


class ToldWindow(NamedTuple):
    """A window with the pronouns that it answers for."""

    window: TextWindow
    pronouns: list[ToldPronoun]


def tell_windows(windows: Sequence[TextWindow], told: Sequence[Told]) -> list[ToldWindow]:
    """Return the windows of a text that answer for pronouns of which something is known; the others teach nothing."""
    found = [ToldWindow(window, []) for window in windows]
    starts = [window.start_char for window in windows]
    weights = learnt_weights()
    for one in told:
        place = one.options.pronoun
        index = max((number for number, start in enumerate(starts) if start <= place.start_char), default=0)
        token, _ = windows[index].tokens(place)
        if token == ABSENT or not (any(one.right) or one.ruled_out & set(one.options.actors)):
            continue
        right = one.right if any(one.right) else [actor not in one.ruled_out for actor in one.options.actors]
        places = [windows[index].tokens(span) for span in one.options.spans]
        features = [score(values, weights) for values in one.options.features]
        found[index].pronouns.append(ToldPronoun(token, places, features, right, not any(one.right)))
    return [one for one in found if one.pronouns]


def join(batches: Sequence[Sequence[ToldWindow]], pad_id: int) -> dict[str, Tensor]:
    """Return a batch as ``ResolverModel.forward`` takes it."""
    windows = [window for batch in batches for window in batch]
    pronouns = [(row, pronoun) for row, told in enumerate(windows) for pronoun in told.pronouns]
    candidates = [[index, *tokens] for index, (_, pronoun) in enumerate(pronouns) for tokens in pronoun.candidates]
    return {
        **pad_windows([told.window for told in windows], pad_id),
        "pronouns": torch.tensor([[row, pronoun.token] for row, pronoun in pronouns]),
        "candidates": torch.tensor(candidates),
        "features": torch.tensor([value for _, pronoun in pronouns for value in pronoun.features]),
        "right": torch.tensor([*(one for _, p in pronouns for one in p.right), *(pronoun.nobody for _, pronoun in pronouns)]),
    }


def train_model(
    config: ResolverTrainingConfig, classifier: StanceClassifier, texts: Sequence[ToldText], fingerprint: str
) -> PronounResolver:
    """Train a resolver, going on with the run that is there.

    Args:
        config: all settings.
        classifier: whose encoder it starts from.
        texts: to learn from.
        fingerprint: hash of configuration, model and texts. A run folder with another one is started afresh.

    Raises:
        InputError: there is no pronoun to learn from.
    """
    open_run(Path(config.run), fingerprint)
    set_seed(config.seed)
    model = ResolverModel.from_stances(classifier.model, config.size, config.dropout)
    model.encoder.get_input_embeddings().requires_grad_(False)
    resolver = PronounResolver(model, classifier.tokenizer)
    windows = [window for text in texts for window in tell_windows(read_windows(resolver.encoder, text.article), text.pronouns)]
    if not windows:
        raise InputError("no pronoun to learn from; give texts with some")
    pad_id = int(classifier.tokenizer.pad_token_id or 0)
    rates = ((model.encoder, config.learning_rate), (model, config.head_learning_rate))
    batches = Batches(windows, lambda told: len(told.window.input_ids), config.batch_size, config.seed)
    fit(model, batches, lambda batches: join(batches, pad_id), rates, config)
    return resolver
