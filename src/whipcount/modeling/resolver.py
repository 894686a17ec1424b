"""An encoder that has learnt whom "he" and "she" mean, beside the grammar that ``reading.antecedents`` goes by.

The pronoun and each mention that it can mean are scored by their states, and the score is added to that of their features (compare the
pair scores of Lee et al. 2017); a further score stands for somebody else. The encoder reads the plain text, without slots: so it serves
any stance model, and none.
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

from whipcount.examples.storage import check_replaceable, written_whole
from whipcount.modeling.encoding import cut_windows
from whipcount.modeling.folders import CONFIG_NAME, loading
from whipcount.modeling.model import load_encoder
from whipcount.reading.antecedents import Heard, Judge
from whipcount.schema import Span

RECORD = "resolver.json"
"""What a training writes beside the model."""
READ_AT_ONCE = 8
"""Windows of a text."""
CONTEXT_SHARE = 0.33
"""Most of a window that sentences of the one before may take."""
ABSENT = -1


class ResolverConfig(PretrainedConfig):
    """The shape of a ``ResolverModel``; ``encoder`` is the encoder's own configuration as a dictionary."""

    model_type = "whipcount_resolver"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        max_tokens: int = 384,
        size: int = 256,
        dropout: float = 0.1,
        **kwargs: Any,
    ) -> None:
        self.encoder = encoder or {}
        self.max_tokens = max_tokens
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
        self.encoder = AutoModel.from_config(AutoConfig.for_model(**config.encoder))
        hidden, size = self.encoder.config.hidden_size, config.size
        self.dropout = nn.Dropout(config.dropout)
        self.pronoun = nn.Linear(hidden, size)
        self.mention = nn.Linear(2 * hidden, size)
        layers = [nn.Dropout(config.dropout), nn.Linear(3 * size, size), nn.GELU(), nn.Dropout(config.dropout), nn.Linear(size, 1)]
        self.pair = nn.Sequential(nn.LayerNorm(3 * size), *layers)
        self.nobody = nn.Linear(hidden, 1)
        self.post_init()

    @classmethod
    def from_encoder(cls, source: str, encoder_dropout: float, **shape: Any) -> ResolverModel:
        """Return a model with the encoder of ``source``; see ``model.load_encoder``."""
        encoder = load_encoder(source, encoder_dropout)
        model = cls(ResolverConfig(encoder=encoder.config.to_dict(), **shape))
        model.encoder.load_state_dict(encoder.state_dict())
        return model

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
    """Tokens of a text, and where in it each starts (-1 for markers); it answers for pronouns from ``start_char`` on."""

    input_ids: list[int]
    chars: list[int]
    start_char: int

    def tokens(self, span: Span) -> tuple[int, int]:
        """Return the first and last token of a range; ``ABSENT`` twice where the window does not have it."""
        inside = [index for index, char in enumerate(self.chars) if span.start_char <= char < span.end_char]
        return (inside[0], inside[-1]) if inside else (ABSENT, ABSENT)


def read_windows(tokenizer: PreTrainedTokenizerBase, text: str, sentences: Sequence[Span], max_tokens: int) -> list[TextWindow]:
    """Return a text in windows of whole sentences; each begins with sentences of the one before. What is too long for one is cut."""
    budget = max_tokens - 2
    read = []
    for sentence in sentences:
        told = tokenizer(
            text[sentence.start_char : sentence.end_char],
            add_special_tokens=False,
            split_special_tokens=True,
            return_offsets_mapping=True,
            verbose=False,
        )
        chars = [sentence.start_char + start for start, _ in told["offset_mapping"]]
        read.append((told["input_ids"][:budget], chars[:budget]))
    windows = []
    for first, start, stop in cut_windows([len(ids) for ids, _ in read], budget, CONTEXT_SHARE):
        ids = [token for part, _ in read[first:stop] for token in part]
        chars = [char for _, part in read[first:stop] for char in part]
        assert isinstance(tokenizer.cls_token_id, int) and isinstance(tokenizer.sep_token_id, int)
        windows.append(TextWindow([tokenizer.cls_token_id, *ids, tokenizer.sep_token_id], [-1, *chars, -1], sentences[start].start_char))
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

    @classmethod
    def from_pretrained(cls, folder: str | Path) -> PronounResolver:
        """Load a folder that ``train_resolver`` wrote, onto the GPU where there is one.

        Raises:
            InputError: no model there, it is damaged, or a pickle lies in the folder.
        """
        folder = Path(folder)
        with loading(folder, "'python -m whipcount.train_resolver'"):
            config = ResolverConfig.from_pretrained(folder)
            if config.model_type != ResolverConfig.model_type or not config.encoder:
                raise ValueError("it is none that resolves pronouns")
            model = ResolverModel.from_pretrained(folder, config=config, use_safetensors=True)
            tokenizer = AutoTokenizer.from_pretrained(folder)
        model.eval()
        nn.Module.to(model, "cuda" if torch.cuda.is_available() else "cpu")
        return cls(model, tokenizer)

    def save_pretrained(self, folder: str | Path, extra: dict[str, str]) -> None:
        """Write the model, its tokenizer and ``extra`` (file name to text) to a folder, whole or not at all."""
        check_replaceable(Path(folder), CONFIG_NAME, "model")
        with written_whole(Path(folder)) as partial:
            self.model.save_pretrained(partial)
            self.tokenizer.save_pretrained(partial)
            for name, text in extra.items():
                (partial / name).write_text(text, encoding="utf-8")

    def read(self, text: str, sentences: Sequence[Span]) -> Judge:
        """Read a text and return what judges its pronouns; see ``reading.antecedents.Resolver``."""
        windows = read_windows(self.tokenizer, text, sentences, self.model.config.max_tokens)
        states = list(self._see(windows))
        starts = [window.start_char for window in windows]

        @torch.inference_mode()
        def judge(pronoun: Span, mentions: Sequence[Span]) -> Heard:
            index = max(0, bisect_right(starts, pronoun.start_char) - 1)
            window = windows[index]
            at, _ = window.tokens(pronoun)
            if at == ABSENT:  # in the end of a sentence that no window could hold
                return Heard([0.0] * len(mentions), -torch.inf)
            places = torch.tensor([[0, *window.tokens(mention)] for mention in mentions], device=self.model.device)
            scores, nobody = self.model.judge(states[index][None], torch.tensor([[0, at]], device=self.model.device), places)
            return Heard(scores.tolist(), nobody.item())

        return judge

    @torch.inference_mode()
    def _see(self, windows: Sequence[TextWindow]) -> Iterator[Tensor]:
        for start in range(0, len(windows), READ_AT_ONCE):
            batch = pad_windows(windows[start : start + READ_AT_ONCE], int(self.tokenizer.pad_token_id or 0))
            yield from self.model.see(**{name: tensor.to(self.model.device) for name, tensor in batch.items()})
