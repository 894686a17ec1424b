"""A tiny dataset whose scores can be worked out by hand; ``tests/scoring/test_report.py`` does so."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from whipcount.corpora.public import note_licence
from whipcount.examples.storage import StoredDataset, load_dataset_folder, save_dataset
from whipcount.schema import NONE, STANCES, Actor, Article, Span, Stance
from whipcount.scoring import resampling
from whipcount.scoring.predictions import Predictions, write_predictions

settings.register_profile("whipcount", deadline=None)  # a busy machine is no error
settings.load_profile("whipcount")


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Whatever is tested works without a network: no connection leaves this machine; those of other processes go to a closed door."""

    def refused(connect: Callable[..., Any]) -> Callable[..., Any]:
        def refuse(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
                raise ConnectionRefusedError(f"a test wants to reach {address}")
            return connect(self, address)

        return refuse

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, refused(getattr(socket.socket, name)))
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            patch.setenv(name, "http://127.0.0.1:9")
            patch.setenv(name.upper(), "http://127.0.0.1:9")
        patch.setenv("no_proxy", "127.0.0.1,localhost")
        yield


FINGERPRINT = "f" * 64

MODEL = {
    "town/ferry/0/quill>oduya": (0.1, 0.8, 0.1),  # right
    "town/ferry/0/quill>board": (0.1, 0.7, 0.2),  # a stance, the wrong one
    "town/ferry/1/oduya>quill": (0.2, 0.1, 0.7),  # missed, polarity right
    "town/ferry/1/quill>oduya": (0.6, 0.1, 0.3),  # false
    "town/ferry/2/someone>quill": (0.1, 0.8, 0.1),  # right, scored apart
    "town/ferry/2/someone>board": (0.8, 0.1, 0.1),  # false, scored apart
    "town/fair/0/aq>lom": (0.0, 1.0, 0.0),  # right
    "town/fair/0/lom>aq": (0.0, 0.9, 0.1),  # false
    "town/fair/0/author>lom": (0.1, 0.2, 0.7),  # missed, polarity wrong
}
"""Probabilities of a system on the test split; the other rows are none."""


def make_article(id_: str, split: str, sentences: list[str], actors: list[Actor], stances: list[Stance], corpus: str = "town") -> Article:
    spans, start = [], 0
    for sentence in sentences:
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence) + 1
    return Article(corpus, id_, " ".join(sentences), tuple(spans), tuple(actors), (), tuple(stances), split=split)


@pytest.fixture(scope="session")
def town() -> list[Article]:
    """One training and two test articles; Ada Quill stands in both test articles, under two ids."""
    quill, oduya = Actor("quill", "Ada Quill", "person"), Actor("oduya", "Femi Oduya", "person")
    board, berg = Actor("board", "Ferry Board", "organisation"), Actor("berg", "Nils Berg", "person")
    return [
        make_article("tram", "train", ["Femi Oduya thanked Nils Berg."], [oduya, berg], [Stance(0, "oduya", "berg", "favor")]),
        make_article(
            "ferry",
            "test",
            ["Ada Quill attacked Femi Oduya.", "Oduya praised Quill.", "She left."],
            [quill, oduya, board],
            [
                Stance(0, "quill", "oduya", "against"),
                Stance(0, "quill", "board", "favor"),
                Stance(1, "oduya", "quill", "favor"),
                Stance(2, "someone", "quill", "against"),
            ],
        ),
        make_article(
            "fair",
            "test",
            ["Ada Quill mocked Lom."],
            [Actor("aq", "Ada Quill", "person"), Actor("lom", "Lom", "person")],
            [Stance(0, "aq", "lom", "against"), Stance(0, "author", "lom", "favor")],
        ),
    ]


