"""An encoder that has learnt whom "he" and "she" mean, beside the grammar that ``reading.antecedents`` goes by.

The pronoun and each mention that it can mean are scored by their states, and the score is added to that of their features (compare the
pair scores of Lee et al. 2017); a further score stands for somebody else. The encoder starts from a stance model's and reads a text as that
does, with the slots of its actors (``encoding``): so it knows which mentions are the same person's.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, PretrainedConfig, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils.generic import ModelOutput

from whipcount.modeling.encoding import Encoder
from whipcount.modeling.folders import load_config, load_weights, loading, save
from whipcount.modeling.model import StanceModel
from whipcount.modeling.own_rosters import as_shown
from whipcount.reading.antecedents import Judge, Verdict
from whipcount.schema import Actor, Article, Mention, Span

RECORD = "resolver.json"
"""What a training writes beside the model."""
READ_AT_ONCE = 8
"""Windows of a text."""
ABSENT = -1


class ResolverConfig(PretrainedConfig):
    """The shape of a ``ResolverModel``; ``encoder`` is the encoder's own configuration as a dictionary."""

    model_type = "whipcount_resolver"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        max_tokens: int = 512,
        n_slots: int = 48,
        context_share: float = 0.25,
        mention_markers: bool = True,
        size: int = 256,
        dropout: float = 0.1,
        **kwargs: Any,
    ) -> None:
        self.encoder = encoder or {}
        self.max_tokens = max_tokens
        self.n_slots = n_slots
        self.context_share = context_share
        self.mention_markers = mention_markers
        self.size = size
        self.dropout = dropout
        super().__init__(**kwargs)


AutoConfig.register(ResolverConfig.model_type, ResolverConfig)  # else the tokenizer's loader warns of an unknown model


@dataclass
class ResolverOutput(ModelOutput):
    """``candidates`` (candidates,) and ``nobody`` (pronouns,): scores before the features' are added; ``loss`` where there are labels."""

    loss: Tensor | None = None
    candidates: Tensor | None = None
    nobody: Tensor | None = None


