"""A reading as one HTML file that needs nothing else: no script, no request; every character of the article is text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files

from whipcount.rendering.markdown import counted
from whipcount.rendering.reading_network import edges_of, render_network
from whipcount.rendering.reading_text import evidence_rules, quoted_together, render_text
from whipcount.rendering.signs import Sign, shown, signs_of
from whipcount.rendering.tally import count_whips, render_tally
from whipcount.schema import Reading

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
MANY_ACTORS = 24
"""Actors beyond which the legend is folded."""
MAX_FORMS = 6
"""Wordings of an actor's mentions that the legend lists; it says how many more there are."""
WARNING = (
    "<strong>What this is, and is not.</strong> A stance here is what the words of one sentence convey that somebody holds toward somebody "
    "else. It is not what a person believes. The labels are a model’s guesses and some are wrong: read the sentence before you quote one."
)


def render_reading(reading: Reading) -> str:
    """Return an HTML5 page: the text with its actors and stances, the whip count, the network, and what was read at all.

    Args:
        reading: of one raw text, be it empty or without any stance.

    Raises:
        InputError: a mention or a stance names an actor or a sentence that the reading does not have.
    """
    signs = signs_of(reading)
    title = shown(reading.title or reading.id) or "A reading"
    style = (files("whipcount.rendering") / "reading_page.css").read_text(encoding="utf-8")
    sections = [
        ("text", "The text", _text(reading, signs)),
        ("count", "The whip count", _count(reading, signs)),
        ("network", "The network", _network(reading, signs)),
        ("coverage", "What was read", _coverage(reading)),
    ]
    links = "".join(f'<li><a href="#{anchor}">{heading}</a></li>' for anchor, heading, _ in sections)
    body = "".join(
        f'<section id="{anchor}" aria-labelledby="{anchor}-heading" tabindex="-1">\n'
        f'<h2 id="{anchor}-heading">{heading}</h2>\n{content}</section>\n'
        for anchor, heading, content in sections
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}: who stands with whom</title>\n<style>\n{style}{evidence_rules(reading)}</style>\n</head>\n<body>\n"
        f'<nav aria-label="Parts of this page"><ul>{links}</ul></nav>\n<main>\n<header>\n'
        f'<p class="kicker">Who stands with whom</p>\n<h1 dir="auto">{title}</h1>\n{_origin(reading)}{_glance(reading, signs)}</header>\n'
        f'<p class="warning" role="note">{WARNING}</p>\n{body}</main>\n</body>\n</html>\n'
    )


def _origin(reading: Reading) -> str:
    """Return outlet, date and id, as far as they are known and not the heading already."""
    known = [f"<bdi>{shown(part)}</bdi>" for part in (reading.outlet, reading.date, reading.id if reading.title else "") if part]
    return f'<p class="origin">{" · ".join(known)}</p>\n' if known else ""


def _glance(reading: Reading, signs: Mapping[str, Sign]) -> str:
    n = Counter(stance.stance for stance in reading.stances)
    n_told = len({stance.sentence for stance in reading.stances})
    facts = [
        (counted(len(signs), "actor"), ""),
        (counted(len(reading.stances), "stance"), f"{n['favor']:,} in favor, {n['against']:,} against"),
        (counted(len(reading.sentences), "sentence"), f"{n_told:,} with a stance" if reading.sentences else ""),
    ]
    return '<ul class="glance">' + "".join(f"<li><b>{fact}</b> {aside}</li>" for fact, aside in facts) + "</ul>\n"


def _text(reading: Reading, signs: Mapping[str, Sign]) -> str:
    if not shown(reading.text).strip():
        return '<p class="empty">The text is empty.</p>\n'
    how = (
        '<p class="how">Point at a stance or step to it with the Tab key to see its probabilities and, underlined, the words it rests on. '
        f"Click it, or press Enter, to keep it open.{QUOTED if quoted_together(reading) else ''}</p>\n{SIGNS}"
        if reading.stances
        else '<p class="empty">No stance was found in this text.</p>\n'
    )
    return f"{how}{_legend(reading, signs)}<article>\n{render_text(reading, signs)}</article>\n"


