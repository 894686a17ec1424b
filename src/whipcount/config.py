"""The only schema of the configuration: dataclasses with a line for each field.

``configs/*.yaml`` hold values for them. Below the Hydra mains everything takes these plain dataclasses.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from omegaconf import MISSING

from whipcount.schema import SPLITS, InputError

PERTURBATIONS = ("swap", "mask", "exchange", "blind")
"""What ``python -m whipcount.predict`` can do to names, direction or words; ``modeling.perturbation`` defines each."""


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise InputError(f"configuration: {message}")


@dataclass
class DataConfig:
    """What the dataset is built from."""

    folders: list[str] = field(default_factory=lambda: ["gazette", "labour_2016"])
    """Corpora: names of bundled ones, or folders of annotated articles."""

    def __post_init__(self) -> None:
        _require(bool(self.folders), "data.folders is empty; name a bundled corpus or a folder of annotated articles")


@dataclass
class ModelConfig:
    """The encoder and the head over it."""

    encoder: str = "minilm"
    """minilm, mpnet, a local folder, or a hub id; or the folder of a trained model, to go on from it, head and all."""
    max_tokens: int = 512
    """Longest window, roster included, in tokens."""
    n_slots: int = 48
    """Most actors of one window, author and someone included."""
    context_share: float = 0.25
    """Most of a later window that the sentences before it may take as context."""
    mention_markers: bool = True
    """Put an actor's slot before each of its names in the text, not only in the roster."""
    pronoun_slots: bool = False
    """Put the slot of the actor that a pronoun means, as reading finds it, before the pronoun, too."""
    speaker_slots: bool = False
    """Mark where a quotation begins or goes on with the slot of whoever says it, as reading finds it."""
    local_pooling: bool = True
    """Let each pair look at the words of the sentence for itself, instead of all pairs seeing their mean."""
    pair_size: int = 384
    """Width of the layer that sees one (sentence, speaker, target)."""
    attention_heads: int = 6
    """Heads with which a pair looks at the words of the sentence."""
    dropout: float = 0.1
    """Share of the head's units left out in training."""
    encoder_dropout: float = 0.0
    """Likewise of the encoder's hidden units; without, a small encoder learns more from little text, and faster."""

    def __post_init__(self) -> None:
        _require(self.n_slots >= 4, f"model.n_slots is {self.n_slots}; author, someone and two actors need 4")
        _require(self.max_tokens >= 64, f"model.max_tokens is {self.max_tokens}; a roster and a sentence need 64")
        for name in ("dropout", "encoder_dropout", "context_share"):
            _require(0 <= getattr(self, name) < 1, f"model.{name} is {getattr(self, name)}; give a share from 0 to below 1")