@pytest.fixture(scope="session")
def town_folder(town: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town") / "dataset"
    save_dataset(folder, town, {"fingerprint": FINGERPRINT}, "a tiny dataset")
    return folder


@pytest.fixture(scope="session")
def town_dataset(town_folder: Path) -> StoredDataset:
    return load_dataset_folder(town_folder)


def predictions_for(
    dataset: StoredDataset, system: str, probabilities: Mapping[str, tuple[float, float, float]], split: str = "test"
) -> Predictions:
    ids = list(dataset.examples[split]["id"])
    assert set(probabilities) <= set(ids), "the test names a row that does not exist"
    return Predictions(system, ids, np.array([probabilities.get(id_, (0.0, 0.0, 1.0)) for id_ in ids]), dataset=FINGERPRINT)


@pytest.fixture(scope="module")
def few_clusters() -> Iterator[None]:
    """Three sentences, as many as hold the town's stances, are clusters enough for an interval."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resampling, "MIN_CLUSTERS", 3)
        yield


@pytest.fixture(scope="session")
def model(town_dataset: StoredDataset) -> Predictions:
    return predictions_for(town_dataset, "model", MODEL)


@pytest.fixture(scope="session")
def always_none(town_dataset: StoredDataset) -> Predictions:
    return predictions_for(town_dataset, "majority", {})


@pytest.fixture(scope="session")
def perfect(town_dataset: StoredDataset) -> Predictions:
    gold = zip(town_dataset.examples["test"]["id"], town_dataset.examples["test"]["stance"], strict=True)
    one_hot = np.eye(len(STANCES)).tolist()
    return predictions_for(town_dataset, "perfect", {id_: tuple(one_hot[stance]) for id_, stance in gold if stance != NONE})


@pytest.fixture(scope="session")
def prediction_files(
    model: Predictions, always_none: Predictions, perfect: Predictions, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("predictions")
    paths = {}
    for predictions in (model, always_none, perfect):
        paths[predictions.system] = folder / f"{predictions.system}.jsonl"
        write_predictions(paths[predictions.system], predictions)
    return paths


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a BERT of one layer, 16 wide, random weights, and a tokenizer of letters and common pieces."""
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny-encoder")
    letters = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters if letter.isalnum())]
    words = ["praised", "backed", "thanked", "accused", "attacked", "blamed", "met", "told", "the", "of", "and", "board", "council"]
    vocabulary = {piece: index for index, piece in enumerate([*pieces, *words])}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    special = {name: f"[{name[:-6].upper()}]" for name in ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=512,
    )
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def half_encoder(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny encoder stored in half precision."""
    import torch
    from transformers import AutoModel

    folder = tmp_path_factory.mktemp("half") / "encoder"
    shutil.copytree(tiny_encoder, folder)
    AutoModel.from_pretrained(tiny_encoder).to(torch.bfloat16).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def small_run(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build, train, predict, evaluate on a slice of the bundled corpora with the tiny encoder; a folder laid out like outputs/."""
    from whipcount.baselines import BASELINES
    from whipcount.build import build
    from whipcount.config import BuildConfig, DataConfig, EvaluateConfig, ModelConfig, PredictConfig, TrainConfig, TrainingConfig
    from whipcount.corpora.folders import BUNDLED
    from whipcount.evaluate import evaluate
    from whipcount.predict import predict
    from whipcount.train import train

    outputs = tmp_path_factory.mktemp("run") / "outputs"
    corpus = outputs.parent / "slice"
    corpus.mkdir()
    for split, n_articles in (("train", 8), ("development", 3)):
        files = [file for file in sorted((BUNDLED / "gazette").glob("*.txt")) if f"split: {split}\n" in file.read_text(encoding="utf-8")]
        for file in files[:n_articles]:
            shutil.copy(file, corpus)
    build(BuildConfig(DataConfig([str(corpus), "labour_2016"]), str(outputs / "dataset")))
    model = ModelConfig(encoder=str(tiny_encoder), pair_size=16, attention_heads=2)
    dataset, saved = str(outputs / "dataset"), str(outputs / "model")
    train(TrainConfig(model, TrainingConfig(epochs=1, bf16=False), dataset=dataset, out=saved, run=str(outputs / "run")))
    predicted = {name: outputs / "predictions" / f"{name}.jsonl" for name in ("whipcount", *BASELINES)}
    for name, file in predicted.items():
        predict(PredictConfig(model=saved if name == "whipcount" else name, data=dataset, out=str(file)))
    evaluate(EvaluateConfig(gold=dataset, predictions=[str(file) for file in predicted.values()], out=str(outputs / "report")))
    return outputs


@pytest.fixture(scope="session")
def eager_model(small_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small model, with a threshold at which it finds a stance in every row."""
    folder = tmp_path_factory.mktemp("eager") / "model"
    shutil.copytree(small_run / "model", folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {"none_bias": -20.0}), encoding="utf-8")
    return folder


def write_seesaw(folder: Path) -> None:
    """Write two stories of one article each, train and valid, in SEESAW's native files."""
    for number, split in enumerate(("train", "valid")):
        name = f"TRIPLET_00{number}_DOCUMENT_0.json"
        sentences = ["", f"Vera Quill praised pilots of berth {number}.", f"Pilots mocked Quill and the pier of berth {number}."]
        entities = [
            [entity, [kind], ["Main"], ["A"]] for entity, kind in (("Vera Quill", "People"), ("pilot", "People"), ("pier", "Topic"))
        ]
        stances = {
            "1": [{"id": 0, "subject": "Vera Quill", "sentiment": "POS", "object": "pilot", "annotators": ["A"]}],
            "2": [
                {"id": 0, "subject": "pilot", "sentiment": "NEG", "object": "Vera Quill", "annotators": ["A"]},
                {"id": 1, "subject": "Not in the list", "sentiment": "NEG", "object": "pier", "annotators": ["A"]},
            ],
        }
        contents = {
            f"articles/{name}": {"title": "Berths", "text": [{"id": index, "text": text} for index, text in enumerate(sentences)]},
            f"annotations/{name}": {"title": "Berths", "entity lists": entities, "sentence-level stances": stances},
            f"meta/TRIPLET_00{number}.json": {"Split": split, "story_time": "2019-05-01"},
        }
        for path, content in contents.items():
            (folder / "SEESAW" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "SEESAW" / path).write_text(json.dumps(content), encoding="utf-8")


def write_dse(folder: Path) -> None:
    """Write three train and two valid rows in DSE's native lines; one valid row stands in train."""
    rows = [f"[Quill] met the [Board] at berth {number}.\tQuill\tBoard\t{number}" for number in range(4)]
    for part, lines in (("train", rows[:3]), ("valid", rows[2:])):
        (folder / f"{part}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_newsmtsc(folder: Path) -> None:
    """Write a sentence with two targets for each part in NewsMTSC's native lines."""
    for number, part in enumerate(("train", "dev_rw", "dev_mt")):
        text = f"Quill praised Oduya at quay {number}."
        ends = ((0, 5, 4.0), (14, 19, 6.0))
        targets = [{"from": start, "to": end, "mention": text[start:end], "polarity": polarity} for start, end, polarity in ends]
        row = {"primary_gid": part, "sentence_normalized": text, "targets": targets}
        (folder / f"{part}.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")


@pytest.fixture
def unnoted() -> Iterator[None]:
    """No notice of a licence has been logged yet."""
    note_licence.cache_clear()
    yield
    note_licence.cache_clear()


@pytest.fixture
def public_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tiny public corpora in their native files, where ``WHIPCOUNT_DATA`` says."""
    data = tmp_path / "public"
    for name, write in (("seesaw", write_seesaw), ("dse", write_dse), ("newsmtsc", write_newsmtsc)):
        (data / name).mkdir(parents=True)
        write(data / name)
    monkeypatch.setenv("WHIPCOUNT_DATA", str(data))
    return data


ATTRIBUTED = "“The ferry is late,” Marta Quill said. Femi Oduya said that it was not."
FIRST_SAID = (("Source", "Marta Quill"), ("Cue", "said"), ("Content", "“The ferry is late,”"))
SECOND_SAID = (("Source", "Femi Oduya"), ("Cue", "said that"), ("Content", "that it was not"))


QUOTED = (
    "article: late\nsplit: development\n# actors\nq | person | Marta Quill\ns | person | Peter Stroud\n# text\n"
    "“We are late,” [Marta Quill|q] said.\n“Sorry.”\n[Peter Stroud|s] left.\n"
)
PRONOUNS = (
    "ID\tText\tPronoun\tPronoun-offset\tA\tA-offset\tA-coref\tB\tB-offset\tB-coref\tURL\n"
    "v-1\tMarta Quill runs the ferry with Peter Stroud. She bought it.\tShe\t46\tMarta Quill\t0\tTRUE\tPeter Stroud\t32\tFALSE\tu\n"
    "v-2\tPeter Stroud runs the ferry. He bought it in May.\tHe\t29\tPeter Stroud\t0\tTRUE\tMay\t45\tFALSE\tu\n"
)


PRONOUN_ARTICLE = (
    "article: {name}\nsplit: {split}\n# actors\nq | person | Ada Berg\ns | person | Peter Stroud\n# text\n"
    "[Ada Berg|q] met [Peter Stroud|s] before [she|q] left.\n"
)


def marked(*attributions: tuple[tuple[str, str], ...]) -> str:
    lines = []
    for number, parts in enumerate(attributions):
        start = ATTRIBUTED.index(parts[0][1])
        for index, (role, words) in enumerate(parts):
            at = ATTRIBUTED.index(words, 0 if role == "Content" else start)
            lines.append(f"T{3 * number + index}\t{role} {at} {at + len(words)}\t{words}")
        joined = " ".join(f"{role}:T{3 * number + index}" for index, (role, _) in enumerate(parts))
        lines.append(f"E{number}\tAttribution:T{3 * number + 1} {joined}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def pronoun_news(tmp_path: Path) -> Path:
    """A corpus of seven articles in each of which a pronoun is annotated, six of them to learn from."""
    folder = tmp_path / "town"
    folder.mkdir()
    for number, split in enumerate(["train"] * 6 + ["development"]):
        (folder / f"{number}.txt").write_text(PRONOUN_ARTICLE.format(name=f"a{number}", split=split), encoding="utf-8")
    return folder


@pytest.fixture
def attributed_corpora(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """PolNeAR and GAP, of a text or two each, written for the tests in their layout; the folder of the first.

    Beside their folder stands ``quoted``, a corpus that says who speaks.
    """
    quoted = tmp_path / "quoted"
    quoted.mkdir()
    (quoted / "late.txt").write_text(QUOTED, encoding="utf-8")
    (quoted / "speakers.csv").write_text("article,start_char,end_char,speaker\nlate,0,14,q\nlate,33,41,q\n", encoding="utf-8")
    folder = tmp_path / "corpora" / "polnear"
    for part in ("train", "dev"):
        for kind in ("text", "attributions"):
            (folder / part / kind).mkdir(parents=True)
        (folder / part / "text" / "ferry.txt").write_text(ATTRIBUTED, encoding="utf-8")
        (folder / part / "attributions" / "ferry_a.ann").write_text(marked(FIRST_SAID, SECOND_SAID), encoding="utf-8")
    (folder / "dev" / "attributions" / "ferry_b.ann").write_text(marked(FIRST_SAID), encoding="utf-8")
    (folder / "metadata.tsv").write_text("filename\n", encoding="utf-8")
    gap = tmp_path / "corpora" / "gap"
    gap.mkdir()
    for part in ("development", "validation"):
        (gap / f"gap-{part}.tsv").write_text(PRONOUNS, encoding="utf-8")
    monkeypatch.setenv("WHIPCOUNT_DATA", str(tmp_path / "corpora"))
    return folder