QUOTED = " Sentences on a tinted ground are one quotation."
SIGNS = (
    '<p class="signs"><span><span class="by favor">favor</span> solid line, filled head</span> '
    '<span><span class="by against">against</span> dashed line, hollow head</span> '
    "<span>Arrows go from the speaker to the target.</span></p>\n"
)


def _legend(reading: Reading, signs: Mapping[str, Sign]) -> str:
    """Return who is who: badge, name, kind, how often mentioned and in which words."""
    if not signs:
        return '<p class="empty">No actor was found in this text.</p>\n'
    forms: dict[str, Counter[str]] = {actor: Counter() for actor in signs}
    for mention in reading.mentions:
        forms[mention.actor][" ".join(reading.words(mention).split())] += 1
    lines = "".join(f"<li>{_entry(sign, forms[actor])}</li>\n" for actor, sign in signs.items())
    is_open = "" if len(signs) > MANY_ACTORS else " open"
    return f'<details class="legend"{is_open}><summary>The {counted(len(signs), "actor")}</summary>\n<ul>\n{lines}</ul></details>\n'


def _entry(sign: Sign, forms: Counter[str]) -> str:
    listed = ", ".join(f"<bdi>{shown(form[:60])}</bdi>" for form, _ in forms.most_common(MAX_FORMS))
    more = f" and {len(forms) - MAX_FORMS} more" if len(forms) > MAX_FORMS else ""
    seen = f"{sign.actor.kind} · {counted(sign.n_mentions, 'mention')}: {listed}{more}" if forms else f"{sign.actor.kind} · not named"
    return (
        f'<span class="who c{sign.colour}"><b class="badge">{shown(sign.badge)}</b> '
        f'<span class="mention {sign.classes}">{sign.name}</span></span>'
        f'<span class="seen">{seen}</span>'
    )


def _count(reading: Reading, signs: Mapping[str, Sign]) -> str:
    counts = count_whips(reading.stances)
    if not counts:
        return '<p class="empty">Nobody was found to be for or against anybody.</p>\n'
    idle = len(signs) - len(counts)
    rest = f'<p class="how">Toward {counted(idle, "other actor")} of this text no stance was found.</p>\n' if idle else ""
    return (
        '<p class="how">For each actor: who is for it and who is against it, in how many sentences and in which. One who is both, in '
        f"different sentences, stands in both columns.</p>\n{render_tally(counts, signs)}{rest}"
    )


def _network(reading: Reading, signs: Mapping[str, Sign]) -> str:
    edges = edges_of(reading.stances)
    if not edges:
        return '<p class="empty">There is no stance to draw.</p>\n'
    return (
        '<p class="how">Two benches across an aisle: who is for each other sits on the same side and who is against each other on opposite '
        "sides, as far as that can be. A number at the beginning of an arrow, and a wider line, say in how many sentences.</p>\n"
        f"{SIGNS}<figure>\n{render_network(edges, signs)}</figure>\n"
    )


def _coverage(reading: Reading) -> str:
    facts = [("Sentences judged", f"{reading.n_scored:,} of {len(reading.sentences):,}")]
    n_furniture = sum(span.end_char - span.start_char for span in reading.furniture)
    facts.append(("Site furniture set aside", _furniture(len(reading.furniture), n_furniture)))
    facts.append(("Length of the text", counted(len(reading.text), "character")))
    model = [(key, value) for key, value in reading.model.items() if value]
    return (
        f"{_rows(facts)}<h3>What was lost</h3>\n"
        + (_rows([(reason, f"{n:,}") for reason, n in reading.losses.items()]) if reading.losses else "<p>Nothing was lost.</p>\n")
        + "<h3>Who judged</h3>\n"
        + (_rows(model) if model else "<p>The reading does not name its model.</p>\n")
    )


def _furniture(n: int, n_characters: int) -> str:
    return f"{n:,} {'stretch' if n == 1 else 'stretches'}, {counted(n_characters, 'character')}" if n else "none found"


def _rows(rows: Sequence[tuple[str, str]]) -> str:
    return '<dl class="facts">' + "".join(f"<div><dt>{shown(key)}</dt><dd>{shown(value)}</dd></div>" for key, value in rows) + "</dl>\n"