@dataclass
class TrainingConfig:
    """How the weights are learnt."""

    train_share: float = 1.0
    """Share of the training articles to learn from, for learning curves; a smaller share is part of a larger one."""
    epochs: int = 6
    patience: int = 4
    """Epochs without a better development score (the mean over corpora of each one's main measure) before training stops."""
    batch_size: int = 1
    """Articles in a step."""
    batch_sentences: int = 24
    """Articles in a step of a corpus whose articles are single sentences."""
    shares: dict[str, float] = field(default_factory=dict)
    """Share of a corpus's training articles that each epoch draws anew; all of them of a corpus that is not named."""
    learning_rate: float = 6e-5
    """Peak rate of the encoder."""
    head_learning_rate: float = 5e-4
    """Peak rate of the head."""
    warmup_share: float = 0.1
    """Share of the steps in which the rate rises; it falls linearly after."""
    weight_decay: float = 0.01
    none_weight: float = 0.03
    """Weight of a none row in the loss; favor and against weigh 1."""
    none_share: float = 1.0
    """Share of the none rows that a step scores, drawn anew; those with both ends named in the sentence are all scored. The drawn
    ones count for the others, so the loss is the same on average; steps are faster the more actors there are."""
    pair_balance: float = 0.0
    """In a corpus of single pairs an outcome weighs its share of the training articles to the power of minus this; 0 for all alike."""
    end_weight: float = 0.5
    """Weight of the side task: which actors of a sentence hold, and which draw, favor or against."""
    reference_weight: float = 0.5
    """Weight of the side task: which actor a pronoun, title or description means."""
    teacher_share: float = 0.5
    """Share of steps in which the stance head is told whom the words mean, instead of going by its own guess."""
    mask_names: float = 0.15
    """Share of actors whose names are masked, drawn anew for each article and epoch."""
    swap_names: float = 0.0
    """Share of persons, of those whose gender annotated pronouns tell (in no public corpus), who are given another's name."""
    shuffle_slots: bool = True
    """Draw roster order and slots anew for each article and epoch, so that a slot means no more than "this actor"; else they are in the
    order in which the text first names the actors, as they are in reading."""
    distractors: float = 0.0
    """Share of draws in which an article whose list may hold active actors alone shows those besides that reading raw text finds."""
    drop_idle: float = 0.3
    """Share of actors without any stance that are left out of the roster, drawn anew for each article and epoch."""
    freeze_words: bool = True
    """Keep the word embeddings as they are: half of the default encoder's weights, and no step is spent on them."""
    bf16: bool = True
    """Use bfloat16 autocast where the processor has it."""
    report_to: str = "none"
    """none or tensorboard."""

    def __post_init__(self) -> None:
        for name in ("epochs", "patience", "batch_size", "batch_sentences"):
            _require(getattr(self, name) >= 1, f"training.{name} is {getattr(self, name)}; give 1 or more")
        parts = ("warmup_share", "mask_names", "swap_names", "train_share", "distractors", "drop_idle", "teacher_share")
        for name in (*parts, "none_weight", "pair_balance"):
            _require(0 <= getattr(self, name) <= 1, f"training.{name} is {getattr(self, name)}; give a number from 0 to 1")
        for name, share in {"none_share": self.none_share, **{f"shares.{corpus}": share for corpus, share in self.shares.items()}}.items():
            _require(0 < share <= 1, f"training.{name} is {share}; give a share above 0 and up to 1")
        _require(self.report_to in ("none", "tensorboard"), f"training.report_to is {self.report_to!r}; give none or tensorboard")


@dataclass
class BuildConfig:
    """``python -m whipcount.build``."""

    data: DataConfig = field(default_factory=DataConfig)
    out: str = "outputs/dataset"


@dataclass
class QualityConfig:
    """``python -m whipcount.quality``."""

    data: DataConfig = field(default_factory=lambda: DataConfig(folders=["gazette"]))
    near_duplicate: float = 0.05
    """Two articles are near duplicates where the smaller shares more than this part of its word 5-grams with the other."""
    out: str = "outputs/quality.json"

    def __post_init__(self) -> None:
        _require(0 <= self.near_duplicate <= 1, f"near_duplicate is {self.near_duplicate}; give a share from 0 to 1")


@dataclass
class TrainConfig:
    """``python -m whipcount.train``."""

    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    seed: int = 1
    dataset: str = "outputs/dataset"
    out: str = "outputs/model"
    run: str = "outputs/run"
    """Folder of the checkpoints."""


@dataclass
class AttributionTrainingConfig:
    """``python -m whipcount.train_attribution``: a model learns who is said to say what."""

    model: str = "outputs/model"
    """The model folder that is given the head; its encoder stays as it is."""
    layers: int = 2
    """The encoder's last layers of which the head has its own copy."""
    size: int = 128
    """Width of the layers that see a cue and its words."""
    dropout: float = 0.1
    epochs: int = 5
    batch_size: int = 8
    """Windows."""
    learning_rate: float = 2e-4
    """Of the copied layers."""
    head_learning_rate: float = 1e-3
    """Of the others."""
    weight_decay: float = 0.01
    max_texts: int = 0
    """Most texts to learn from, always the same ones; 0 for all."""
    seed: int = 1
    run: str = "outputs/run_attribution"
    """Folder of the checkpoints."""
    out: str = "outputs/model"
    """Where the model with its head goes."""

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "size"):
            _require(getattr(self, name) >= 1, f"{name} is {getattr(self, name)}; give 1 or more")
        for name in ("layers", "max_texts"):
            _require(getattr(self, name) >= 0, f"{name} is {getattr(self, name)}; give 0 or more")
        _require(0 <= self.dropout < 1, f"dropout is {self.dropout}; give a share from 0 to 1")


