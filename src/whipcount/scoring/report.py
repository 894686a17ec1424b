"""All scores of one or more systems on one dataset, ready to be shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from whipcount.examples.storage import StoredDataset
from whipcount.schema import NONE, STANCES, Actor, Article, InputError
from whipcount.scoring.actors import ROLES, ActorScore, Role, count_seen, score_by_actor, seen_names, stance_rows
from whipcount.scoring.agreement import Agreement, annotation_of, count_rows, measure_agreement
from whipcount.scoring.comparison import Comparison, Draws, compare_systems
from whipcount.scoring.controls import Controls, measure_controls
from whipcount.scoring.errors import ErrorAnalysis, analyse_errors
from whipcount.scoring.metrics import (
    FalseStances,
    PrecisionRecallF1,
    accuracy,
    confusion,
    false_stances,
    pair_scores,
    polarity_accuracy,
    triplet_scores,
)
from whipcount.scoring.parts import PartScore, Tail, pool_tail, score_parts
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.ratios import Measure
from whipcount.scoring.reliability import CalibrationReport, calibrate
from whipcount.scoring.resampling import ActorKey, Interval, headline_intervals, intervals_by_actor, macro_accuracy_interval
from whipcount.scoring.rows import ScoredRows, align, check_origin, is_missing, probabilities_for

DEVELOPMENT = "development"
CORPUS = "the corpus"
"""Name of a corpus's own annotation among its annotators."""


@dataclass(frozen=True)
class SystemScores:
    """What one system reaches on one split. Rows with ``someone`` are in ``someone_*`` and nowhere else."""

    system: str
    triplets: PrecisionRecallF1
    pairs: PrecisionRecallF1
    polarity_accuracy: float
    accuracy: float
    confusion: tuple[tuple[int, ...], ...]
    """Counts by gold (rows) and prediction (columns), both in the order of ``STANCES``."""
    false: FalseStances
    false_both_named: FalseStances
    """On rows whose sentence names both actors."""
    actors: dict[Role, tuple[ActorScore, ...]]
    unseen: PrecisionRecallF1
    """Triplets on rows neither of whose actors stands in the training split."""
    seen: PrecisionRecallF1
    """Triplets on rows at least one of whose actors stands there."""
    someone_triplets: PrecisionRecallF1
    someone_false: FalseStances
    n_missing: int = 0
    """Rows without a prediction, those with ``someone`` included: all of them counted as wrong."""
    intervals: dict[Measure, Interval] = field(default_factory=dict)
    """Of the headline scores; ``accuracy`` is that of all actors' gold-stance rows together. Empty without draws."""
    macro_intervals: dict[Role, Interval] = field(default_factory=dict)
    actor_intervals: dict[Role, dict[ActorKey, Interval]] = field(default_factory=dict)
    """Of each actor's accuracy."""
    tails: dict[Role, Tail] = field(default_factory=dict)

    def actor_interval(self, score: ActorScore) -> Interval | None:
        """Return the interval of an actor's accuracy; None where none was drawn."""
        return self.actor_intervals.get(score.role, {}).get(score.key)


@dataclass(frozen=True, slots=True)
class StanceRow:
    """A row where gold or the system's prediction is a stance, for figures and lists."""

    article: str
    sentence: int
    speaker: Actor
    target: Actor
    gold: str
    predicted: str


@dataclass(frozen=True)
class SplitReport:
    """The systems side by side on one split; what is not by system is of the first of them, ``someone`` left out."""

    split: str
    n_articles: int
    n_stories: int
    n_rows: int
    n_gold: int
    n_someone_rows: int
    always_none_accuracy: float
    systems: tuple[SystemScores, ...]
    stances: tuple[StanceRow, ...]
    errors: ErrorAnalysis
    calibration: CalibrationReport | None = None
    """None where the first system leaves out rows of development, on which the temperature is fitted, as a sparse file does."""
    comparisons: tuple[Comparison, ...] = ()
    """The first system with each other one; empty without draws."""
    parts: dict[str, tuple[PartScore, ...]] = field(default_factory=dict)
    """By outlet, month and register, where the articles know them; empty without draws."""
    controls: Controls | None = None
    agreement: dict[str, Agreement] = field(default_factory=dict)
    """Corpus → its annotators, on the articles of this split."""

    @property
    def best_rival(self) -> SystemScores | None:
        """The system other than the first with the highest triplet F1, of equal ones the first; None where there is no other."""
        return max(self.systems[1:], key=lambda scores: scores.triplets.f1, default=None)


