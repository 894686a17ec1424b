"""``whipcount compare A B``: one short command for each main; the settings go to it as they are."""

from __future__ import annotations

import re
import runpy
import sys
from collections.abc import Sequence

COMMANDS = ("read", "build", "quality", "train", "predict", "evaluate", "compare", "experiment", "fetch")
HELP = """\
usage: whipcount COMMAND [key=value …]      (the settings of python -m whipcount.COMMAND)

  read        whipcount read article.txt                 a raw article: who stands with whom? (or a whole corpus)
  build       annotated articles become a dataset:       data.folders=[gazette] out=outputs/dataset
  quality     measure how good a corpus is:              data.folders=[gazette]
  train       a dataset becomes a model:                 dataset=outputs/dataset out=outputs/model
  predict     a model says who stands how toward whom:   model=outputs/model out=FILE
  evaluate    how often it is right, actor by actor:     predictions=[FILE,…] out=outputs/report
  compare     whipcount compare FILE FILE …              is the first better than the others beyond chance?
  experiment  run and record:                            experiment=gazette_minilm
  fetch       get a public corpus of real news:          whipcount fetch seesaw --to FOLDER
"""


def main() -> None:
    """Run the main that the first word of the command line names, with the words after it."""
    command, *words = sys.argv[1:] or ["--help"]
    if command in ("-h", "--help"):
        sys.stdout.write(HELP)
        return
    if command not in COMMANDS:
        sys.stderr.write(f"whipcount: {command!r} is no command; give one of {', '.join(COMMANDS)} (whipcount --help explains them)\n")
        sys.exit(2)
    sys.argv[1:] = files_as_setting(words) if command == "compare" else words
    runpy.run_module(f"whipcount.{command}", run_name="__main__", alter_sys=True)


def files_as_setting(words: Sequence[str]) -> list[str]:
    """Put the words that are files together as the setting ``predictions``, in the form that Hydra reads.

    A word is a setting where ``=`` stands before any slash (``out=a/b``), and an option where it begins with a dash.
    """
    files = [word for word in words if not word.startswith("-") and "=" not in word.split("/")[0]]
    others = [word for word in words if word not in files]
    return [*others, f"predictions=[{','.join(map(_quoted, files))}]"] if files else others


def _quoted(file: str) -> str:
    """Return a file name in quotes, so that Hydra takes commas, brackets and spaces as they are."""
    doubled = re.sub(r'(\\+)(?="|$)', r"\1\1", file)  # backslashes mean something before a quote alone
    return '"' + doubled.replace('"', '\\"') + '"'


if __name__ == "__main__":
    main()
