"""The page of a reading: nothing of the text is lost or runs, everything found is shown, whatever the text."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.rendering.benches import Edge, seat
from whipcount.rendering.reading_network import edges_of, render_network
from whipcount.rendering.reading_page import render_reading
from whipcount.rendering.reading_text import LONG_QUOTE, percent, quoted_together
from whipcount.rendering.signs import UNSHOWABLE, signs_of
from whipcount.rendering.tally import count_whips
from whipcount.schema import Actor, Evidence, FoundStance, InputError, Mention, Reading, Span, Utterance

VOID = {"meta", "br"}


class Page(HTMLParser):
    """What stands on a page: the words of the article, those inside mentions and evidence, every tag, address and id."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.pieces: list[tuple[str, str]] = []
        self.visible = ""
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(html)
        self.close()
        assert self.open == [], "a tag is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get("class") or ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag, "tags are crossed"

    def handle_data(self, data: str) -> None:
        classes = [name for _, name in self.open]
        if any("words" in name.split() for name in classes) and not any(name.startswith("notes") for name in classes):
            self.words.append(data)
            self.pieces.append((classes[-1], data))
        if not any(tag in ("style", "title") for tag, _ in self.open):
            self.visible += data


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def tiny(text: str, *stances: FoundStance, actors: tuple[Actor, ...] = (), mentions: tuple[Mention, ...] = ()) -> Reading:
    return Reading(text, (Span(0, len(text)),), (), actors, mentions, stances, 1)


ADA, BO = Actor("ada", "Ada Quill", "person"), Actor("bo", "Bo Lom", "person")


def test_the_article_stands_on_the_page_to_the_letter(ferry_reading: Reading) -> None:
    page = Page(render_reading(ferry_reading))
    assert squeezed("".join(page.words)) == squeezed(ferry_reading.text)


def test_every_mention_is_marked_with_the_badge_of_its_actor(ferry_reading: Reading) -> None:
    html = render_reading(ferry_reading)
    article = html[html.index("<article>") : html.index("</article>")]
    badges = {actor: sign.badge for actor, sign in signs_of(ferry_reading).items()}
    assert badges["quill"] == "AQ" and badges["board"] == "SFB" and badges["consultants"] == "LV"
    assert len(set(badges.values())) == len(badges)
    shown = sorted(re.findall(r'data-badge="(\w+)"', article))
    assert shown == sorted(badges[mention.actor] for mention in ferry_reading.mentions)


def test_of_nested_mentions_the_inner_one_shows_within_the_outer(ferry_reading: Reading) -> None:
    pieces = Page(render_reading(ferry_reading)).pieces
    position = next(index for index, (_, words) in enumerate(pieces) if words == "The association")
    signs = signs_of(ferry_reading)
    assert [pieces[position][0], pieces[position + 1][0]] == [
        f"mention {signs['association'].classes}",
        f"mention {signs['fenwick'].classes}",
    ]
    assert pieces[position + 1][1] == "’s secretary, "  # the evidence begins behind it


def test_evidence_is_marked_with_the_number_of_its_note(ferry_reading: Reading) -> None:
    pieces = Page(render_reading(ferry_reading)).pieces
    marked = "".join(words for classes, words in pieces if "e2" in classes.split() and "e1" not in classes.split())
    assert "the questions the chair never did" in marked
    both = [words for classes, words in pieces if {"e1", "e2"} <= set(classes.split())]
    assert both[:2] == ["He", "Mr Renn"]  # of the fourth and of the sixth sentence


def test_each_stance_says_who_toward_whom_how_likely_and_why(ferry_reading: Reading) -> None:
    html = render_reading(ferry_reading)
    notes = re.findall(r'<details class="stance.*?</details>', html)
    assert len(notes) == len(ferry_reading.stances) == 20
    said = [" ".join("".join(Page(f"<div>{note}</div>").visible).split()) for note in notes]
    assert said[0] == (
        "AQ Ada Quill against TR Tobias Renn 94 %favor 2 %against 94 %none 4 %Rests onspeaker Ada Quilltarget Tobias Renn"
        "reporting word accusedwords hiding the cost of the night boat"
    )
    assert said[1].endswith("target Tobias Renn (sentence 1)words a page with half the figures missing")
    assert "favor <1 %against 99 %none <1 %" in said[6]