@dataclass
class CrossEncoderConfig:
    """``python -m whipcount.yardstick``: a model that reads one pair at a time, beside the one-pass model."""

    dataset: str = "outputs/dataset"
    model: str = "outputs/model"
    """The one-pass model to compare with."""
    encoder: str = "minilm"
    """As in ``model.encoder``."""
    max_tokens: int = 160
    """Longest input of a row; what is left beside pair and sentence holds the text before the sentence."""
    none_rows: int = 5
    """Rows without a stance for each with one."""
    n_articles: int = 30
    """Development articles that both predict, always the same ones."""
    epochs: int = 6
    """At most; training stops once the loss on development rows no longer falls."""
    batch_size: int = 32
    learning_rate: float = 5e-5
    seed: int = 1
    out: str = "outputs/yardstick"

    def __post_init__(self) -> None:
        for name in ("none_rows", "n_articles", "epochs", "batch_size"):
            _require(getattr(self, name) >= 1, f"{name} is {getattr(self, name)}; give 1 or more")
        _require(self.max_tokens >= 64, f"max_tokens is {self.max_tokens}; a pair and a sentence need 64")


@dataclass
class ThroughputConfig:
    """``python -m whipcount.throughput``: how fast training is, beside the same with fixed padding in float32."""

    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    """``train_share`` is the share of the training articles to measure with; epochs and precision are set by the measurement."""
    seed: int = 1
    dataset: str = "outputs/dataset"
    rounds: int = 3
    """How often each way is timed, in turn."""
    out: str = "outputs/throughput.json"

    def __post_init__(self) -> None:
        _require(self.rounds >= 1, f"rounds is {self.rounds}; give 1 or more")


@dataclass
class PredictConfig:
    """``python -m whipcount.predict``."""

    model: str = "outputs/model"
    """A model folder, or the name of a baseline: majority, target_prior, lexicon, tfidf."""
    data: str = "outputs/dataset"
    splits: list[str] = field(default_factory=lambda: ["development", "test"])
    out: str = "outputs/predictions/whipcount.jsonl"
    perturb: str = ""
    """swap, mask, exchange or blind: write beside ``out`` what the model says where names, direction or words are changed."""
    draws: int = 20
    """How often perturb=swap draws new names; a file each."""
    seed: int = 1
    """Of these draws."""

    def __post_init__(self) -> None:
        _check_splits(self.splits)
        _require(self.perturb in ("", *PERTURBATIONS), f"perturb is {self.perturb!r}; give {', '.join(PERTURBATIONS)}, or leave it empty")
        _require(self.draws >= 1, f"draws is {self.draws}; give 1 or more")


@dataclass
class RawConfig:
    """``python -m whipcount.raw``: readings of raw text beside the gold, with their own roster and with the gold one."""

    model: str = "outputs/model"
    """A model folder."""
    corpora: list[str] = field(default_factory=lambda: ["gazette", "seesaw", "labour_2016"])
    """Fully annotated corpora: bundled, public or folders; their development articles, or the others where there are none of these."""
    article: str = ""
    """A raw text file, site furniture and all, that holds the sentences of ``annotated``; read instead of that article's text."""
    annotated: str = "labour_2016/labour_2016"
    """Corpus and id of the article that ``article`` is another copy of."""
    max_articles: int = 0
    """Most articles of a corpus, always the same ones; 0 for all."""
    n_sentences: int = 200
    """Sentences drawn for the false pairs."""
    resamples: int = 10_000
    """Resamples behind each interval."""
    seed: int = 0
    """Of sentences and resamples."""
    out: str = "outputs/raw"

    def __post_init__(self) -> None:
        _require(bool(self.corpora), "corpora is empty; name a bundled or public corpus or a folder of annotated articles")
        _require(self.max_articles >= 0, f"max_articles is {self.max_articles}; give 0 or more")
        for name in ("n_sentences", "resamples"):
            _require(getattr(self, name) >= 1, f"{name} is {getattr(self, name)}; give 1 or more")


