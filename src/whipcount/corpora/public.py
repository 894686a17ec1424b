"""The public corpora of real news: whose they are, under which licence, where they lie.

None of their text comes with the package. ``whipcount fetch`` clones a corpus at the commit given here; the environment variable
``WHIPCOUNT_DATA`` names the folder that holds them, each in a folder of its name. A corpus may lie there as its repository has it, or
with the needed files side by side.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from whipcount.schema import InputError

log = logging.getLogger(__name__)

DATA_VARIABLE = "WHIPCOUNT_DATA"


@dataclass(frozen=True)
class PublicCorpus:
    """A corpus that its publishers keep in a public git repository.

    ``repository`` is the address that git clones, ``commit`` the full id of the commit used here, which is also the checksum.
    ``terms`` is a sentence on what the licence means for weights trained on the corpus; ``licence_file`` is its place in a clone, or
    empty. ``places`` maps each part to where it may lie within the corpus's folder, the first that exists counts. A part whose name
    begins with ``test`` may be missing: it may be withheld. ``defects`` are sentences on what whoever measures with it must know.
    """

    name: str
    paper: str
    repository: str
    commit: str
    licence: str
    terms: str
    licence_file: str
    places: Mapping[str, tuple[str, ...]]
    defects: tuple[str, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """The parts without which the corpus is not whole."""
        return tuple(part for part in self.places if not part.startswith("test"))


_NEWSMTSC = "NewsSentiment/experiments/default/datasets"

CORPORA = {
    corpus.name: corpus
    for corpus in (
        PublicCorpus(
            name="seesaw",
            paper="Zhang, Beauchamp, Wang 2022, Generative Entity-to-Entity Stance Detection with Knowledge Graph Augmentation, EMNLP",
            repository="https://github.com/launchnlp/SEESAW",
            commit="aeb7bac2d1fa9c65856accc9e1c18269953a4db7",
            licence="CC BY-NC-SA 4.0",
            terms="Weights trained on it carry its terms: no commercial use, credit to its authors, passed on under the same licence only.",
            licence_file="LICENCE.md",
            places={part: (f"SEESAW/{part}",) for part in ("articles", "annotations", "meta")},
            defects=(
                "Its lists hold only those who take part in a stance, and give part of the answer away.",
                "The order of a list is almost that of the first stances: no model may see it.",
                "Annotators leave out stances that a sentence holds: what is counted as false is so by them.",
            ),
        ),
        PublicCorpus(
            name="dse",
            paper="Park, Pan, Joo 2021, Who Blames or Endorses Whom? Entity-to-Entity Directed Sentiment Extraction in News Text, "
            "Findings of ACL",
            repository="https://github.com/bywords/directed_sentiment_analysis",
            commit="6a1275f070e40e8d9ae7499963556653c05d439c",
            licence="none stated by its publishers, who allow use that cites their paper: ask them before you pass anything on",
            terms="Weights trained on it are for your own use, with the paper cited, until its publishers say more.",
            licence_file="",
            places={part: (f"{part}.txt", f"dataset/{part}.txt") for part in ("train", "valid", "test")},
            defects=(
                "A quarter of the rows of valid and of test stand word for word in train. As dse-clean it lacks in train what stands in a "
                "held-out part that is here; what stands in one that is not here stays.",
                "Brackets cut words; mentions run on to the end of the word.",
                "A row says one direction. The other is not scored; training takes it that it is not the one chosen.",
            ),
        ),
        PublicCorpus(
            name="newsmtsc",
            paper="Hamborg, Donnay 2021, NewsMTSC: A Dataset for (Multi-)Target-dependent Sentiment Classification in Political News "
            "Articles, EACL",
            repository="https://github.com/fhamborg/NewsMTSC",
            commit="b9d9b79704ed1b35cecaf1d7c2343dc1bd734fb7",
            licence="MIT",
            terms="Weights trained on it may be passed on, also commercially, with the notice of its licence.",
            licence_file="LICENSE",
            places={
                "train": ("train.jsonl", f"{_NEWSMTSC}/newsmtsc-rw/train.jsonl", f"{_NEWSMTSC}/newsmtsc-mt/train.jsonl"),
                **{
                    f"{part}_{protocol}": (f"{part}_{protocol}.jsonl", f"{_NEWSMTSC}/newsmtsc-{protocol}/{part}.jsonl")
                    for part in ("dev", "test")
                    for protocol in ("rw", "mt")
                },
            },
            defects=("Its development parts rw and mt share sentences.", "Nobody is named who holds what a sentence conveys."),
        ),
        PublicCorpus(
            name="polnear",
            paper="Newell, Margolin, Ruths 2018, An Attribution Relations Corpus for Political News, LREC",
            repository="https://github.com/networkdynamics/PolNeAR",
            commit="c3eee833c035bf7b8c84f55b58c0bf7346cfae76",
            licence="none stated by its publishers: ask them before you pass anything on",
            terms="Weights trained on it are for your own use until its publishers say more; the articles are those of seven newspapers.",
            licence_file="",
            places={part: (part, f"data/{part}") for part in ("train", "dev", "test")},
        ),
        PublicCorpus(
            name="gap",
            paper="Webster, Recasens, Axelrod, Baldridge 2018, Mind the GAP: A Balanced Corpus of Gendered Ambiguous Pronouns, TACL",
            repository="https://github.com/google-research-datasets/gap-coreference",
            commit="83135f26025cdd705c04f77e940d0c9201116b80",
            licence="Apache 2.0",
            terms="Weights trained on it may be passed on, also commercially, with the notice of its licence; its text is Wikipedia's.",
            licence_file="LICENSE",
            places={part: (f"gap-{part}.tsv",) for part in ("development", "validation", "test")},
        ),
    )
}
"""All public corpora by name."""


def find_public(name: str) -> PublicCorpus:
    """Return the public corpus of a name.

    Raises:
        InputError: there is none of that name.
    """
    if name not in CORPORA:
        raise InputError(f"{name!r} is no public corpus; give one of {', '.join(CORPORA)}")
    return CORPORA[name]


def data_folder() -> Path | None:
    """Return the folder that ``WHIPCOUNT_DATA`` names, which need not exist yet; None where the variable is unset or empty.

    Raises:
        InputError: a file stands there.
    """
    value = os.environ.get(DATA_VARIABLE, "")
    if not value.strip():
        return None
    folder = Path(value).expanduser()
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{DATA_VARIABLE} is {value!r}, which is a file; set it to the folder that holds the corpora")
    return folder


def find_part(folder: Path, corpus: PublicCorpus, part: str) -> Path | None:
    """Return where a part of a corpus lies in the corpus's folder, or None where it does not.

    Args:
        folder: the corpus's own folder, in any layout.
        corpus: whose.
        part: a key of ``corpus.places``.
    """
    return next((path for place in corpus.places[part] if (path := folder / place).exists()), None)


def missing_parts(folder: Path, corpus: PublicCorpus) -> list[str]:
    """Return the needed parts that the corpus's folder lacks, each as the places where it was looked for."""
    return [" or ".join(corpus.places[part]) for part in corpus.needed if find_part(folder, corpus, part) is None]