@pytest.mark.parametrize(("probability", "said"), [(0, "0 %"), (0.004, "&lt;1 %"), (0.5, "50 %"), (0.996, "&gt;99 %"), (1, "100 %")])
def test_what_is_not_certain_never_reads_as_certain(probability: float, said: str) -> None:
    assert percent(probability) == said


def test_the_whip_count_counts_speakers_and_sentences(ferry_reading: Reading) -> None:
    counts = {count.target: count for count in count_whips(ferry_reading.stances)}
    assert dict(counts["quill"].favor) == {"union": (6, 7), "okafor": (7,), "author": (14,)}
    assert dict(counts["quill"].against) == {"renn": (2, 3), "strand": (12,)}
    assert dict(counts["renn"].against) == {"quill": (0, 1), "fenwick": (4, 5), "association": (5,)}
    assert next(iter(counts)) == "quill" and "strand" not in counts
    html = render_reading(ferry_reading)
    row = html[html.index("<tbody>") : html.index("</tr>", html.index("<tbody>"))]
    assert "<b>3</b> for" in row and "<b>2</b> against" in row and '2 sentences: <a href="#s7">7</a>, <a href="#s8">8</a>' in row


def test_one_who_is_for_and_against_stands_in_both_columns() -> None:
    stances = [FoundStance(0, "ada", "bo", (0.8, 0.1, 0.1)), FoundStance(1, "ada", "bo", (0.1, 0.8, 0.1))]
    [count] = count_whips(stances)
    assert (dict(count.favor), dict(count.against)) == ({"ada": (0,)}, {"ada": (1,)})


def test_every_link_leads_somewhere_on_the_page(ferry_reading: Reading) -> None:
    attributes = Page(render_reading(ferry_reading)).attributes
    ids = [value for _, name, value in attributes if name == "id"]
    links = {value for _, name, value in attributes if name in ("href", "src", "action", "xlink:href")}
    assert len(ids) == len(set(ids))
    assert links and {link.removeprefix("#") for link in links} <= set(ids)


def test_no_address_no_script_and_a_policy_that_forbids_both(ferry_reading: Reading) -> None:
    html = render_reading(ferry_reading)
    page = Page(html)
    assert page.tags.isdisjoint({"script", "link", "img", "iframe", "object", "form", "base"})
    assert (
        "default-src 'none'" in html and "url(" not in html and "@import" not in html and "http://" not in html and "https://" not in html
    )
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]


def test_markup_in_text_names_and_headings_is_shown_as_text() -> None:
    nasty = '"><script>alert(1)</script><img src=x onerror=alert(2)></style>&amp;'
    actor = Actor("a", f"Ada {nasty}", "person")
    reading = tiny(
        nasty,
        FoundStance(0, "a", "bo", (0.8, 0.1, 0.1), (Evidence("cue", 0, len(nasty)),)),
        actors=(actor, BO),
        mentions=(Mention("a", 2, 9, nasty),),
    )
    reading = replace(reading, id=nasty, title=nasty, date=nasty, outlet=nasty, losses={nasty: 1}, model={nasty: nasty})
    page = Page(render_reading(reading))
    assert page.tags.isdisjoint({"script", "img"})
    assert "".join(page.words) == nasty
    assert page.visible.count(nasty) >= 9


def test_what_a_page_cannot_hold_is_shown_by_another_character() -> None:
    html = render_reading(tiny("NUL \x00 bell \x07 half \ud83d end \ufffe"))
    assert "NUL ␀ bell ␇ half \ufffd end \ufffd" in html
    html.encode("utf-8")


@pytest.mark.parametrize("text", ["\x0b", "a\n\x1c\nb", "\x85"])
def test_a_control_character_that_counts_as_white_space_is_shown_too(text: str) -> None:
    assert squeezed("".join(Page(render_reading(Reading(text))).words)) == squeezed(text.translate(UNSHOWABLE))


def test_text_of_either_direction_keeps_its_own() -> None:
    text = "قالت ليلى حداد إن مجلس الميناء 🚢 خذل الصيادين."
    layla, board = Actor("l", "ليلى حداد", "person"), Actor("m", "🚢", "group")
    start = text.index("ليلى")
    reading = tiny(text, FoundStance(0, "l", "m", (0.1, 0.8, 0.1)), actors=(layla, board), mentions=(Mention("l", start, start + 9),))
    html = render_reading(reading)
    assert '<div class="paragraph" dir="auto">' in html and '<div class="notes" dir="ltr"' in html
    assert html.count("<bdi>ليلى حداد</bdi>") >= 3
    assert squeezed("".join(Page(html).words)) == squeezed(text)