@dataclass
class AttributionConfig:
    """``python -m whipcount.attribution``: attributions found by rules and models, beside PolNeAR's, and who speaks."""

    models: list[str] = field(default_factory=list)
    """Model folders with a head for attributions, to be measured beside the rules."""
    split: str = "development"
    """The part of PolNeAR to measure on."""
    resolver: str = ""
    """A folder of a resolver of pronouns, with whose reading the speakers are found once more."""
    quotations: str = "gazette"
    """The corpus whose ``speakers.csv`` says who speaks; its articles of ``split`` count."""
    out: str = "outputs/attribution"

    def __post_init__(self) -> None:
        _check_splits([self.split])


@dataclass
class PronounConfig:
    """``python -m whipcount.pronouns``: whom "he" and "she" mean, by the grammar alone and with resolvers."""

    resolvers: list[str] = field(default_factory=list)
    """Folders of resolvers, to be measured beside the grammar."""
    gap_part: str = "validation"
    """The part of GAP to measure on."""
    news: str = "gazette"
    """A corpus whose pronouns are annotated; its articles of ``split`` count."""
    split: str = "development"
    out: str = "outputs/pronouns"

    def __post_init__(self) -> None:
        _check_splits([self.split])


@dataclass
class EvidenceConfig:
    """``python -m whipcount.evidence``: how many of a model's stances change when their evidence is blanked, beside random words."""

    model: str = "outputs/model"
    """A model folder."""
    corpora: list[str] = field(default_factory=lambda: ["seesaw", "gazette"])
    """Fully annotated corpora: bundled, public or folders; their development articles, or the others where there are none of these."""
    max_articles: int = 0
    """Most articles of a corpus, always the same ones; 0 for all."""
    draws: int = 3
    """How often random words are drawn for a stance."""
    resamples: int = 10_000
    """Resamples behind each interval."""
    seed: int = 0
    """Of words and resamples."""
    out: str = "outputs/evidence"

    def __post_init__(self) -> None:
        _require(bool(self.corpora), "corpora is empty; name a bundled or public corpus or a folder of annotated articles")
        _require(self.max_articles >= 0, f"max_articles is {self.max_articles}; give 0 or more")
        for name in ("draws", "resamples"):
            _require(getattr(self, name) >= 1, f"{name} is {getattr(self, name)}; give 1 or more")


@dataclass
class PronounTrainingConfig:
    """``python -m whipcount.train_pronouns``: whom "he" and "she" mean."""

    folders: list[str] = field(default_factory=lambda: ["gazette"])
    """Corpora whose pronouns are annotated; their train articles teach beside GAP's development part."""
    penalty: float = 12.0
    """Of the weights' squares."""
    rounds: int = 3
    """How often to learn, each time on the pronouns that the weights before link."""
    only: str = ""
    """How the features begin whose weights are learnt; the others keep those that travel with the package. All are learnt where empty."""
    out: str = "outputs/pronoun_weights.json"

    def __post_init__(self) -> None:
        _require(self.penalty > 0, f"penalty is {self.penalty}; give a number above 0")
        _require(self.rounds >= 1, f"rounds is {self.rounds}; give 1 or more")


@dataclass
class ResolverTrainingConfig:
    """``python -m whipcount.train_resolver``: a stance model's encoder learns whom "he" and "she" mean."""

    model: str = "outputs/model"
    """The model folder whose encoder it starts from; the model stays as it is."""
    folders: list[str] = field(default_factory=lambda: ["gazette"])
    """Corpora whose pronouns are annotated; their train articles teach beside GAP's development part."""
    size: int = 256
    """Width of the layers that see a pronoun with a mention."""
    dropout: float = 0.1
    epochs: int = 2
    batch_size: int = 8
    """Windows."""
    learning_rate: float = 6e-5
    """Of the encoder."""
    head_learning_rate: float = 5e-4
    """Of the others."""
    weight_decay: float = 0.01
    seed: int = 1
    run: str = "outputs/run_resolver"
    """Folder of the checkpoints."""
    out: str = "outputs/resolver"

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "size"):
            _require(getattr(self, name) >= 1, f"{name} is {getattr(self, name)}; give 1 or more")
        _require(0 <= self.dropout < 1, f"dropout is {self.dropout}; give a share from 0 to 1")


