"""What the documents tell a reader to type works: Python, make, commands with their settings, links."""

from __future__ import annotations

import importlib.util
import itertools
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from whipcount.config import (
    AttributionConfig,
    AttributionTrainingConfig,
    BuildConfig,
    CompareConfig,
    CrossEncoderConfig,
    EvaluateConfig,
    EvidenceConfig,
    ExperimentConfig,
    PredictConfig,
    PronounConfig,
    PronounTrainingConfig,
    QualityConfig,
    ResolverTrainingConfig,
    ThroughputConfig,
    TrainConfig,
)
from whipcount.launch import config_folder, register

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
SCHEMAS: dict[str, type] = {
    "build": BuildConfig,
    "quality": QualityConfig,
    "train": TrainConfig,
    "predict": PredictConfig,
    "evaluate": EvaluateConfig,
    "compare": CompareConfig,
    "experiment": ExperimentConfig,
    "yardstick": CrossEncoderConfig,
    "throughput": ThroughputConfig,
    "attribution": AttributionConfig,
    "evidence": EvidenceConfig,
    "train_attribution": AttributionTrainingConfig,
    "train_pronouns": PronounTrainingConfig,
    "train_resolver": ResolverTrainingConfig,
    "pronouns": PronounConfig,
}
SHELLS = {"sh", "bash", "console"}
LANGUAGES = {"python", "json", "text", *SHELLS}
LINKED = ("README.md", "experiments/README.md", "src/whipcount/corpora/AUTHORING.md")


def blocks(text: str) -> list[tuple[str, str]]:
    """Return (language, content) of every fenced block."""
    found = re.findall(r"^(`{3,}|~{3,})[ \t]*(\S*)[^\n]*\n(.*?)^\1[ \t]*$", text, flags=re.MULTILINE | re.DOTALL)
    return [(language, content) for _, language, content in found]


def commands(text: str) -> list[list[str]]:
    """Return the words of every command in the shell blocks; comments, prompts and settings of variables before it left out."""
    found = []
    for language, content in blocks(text):
        if language in SHELLS:
            lines = content.replace("\\\n", " ").split("\n")
            if language == "console":
                lines = [line for line in lines if line.startswith("$ ")]  # the rest is what the commands print
            for line in lines:
                words = shlex.split(line.removeprefix("$ "), comments=True)
                for is_joint, part in itertools.groupby(words, key=lambda word: word in ("&&", ";", "|")):
                    command = list(itertools.dropwhile(lambda word: re.match(r"\w+=", word), part))
                    if command and not is_joint:
                        found.append(command)
    return found


def links(text: str) -> list[str]:
    """Return the files that the links and images of a text point to, those of the web and within the text left out."""
    outside = re.sub(r"^(`{3,}|~{3,}).*?^\1[ \t]*$", "", text, flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)", outside)
    return [target.split("#")[0] for target in targets if not re.match(r"[a-z]+:|#", target)]


def make_words(text: str) -> list[list[str]]:
    """Return what follows ``make`` in shell blocks and in code within the prose."""
    inline = [shlex.split(span) for span in re.findall(r"(?<!`)`(make [^`\n]+)`(?!`)", text)]
    return [words[1:] for words in [*commands(text), *inline] if words[0] == "make"]


def module_calls(text: str) -> list[tuple[str, list[str]]]:
    """Return (module, what follows it) of every ``python -m whipcount.…``."""
    return [
        (words[2], words[3:])
        for words in commands(text)
        if re.fullmatch(r"(.*/)?python3?", words[0]) and words[1] == "-m" and words[2].startswith("whipcount")
    ]


def swept(overrides: list[str]) -> list[list[str]]:
    """Return the jobs of a sweep: ``a=1,2 b=3`` are two."""
    choices = [
        [f"{one.get_key_element()}={value}" for value in one.sweep_string_iterator()] if one.is_sweep_override() else [str(one.input_line)]
        for one in OverridesParser.create().parse_overrides(overrides)
    ]
    return [list(job) for job in itertools.product(*choices)]


def composed(name: str, overrides: list[str]) -> Any:
    register(SCHEMAS[name], name)
    with initialize_config_dir(str(config_folder(name)), version_base="1.3"):
        return OmegaConf.to_object(compose(name, overrides=overrides))


SAMPLE = """
See [a](docs/a.md#part), [b](https://b.org/x), ![c](<c.png>), [d](#below), `make lint` and ``make `x` ``.
```sh
make train DATA=x \\
  ARGS='a=1 b=2'   # make nothing
SEED=1 .venv/bin/python -m whipcount.train -m seed=1,2 'x=[a,b]' && make test
```
```console
$ make data
make: nothing to be done for [e](e.md)
```
```json
make it
```
"""


