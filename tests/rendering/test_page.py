from __future__ import annotations

import re
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.rendering.markdown import cell, table
from whipcount.rendering.page import LONG_TABLE, POLICY, render_page
from whipcount.schema import InputError

PNG = b"\x89PNG\r\n\x1a\n" + np.random.default_rng(0).bytes(500)
VOID = {"br", "hr", "img", "meta"}
REPORT = f"""\
# Report on model

> **Warning.** test has 1 story.

> Rows were left out.

{table(["actor", "n", "F1"], [["Ada Quill", "3", "0.265 (0.22–0.31)"], ["Ferry Board", "1,204", "–"]])}

## Test

### Actors (test)

![Actors as speaker](actors.png)

### Errors of `model` (test), by *tag*

## Method

### Actors (test)

#### Depth
"""


class Page(HTMLParser):
    """What a page holds; a tag that is not closed in order fails."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        self.texts.append((">".join(self.open), text))

    def attributes(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def text(self, path: str = "") -> str:
        """Return the text inside a path of tags, at whatever depth."""
        return "".join(text for where, text in self.texts if f">{path}" in f">{where}")


def page(markdown: str, title: str = "Report") -> Page:
    return Page(render_page(markdown, title, {"actors.png": PNG}))


def asks_for_nothing(found: Page) -> bool:
    return (
        not {tag for tag, _ in found.tags} & {"script", "link", "iframe", "object", "embed", "form", "base", "video", "audio", "svg"}
        and all(address.startswith("#") for address in found.attributes("href"))
        and all(address.startswith("data:image/png;base64,") for address in found.attributes("src"))
        and not any(name.startswith("on") or name in ("srcset", "action", "style") for _, names in found.tags for name in names)
    )


def test_the_page_stands_alone() -> None:
    html = render_page(REPORT, "Report on model", {"actors.png": PNG})
    found = Page(html)
    assert html.startswith("<!DOCTYPE html>\n")
    assert found.named("html") == [{"lang": "en"}]
    assert found.text("html>head>title") == "Report on model"
    assert asks_for_nothing(found)
    style = found.text("html>head>style")
    assert style.count("{") == style.count("}") > 20
    assert not re.search(r"url\(|@import|<", style)


def test_the_policy_comes_before_what_it_rules() -> None:
    found = page(REPORT)
    policy = {"http-equiv": "Content-Security-Policy", "content": POLICY}
    assert found.named("meta")[1] == policy
    assert found.tags.index(("meta", policy)) < found.tags.index(("style", {}))
    assert dict(rule.split(" ", 1) for rule in POLICY.split("; ")) == {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": "'unsafe-inline'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


@pytest.mark.parametrize("name", ["actors.png", "two words.png", "Élida_100%.png"])
def test_an_image_comes_back_byte_by_byte(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(PNG)
    markdown = f"![Stances in *the* \\<town\\>](<{name}>)"
    html = render_page(markdown, "Report", {name: PNG})
    assert html == render_page(markdown, "Report", tmp_path)
    (image,) = Page(html).named("img")
    assert b64decode(image["src"].removeprefix("data:image/png;base64,"), validate=True) == PNG
    assert image["alt"] == "Stances in the <town>"
    assert "figure" in dict(Page(html).tags)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("missing.png", r"^missing\.png: .*not given; given are \['actors\.png', 'notes\.png'\]"),
        ("notes.png", r"^notes\.png: not a PNG image"),
        ("https://example.org/actors.png", r"^https://example\.org/actors\.png: .*by its file name"),
        ("//example.org/actors.png", "by its file name"),
        ("../actors.png", "by its file name"),
        ("%2e%2e%2factors.png", "by its file name"),
        ("data:image/png;base64,iVBORw0K", "by its file name"),
        ("C:actors.png", "by its file name"),
        ("", "not given"),
    ],
)
def test_an_image_that_cannot_be_held_is_refused(address: str, message: str) -> None:
    images = {"actors.png": PNG, "notes.png": b"<svg onload='alert(1)'/>"}
    with pytest.raises(InputError, match=message):
        render_page(f"- a list\n\n  ![Actors]({address})", "Report", images)


def test_an_image_that_the_folder_lacks_is_named(tmp_path: Path) -> None:
    for address in ("missing.png", "..", ""):
        with pytest.raises(InputError, match=rf"^{re.escape(address)}: .* not in {re.escape(str(tmp_path))}"):
            render_page(f"![Actors]({address})", "Report", tmp_path)


def test_html_in_the_text_is_shown_as_it_is_written() -> None:
    evil = "<script>alert('x')</script><img src=\"https://example.org/x\" onerror=y>"
    markdown = f"# {evil}\n\n## {evil}\n\n{evil}\n\n{evil[:8]}\n\n`{evil}`\n\n" + table(["actor"], [[cell(evil)], [evil]])
    found = page(f"{markdown}\n\n![{evil}](actors.png)", evil)
    assert asks_for_nothing(found)
    assert [image["alt"] for image in found.named("img")] == [evil]
    for path in ("title", "h1", "h2", "nav", "p", "code", "td"):
        assert evil in found.text(path)
    assert found.text("td") == evil * 2


def test_links_lose_their_target_but_not_their_address() -> None:
    found = page("See [the *report*](report/report.md) and <https://example.org/a?b=1&c>, [this](javascript:alert(1)).")
    assert found.named("a") == []
    assert found.text("p") == (
        "See the report (report/report.md) and https://example.org/a?b=1&c (https://example.org/a?b=1&c), [this](javascript:alert(1))."
    )


def test_every_heading_has_an_id_and_the_contents_lead_to_them() -> None:
    found = page(REPORT + "\n## Report\n\n## !\n\n## Ärger & Ruhe\n")
    ids = found.attributes("id")
    assert len(set(ids)) == len(ids)
    headings = [(tag, attributes["id"]) for tag, attributes in found.tags if re.fullmatch(r"h\d", tag)]
    assert headings == [
        ("h1", "report-on-model"),
        ("h2", "test"),
        ("h3", "actors-test"),
        ("h3", "errors-of-model-test-by-tag"),
        ("h2", "method"),
        ("h3", "actors-test-2"),
        ("h4", "depth"),
        ("h2", "report-2"),
        ("h2", "part"),
        ("h2", "ärger-ruhe"),
    ]
    listed = [name for tag, name in headings if tag in ("h2", "h3")]
    assert found.attributes("href") == ["#report", *(f"#{name}" for name in listed)]
    assert "report" in ids
    words = [text for where, text in found.texts if where.endswith("li>a")]
    assert words == ["Test", "Actors", "Errors of model, by tag", "Method", "Actors (test)", "Report", "!", "Ärger & Ruhe"]
    inner = [text for where, text in found.texts if where.endswith("ul>li>ul>li>a")]
    assert inner == ["Actors", "Errors of model, by tag", "Actors (test)"]


def test_a_page_without_parts_has_no_contents() -> None:
    assert page("# Report\n\nNothing.").named("nav") == []
    assert page("### Small\n\n## Great\n").attributes("href") == ["#report", "#small", "#great"]


@pytest.mark.parametrize("n_lines", [0, 1, LONG_TABLE, LONG_TABLE + 1, 1234])
def test_only_a_long_table_is_folded_and_says_how_long_it_is(n_lines: int) -> None:
    lines = [[f"actor {i}", str(i)] for i in range(n_lines)]
    found = page(f"## Actors\n\n{table(['actor', 'n'], lines)}\n\n{table(['system', 'n'], [['model', '1']])}")
    assert len(found.named("tr")) == n_lines + 3
    assert len(found.named("td")) == 2 * n_lines + 2
    boxes = [box for box in found.named("div") if box.get("role") == "region"]
    assert [box["aria-label"] for box in boxes] == ["Table: Actors", "Table: Actors"]
    assert [box["tabindex"] for box in boxes] == ["0", "0"]
    is_long = n_lines > LONG_TABLE
    assert [box["class"] for box in boxes] == ["table long" if is_long else "table", "table"]
    assert found.text("main>details>summary") == (f"Table of {n_lines:,} lines" if is_long else "")
    assert "actor 0" in found.text("main>details>div>table" if is_long else "main>div>table") or not n_lines


def test_cells_know_whether_they_hold_numbers() -> None:
    found = page(REPORT)
    assert found.named("th") == [{"scope": "col"}, {"class": "number", "scope": "col"}, {"class": "number", "scope": "col"}]
    assert found.named("td") == [{}, {"class": "number"}, {"class": "number"}] * 2
    assert found.text("td>span") == "(0.22–0.31)"
    assert found.text("td") == "Ada Quill30.265 (0.22–0.31)Ferry Board1,204–"


@pytest.mark.parametrize("words", ["12 rows (a few)", "0.5 (`0.1`)", "0.5 (<b>1</b>)", "(0.5)", "-0.2 (-0.46 to -0.01)", "67 % (5–9 % †)"])
def test_only_numbers_in_brackets_get_a_line_of_their_own(words: str) -> None:
    found = page(table(["actor", "F1"], [["Ada Quill", words]]))
    assert found.text("td") == "Ada Quill" + words.replace("`", "")
    assert bool(found.text("span")) == words.startswith(("-", "67"))


def test_a_cell_with_a_sentence_gets_room() -> None:
    found = page(table(["actor", "sentence"], [["Ada Quill", "She said no. " * 10]], n_words=2))
    assert found.named("td") == [{}, {"class": "prose"}]


@pytest.mark.parametrize(
    ("quotation", "is_warning"),
    [
        ("> **Warning.** Few stories.", True),
        ("> **Warning: the model goes by names.** (test)", True),
        ("> Warning signs were seen.", False),
        ("> Rows were left out. **Warning.**", False),
        ("**Warning.** No quotation.", False),
    ],
)
def test_a_warning_is_marked_by_more_than_colour(quotation: str, is_warning: bool) -> None:
    found = page(quotation)
    assert (("blockquote", {"class": "warning", "role": "note"}) in found.tags) == is_warning
    assert found.text("strong").startswith("Warning") or not is_warning


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="&")))
def test_the_text_of_a_cell_is_kept_to_the_letter(text: str) -> None:
    found = page(table(["sentence"], [[cell(text)]]))
    assert found.text("td") == " ".join(text.split())


@settings(max_examples=200)
@given(st.lists(st.sampled_from([*"#>-*_`[]()!|<&:/\\\n\n \"'=1a", "](//a.b/", "<script>", "<!--", "https://a.b", "| - |"]), max_size=40))
def test_whatever_the_text_the_page_is_whole_and_asks_for_nothing(pieces: list[str]) -> None:
    try:
        found = page("".join(pieces), "".join(pieces))
    except InputError:
        return
    assert asks_for_nothing(found)
    ids = found.attributes("id")
    assert len(set(ids)) == len(ids)
    assert {address.removeprefix("#") for address in found.attributes("href")} <= set(ids)