@dataclass(frozen=True)
class Report:
    """Everything that metrics.json, per_actor.csv, the page and the figures show. The first system is the one judged."""

    systems: tuple[str, ...]
    dataset: str
    min_support: int
    splits: tuple[SplitReport, ...]
    empty_splits: tuple[str, ...]
    """Splits asked for that hold no row."""
    n_training_articles: int
    roster: str = "oracle"
    """Whose actors the systems were given: the gold ones."""
    allow_missing: bool = False
    """Whether rows without a prediction were counted as wrong instead of refused."""
    draws: Draws | None = None
    """Resamples and permutations behind intervals and p; None where neither were drawn."""

    def split(self, name: str) -> SplitReport:
        """Return the report of one split.

        Raises:
            InputError: the split was not scored.
        """
        for part in self.splits:
            if part.split == name:
                return part
        raise InputError(f"split {name!r} is not in the report; it has {', '.join(part.split for part in self.splits)}")


@dataclass(frozen=True)
class _Gold:
    """What all splits are scored with."""

    dataset: StoredDataset
    ids: set[str]
    seen: set[str]
    predictions: Sequence[Predictions]
    perturbed: Sequence[Predictions]
    annotated: Mapping[str, Sequence[Article]]
    min_support: int
    allow_missing: bool
    draws: Draws | None

    def rows(self, split: str) -> ScoredRows:
        """Return the rows of a split with the first system's probabilities."""
        dataset = self.dataset
        return align(
            dataset.examples[split], dataset.articles[split], self.predictions[0], known_ids=self.ids, allow_missing=self.allow_missing
        )


def make_report(
    dataset: StoredDataset,
    predictions: Sequence[Predictions],
    splits: Sequence[str] = (DEVELOPMENT, "test"),
    min_support: int = 3,
    allow_missing: bool = False,
    *,
    draws: Draws | None = None,
    perturbed: Sequence[Predictions] = (),
    annotated: Mapping[str, Sequence[Article]] | None = None,
) -> Report:
    """Score predictions against the gold of a dataset.

    Args:
        dataset: its manifest's ``fingerprint``, where it has one, is compared with the predictions'. Seen in training are the
            actors of its train articles: give those that the system to judge has learnt from.
        predictions: the system to judge, then baselines and rivals to show beside it; names all different.
        splits: which to score, in this order; one without rows is noted in ``empty_splits``.
        min_support: gold-stance rows from which on an actor is ranked, compared and counts in the macro average.
        allow_missing: count rows that a system does not predict as wrong (see ``rows.probabilities_for``) instead of
            refusing the system; each system's ``n_missing`` counts them.
        draws: resamples and permutations; without them there are no intervals, tests and parts.
        perturbed: predictions of the system to judge where names, direction or words are changed.
        annotated: annotator → articles of the dataset as that annotator has annotated them.

    Raises:
        InputError: no predictions, two systems of one name, no row in any of the splits, or predictions that do not
            fit the dataset.
    """
    if not predictions:
        raise InputError("no predictions to score; name at least one predictions file")
    names = [one.system for one in predictions]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"two predictions files are of the system {twice[0]!r}; give each its own name ('system' of the header; CSV: the file)"
        )
    fingerprint = str(dataset.manifest.get("fingerprint", ""))
    known_ids = {id_ for table in dataset.examples.values() for id_ in table.with_format("arrow")["id"][:].to_pylist()}
    for one in predictions:
        check_origin(one, known_ids, fingerprint)
    filled = [split for split in dict.fromkeys(splits) if len(dataset.examples[split])]
    if not filled:
        raise InputError(f"the dataset has no row in {' or '.join(splits)}; score another split or build another dataset")
    training = dataset.articles.get("train", [])
    gold = _Gold(dataset, known_ids, seen_names(training), predictions, perturbed, annotated or {}, min_support, allow_missing, draws)
    development = _development_rows(gold)
    return Report(
        systems=tuple(names),
        dataset=fingerprint,
        min_support=min_support,
        splits=tuple(_split_report(gold, split, development) for split in filled),
        empty_splits=tuple(split for split in dict.fromkeys(splits) if split not in filled),
        n_training_articles=len(training),
        allow_missing=allow_missing,
        draws=draws,
    )


def _development_rows(gold: _Gold) -> ScoredRows | None:
    """Return the rows to fit the temperature on; None where there are none, or the first system leaves some out.

    What a sparse file leaves out is ``none``, but how surely is unknown: as certain rows it would teach a temperature of its own.
    """
    examples = gold.dataset.examples.get(DEVELOPMENT, ())
    judged = gold.predictions[0]
    if judged.sparse or not len(examples) or not _covers(judged, examples["id"]):
        return None
    rows = gold.rows(DEVELOPMENT)
    return rows.select(rows.headline)


def _covers(predictions: Predictions, ids: Collection[str]) -> bool:
    return set(predictions.ids) >= set(ids)


