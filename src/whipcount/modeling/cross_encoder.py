"""The yardstick: a cross-encoder that reads one marked pair at a time, on the same backbone as the one-pass model.

``[CLS] [SPEAKER] Marta Quill [TARGET] Femi Oduya [SEP] … [S] [SPEAKER] Quill told [TARGET] Oduya … [SEP]``: the pair, then the
sentence after as much of the text before it as fits, the two actors' names marked throughout (the typed markers of PURE, Zhong
and Chen 2021). A row costs a pass of the encoder, where the one-pass model answers all rows of a window in one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import Dataset
from tqdm.auto import tqdm
from transformers import AutoModel, EarlyStoppingCallback, PreTrainedTokenizerBase, Trainer, TrainingArguments, set_seed
from transformers.utils.generic import ModelOutput

from whipcount.config import CrossEncoderConfig
from whipcount.examples.pairs import mentions_by_sentence
from whipcount.modeling.checkpoints import MarkWhole, best_of_stopped, newest_whole_checkpoint, open_run
from whipcount.modeling.classifier import softmax
from whipcount.modeling.encoders import locate_encoder
from whipcount.modeling.encoding import SENTENCE_TOKEN
from whipcount.modeling.model import load_tokenizer
from whipcount.modeling.optimization import has_bf16
from whipcount.schema import NONE, STANCES, Article, ordered_pairs

SPEAKER_TOKEN, TARGET_TOKEN = MARKERS = ("[SPEAKER]", "[TARGET]")
READ_AT_ONCE = 64


class Row(NamedTuple):
    """Where an example stands: index of the article, sentence, ids of speaker and target, and its stance."""

    article: int
    sentence: int
    speaker: str
    target: str
    stance: int


def draw_rows(articles: Sequence[Article], n_none: int, seed: int) -> list[Row]:
    """Return all rows with a stance and, for each of them, ``n_none`` rows without one, drawn from the same article."""
    rows = []
    for index, article in enumerate(articles):
        gold = {(s.sentence, s.speaker, s.target): STANCES.index(s.stance) for s in article.stances if s.stance != STANCES[NONE]}
        others = [pair for pair in ordered_pairs(article) if pair not in gold]
        drawn = random.Random(f"{seed}/{article.key}").sample(others, min(len(others), n_none * len(gold)))
        rows += [Row(index, *pair, stance) for pair, stance in gold.items()] + [Row(index, *pair, NONE) for pair in drawn]
    return rows


@dataclass
class PairReader:
    """Writes the input of a row; ``cut`` are the sentences (key of the article, index) that are too long to be read whole."""

    tokenizer: PreTrainedTokenizerBase
    max_tokens: int
    cut: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._ids: dict[str, list[int]] = {}

    def read(self, article: Article, mentions: Sequence[Sequence[Any]], row: tuple[int, str, str]) -> dict[str, list[int]]:
        """Return ``input_ids`` and ``places``: the positions of the pair's two markers in the head and of the sentence's.

        Args:
            article: the row's.
            mentions: ``examples.pairs.mentions_by_sentence`` of it.
            row: sentence, speaker, target.
        """
        sentence, *ends = row
        mark = dict(zip(ends, (self._token(token) for token in MARKERS), strict=True))
        head, places = [self._token(str(self.tokenizer.cls_token))], []
        for end in ends:
            places.append(len(head))
            head += [mark[end], *self._tokenize(article.roster[article.position(end)].name)]
        sep = self._token(str(self.tokenizer.sep_token))
        head.append(sep)
        body = [self._token(SENTENCE_TOKEN), *self._words(article, mentions, sentence, mark)]
        room = self.max_tokens - len(head) - 1
        if len(body) > room:
            self.cut.add((article.key, sentence))
            body = body[:room]
        room -= len(body)
        context: list[int] = []
        for before in range(sentence - 1, -1, -1):
            if len(context) >= room:
                break
            context = self._words(article, mentions, before, mark) + context
        context = context[max(0, len(context) - room) :]
        places.append(len(head) + len(context))
        return {"input_ids": [*head, *context, *body, sep], "places": places}

    def _words(self, article: Article, mentions: Sequence[Sequence[Any]], sentence: int, mark: dict[str, int]) -> list[int]:
        span = article.sentences[sentence]
        ids: list[int] = []
        done = span.start_char
        for mention in mentions[sentence]:
            if mention.actor in mark:
                ids += [*self._tokenize(article.text[done : mention.start_char]), mark[mention.actor]]
                done = mention.start_char
        return ids + self._tokenize(article.text[done : span.end_char])

    def _tokenize(self, text: str) -> list[int]:
        if text not in self._ids:
            self._ids[text] = self.tokenizer(text, add_special_tokens=False, split_special_tokens=True, verbose=False)["input_ids"]
        return self._ids[text]

    def _token(self, token: str) -> int:
        found = self.tokenizer.convert_tokens_to_ids(token)
        assert isinstance(found, int)
        return found


@dataclass
class PairOutput(ModelOutput):
    """``loss``, and ``logits`` (batch, 3) in the order of ``STANCES``."""

    loss: Tensor | None = None
    logits: Tensor | None = None


class CrossEncoder(nn.Module):
    """An encoder and a classifier over the states of its first token, the pair's two markers and the sentence's."""

    def __init__(self, source: str, vocabulary_size: int) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(source, dtype=torch.float32)
        self.encoder.resize_token_embeddings(vocabulary_size)
        self.encoder.get_input_embeddings().requires_grad_(True)
        hidden = self.encoder.config.hidden_size
        self.stance = nn.Sequential(nn.Linear(4 * hidden, hidden), nn.GELU(), nn.Dropout(0.1), nn.Linear(hidden, len(STANCES)))

    def forward(self, input_ids: Tensor, attention_mask: Tensor, places: Tensor, labels: Tensor | None = None) -> PairOutput:
        """Score rows: ``input_ids`` and ``attention_mask`` (batch, tokens), ``places`` (batch, 3), ``labels`` (batch,)."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        rows = torch.arange(len(states), device=states.device)[:, None]
        seen = torch.cat([states[:, :1], states[rows, places]], dim=1).flatten(1)  # (batch, 4 * hidden)
        logits = self.stance(seen).float()
        loss = None if labels is None else nn.functional.cross_entropy(logits, labels)
        return PairOutput(loss=loss, logits=logits)


