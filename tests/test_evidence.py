"""The main that blanks the evidence of stances, with the small model of the tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

import whipcount
from whipcount.config import EvidenceConfig
from whipcount.evidence import measure
from whipcount.launch import config_folder, register
from whipcount.rendering.evidence_record import render_evidence_record
from whipcount.schema import InputError

SOURCE = """article: {id}
split: {split}
# actors
quill | person | Vera Quill
oduya | person | Femi Oduya
# text
“We cannot trust [Femi Oduya|oduya],” [Vera Quill|quill] said.
> quill against oduya
[Oduya|oduya] left the quay in the rain.
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    folder.mkdir()
    for id_, split in (("quay", "development"), ("pier", "development"), ("tram", "train")):
        (folder / f"{id_}.txt").write_text(SOURCE.format(id=id_, split=split), encoding="utf-8")
    return folder


def test_a_record_holds_shares_settings_and_manifest_and_no_text(eager_model: Path, town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WHIPCOUNT_DATA", raising=False)
    config = EvidenceConfig(
        str(eager_model), [str(town), "seesaw"], draws=2, resamples=20, out=str(town.parent / "experiments" / "evidence")
    )
    out = measure(config)
    metrics = json.loads((out / "evidence.json").read_text())
    assert metrics["skipped"] == {"seesaw": "not at hand"} and list(metrics["corpora"]) == ["town"]
    measured = metrics["corpora"]["town"]
    assert (measured["n_articles"], measured["n_stances"]) == (2, 2 * 2 * 6), "development articles, their sentences, pairs with the author"
    assert measured["blanked"]["cue"]["n"] == measured["blanked"]["content"]["n"] == 2 * 2, "Quill's, toward Oduya and the author"
    assert measured["n_mentions_alone"] == 24 - 4
    assert measured["blanked"]["evidence"]["fall"] != 0 == measured["blanked"]["evidence"]["to_none"]
    settings, manifest = OmegaConf.load(out / "config.yaml"), json.loads((out / "manifest.json").read_text())
    assert (settings.corpora, settings.model) == (["town", "seesaw"], "model")
    assert manifest["model"]["fingerprint"] and len(manifest["articles"]) == 64
    page = (out / "README.md").read_text()
    assert page == render_evidence_record("evidence", metrics, OmegaConf.to_container(settings), manifest)  # type: ignore[arg-type]
    for file in out.iterdir():
        content = file.read_text()
        assert "trust" not in content and "Oduya" not in content and str(town.parent) not in content, file
    measure(config)
    assert json.loads((out / "evidence.json").read_text()) == metrics, "the same words are drawn again"


def test_what_cannot_be_measured_is_refused(eager_model: Path, town: Path) -> None:
    with pytest.raises(InputError, match="something else than a record"):
        measure(EvidenceConfig(str(eager_model), [str(town)], out=str(town)))
    with pytest.raises(InputError, match="no model here"):
        measure(EvidenceConfig(str(town), [str(town)], out=str(town.parent / "evidence")))
    with pytest.raises(InputError, match="corpus 'nowhere' is no folder"):
        measure(EvidenceConfig(str(eager_model), ["nowhere"], out=str(town.parent / "evidence")))


def test_the_configuration_composes_and_refuses_what_makes_no_sense() -> None:
    register(EvidenceConfig, "evidence")
    with initialize_config_dir(str(config_folder("evidence")), version_base="1.3"):
        composed = OmegaConf.to_object(compose("evidence", overrides=["model=outputs/other"]))
        assert composed == EvidenceConfig(model="outputs/other")
    for values, complaint in (
        ({"corpora": []}, "corpora is empty"),
        ({"max_articles": -1}, "max_articles is -1"),
        ({"draws": 0}, "draws is 0"),
        ({"resamples": 0}, "resamples is 0"),
    ):
        with pytest.raises(InputError, match=f"^configuration: {complaint}"):
            EvidenceConfig(**values)


def test_the_command_knows_its_settings(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(whipcount.__file__).parents[1])}
    command = [sys.executable, "-m", "whipcount.evidence", "modell=x"]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 1 and "modell" in run.stderr
    assert not any(tmp_path.iterdir())


def test_the_committed_record_says_what_its_figures_say() -> None:
    record = Path(__file__).resolve().parents[1] / "experiments" / "evidence"
    metrics, manifest = (json.loads((record / name).read_text()) for name in ("evidence.json", "manifest.json"))
    settings = OmegaConf.to_container(OmegaConf.load(record / "config.yaml"))
    assert (record / "README.md").read_text() == render_evidence_record("evidence", metrics, settings, manifest)  # type: ignore[arg-type]
    differences = metrics["corpora"]["seesaw"]["differences"]["all"]["changed"]
    assert differences["difference"] == pytest.approx(differences["evidence"] - differences["random"], abs=1e-5)