def _split_report(gold: _Gold, split: str, development: ScoredRows | None) -> SplitReport:
    rows, articles = gold.rows(split), gold.dataset.articles[split]
    headline = rows.select(rows.headline)
    by_system, systems = {}, []
    for one in gold.predictions:
        theirs = replace(rows, probabilities=probabilities_for(rows.ids, one, rows.gold, allow_missing=gold.allow_missing))
        by_system[one.system] = theirs.select(theirs.headline)
        scores = score_system(one.system, theirs, gold.seen)
        scores = replace(scores, n_missing=int(is_missing(rows.ids, one).sum()))
        systems.append(_with_intervals(scores, by_system[one.system], gold.min_support, gold.draws) if gold.draws else scores)
    (judged, own), *rivals = by_system.items()
    draws = gold.draws
    drawn = {"n_resamples": draws.n_resamples, "seed": draws.seed} if draws else {}
    return SplitReport(
        split=split,
        n_articles=len(set(rows.article)),
        n_stories=len(set(zip((key.split("/")[0] for key in rows.article), rows.story, strict=True))),
        n_rows=len(headline),
        n_gold=int((headline.gold != NONE).sum()),
        n_someone_rows=len(rows) - len(headline),
        always_none_accuracy=accuracy(headline.gold, headline.gold * 0 + NONE),
        systems=tuple(systems),
        stances=_stance_list(stance_rows(headline)),
        errors=analyse_errors(headline, articles, gold.dataset.examples[split]),
        calibration=None if development is None else calibrate(development.gold, development.probabilities, own.gold, own.probabilities),
        comparisons=tuple(compare_systems((judged, own), rival, min_support=gold.min_support, draws=draws) for rival in rivals)
        if draws
        else (),
        parts=score_parts(headline, articles, **drawn) if draws else {},
        controls=measure_controls(rows, gold.predictions[0], gold.perturbed, **drawn) if gold.perturbed else None,
        agreement=_agreement(articles, gold.annotated),
    )


def _with_intervals(scores: SystemScores, rows: ScoredRows, min_support: int, draws: Draws) -> SystemScores:
    n, seed = draws.n_resamples, draws.seed
    return replace(
        scores,
        intervals=headline_intervals(rows, n_resamples=n, seed=seed),
        macro_intervals={role: macro_accuracy_interval(rows, role, min_support, n_resamples=n, seed=seed) for role in ROLES},
        actor_intervals={role: intervals_by_actor(rows, role, n_resamples=n, seed=seed) for role in ROLES},
        tails={role: pool_tail(rows, role, min_support, n_resamples=n, seed=seed) for role in ROLES},
    )


def _agreement(articles: Sequence[Article], annotated: Mapping[str, Sequence[Article]]) -> dict[str, Agreement]:
    """Compare each corpus's own annotation with that of others on the articles that both have."""
    found = {}
    own = {article.key: article for article in articles}
    for corpus in dict.fromkeys(article.corpus for article in articles):
        others = {
            name: [article for article in members if article.key in own and article.corpus == corpus] for name, members in annotated.items()
        }
        others = {name: members for name, members in others.items() if members}
        if others:
            read = {article.key: own[article.key] for members in others.values() for article in members}
            annotations = {CORPUS: annotation_of(read.values()), **{name: annotation_of(members) for name, members in others.items()}}
            found[corpus] = measure_agreement(annotations, count_rows(read.values()))
    return found


def score_system(system: str, rows: ScoredRows, seen: set[str]) -> SystemScores:
    """Score one system on the rows of one split.

    Args:
        system: its name.
        rows: those with ``someone`` included; they are scored apart.
        seen: names of the training split's actors.
    """
    is_headline = rows.headline
    head, apart = rows.select(is_headline), rows.select(~is_headline)
    gold, predicted = head.gold, head.predicted
    is_seen = count_seen(head, seen) > 0
    return SystemScores(
        system=system,
        triplets=triplet_scores(gold, predicted),
        pairs=pair_scores(gold, predicted),
        polarity_accuracy=polarity_accuracy(gold, head.probabilities),
        accuracy=accuracy(gold, predicted),
        confusion=tuple(tuple(int(count) for count in line) for line in confusion(gold, predicted)),
        false=false_stances(gold, predicted),
        false_both_named=false_stances(gold[head.both_named], predicted[head.both_named]),
        actors={role: tuple(score_by_actor(head, role)) for role in ROLES},
        unseen=triplet_scores(gold[~is_seen], predicted[~is_seen]),
        seen=triplet_scores(gold[is_seen], predicted[is_seen]),
        someone_triplets=triplet_scores(apart.gold, apart.predicted),
        someone_false=false_stances(apart.gold, apart.predicted),
    )


def _stance_list(rows: ScoredRows) -> tuple[StanceRow, ...]:
    predicted = rows.predicted
    return tuple(
        StanceRow(
            rows.article[row],
            int(rows.sentence[row]),
            rows.actor(row, "speaker"),
            rows.actor(row, "target"),
            STANCES[rows.gold[row]],
            STANCES[predicted[row]],
        )
        for row in range(len(rows))
    )
