"""The page of a reading in a browser: it asks for nothing, runs nothing, and serves keyboard, phone, paper and both schemes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from whipcount.rendering.reading_page import render_reading
from whipcount.schema import Actor, FoundStance, Reading, Span

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no program 'chromium' on the path (Debian: apt install chromium)")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
ATTACK = "<script>document.title='owned'</script><img src=https://example.invalid/x onerror=\"document.title='owned'\"> <b>bold</b>"

CONTRAST = """
(element) => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  canvas.canvas.width = canvas.canvas.height = 1;
  const layers = [];
  for (let e = element; e; e = e.parentElement) layers.unshift(getComputedStyle(e).backgroundColor);
  const pixel = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => rgb.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = ['#fff', ...layers];
  const style = element.dataset.badge ? getComputedStyle(element, '::after') : getComputedStyle(element);
  const [a, b] = [light(pixel(behind)), light(pixel([...behind, style.color]))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
"""
"""Contrast of an element's text (of its badge where it has one) with what lies behind it, by WCAG 2.2."""

COVERED = """
() => [...document.querySelectorAll('.stance')].filter(note => {
  const [box, ...others] = [note, ...document.querySelectorAll('.words, .stance')].map(e => [e, [...e.getClientRects()]]);
  return others.some(([other, rects]) => other !== note && !note.contains(other) && rects.some(r => box[1].some(
    q => r.left < q.right - 1 && q.left < r.right - 1 && r.top < q.bottom - 1 && q.top < r.bottom - 1)));
}).length
"""
"""How many notes lie over words of the text or over another note."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), timeout=120_000)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(ferry_reading: Reading, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of the page of the ferry, with an attack in its text, a very long word, and right-to-left script."""
    more = f"\n{ATTACK}\n{'Llanfair' * 20}\nقالت ليلى حداد إن المجلس خذل الصيادين."
    start = len(ferry_reading.text) + more.index("قالت")
    layla = Actor("layla", "ليلى حداد", "person")
    reading = replace(
        ferry_reading,
        text=ferry_reading.text + more,
        sentences=(*ferry_reading.sentences, Span(start, len(ferry_reading.text) + len(more))),
        actors=(*ferry_reading.actors, layla),
        stances=(*ferry_reading.stances, FoundStance(15, "layla", "board", (0.1, 0.8, 0.1))),
    )
    file: Path = tmp_path_factory.mktemp("page") / "reading.html"
    file.write_text(render_reading(reading), encoding="utf-8")
    return file.as_uri()


def opened(browser: Browser, address: str, width: int = 1280, scheme: str = "light") -> Page:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light")
    page.set_default_timeout(120_000)  # a busy machine is no error
    page.goto(address)
    return page


def test_nothing_is_asked_for_and_nothing_in_the_text_runs(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.set_default_timeout(120_000)
    asked: list[str] = []
    refused: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: refused.append(message.text))
    page.route(lambda url: url != address, lambda route: route.abort())
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert asked == [address]
    assert refused == []
    assert page.title() == "Ferry board splits over plan to drop the night boat: who stands with whom"
    assert page.evaluate("document.scripts.length + document.images.length") == 0
    assert ATTACK in page.locator("article").inner_text()
    page.close()


def test_the_tab_key_reaches_every_stance_and_shows_what_it_rests_on(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    n_stances = page.locator(".stance").count()
    assert n_stances == 21
    assert page.locator(".stance .more").nth(3).is_visible() is False
    reached: list[int] = []
    for _ in range(n_stances + 25):
        page.keyboard.press("Tab")
        note = page.evaluate(
            "() => { const now = document.activeElement, note = now.closest('.stance');"
            " if (!note || now.tagName !== 'SUMMARY') return null;"
            " const more = note.querySelector('.more'), box = more.getBoundingClientRect(), outline = getComputedStyle(now);"
            " return {at: [...document.querySelectorAll('.stance')].indexOf(note), seen: more.checkVisibility() && box.height > 40,"
            " labels: [...more.querySelectorAll('dt')].map(e => e.innerText).join(' '), outline: parseFloat(outline.outlineWidth)}; }"
        )
        if note:
            assert note["seen"] and note["labels"] == "favor against none" and note["outline"] >= 2
            reached.append(note["at"])
        if len(reached) == n_stances:
            break
    assert reached == list(range(n_stances))
    page.keyboard.press("Enter")
    assert page.locator(".stance[open]").count() == 1
    page.close()


def test_pointing_at_a_stance_shows_it_and_underlines_its_evidence(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    words = page.locator("#s1 .e1", has_text="hiding the cost")
    line = "e => getComputedStyle(e).textDecorationLine"
    assert words.evaluate(line) == "none"
    page.locator("#s1 .stance summary").hover()
    assert page.locator("#s1 .stance .more").is_visible()
    assert words.evaluate(line) == "underline"
    assert page.locator("#s4 .e1").first.evaluate(line) == "none"
    page.mouse.move(0, 0)
    assert not page.locator("#s1 .stance .more").is_visible()
    page.locator("#s1 .stance summary").click()
    page.mouse.move(0, 0)
    assert page.locator("#s1 .stance .more").is_visible() and words.evaluate(line) == "underline"
    page.close()


@pytest.mark.parametrize("width", [320, 360, 700, 1000, 1280])
def test_no_width_scrolls_sideways_and_no_note_covers_the_text(browser: Browser, address: str, width: int) -> None:
    page = opened(browser, address, width)
    page.evaluate("document.querySelectorAll('details').forEach((e, i) => { if (i % 2) e.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(COVERED) == 0
    beside = page.evaluate(
        "() => { const note = document.querySelector('#s1 .notes').getBoundingClientRect(),"
        " words = document.querySelector('#s1 .words').getBoundingClientRect(); return note.left >= words.right; }"
    )
    assert beside == (width >= 960)
    assert page.locator(".network:visible").count() == 1
    outside = (
        "() => [...document.querySelectorAll('.network')].filter(e => e.checkVisibility())"
        ".flatMap(svg => [...svg.querySelectorAll('.box')]).filter(box => { const r = box.querySelector('rect').getBoundingClientRect();"
        " return [...box.querySelectorAll('text')].map(text => text.getBoundingClientRect()).some(q =>"
        " q.left < r.left || q.right > r.right || q.top < r.top - 2 || q.bottom > r.bottom + 2); }).map(box => box.textContent)"
    )
    assert page.evaluate(outside) == [], "a label leaves its box"
    page.close()


def test_on_paper_everything_is_open_and_nothing_is_covered(browser: Browser, address: str) -> None:
    page = opened(browser, address, 680)
    page.emulate_media(media="print")
    hidden = (
        "() => [...document.querySelectorAll('.more, .legend ul')]"
        ".filter(e => !e.checkVisibility() || e.getBoundingClientRect().height < 8).length"
    )
    assert page.evaluate(hidden) == 0
    assert page.evaluate(COVERED) == 0
    scrolling = "() => [...document.querySelectorAll('*')].filter(e => ['auto', 'scroll'].includes(getComputedStyle(e).overflowY)).length"
    assert page.evaluate(scrolling) == 0
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_what_lies_behind_it(browser: Browser, address: str, scheme: str) -> None:
    page = opened(browser, address, scheme=scheme)
    page.locator(".stance summary").nth(4).click()
    for selector in (
        ".kicker", ".origin", ".warning", ".mention[data-badge]", ".mention", ".badge", "sup.number", ".furniture p", ".stance .who",
        ".by", ".percent", ".more dt", ".more .role", ".more q", ".total", ".where a", ".facts dt", "nav a", ".s .e1", ".s .e2", "summary",
    ):  # fmt: skip
        found = page.locator(selector)
        assert found.count() > 0, selector
        lowest = page.evaluate(f"(selector) => Math.min(...[...document.querySelectorAll(selector)].map({CONTRAST}))", selector)
        assert lowest >= 4.5, f"{selector}: {lowest:.2f}"
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 253, 250)") == (scheme == "light")
    page.close()


def test_favor_and_against_differ_without_colour(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    shapes = [
        page.locator(f".stance .by.{stance}").first.evaluate(
            "e => [e.innerText, getComputedStyle(e).borderBottomStyle, getComputedStyle(e, '::after').clipPath]"
        )
        for stance in ("favor", "against")
    ]
    assert [shape[:2] for shape in shapes] == [["favor", "solid"], ["against", "dashed"]]
    assert shapes[0][2] != shapes[1][2]
    dashes = [
        page.locator(f".wide .edge.{stance} .line").first.evaluate("e => getComputedStyle(e).strokeDasharray")
        for stance in ("favor", "against")
    ]
    assert dashes[0] == "none" and dashes[1] != "none"
    page.close()
