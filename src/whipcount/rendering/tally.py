"""The whip count of a reading: toward each actor, who is for and who is against, and in which sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from whipcount.rendering.signs import Sign
from whipcount.schema import FoundStance


@dataclass(frozen=True, slots=True)
class Count:
    """Who stands how toward one actor: speaker → the sentences, from 0, in the order of the text. A speaker may be in both."""

    target: str
    favor: Mapping[str, tuple[int, ...]]
    against: Mapping[str, tuple[int, ...]]


def count_whips(stances: Iterable[FoundStance]) -> list[Count]:
    """Return a count for every actor toward whom a stance was found: the one with most speakers first, then most sentences."""
    found: dict[str, dict[str, dict[str, set[int]]]] = {}
    for stance in stances:
        sides = found.setdefault(stance.target, {"favor": defaultdict(set), "against": defaultdict(set)})
        if stance.stance in sides:
            sides[stance.stance][stance.speaker].add(stance.sentence)
    counts = [Count(target, _sorted(sides["favor"]), _sorted(sides["against"])) for target, sides in found.items()]
    return sorted((c for c in counts if c.favor or c.against), key=lambda c: (-len(c.favor.keys() | c.against.keys()), -_n_sentences(c)))


def _sorted(side: Mapping[str, set[int]]) -> dict[str, tuple[int, ...]]:
    return {
        speaker: tuple(sorted(side[speaker])) for speaker in sorted(side, key=lambda speaker: (-len(side[speaker]), min(side[speaker])))
    }


def _n_sentences(count: Count) -> int:
    return sum(map(len, (*count.favor.values(), *count.against.values())))


def render_tally(counts: Iterable[Count], signs: Mapping[str, Sign]) -> str:
    """Return the whip count as a table.

    Args:
        counts: see ``count_whips``; at least one.
        signs: actor id → sign.
    """
    rows = []
    for count in counts:
        n_favor, n_against = len(count.favor), len(count.against)
        balance = "".join(f'<i class="{side}" style="flex:{n}"></i>' for side, n in (("favor", n_favor), ("against", n_against)) if n)
        rows.append(
            f'<tr><th scope="row">{signs[count.target].html}<span class="balance" aria-hidden="true">{balance}</span></th>'
            f"{_cell('for', count.favor, signs)}{_cell('against', count.against, signs)}</tr>\n"
        )
    return (
        '<table class="tally"><thead><tr><th scope="col">Toward</th><th scope="col">For</th><th scope="col">Against</th></tr></thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody></table>\n"
    )


def _cell(side: str, speakers: Mapping[str, tuple[int, ...]], signs: Mapping[str, Sign]) -> str:
    if not speakers:
        return f'<td class="{side} nobody"><span class="total"><b>0</b> {side}</span></td>'
    lines = "".join(f"<li>{signs[speaker].html} {_links(sentences)}</li>" for speaker, sentences in speakers.items())
    return f'<td class="{side}"><span class="total"><b>{len(speakers)}</b> {side}</span><ul>{lines}</ul></td>'


def _links(sentences: tuple[int, ...]) -> str:
    links = ", ".join(f'<a href="#s{index + 1}">{index + 1}</a>' for index in sentences)
    return f'<span class="where">{len(sentences)} {"sentence" if len(sentences) == 1 else "sentences"}: {links}</span>'