def test_coverage_names_what_was_judged_lost_and_by_which_model(ferry_reading: Reading) -> None:
    visible = Page(render_reading(replace(ferry_reading, n_scored=13))).visible
    assert "13 of 15" in visible and "6 stretches, 175 characters" in visible and "minilm-three-corpora" in visible
    assert "stances of or toward an actor outside the roster2" in visible
    assert "not what a person believes" in visible and "a model’s guesses" in visible
    assert "Nothing was lost" in Page(render_reading(replace(ferry_reading, losses={}))).visible


def test_furniture_is_labelled_and_apart_from_the_paragraphs(ferry_reading: Reading) -> None:
    html = render_reading(ferry_reading)
    boxes = re.findall(r"<aside.*?</aside>", html, re.DOTALL)
    assert len(boxes) == 3 and all("site furniture" in box for box in boxes)
    assert "Ten walks along the north shore" in boxes[1] and "Renn" not in "".join(boxes)


@pytest.mark.parametrize("text", ["", " \n\n ", "Nobody said anything."])
def test_a_reading_without_anything_says_so(text: str) -> None:
    page = Page(render_reading(Reading(text)))
    assert squeezed("".join(page.words)) == squeezed(text)
    assert "Nobody was found to be for or against anybody." in page.visible and "There is no stance to draw." in page.visible
    assert ("The text is empty." in page.visible) == (not text.strip())


