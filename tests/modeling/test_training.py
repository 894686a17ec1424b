from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import Tensor
from transformers import AutoModel, PreTrainedTokenizerBase

from whipcount.config import PERTURBATIONS, TrainConfig, TrainingConfig
from whipcount.modeling import training
from whipcount.modeling.checkpoints import newest_whole_checkpoint
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.cues import N_STANDINGS
from whipcount.modeling.model import StanceConfig, StanceModel
from whipcount.modeling.perturbation import perturbed_probabilities
from whipcount.modeling.training import make_trainer, train_model
from whipcount.modeling.voices import with_voices
from whipcount.schema import FULL, PAIR, STANCES, Actor, Article, InputError, Span, Stance
from whipcount.scoring.thresholds import choose_threshold

SCRIPT = Path(__file__).with_name("killed_training.py")


@pytest.fixture(scope="module")
def killed() -> ModuleType:
    spec = importlib.util.spec_from_file_location("killed_training", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def corpus(small_run: Path) -> Path:
    return small_run.parent / "slice"


@pytest.fixture(scope="module")
def undisturbed(killed: ModuleType, tiny_encoder: Path, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tensor]:
    config = killed.settings(tiny_encoder, tmp_path_factory.mktemp("undisturbed") / "run")
    return weights(config, killed, corpus)


def weights(config: TrainConfig, killed: ModuleType, corpus: Path, fingerprint: str = "same") -> dict[str, Tensor]:
    train, development = killed.articles(corpus)
    classifier, _ = train_model(config, train, development, fingerprint)
    state: dict[str, Tensor] = classifier.model.state_dict()
    return state


@pytest.mark.parametrize(
    "moment",
    [
        "first step of the second epoch",
        "third step of the second epoch",
        "evaluation after the second epoch",
        "second checkpoint half written",
        "second checkpoint not yet marked",
        "third step of the second epoch, a checkpoint after each step",
        "evaluation after the second epoch, a checkpoint after each step",
    ],
)
def test_a_killed_run_ends_with_the_weights_of_an_undisturbed_one(
    moment: str, undisturbed: dict[str, Tensor], killed: ModuleType, tiny_encoder: Path, corpus: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    dead = subprocess.run([sys.executable, str(SCRIPT), str(tiny_encoder), str(run), str(corpus), moment], capture_output=True, check=False)
    assert dead.returncode == -9, dead.stderr.decode()[-2000:]
    checkpoint = newest_whole_checkpoint(run)
    last = 2 if moment.startswith("third") else killed.STEPS_PER_EPOCH - 1
    step = killed.STEPS_PER_EPOCH + (last if moment.endswith(killed.OFTEN) else 0)
    assert checkpoint is not None and checkpoint.name == f"checkpoint-{step}"
    resumed = weights(killed.settings(tiny_encoder, run), killed, corpus)
    assert all(torch.equal(resumed[name], undisturbed[name]) for name in undisturbed)


def test_the_undisturbed_run_learns_something(
    undisturbed: dict[str, Tensor], killed: ModuleType, tiny_encoder: Path, corpus: Path, tmp_path: Path
) -> None:
    config = killed.settings(tiny_encoder, tmp_path / "run")
    config.seed += 1
    assert any(not torch.equal(other, undisturbed[name]) for name, other in weights(config, killed, corpus).items())


def test_another_fingerprint_starts_afresh(killed: ModuleType, tiny_encoder: Path, corpus: Path, tmp_path: Path) -> None:
    config = killed.settings(tiny_encoder, tmp_path / "run")
    config.training.epochs = 1
    weights(config, killed, corpus, "one")
    marker = tmp_path / "run" / "marker"
    marker.touch()
    weights(config, killed, corpus, "one")
    assert marker.exists()
    weights(config, killed, corpus, "two")
    assert not marker.exists()


def test_a_run_that_had_stopped_early_does_not_go_on(
    killed: ModuleType, tiny_encoder: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = killed.settings(tiny_encoder, tmp_path / "run")
    config.training.epochs, config.training.patience = 6, 1
    scores = iter([0.3, 0.2, 0.9])
    monkeypatch.setattr(training, "score_by_corpus", lambda *_: {"score": next(scores)})
    first = weights(config, killed, corpus)
    again = weights(config, killed, corpus)
    assert next(scores) == 0.9, "an epoch was evaluated after the run had stopped"
    assert all(torch.equal(again[name], first[name]) for name in first)


def test_the_thresholds_are_those_of_the_model_as_it_is_used(
    killed: ModuleType, tiny_encoder: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "has_bf16", lambda: True)  # each processor can, if not fast
    config = killed.settings(tiny_encoder, tmp_path / "run")
    config.training.bf16 = True
    train, development = killed.articles(corpus)
    classifier, told = train_model(config, train, development, "same")
    classifier.save_pretrained(tmp_path / "model")
    saved = StanceClassifier.from_pretrained(tmp_path / "model")
    assert saved.model.config.none_bias == choose_threshold(development, told)
    saved.model.config.none_bias = 0.0
    for probabilities, again in zip(told, saved.predict_articles(development), strict=True):
        np.testing.assert_allclose(probabilities, again, atol=1e-6)


def test_what_does_not_fit_is_counted_once(killed: ModuleType, tiny_encoder: Path, corpus: Path, tmp_path: Path) -> None:
    train, development = killed.articles(corpus)
    text = "word " * 600
    long = replace(development[0], id="long", text=text, sentences=(Span(0, len(text)),), actors=(), mentions=(), stances=(), furniture=())
    classifier, _ = train_model(killed.settings(tiny_encoder, tmp_path / "run"), train, [*development, long], "same")
    assert classifier.encoder.losses["sentences cut to the window"] == 1


def test_a_trained_model_goes_on_with_all_that_it_has_learnt(killed: ModuleType, tiny_encoder: Path, corpus: Path, tmp_path: Path) -> None:
    train, development = killed.articles(corpus)
    first, _ = train_model(killed.settings(tiny_encoder, tmp_path / "run"), train, development, "first")
    first.model.config.none_bias = 2.5
    first.save_pretrained(tmp_path / "model")
    config = killed.settings(tmp_path / "model", tmp_path / "again")
    start = make_trainer(config, train, development).model
    assert isinstance(start, StanceModel) and start.config.none_bias == 0.0 and start.config.own_none_bias is None
    before = {name: tensor.clone() for name, tensor in start.state_dict().items()}
    assert all(torch.equal(before[name], tensor) for name, tensor in first.model.state_dict().items())
    second, _ = train_model(config, train, development, "second")
    learnt = second.model.state_dict()
    assert set(learnt) == set(before) and not torch.equal(learnt["head.key.weight"], before["head.key.weight"])


@pytest.mark.parametrize(("annotation", "end_weight", "learnt"), [(FULL, 0.5, True), (FULL, 0.0, False), (PAIR, 0.5, False)])
def test_a_model_knows_whether_it_has_learnt_which_pairs_are_likely(
    annotation: str, end_weight: float, learnt: bool, killed: ModuleType, tiny_encoder: Path, tmp_path: Path
) -> None:
    config = killed.settings(tiny_encoder, tmp_path / "run")
    config.training.end_weight = end_weight
    text, actors = "Quill attacked Oduya.", (Actor("p", "Quill", "person"), Actor("q", "Oduya", "person"))
    article = Article("town", "a", text, (Span(0, len(text)),), actors, (), (Stance(0, "p", "q", "against"),), annotation=annotation)
    trainer = make_trainer(config, [article], [])
    model, (batch,) = trainer.model, trainer.get_train_dataloader()
    assert isinstance(model, StanceModel) and isinstance(model.config, StanceConfig) and model.config.ends_learnt == learnt
    model(**batch).loss.backward()
    grads = [weight.grad for part in (model.head.holds, model.head.draws) for weight in part.parameters()]
    assert all(grad is not None and bool(grad.any()) for grad in grads) == learnt, "what it knows is so"
    model.config.ends_learnt = True
    assert isinstance(trainer.processing_class, PreTrainedTokenizerBase)
    StanceClassifier(model, trainer.processing_class).save_pretrained(tmp_path / "model")
    further = make_trainer(killed.settings(tmp_path / "model", tmp_path / "again"), [replace(article, annotation=PAIR)], []).model
    assert isinstance(further, StanceModel) and further.config.ends_learnt, "it has learnt so before"


def test_a_trained_model_of_another_shape_is_not_gone_on_from(small_run: Path, killed: ModuleType, corpus: Path, tmp_path: Path) -> None:
    config = killed.settings(small_run / "model", tmp_path / "run")
    config.model.n_slots, config.model.pair_size = 48, 32
    with pytest.raises(InputError, match=r"model.pair_size is 32, but 16 in the model of .*; give the same"):
        make_trainer(config, *killed.articles(corpus))


def test_tensorboard_writes_when_asked(
    killed: ModuleType, tiny_encoder: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = killed.settings(tiny_encoder, tmp_path / "run")
    config.training = TrainingConfig(epochs=1, bf16=False, report_to="tensorboard")
    weights(config, killed, corpus)
    assert list(tmp_path.rglob("events.out.tfevents.*"))


@pytest.mark.parametrize("frozen", [True, False])
def test_the_word_embeddings_stay_where_they_are_frozen(
    frozen: bool, killed: ModuleType, tiny_encoder: Path, corpus: Path, tmp_path: Path
) -> None:
    config = killed.settings(tiny_encoder, tmp_path / "run")
    config.training = TrainingConfig(epochs=1, bf16=False, freeze_words=frozen)
    learnt = weights(config, killed, corpus)
    known = AutoModel.from_pretrained(tiny_encoder).get_input_embeddings().weight
    assert torch.equal(learnt["encoder.embeddings.word_embeddings.weight"][: len(known)], known) is frozen
    positions = AutoModel.from_pretrained(tiny_encoder).embeddings.position_embeddings.weight
    assert not torch.equal(learnt["encoder.embeddings.position_embeddings.weight"], positions)


def test_a_model_that_is_shown_voices_learns_and_predicts(killed: ModuleType, tiny_encoder: Path, corpus: Path, tmp_path: Path) -> None:
    config = killed.settings(tiny_encoder, tmp_path / "run")
    config.model.pronoun_slots = config.model.speaker_slots = True
    config.training = TrainingConfig(epochs=1, bf16=False)
    train, development = killed.articles(corpus)
    trained, told = train_model(config, train[:3], development, "same")
    trained.save_pretrained(tmp_path / "model")
    classifier = StanceClassifier.from_pretrained(tmp_path / "model")
    assert classifier.encoder.pronoun_slots and classifier.encoder.speaker_slots
    assert classifier.model.head.standing.num_embeddings == 2 * N_STANDINGS
    silent = classifier.predict_articles(development)
    for one, other in zip(silent, classifier.predict_articles([with_voices(article) for article in development]), strict=True):
        np.testing.assert_array_equal(one, other, "voices are found where they are not given")
    assert [len(rows) for rows in told] == [len(rows) for rows in silent]
    for kind in PERTURBATIONS:
        probabilities, _ = perturbed_probabilities(classifier, development[:1], kind)
        assert probabilities.shape == silent[0].shape and np.isfinite(probabilities).all()
    row = {"text": "“You sold the ferry,” he said.", "context": "Peter Stroud spoke.", "speaker": "Peter Stroud", "target": "Ferry Board"}
    assert classifier.predict([row])[0]["label"] in STANCES


def test_a_model_that_knows_of_no_voices_reads_as_before(small_run: Path, corpus: Path, killed: ModuleType, tmp_path: Path) -> None:
    _, development = killed.articles(corpus)
    now = StanceClassifier.from_pretrained(small_run / "model")
    now.save_pretrained(tmp_path / "old")
    path = tmp_path / "old" / "config.json"
    kept = {key: value for key, value in json.loads(path.read_text()).items() if key not in ("pronoun_slots", "speaker_slots")}
    path.write_text(json.dumps(kept))
    old = StanceClassifier.from_pretrained(tmp_path / "old")
    assert old.model.head.standing.num_embeddings == N_STANDINGS and "[Q]" not in old.tokenizer.get_vocab()
    voices = [with_voices(article) for article in development]
    for one, other in zip(old.predict_articles(voices), now.predict_articles(development), strict=True):
        np.testing.assert_array_equal(one, other)