@dataclass
class EvaluateConfig:
    """``python -m whipcount.evaluate``."""

    gold: str = "outputs/dataset"
    predictions: list[str] = field(default_factory=lambda: ["outputs/predictions/whipcount.jsonl"])
    """The system to judge first, then what to set beside it; JSON lines, or CSV where the name ends in ``.csv``."""
    out: str = "outputs/report"
    splits: list[str] = field(default_factory=lambda: ["development", "test"])
    min_support: int = 3
    """Actors with fewer favor and against rows are shown, not ranked."""
    allow_missing: bool = False
    """Count rows that a file does not predict as wrong, instead of refusing the file."""
    perturbed: list[str] = field(default_factory=list)
    """Predictions of the system to judge where names, direction or words are changed; ``*`` stands for any characters."""
    annotators: list[str] = field(default_factory=lambda: ["gazette"])
    """Corpora, bundled or folders, whose further annotators are set beside the systems; what the dataset lacks is passed over."""
    resamples: int = 10_000
    """Resamples behind each interval and permutations behind each p; 0 for neither."""
    seed: int = 0
    """Of resamples and permutations."""
    with_text: bool = True
    """Show the sentences of the most confident mistakes; leave them out of what is published if the texts may not be."""

    def __post_init__(self) -> None:
        _check_splits(self.splits)
        _require(self.resamples >= 0, f"resamples is {self.resamples}; give 0 or more")
        _require(bool(self.predictions), "predictions is empty; name at least one predictions file")


@dataclass
class CompareConfig:
    """``python -m whipcount.compare``."""

    gold: str = "outputs/dataset"
    predictions: list[str] = field(default_factory=lambda: ["outputs/predictions/whipcount.jsonl", "outputs/predictions/tfidf.jsonl"])
    """Two to six systems, the first of which is compared with each other one; JSON lines, or CSV where the name ends in ``.csv``."""
    out: str = "outputs/comparison"
    splits: list[str] = field(default_factory=lambda: ["development", "test"])
    min_support: int = 3
    """Actors with fewer favor and against rows are not compared one by one, and not averaged."""
    allow_missing: bool = False
    """Count rows that a file does not predict as wrong, instead of refusing the file."""
    resamples: int = 10_000
    """Resamples behind each interval."""
    permutations: int = 10_000
    """Permutations behind each p."""
    seed: int = 0
    """Of resamples and permutations."""

    def __post_init__(self) -> None:
        _check_splits(self.splits)
        n_files = len(self.predictions)
        _require(2 <= n_files <= 6, f"predictions names {n_files} file{'' if n_files == 1 else 's'}; give 2 to 6")
        for name in ("min_support", "resamples", "permutations"):
            _require(getattr(self, name) >= 1, f"{name} is {getattr(self, name)}; give 1 or more")


@dataclass
class ExperimentConfig:
    """``python -m whipcount.experiment``."""

    name: str = MISSING
    """Name of the record's folder."""
    question: str = MISSING
    """What the experiment asks."""
    caveat: str = MISSING
    """What its answer does not cover."""
    fault: str = ""
    """What was found to be wrong with how its models learnt, after they had; it marks the record until they have learnt anew."""
    seeds: list[int] = field(default_factory=lambda: [1, 2, 3])
    """One training each; none for what the baselines reach alone."""
    draws: int = 0
    """How often each seed's model reads all stories with names exchanged; 0 for never."""
    brief: bool = False
    """Record predictions and scores only, without baselines and without a report actor by actor: for ablations."""
    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    work: str = "outputs/experiments"
    """Where datasets, models and dense predictions go."""
    out: str = "experiments"
    """Where the record goes."""

    def __post_init__(self) -> None:
        _require(bool(self.seeds) or not self.brief, "seeds is empty and brief leaves the baselines out; give seeds, or brief=false")


def _check_splits(splits: list[str]) -> None:
    _require(bool(splits) and set(splits) <= set(SPLITS), f"splits is {splits}; give some of {', '.join(SPLITS)}")