def test_lines_that_wrap_inside_a_sentence_end_no_paragraph() -> None:
    wrapped = "Ada Quill left\nthe hall.\nBo Lom stayed.\n\nNight fell."
    spans = (Span(0, 24), Span(25, 39), Span(41, 52))
    assert render_reading(Reading(wrapped, spans)).count('<div class="paragraph"') == 2
    lines = wrapped.replace("left\nthe", "left the")
    assert render_reading(Reading(lines, spans)).count('<div class="paragraph"') == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mentions": (Mention("nobody", 0, 3),)}, "'nobody', whom its roster does not have"),
        ({"stances": (FoundStance(0, "quill", "ghost", (1.0, 0.0, 0.0)),)}, "'ghost', whom its roster does not have"),
        ({"stances": (FoundStance(15, "quill", "renn", (1.0, 0.0, 0.0)),)}, "a sentence that it does not have; it has 15"),
    ],
)
def test_a_reading_that_contradicts_itself_is_refused(ferry_reading: Reading, change: dict[str, tuple[object, ...]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        render_reading(replace(ferry_reading, **change))  # type: ignore[arg-type]


def test_badges_stay_apart_for_those_with_the_same_letters() -> None:
    names = ["Ada Quill", "Abe Quinn", "AQ2", "The Port of Aq", "Quill", "12", "34"]
    actors = tuple(Actor(f"a{number}", name, "person") for number, name in enumerate(names))
    badges = [sign.badge for sign in signs_of(Reading("x", actors=actors)).values()]
    assert badges == ["AQ", "AQ2", "AQ3", "PA", "Qu", "No", "No2"]


def test_who_is_against_each_other_sits_across_the_aisle() -> None:
    edges = [Edge("a", "b", "favor", 1), Edge("c", "d", "favor", 2), Edge("a", "c", "against", 1), Edge("d", "b", "against", 1)]
    boxes = seat(edges, dict.fromkeys("abcd", 30.0)).boxes
    assert boxes["a"].left == boxes["b"].left != boxes["c"].left == boxes["d"].left


edge_lists = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from(["favor", "against"]), st.integers(1, 9)).filter(
        lambda e: e[0] != e[1]
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda e: e[:3],
)


@settings(max_examples=40)
@given(edge_lists)
def test_no_two_boxes_overlap_and_every_arrow_ends_at_its_box(rows: list[tuple[int, int, str, int]]) -> None:
    edges = [Edge(f"a{speaker}", f"a{target}", stance, n) for speaker, target, stance, n in rows]
    heights = {end: 28.0 for edge in edges for end in (edge.speaker, edge.target)}
    chamber = seat(edges, heights)
    for left in (True, False):
        bench = sorted((box for box in chamber.boxes.values() if box.left == left), key=lambda box: box.top)
        assert all(above.top + above.height < below.top for above, below in pairwise(bench))
        assert all(box.top >= 0 and box.top + box.height <= chamber.height for box in bench)
    for edge, (start, end) in zip(edges, chamber.ends, strict=True):
        for actor, height in ((edge.speaker, start), (edge.target, end)):
            assert chamber.boxes[actor].top <= height <= chamber.boxes[actor].top + chamber.boxes[actor].height
    ends = [(edge.speaker, start) for edge, (start, _) in zip(edges, chamber.ends, strict=True)]
    ends += [(edge.target, end) for edge, (_, end) in zip(edges, chamber.ends, strict=True)]
    assert len(set(ends)) == len(ends), "two arrows end at the same place"


def test_the_drawing_is_the_same_each_time_and_counts_sentences(ferry_reading: Reading) -> None:
    edges, signs = edges_of(ferry_reading.stances), signs_of(ferry_reading)
    drawing = render_network(edges, signs)
    assert drawing == render_network(edges_of(ferry_reading.stances[::-1]), signs)
    assert len(edges) == 16
    assert drawing.count('class="edge favor"') == 2 * sum(edge.stance == "favor" for edge in edges)
    assert {edge.n_sentences for edge in edges if (edge.speaker, edge.target) == ("quill", "renn")} == {2}


def test_a_name_too_long_for_its_box_is_cut_in_sight_and_whole_in_the_title() -> None:
    name = "Committee for the Preservation of Harbour Lamps, Foghorns, Buoys, Bollards and Every Other Thing Afloat or Ashore"
    reading = tiny("x", FoundStance(0, "c", "bo", (0.8, 0.1, 0.1)), actors=(Actor("c", name, "organisation"), BO))
    html = render_network(edges_of(reading.stances), signs_of(reading))
    assert f"<title>{name}</title>" in html and "…</tspan>" in html


def a_long_reading(n_sentences: int) -> Reading:
    """A hundred actors; every sentence names two, each third one has a stance."""
    actors = tuple(Actor(f"a{number}", f"Member {number}", "person") for number in range(100))
    sentences, mentions, stances, parts, start = [], [], [], [], 0
    for number in range(n_sentences):
        one, other = actors[number % 100], actors[(number * 7 + 1) % 100]
        words = f"{one.name} told the harbour office at some length that {other.name} had let the quay go to ruin, year after year."
        sentences.append(Span(start, start + len(words)))
        second = start + words.index("that ") + 5
        mentions += [
            Mention(one.id, start, start + len(one.name), "name"),
            Mention(other.id, second, second + len(other.name), "name"),
        ]
        if number % 3 == 0 and one != other:
            evidence = (Evidence("speaker", start, start + len(one.name)), Evidence("content", second, start + len(words)))
            stances.append(FoundStance(number, one.id, other.id, (0.1, 0.8, 0.1), evidence))
        parts.append(words + ("\n\n" if number % 4 == 3 else " "))
        start += len(parts[-1])
    return Reading("".join(parts), tuple(sentences), (), actors, tuple(mentions), tuple(stances), n_sentences)


def test_a_megabyte_takes_less_than_two_seconds() -> None:
    reading = a_long_reading(9_800)
    assert len(reading.text) > 1_000_000
    start = time.process_time()
    html = render_reading(reading)
    assert time.process_time() - start < 2
    assert html.count('<details class="stance') == len(reading.stances) > 3_000


@pytest.mark.parametrize("text", ["word " * 200_000, "\n" * 1_000_000, " " * 1_000_000 + "x", "a" * 1_000_000, "\r\n \t" * 250_000])
def test_a_megabyte_on_one_line_or_of_nothing_is_as_quick(text: str) -> None:
    reading = Reading(text, (Span(0, len(text)),) if text.startswith("word") else ())
    start = time.process_time()
    html = render_reading(reading)
    assert time.process_time() - start < 2
    assert squeezed("".join(Page(html).words)) == squeezed(text)


def test_a_quotation_without_end_is_cut_and_says_how_long_it_is() -> None:
    text = "x" * 5_000
    html = render_reading(tiny(text, FoundStance(0, "ada", "bo", (0.1, 0.8, 0.1), (Evidence("content", 0, 5_000),)), actors=(ADA, BO)))
    assert f"{'x' * LONG_QUOTE} … (5,000 characters)</q>" in html


def test_three_hundred_actors_each_have_a_badge_and_a_box() -> None:
    actors = tuple(Actor(f"a{number}", f"Member {number}", "person") for number in range(300))
    stances = tuple(
        FoundStance(0, f"a{number}", f"a{(number * 7 + 1) % 300}", (0.1, 0.8, 0.1)) for number in range(300) if number * 6 % 300 != 299
    )
    reading = tiny("They met.", *stances, actors=actors)
    html = render_reading(reading)
    assert len({sign.badge for sign in signs_of(reading).values()}) == 300
    ends = {end for stance in stances for end in (stance.speaker, stance.target)}
    assert html.count('<g class="box') == 2 * len(ends)
    assert '<details class="legend"><summary>The 300 actors' in html  # folded


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    """Any text, cut into any sentences and furniture, with mentions and evidence that may nest, cross and leave their sentence."""
    text = draw(st.text(st.one_of(st.characters(), st.sampled_from("\n\r <>&\"' ab🚢ש")), max_size=60))
    cuts = draw(st.lists(st.integers(0, len(text)), max_size=8).map(lambda places: sorted(set(places))))
    spans = [Span(left, right) for left, right in pairwise(cuts)]
    kinds = draw(st.lists(st.sampled_from("sfn"), min_size=len(spans), max_size=len(spans)))
    sentences = tuple(span for span, kind in zip(spans, kinds, strict=True) if kind == "s")
    furniture = tuple(span for span, kind in zip(spans, kinds, strict=True) if kind == "f")
    ranges = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda pair: pair[0] < pair[1])
    names = st.sampled_from(["ada", "bo", "author"])
    mentions = draw(st.lists(st.builds(lambda actor, pair: Mention(actor, *pair), names, ranges), max_size=6)) if text else []
    stances = []
    if sentences:
        evidence = st.lists(st.builds(lambda pair: Evidence("content", *pair), ranges), max_size=3).map(tuple)
        made = st.builds(
            lambda sentence, found: FoundStance(sentence, "ada", "bo", (0.2, 0.7, 0.1), found), st.integers(0, len(sentences) - 1), evidence
        )
        stances = draw(st.lists(made, max_size=4))
    return Reading(text, sentences, furniture, (ADA, BO), tuple(mentions), tuple(stances), len(sentences))


