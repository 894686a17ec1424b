"""A Markdown report as one HTML file that needs nothing else: no script, no request, its images inside."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from whipcount.schema import InputError

LONG_TABLE = 25
"""Lines of a table beyond which it is folded."""
LONG_CELL = 80
"""Characters of a cell beyond which it is given room."""
ASIDE = re.compile(r"([-–\d.,]+(?: %)?) (\([-–\d.,% to†]+\))")
"""A number and what stands in brackets behind it: an interval, a count."""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAIN_ID = "report"


@dataclass(frozen=True)
class Heading:
    """A heading of the page.

    Attributes:
        tag: ``h1`` to ``h6``.
        id: its anchor, unique on the page.
        text: what it says, without markup.
    """

    tag: str
    id: str
    text: str


def render_page(markdown: str, title: str, images: Mapping[str, bytes] | Path) -> str:
    """Return an HTML5 page: contents from the headings, wide tables in boxes that scroll, long ones folded, images inside.

    HTML in the text is shown as it is written. Links lose their target, for the page stands alone: their address is
    written out behind the words.

    Args:
        markdown: the text, CommonMark with tables. A quotation that begins with a bold "Warning" becomes a warning box.
        title: of the page, in plain text.
        images: file name → PNG bytes of every image that the text shows, or the folder that holds them.

    Raises:
        InputError: an image is not given, stands elsewhere than in the folder (on the web, say), or is no PNG.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(markdown)
    for token in tokens:
        token.children = list(_without_links(token.children or ()))
        for child in token.children:
            if child.type == "image":
                child.attrSet("src", _data_uri(str(child.attrGet("src")), images))
    headings = _name_headings(tokens)
    _mark_figures_and_warnings(tokens)
    body = parser.renderer.render(list(_box_tables(tokens)), parser.options, {})
    style = (files("whipcount.rendering") / "page.css").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f'<body>\n{_contents(headings)}<main id="{MAIN_ID}" tabindex="-1">\n{body}</main>\n</body>\n</html>\n'
    )


def _without_links(children: Sequence[Token]) -> Iterator[Token]:
    address = ""
    for child in children:
        if child.type == "link_open":
            address = str(child.attrGet("href"))
        elif child.type == "link_close":
            yield Token("text", "", 0, content=f" ({address})")
        else:
            yield child


def _data_uri(address: str, images: Mapping[str, bytes] | Path) -> str:
    name = unquote(address)
    if "/" in name or "\\" in name or ":" in name:
        raise InputError(f"{name}: a page holds its images inside; name an image by its file name alone")
    if isinstance(images, Path):
        if not (images / name).is_file():
            raise InputError(f"{name}: the page shows an image that is not in {images}")
        image = (images / name).read_bytes()
    elif name in images:
        image = images[name]
    else:
        raise InputError(f"{name}: the page shows an image that is not given; given are {sorted(images)}")
    if not image.startswith(PNG_SIGNATURE):
        raise InputError(f"{name}: not a PNG image")
    return f"data:image/png;base64,{b64encode(image).decode('ascii')}"


def _name_headings(tokens: Sequence[Token]) -> list[Heading]:
    headings: list[Heading] = []
    taken = {MAIN_ID}
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        text = _plain(inline)
        slug = re.sub(r"\W+", "-", text.casefold()).strip("-") or "part"
        anchor, n_same = slug, 1
        while anchor in taken:
            n_same += 1
            anchor = f"{slug}-{n_same}"
        taken.add(anchor)
        opening.attrSet("id", anchor)
        headings.append(Heading(opening.tag, anchor, text))
    return headings


def _plain(inline: Token) -> str:
    return "".join(
        child.content if child.type in ("text", "code_inline") else " " * (child.type == "softbreak") for child in inline.children or ()
    )


def _contents(headings: Sequence[Heading]) -> str:
    """Return the list of the second and third level, which a narrow page folds; nothing where there are none.

    "Errors (test)" below "Test" is listed as "Errors".
    """
    chapters: list[list[Heading]] = []
    for heading in headings:
        if heading.tag == "h2" or (heading.tag == "h3" and not chapters):
            chapters.append([heading])
        elif heading.tag == "h3":
            chapters[-1].append(heading)
    if not chapters:
        return ""
    lines = []
    for first, *rest in chapters:
        known = f" ({first.text.casefold()})"
        inner = "".join(f"<li>{_anchor(heading, heading.text.replace(known, ''))}</li>\n" for heading in rest)
        lines.append(f"<li>{_anchor(first, first.text)}" + (f"\n<ul>\n{inner}</ul>\n" if inner else "") + "</li>\n")
    return (
        f'<a class="skip" href="#{MAIN_ID}">Skip the contents</a>\n<nav aria-label="Contents">\n<details>\n'
        f"<summary>Contents</summary>\n<ul>\n{''.join(lines)}</ul>\n</details>\n</nav>\n"
    )


def _anchor(heading: Heading, text: str) -> str:
    return f'<a href="#{escape(heading.id)}">{escape(text)}</a>'


def _mark_figures_and_warnings(tokens: Sequence[Token]) -> None:
    for place, token in enumerate(tokens):
        if token.type != "inline":
            continue
        children = token.children or []
        opening, closing = tokens[place - 1], tokens[place + 1]
        if opening.type == "paragraph_open" and {child.type for child in children} == {"image"}:
            opening.tag = closing.tag = "figure"
        quoted = place >= 2 and tokens[place - 2].type == "blockquote_open"
        if quoted and _plain(token).startswith("Warning") and any(child.type == "strong_open" for child in children[:2]):
            tokens[place - 2].attrs = {"class": "warning", "role": "note"}


def _box_tables(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens with a box around every table, which scrolls, and a fold around every long one."""
    sizes = _table_sizes(tokens)
    heading, is_long = "", False
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = _plain(tokens[place + 1])
        if token.type in ("th_open", "td_open"):
            _mark_cell(token, tokens[place + 1])
        if token.type == "table_open":
            n_lines = next(sizes)
            is_long = n_lines > LONG_TABLE
            fold = f"<details>\n<summary>Table of {n_lines:,} lines</summary>\n" if is_long else ""
            label = escape(f"Table: {heading}" if heading else "Table")
            classes = "table long" if is_long else "table"
            yield _html(f'{fold}<div class="{classes}" role="region" aria-label="{label}" tabindex="0">\n')
        yield token
        if token.type == "table_close":
            yield _html("</div>\n</details>\n" if is_long else "</div>\n")


def _mark_cell(cell: Token, inline: Token) -> None:
    """Give a cell its class; what stands in brackets behind a number (an interval, a count) gets a line of its own."""
    if cell.attrGet("style") == "text-align:right":
        cell.attrs = {"class": "number"}
        behind = ASIDE.fullmatch(inline.content)
        if behind and cell.tag == "td":
            aside = f'<span class="aside">{escape(behind[2])}</span>'
            inline.children = [Token("text", "", 0, content=f"{behind[1]} "), _html(aside)]
    else:
        cell.attrs = {"class": "prose"} if len(inline.content) > LONG_CELL else {}
    if cell.tag == "th":
        cell.attrSet("scope", "col")


def _table_sizes(tokens: Sequence[Token]) -> Iterator[int]:
    n_lines = 0
    for token in tokens:
        if token.type == "table_open":
            n_lines = -1
        elif token.type == "tr_open":
            n_lines += 1
        elif token.type == "table_close":
            yield n_lines


def _html(content: str) -> Token:
    return Token("html_block", "", 0, content=content)