class PairRows(Dataset[dict[str, Any]]):
    """Rows as inputs with labels."""

    def __init__(self, articles: Sequence[Article], rows: Sequence[Row], reader: PairReader) -> None:
        self.articles, self.rows, self.reader = articles, rows, reader
        self.mentions = [mentions_by_sentence(article) for article in articles]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> dict[str, Any]:
        row = self.rows[index]
        read = self.reader.read(self.articles[row.article], self.mentions[row.article], row[1:4])
        return {**read, "labels": row.stance}


def pad(rows: Sequence[dict[str, Any]], pad_id: int) -> dict[str, Tensor]:
    """Pad rows to one batch."""
    longest = max(len(row["input_ids"]) for row in rows)
    input_ids = torch.tensor([row["input_ids"] + [pad_id] * (longest - len(row["input_ids"])) for row in rows])
    lengths = torch.tensor([len(row["input_ids"]) for row in rows])
    batch = {
        "input_ids": input_ids,
        "attention_mask": (torch.arange(longest) < lengths[:, None]).long(),
        "places": torch.tensor([row["places"] for row in rows]),
    }
    if "labels" in rows[0]:
        batch["labels"] = torch.tensor([row["labels"] for row in rows])
    return batch


def train_cross_encoder(
    config: CrossEncoderConfig, train: Sequence[Article], development: Sequence[Article], run: Path, fingerprint: str
) -> tuple[CrossEncoder, PairReader]:
    """Train until the loss on rows drawn from the development articles falls no more; goes on with a run that is there."""
    open_run(run, fingerprint)
    set_seed(config.seed)
    source = locate_encoder(config.encoder)
    tokenizer = load_tokenizer(source)
    tokenizer.add_tokens([SENTENCE_TOKEN, *MARKERS], special_tokens=True)
    reader = PairReader(tokenizer, config.max_tokens)
    model = CrossEncoder(source, len(tokenizer))
    parts = [PairRows(articles, draw_rows(articles, config.none_rows, config.seed), reader) for articles in (train, development)]
    trainer = Trainer(
        model=model,
        args=TrainingArguments(
            output_dir=str(run),
            num_train_epochs=config.epochs,
            per_device_train_batch_size=config.batch_size,
            per_device_eval_batch_size=READ_AT_ONCE,
            learning_rate=config.learning_rate,
            warmup_steps=0.1,
            lr_scheduler_type="linear",
            weight_decay=0.01,
            bf16=has_bf16(),
            use_cpu=not torch.cuda.is_available(),
            seed=config.seed,
            eval_strategy="epoch",
            save_strategy="epoch",
            save_total_limit=2,
            load_best_model_at_end=True,
            logging_strategy="epoch",
            report_to="none",
            restore_callback_states_from_checkpoint=True,
            remove_unused_columns=False,
        ),
        train_dataset=parts[0],
        eval_dataset=parts[1],
        data_collator=lambda rows: pad(rows, int(tokenizer.pad_token_id or 0)),
        callbacks=[MarkWhole(run), EarlyStoppingCallback(early_stopping_patience=1)],
    )
    checkpoint = newest_whole_checkpoint(run)
    if checkpoint and (best := best_of_stopped(checkpoint)):
        model.load_state_dict(best)
    else:
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    trainer.accelerator.unwrap_model(model, keep_fp32_wrapper=False)  # else it answers in bfloat16, but not when it is taken up again
    model.eval()
    return model, reader


@torch.inference_mode()
def predict_pairs(model: CrossEncoder, reader: PairReader, article: Article) -> NDArray[np.float64]:
    """Return the probabilities of an article's rows, (examples, 3), in the order of ``schema.ordered_pairs``."""
    mentions = mentions_by_sentence(article)
    rows = [reader.read(article, mentions, pair) for pair in ordered_pairs(article)]
    order = sorted(range(len(rows)), key=lambda row: len(rows[row]["input_ids"]))
    logits = np.zeros((len(rows), len(STANCES)))
    device = next(model.parameters()).device
    for chosen in _chunks(order):
        batch = pad([rows[row] for row in chosen], int(reader.tokenizer.pad_token_id or 0))
        logits[chosen] = model(**{name: tensor.to(device) for name, tensor in batch.items()}).logits.double().cpu().numpy()
    return softmax(logits)


def _chunks(order: list[int]) -> Iterator[list[int]]:
    for start in tqdm(range(0, len(order), READ_AT_ONCE), desc="pairs", unit="batch", leave=False):
        yield order[start : start + READ_AT_ONCE]