def test_what_the_documents_say_is_found() -> None:
    assert [language for language, _ in blocks(SAMPLE)] == ["sh", "console", "json"]
    assert make_words(SAMPLE) == [["train", "DATA=x", "ARGS=a=1 b=2"], ["test"], ["data"], ["lint"]]
    assert module_calls(SAMPLE) == [("whipcount.train", ["-m", "seed=1,2", "x=[a,b]"])]
    assert links(SAMPLE) == ["docs/a.md", "c.png"]
    assert swept(["seed=1,2", "x=[a,b]"]) == [["seed=1", "x=[a,b]"], ["seed=2", "x=[a,b]"]]


def test_every_block_is_of_a_language_that_is_tested() -> None:
    assert {language for language, _ in blocks(README)} <= LANGUAGES
    assert {"python", "sh"} <= {language for language, _ in blocks(README)}


@pytest.mark.parametrize("where", ["README.md", "the model card"])
def test_the_python_runs_on_the_outputs(where: str, small_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = README if where == "README.md" else (small_run / "model" / "README.md").read_text(encoding="utf-8")
    sources = [content for language, content in blocks(text) if language == "python"]
    assert sources
    monkeypatch.chdir(small_run.parent)  # "outputs" is the small run there
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, source in enumerate(sources):
        exec(compile(source, f"<{where}, block {number}>", "exec"), names)
    assert type(names["model"]).__name__ == "StanceClassifier"


def test_every_make_is_of_the_makefile() -> None:
    targets = set(re.findall(r"^([\w-]+):(?!=)", MAKEFILE, flags=re.MULTILINE))
    variables = set(re.findall(r"^(\w+)\s*\??:?=", MAKEFILE, flags=re.MULTILINE))
    said = make_words(README)
    assert ["train"] in said
    words = {word for line in said for word in line}
    assert {word for word in words if "=" not in word} <= targets
    assert {word.split("=")[0] for word in words if "=" in word} <= variables


@pytest.mark.parametrize("words", [line for line in make_words(README) if any(word.startswith("ARGS=") for word in line)], ids=" ".join)
def test_the_settings_given_to_make_compose(words: list[str]) -> None:
    variables = dict(word.split("=", 1) for word in words if "=" in word)
    settings = shlex.split(variables["ARGS"])
    if words[0] == "experiment":
        plain = composed("experiment", [f"experiment={variables['NAME']}"])
        assert composed("experiment", [f"experiment={variables['NAME']}", *settings]).seeds != plain.seeds
    else:
        assert isinstance(composed("train", settings), TrainConfig)


@pytest.mark.parametrize("target", ["train", "experiment"])
def test_make_passes_the_settings_on(target: str) -> None:
    words = ["make", "-n", target, "NAME=real_minilm", "ARGS=seeds=[2]"]
    shown = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(rf"-m whipcount\.{target} .*seeds=\[2\]", shown)


@pytest.mark.parametrize(
    ("module", "arguments"), module_calls(README), ids=lambda value: value if isinstance(value, str) else " ".join(value)
)
def test_every_command_exists_and_its_settings_compose(module: str, arguments: list[str]) -> None:
    assert importlib.util.find_spec(module) is not None
    name = module.removeprefix("whipcount.")
    overrides = [argument for argument in arguments if argument not in ("-m", "--multirun")]
    assert not [argument for argument in overrides if argument.startswith("-")]
    jobs = swept(overrides) if len(overrides) < len(arguments) else [overrides]
    values = [composed(name, job) for job in jobs]
    assert all(isinstance(value, SCHEMAS[name]) for value in values)
    assert all(one != other for one, other in itertools.combinations(values, 2))  # a sweep that changes nothing is a mistake


def test_the_commands_are_shown() -> None:
    assert {"whipcount.build", "whipcount.train", "whipcount.predict", "whipcount.evaluate"} <= {
        module for module, _ in module_calls(README)
    }


@pytest.mark.parametrize("document", LINKED)
def test_every_link_points_at_a_file(document: str) -> None:
    file = ROOT / document
    assert [target for target in links(file.read_text(encoding="utf-8")) if not (file.parent / target).exists()] == []


def test_the_readme_links_to_the_notebooks_and_the_rules() -> None:
    notebooks = {f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert notebooks | {"src/whipcount/corpora/AUTHORING.md", "experiments/README.md"} <= set(links(README))


def test_nothing_was_left_to_fill_in() -> None:
    assert set(re.findall(r"\b[A-Z]{3,}_[A-Z]+\b|\bRESULTS\b|\bTODO\b", README)) <= {"WHIPCOUNT_DATA"}
