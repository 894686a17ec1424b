"""The README of a record of ``whipcount.raw``: readings of raw text beside the gold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from whipcount.rendering.markdown import cell, number, number_range, percent, table

WAYS = {"strict": "own roster, strict", "lenient": "own roster, lenient", "oracle": "gold roster"}
PARTS = {"headline": "actor ends", "all_ends": "all ends"}
NARROW = "in brackets 95 % of Wilson's, too narrow: it takes sentences of one article as independent"


def render_raw_record(name: str, metrics: Mapping[str, Any], settings: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """Return the text of the record's README.

    Args:
        name: of the record's folder.
        metrics: what stands in ``raw.json``.
        settings: the configuration.
        manifest: what stands in ``manifest.json``.
    """
    article = " article=<the raw file>" if settings["article"] else ""
    lines = [
        f"# {name}",
        "",
        "**Question.** How good is a reading of raw text, its roster, mentions and triplets, and at which stage is lost what it lacks?",
        "",
        f"**Command.** `python -m whipcount.raw model=<folder of the model>{article} corpora=[{','.join(settings['corpora'])}]`",
        "",
        "Every measure is defined in `src/whipcount/scoring/RAW.md`. Development articles; of a corpus without such, its others.",
        "",
        "**Result.**",
        "",
        _first(metrics["corpora"]),
        "",
    ]
    lines += [line for corpus, why in metrics["skipped"].items() for line in (f"Passed over: {cell(corpus)} ({cell(why)}).", "")]
    for corpus, measured in metrics["corpora"].items():
        lines += _corpus(corpus, measured)
    lines += [_false_pairs(metrics["corpora"]), ""]
    encoder = manifest["model"].get("config", {}).get("model", {}).get("encoder", "unknown")
    lines += [
        f"Encoder {cell(str(encoder))}; model `{manifest['model'].get('fingerprint', 'unknown')[:12]}`; code {cell(manifest['code'])}; "
        f"{cell(manifest['hardware'])}; articles `{manifest['articles'][:12]}`.",
        "",
    ]
    return "\n".join(lines)


def _first(corpora: Mapping[str, Any]) -> str:
    """Return what matters most of each corpus, between actors, in one table."""
    lines = []
    for corpus, measured in corpora.items():
        scores, quiet = measured["scores"], measured["false_pairs"]["lenient"]
        f1 = [number(scores[way]["headline"]["triplet"]["f1"]) for way in WAYS]
        recall, seconds = measured["roster"]["lenient"]["headline"]["end_recall"], measured["seconds"]["per_400_words"]
        lines.append([corpus, *f1, _percent(recall), _percent(quiet["any"]["share"]), number(seconds, 2)])
    told = [f"triplet F1, {title}" for title in WAYS.values()]
    return table(["corpus", *told, "ends found", "quiet sentences with a stance", "s for 400 words"], lines)


def _corpus(corpus: str, measured: Mapping[str, Any]) -> list[str]:
    seconds = measured["seconds"]
    quiet, turned = measured["false_pairs"], measured["direction"]
    lines = [
        f"## {cell(corpus)}: {measured['n_articles']} articles, {measured['n_sentences']} sentences",
        "",
        _scores(measured["scores"]),
        "",
        "Share of the gold triplets between actors that is lost at each stage:",
        "",
        _losses(measured["scores"]),
        "",
        _roster(measured["roster"]),
        "",
        f"False pairs: of {quiet['lenient']['n_sentences']} sentences that name two or more gold actors and hold no stance, one is "
        f"reported in {_share(quiet['lenient']['any'])}, between two gold actors in {_share(quiet['lenient']['gold_actors'])} "
        f"(gold roster: {_share(quiet['oracle']['any'])}; {NARROW}).",
        "",
        f"Direction: of {turned['lenient']['n_pairs']} pairs of which one side alone holds a stance, the other is said to hold one in "
        f"{_percent(turned['lenient']['share_reversed'])}, {turned['lenient']['n_reversed']} of them, and the right one in "
        f"{turned['lenient']['n_right']} (gold roster: {turned['oracle']['n_reversed']} and {turned['oracle']['n_right']}).",
        "",
        f"Furniture: {measured['furniture']['n_marked']} of {measured['furniture']['n']} pieces marked, {measured['furniture']['n_read']} "
        f"read as sentences; {measured['furniture']['n_sentences_marked']} sentences taken for furniture.",
        "",
        f"Not judged, own roster: {_reasons(measured['not_judged']['own'])} (gold roster: {_reasons(measured['not_judged']['oracle'])}).",
        "",
        f"Time: {number(seconds['median'], 2)} s for the median article ({seconds['median_words']:g} words), "
        f"{number(seconds['longest'], 2)} s at most, {number(seconds['per_400_words'], 2)} s for 400 words.",
        "",
    ]
    if "mentions" in measured:
        lines += [_mentions(measured["mentions"]), ""]
    if "actors" in measured:
        actors = measured["actors"]
        missing = ", ".join(cell(actor) for actor, found in actors.items() if not found) or "none"
        lines += [f"Roster: {sum(actors.values())} of {len(actors)} gold actors found; missing: {missing}.", ""]
    return lines


def _false_pairs(corpora: Mapping[str, Any]) -> str:
    """Return the false pairs of all corpora together, of which one alone may have too few such sentences."""
    found = [measured["false_pairs"]["lenient"] for measured in corpora.values()]
    n_sentences = sum(one["n_sentences"] for one in found)
    shares = (_percent(sum(one[name]["count"] for one in found) / n_sentences if n_sentences else None) for name in ("any", "gold_actors"))
    reported = " and between two gold actors in ".join(shares)
    return f"False pairs, all corpora together: of {n_sentences} sentences a stance is reported in {reported}."


def _scores(scores: Mapping[str, Any]) -> str:
    lines = []
    for way, title in WAYS.items():
        for part, ends in PARTS.items():
            triplet, pair = scores[way][part]["triplet"], scores[way][part]["pair"]
            interval = triplet["f1_interval"]
            low, high = (float("nan") if interval[end] is None else interval[end] for end in ("low", "high"))
            by = f"{number_range(low, high)} by {interval['clustered_by']}"
            cells = [number(triplet[key]) for key in ("precision", "recall", "f1")]
            lines.append([title, ends, str(triplet["n_gold"]), *cells, by, number(pair["f1"])])
    return table(["roster", "rows", "gold", "precision", "recall", "triplet F1", "95 % interval", "pair F1"], lines, n_words=2)


def _losses(scores: Mapping[str, Any]) -> str:
    found = {title: scores[way]["headline"]["lost_share"] for way, title in WAYS.items()}
    stages = list(found[WAYS["strict"]])
    return table(["roster", *stages], [[title, *(_percent(shares[stage]) for stage in stages)] for title, shares in found.items()])


def _roster(roster: Mapping[str, Any]) -> str:
    keys = ("end_recall", "actor_recall", "precision", "own_actors_per_article")
    lines = []
    for level, parts in roster.items():
        lines += [[WAYS[level], PARTS[part], *(number(values[key]) for key in keys)] for part, values in parts.items()]
    return table(["roster", "rows", "recall, ends", "recall, actors", "precision", "own actors an article"], lines, n_words=2)


def _mentions(mentions: Mapping[str, Any]) -> str:
    titles = {
        "exact": "mentions, exact ranges",
        "named": "without pronouns",
        "trimmed": "article and possessive trimmed",
        "b_cubed": "clusters, B³",
        "ceaf_e": "clusters, CEAF-e",
    }
    keys = ("precision", "recall", "f1")
    return table(
        ["mentions", "precision", "recall", "F1"],
        [[title, *(number(mentions[name][key]) for key in keys)] for name, title in titles.items()],
    )


def _share(values: Mapping[str, Any]) -> str:
    return f"{_percent(values['share'])} ({_percent(values['low'])} to {_percent(values['high'])})"


def _reasons(losses: Mapping[str, int]) -> str:
    return ", ".join(f"{cell(reason)} {count}" for reason, count in losses.items()) or "nothing"


def _percent(share: float | None) -> str:
    return percent(float("nan") if share is None else share)
