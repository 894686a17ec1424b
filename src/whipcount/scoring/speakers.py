"""How often the speaker of a quotation is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from whipcount.schema import Span, Utterance


@dataclass(frozen=True)
class SpeakerScores:
    """``n`` quotations, of which ``n_told`` have a speaker by the system and ``n_right`` the gold one, or none where gold has none."""

    n: int = 0
    n_told: int = 0
    n_right: int = 0

    @property
    def accuracy(self) -> float:
        """Share of the quotations that are right; nan where there is none."""
        return self.n_right / self.n if self.n else float("nan")

    def __add__(self, other: SpeakerScores) -> SpeakerScores:
        return SpeakerScores(self.n + other.n, self.n_told + other.n_told, self.n_right + other.n_right)


def score_speakers(gold: Mapping[Span, str], found: tuple[Utterance, ...], gold_of: Mapping[str, str]) -> SpeakerScores:
    """Return the scores of one article; a gold quotation that was not found as such is wrong, unless nobody says it.

    Args:
        gold: the speaker of each quotation, empty for nobody.
        found: what reading says of the text's quotations.
        gold_of: which gold actor each of the reading's is; see ``scoring.rosters``.
    """
    told = {Span(one.spans[0].start_char, one.spans[-1].end_char): one.speaker for one in found}
    answers = [(wanted, told.get(span, "")) for span, wanted in gold.items()]
    right = sum(wanted == (gold_of.get(answer, "not in the gold roster") if answer else "") for wanted, answer in answers)
    return SpeakerScores(len(answers), sum(bool(answer) for _, answer in answers), right)