class ResolverModel(PreTrainedModel):
    """An encoder and what scores a pronoun with a mention by the states of both."""

    config_class = ResolverConfig
    base_model_prefix = "encoder"

    def __init__(self, config: ResolverConfig) -> None:
        super().__init__(config)
        self.encoder = AutoModel.from_config(AutoConfig.for_model(**config.encoder), dtype=torch.float32)
        hidden, size = self.encoder.config.hidden_size, config.size
        self.dropout = nn.Dropout(config.dropout)
        self.pronoun = nn.Linear(hidden, size)
        self.mention = nn.Linear(2 * hidden, size)
        layers = [nn.Dropout(config.dropout), nn.Linear(3 * size, size), nn.GELU(), nn.Dropout(config.dropout), nn.Linear(size, 1)]
        self.pair = nn.Sequential(nn.LayerNorm(3 * size), *layers)
        self.nobody = nn.Linear(hidden, 1)
        self.post_init()

    @classmethod
    def from_stances(cls, model: StanceModel, size: int, dropout: float) -> ResolverModel:
        """Return a model that starts from the encoder of a stance model and reads as that does, without its voices."""
        shape = {name: getattr(model.config, name) for name in ("max_tokens", "n_slots", "context_share", "mention_markers")}
        fresh = cls(ResolverConfig(encoder=model.encoder.config.to_dict(), size=size, dropout=dropout, **shape))
        fresh.encoder.load_state_dict(model.encoder.state_dict())
        return fresh

    def see(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the states (batch, tokens, hidden) of windows."""
        states: Tensor = self.dropout(self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state)
        return states

    def judge(self, states: Tensor, pronouns: Tensor, candidates: Tensor) -> tuple[Tensor, Tensor]:
        """Return the scores of candidates (candidates,) and of nobody (pronouns,).

        Args:
            states: of windows (batch, tokens, hidden).
            pronouns: (pronouns, 2), row of the batch and token.
            candidates: (candidates, 3), index of the pronoun, first and last token in the pronoun's window; ``ABSENT`` scores 0.
        """
        at_pronoun = states[pronouns[:, 0], pronouns[:, 1]]
        of, first, last = candidates.T
        row = pronouns[of, 0]
        ends = torch.cat([states[row, first.clamp(min=0)], states[row, last.clamp(min=0)]], dim=-1)
        said, named = self.pronoun(at_pronoun)[of], self.mention(ends)
        scores = self.pair(torch.cat([said, named, said * named], dim=-1))[:, 0]
        return scores * (first >= 0), self.nobody(at_pronoun)[:, 0]

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        pronouns: Tensor,
        candidates: Tensor,
        features: Tensor | None = None,
        right: Tensor | None = None,
    ) -> ResolverOutput:
        """Score pronouns; see ``judge``.

        With ``features`` (candidates,), the candidates' scores by their features, and ``right`` (candidates + pronouns,), whether a
        candidate, and then whether nobody, may be meant, also return the loss: less the log-probability of what may be meant.
        """
        scores, nobody = (one.float() for one in self.judge(self.see(input_ids, attention_mask), pronouns, candidates))
        if features is None or right is None:
            return ResolverOutput(candidates=scores, nobody=nobody)
        every = torch.cat([scores + features, nobody])
        of = torch.cat([candidates[:, 0], torch.arange(len(pronouns), device=every.device)])
        good, total = (_log_sums(every.masked_fill(~one, -torch.inf), of, len(pronouns)) for one in (right, torch.ones_like(right)))
        return ResolverOutput(loss=(total - good).mean(), candidates=scores, nobody=nobody)


def _log_sums(scores: Tensor, groups: Tensor, n_groups: int) -> Tensor:
    """Return the logarithm of the summed exponentials of each group of scores."""
    highest = torch.full((n_groups,), -torch.inf, device=scores.device).scatter_reduce(0, groups, scores.detach(), "amax")
    sums = torch.zeros(n_groups, device=scores.device).scatter_add(0, groups, (scores - highest[groups]).exp())
    return sums.log() + highest


class TextWindow(NamedTuple):
    """Tokens of a text, and where in it each starts (-1 for markers and context); it answers for pronouns from ``start_char`` on."""

    input_ids: list[int]
    chars: list[int]
    start_char: int

    def tokens(self, span: Span) -> tuple[int, int]:
        """Return the first and last token of a range; ``ABSENT`` twice where the window does not have it."""
        inside = [index for index, char in enumerate(self.chars) if span.start_char <= char < span.end_char]
        return (inside[0], inside[-1]) if inside else (ABSENT, ABSENT)


def read_windows(encoder: Encoder, article: Article) -> list[TextWindow]:
    """Return an article in windows; what stands in another window than a pronoun, or as context alone, is absent there."""
    windows = []
    for window in encoder.encode(article):
        chars = [-1] * len(window.input_ids)
        for tokens, starts in zip(window.sentence_tokens, window.word_chars, strict=True):
            chars[tokens.start : tokens.stop] = starts
        windows.append(TextWindow(window.input_ids, chars, article.sentences[window.sentences[0]].start_char))
    return windows


def pad_windows(windows: Sequence[TextWindow], pad_id: int) -> dict[str, Tensor]:
    """Return ``input_ids`` and ``attention_mask`` (windows, tokens)."""
    lengths = torch.tensor([len(window.input_ids) for window in windows])
    ids = [torch.tensor(window.input_ids) for window in windows]
    input_ids = torch.nn.utils.rnn.pad_sequence(ids, batch_first=True, padding_value=pad_id)
    return {"input_ids": input_ids, "attention_mask": (torch.arange(input_ids.shape[1]) < lengths[:, None]).long()}


class PronounResolver:
    """What ``reading.actors.find_actors`` takes as its ``resolver``; load one with ``from_pretrained``."""

    def __init__(self, model: ResolverModel, tokenizer: PreTrainedTokenizerBase) -> None:
        self.model, self.tokenizer = model, tokenizer
        shape = model.config.max_tokens, model.config.n_slots, model.config.context_share, model.config.mention_markers
        self.encoder = Encoder(tokenizer, *shape)

    @classmethod
    def from_pretrained(cls, folder: str | Path) -> PronounResolver:
        """Load a folder that ``train_resolver`` wrote, onto the GPU where there is one.

        Raises:
            InputError: no whole resolver there, it is damaged, or a pickle lies in the folder.
        """
        folder = Path(folder)
        with loading(folder, "'python -m whipcount.train_resolver'"):
            model = load_weights(ResolverModel, folder, load_config(ResolverConfig, folder))
            tokenizer = AutoTokenizer.from_pretrained(folder)
        model.eval()
        nn.Module.to(model, "cuda" if torch.cuda.is_available() else "cpu")
        return cls(model, tokenizer)

    def save_pretrained(self, folder: str | Path, extra: dict[str, str]) -> None:
        """Write the model, its tokenizer and ``extra`` (file name to text) to a folder, whole or not at all."""
        save(Path(folder), self.model, self.tokenizer, extra)

    def read(self, text: str, sentences: Sequence[Span], actors: Sequence[Actor], mentions: Sequence[Mention]) -> Judge:
        """Read a text and return what judges its pronouns; see ``reading.antecedents.Resolver``."""
        windows = read_windows(self.encoder, as_shown("text", "text", text, sentences, actors, mentions))
        states = list(self._see(windows))
        starts = [window.start_char for window in windows]

        @torch.inference_mode()
        def judge(pronoun: Span, mentions: Sequence[Span]) -> Verdict:
            index = max(0, bisect_right(starts, pronoun.start_char) - 1)
            window = windows[index]
            at, _ = window.tokens(pronoun)
            if at == ABSENT:  # in the end of a sentence that no window could hold
                return Verdict([0.0] * len(mentions), -torch.inf)
            places = torch.tensor([[0, *window.tokens(mention)] for mention in mentions], device=self.model.device)
            scores, nobody = self.model.judge(states[index][None], torch.tensor([[0, at]], device=self.model.device), places)
            return Verdict(scores.tolist(), nobody.item())

        return judge

    @torch.inference_mode()
    def _see(self, windows: Sequence[TextWindow]) -> Iterator[Tensor]:
        for start in range(0, len(windows), READ_AT_ONCE):
            batch = pad_windows(windows[start : start + READ_AT_ONCE], int(self.tokenizer.pad_token_id or 0))
            yield from self.model.see(**{name: tensor.to(self.model.device) for name, tensor in batch.items()})