def locate_corpus(name: str) -> Path:
    """Return the folder of a public corpus, ``WHIPCOUNT_DATA/name``, in which every needed part is; its notice is logged.

    Raises:
        InputError: no public corpus has that name, ``WHIPCOUNT_DATA`` is not set, or the corpus is not there or not whole.
    """
    corpus = find_public(name)
    data = data_folder()
    if data is None:
        raise InputError(
            f"corpus {name!r}: {DATA_VARIABLE} is not set; set it to the folder that holds {name}/, or to a new folder and run "
            f"'whipcount fetch {name}', or, without a network, {by_hand(corpus, Path(f'${DATA_VARIABLE}') / name)}"
        )
    folder = data / name
    missing = missing_parts(folder, corpus)
    if missing:
        fault = f"lacks {', '.join(missing)}" if folder.is_dir() else "is no folder"
        raise InputError(
            f"corpus {name!r}: {folder} {fault}; set {DATA_VARIABLE} to the folder that holds {name}/, or run 'whipcount fetch {name}', "
            f"or, without a network, {by_hand(corpus, folder)}"
        )
    note_licence(name)
    return folder


def by_hand(corpus: PublicCorpus, place: Path) -> str:
    """Return how to get a corpus to ``place`` from another machine, as the end of a sentence."""
    return (
        f"run 'git clone {corpus.repository} {corpus.name} && git -C {corpus.name} checkout {corpus.commit}' on a machine with "
        f"git and a network and copy the folder {corpus.name} to {place}"
    )


def licences_of(corpora: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return whose public corpora are and under which licence, as a dataset's manifest tells it.

    Args:
        corpora: by the name that each has in the dataset.
    """
    keys = ("paper", "repository", "commit", "licence", "terms")
    return {name: {key: getattr(find_public(corpus), key) for key in keys} for name, corpus in corpora.items()}


def defects_of(corpora: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what is defective in public corpora, as a dataset's manifest tells it.

    Args:
        corpora: by the name that each has in the dataset.
    """
    return {name: list(find_public(corpus).defects) for name, corpus in corpora.items()}


def licence_notice(corpus: PublicCorpus) -> str:
    """Return what its user must know of a corpus before the first use: licence, what it means for weights, and paper; four lines."""
    where = f" ({corpus.licence_file} in its repository)" if corpus.licence_file else ""
    return (
        f"{corpus.name}: {corpus.repository} at {corpus.commit}\n"
        f"  licence  {corpus.licence}{where}\n"
        f"  weights  {corpus.terms}\n"
        f"  paper    {corpus.paper}"
    )


@cache
def note_licence(name: str) -> None:
    """Log the notice of a public corpus, once in a process however often it is called; ``locate_corpus`` does, before the first use.

    Raises:
        InputError: no public corpus has that name.
    """
    log.warning("%s", licence_notice(find_public(name)))