@settings(max_examples=60)
@given(readings())
def test_whatever_was_found_the_text_is_whole_and_the_tags_are_closed(reading: Reading) -> None:
    html = render_reading(reading)
    assert squeezed("".join(Page(html).words)) == squeezed(reading.text.translate(UNSHOWABLE))
    html.encode("utf-8")
    assert html.count('<details class="stance') == len(reading.stances)


QUOTED = "Quill left. “We waited. Oduya lied. The board let him,” Quill said. “No.” He left."


def quoted_reading(speaker: str) -> Reading:
    bounds = [0, 12, 24, 36, 68, 74, len(QUOTED) + 1]
    sentences = tuple(Span(start, end - 1) for start, end in pairwise(bounds))
    actors = (Actor("quill", "Ada Quill", "person"), Actor("oduya", "Femi Oduya", "person"))
    said = (
        Utterance((Span(12, 55),), speaker, "attribution"),
        Utterance((Span(12, 23),), "oduya", "attribution", depth=1),
        Utterance((Span(68, 73),), "quill", "same paragraph"),
    )
    return Reading(QUOTED, sentences, actors=actors, stances=(FoundStance(2, "quill", "oduya", (0.1, 0.8, 0.1)),), quotations=said)


def test_sentences_of_one_quotation_are_grouped() -> None:
    reading = quoted_reading("quill")
    assert {index: (group.first, group.last) for index, group in quoted_together(reading).items()} == dict.fromkeys((1, 2, 3), (1, 3))
    page = Page(render_reading(reading))
    assert "Sentences 2 to 4 are one quotation of AQ Ada Quill." in " ".join(page.visible.split())
    assert "".join(page.words).replace(" ", "") == QUOTED.replace(" ", "")
    assert sum("quoted" in value.split() for _, name, value in page.attributes if name == "class") == 3


def test_a_quotation_of_nobody_known_says_so() -> None:
    page = Page(render_reading(quoted_reading("")))
    assert "Sentences 2 to 4 are one quotation, the text does not say whose." in " ".join(page.visible.split())
    with pytest.raises(InputError, match="'ghost'"):
        render_reading(quoted_reading("ghost"))
