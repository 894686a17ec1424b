"""Raw input becomes readable text: bytes are decoded, a page loses its boilerplate, a text its debris, and no offset is lost."""

from __future__ import annotations

import codecs
import html as entities
import logging
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import html5

from whipcount.schema import InputError, Span

log = logging.getLogger(__name__)

SIGNATURES = {
    b"\x1f\x8b": "a gzip archive",
    b"PK\x03\x04": "a zip archive or an office document",
    b"%PDF-": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"PAR1": "a parquet table",
    b"\x7fELF": "a program",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"{\\rtf": "a rich-text document",
}
MARKS = (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")
DECLARED = re.compile(rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b\0"))
MAX_CONTROLS = 0.02
"""Share of control characters beyond which bytes are no text."""
MAX_NULS = 0.1
MIN_WIDE = 0.35
"""Share of bytes that are NUL, all at odd or all at even places, from which bytes without a mark are read as UTF-16."""
MARKS_AND_ASCII = bytes({*range(128), 0x85, *range(0x91, 0x98), 0xA0})
"""ASCII, and what cp1252 has for the dots, dashes, quotation marks and spaces of any language."""
MAX_ACCENTED = 0.25
"""Share of other bytes up to which a text that is not UTF-8 is read as Western."""


def decode(raw: bytes, where: str) -> str:
    """Return the text that bytes hold: UTF-8 where they can be that, else what a mark, a declaration or their statistics say.

    Args:
        raw: a whole file; NULs in a text stay.
        where: the file's name for the error.

    Raises:
        InputError: the bytes are no text.
    """
    for signature, kind in SIGNATURES.items():
        if raw.startswith(signature):
            raise InputError(f"{where}: {kind}, not text; unpack or convert it to UTF-8 text first")
    encoding = next((name for mark, name in MARKS if raw.startswith(mark)), "") or _unmarked_utf16(raw)
    if encoding:
        text = _decoded(raw, encoding)
        if text is not None:
            return text
    n_controls, n_nuls = len(raw) - len(raw.translate(None, CONTROLS)), raw.count(0)
    if n_controls > MAX_CONTROLS * len(raw) or n_nuls > max(1, MAX_NULS * len(raw)):
        n_binary = n_controls + n_nuls
        raise InputError(f"{where}: binary content ({n_binary} control characters in {len(raw)} bytes), not text; give UTF-8 text")
    text = _decoded(raw, "utf-8-sig")
    if text is None:
        text = _guessed(raw)
    if text is None:
        raise InputError(f"{where}: binary content (its {len(raw)} bytes are text in no known encoding); save the file as UTF-8")
    return text


def _unmarked_utf16(raw: bytes) -> str:
    """Name the byte order of a text in UTF-16 without a mark: every other byte of Latin script is NUL."""
    n_even, n_odd = raw[::2].count(0), raw[1::2].count(0)
    if n_odd >= MIN_WIDE * len(raw) > 0 and not n_even:
        return "utf-16-le"
    return "utf-16-be" if n_even >= MIN_WIDE * len(raw) > 0 and not n_odd else ""


def _guessed(raw: bytes) -> str | None:
    """Return the text of bytes that are not UTF-8."""
    declared = DECLARED.search(raw, 0, 4096)
    if declared is not None:
        text = _decoded(raw, declared[1].decode("ascii", "replace"))
        if text is not None:
            return text
    if len(raw.translate(None, MARKS_AND_ASCII)) <= MAX_ACCENTED * len(raw):
        return _decoded(raw, "cp1252") or raw.decode("latin-1")
    from charset_normalizer import from_bytes

    best = from_bytes(raw).best()
    return None if best is None else str(best)


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        text = raw.decode(encoding)
    except (UnicodeError, LookupError):
        return None
    return text


@dataclass(frozen=True, slots=True)
class Page:
    """What is read of a web page: its article's text, paragraph by line, and what it says of itself ("" where it does not)."""

    text: str
    title: str = ""
    date: str = ""
    outlet: str = ""


UNSEEN = ("script", "style", "noscript", "template", "head", "svg", "iframe", "nav", "form", "button", "select", "textarea")
BLOCKS = re.compile(
    "address|article|aside|blockquote|br|d[dlt]|details|div|fieldset|figcaption|figure|footer|h[1-6r]|header|li|main|[ou]l|p|pre|"
    "section|t[dhr]|table"
)
SPACES = re.compile(r"\s+")
LINE_BREAK = re.compile(r"(?<![ \t])[ \t]*[\r\n]\s*")
"""Nothing but a space in a page; trafilatura would end a paragraph there."""
UNPARSABLE = re.compile(r"[\0-\x08\x0e-\x1f\ud800-\udfff]|^\s*<\?xml[^>]*>")


def extract_html(html: str) -> Page:
    """Return the article of a web page without the page's boilerplate: no menus, scripts, styles, comments.

    Where no article can be told from the rest, all of the page's text is given.
    """
    import trafilatura  # takes half a second: only where a page is read
    from trafilatura.settings import Document

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # a page without an article is no error here, and is told below
    html = LINE_BREAK.sub(" ", UNPARSABLE.sub("", html))
    if not html.strip():
        return Page("")
    document = trafilatura.bare_extraction(html, include_comments=False, with_metadata=True, deduplicate=False)
    text = document.text if isinstance(document, Document) else None
    if not isinstance(document, Document) or not text or not text.strip():
        log.info("no article found in a page of %d characters; all of its text is read", len(html))
        return Page(_all_text(html))
    return Page(
        text=text,
        title=document.title or "",
        date=document.date or "",
        outlet=document.sitename or document.hostname or "",
    )


def _all_text(html: str) -> str:
    """Return the text of a page's body, a line for each block."""
    from lxml import etree  # type: ignore[import-untyped]
    from lxml.html import document_fromstring  # type: ignore[import-untyped]

    try:
        root = document_fromstring(html)
    except etree.ParserError:  # nothing but comments
        return ""
    etree.strip_elements(root, *UNSEEN, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    for element in root.iter():
        text, tail = (SPACES.sub(" ", words or "") for words in (element.text, element.tail))
        is_block = BLOCKS.fullmatch(str(element.tag))
        element.text, element.tail = (f"\n{text}", f"\n{tail}") if is_block else (text, tail)
    lines = (line.strip() for line in "".join(root.itertext()).split("\n"))
    return "\n".join(line for line in lines if line)


ENTITY = r"&(?P<escapes>(?:amp;)*)(?P<name>#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
UNSEEN_CHARS = "\0-\x08\x0e-\x1f\x7f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
"""Controls, soft hyphens, zero-width characters, marks of direction and of byte order."""
DEBRIS = re.compile(rf"{ENTITY}|(?P<unseen>[{UNSEEN_CHARS}]+)|\r\n|(?<!`)``(?!`)|(?<!')''(?!')|‘‘|’’")
DROPPED = re.compile(f"[{UNSEEN_CHARS}]+")
LENGTHENED = {"\r\n": "\n", "``": '"', "''": '"', "‘‘": "“", "’’": "”"}

ONE_FOR_ONE = {
    **dict.fromkeys(map(ord, "\t\xa0\u1680\u202f\u205f\u3000"), " "),
    **dict.fromkeys(range(0x2000, 0x200B), " "),
    **dict.fromkeys(map(ord, "\v\f\r\u2028\u2029"), "\n"),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # half of a pair: no tokenizer takes it
    **{code: bytes([code]).decode("cp1252", "ignore") or " " for code in range(0x80, 0xA0)},  # as every browser reads them
    ord("\xb4"): "'",
}


@dataclass(frozen=True)
class CleanText:
    """A text as it is read, and the way back from it to the text that came in."""

    text: str
    _starts: tuple[int, ...] = field(repr=False)
    """Where the stretches of ``text`` begin; the first at 0."""
    _origins: tuple[int, ...] = field(repr=False)
    """Where what each stretch stands for begins in the text that came in."""
    _ends: tuple[int, ...] = field(repr=False)
    """Where it ends; -1 for a stretch kept to the letter."""

    def original(self, start_char: int, end_char: int) -> Span:
        """Return the range of the text that came in which a range of ``text`` stands for.

        What was dropped at either edge of the range is left outside it.

        Raises:
            InputError: the range is empty or leaves ``text``.
        """
        if not 0 <= start_char < end_char <= len(self.text):
            raise InputError(f"range {start_char}:{end_char} is empty or leaves the clean text of {len(self.text)} characters")
        return Span(self._range_of(start_char)[0], self._range_of(end_char - 1)[1])

    def _range_of(self, position: int) -> tuple[int, int]:
        """Return the range in the text that came in of one character of ``text``."""
        stretch = bisect_right(self._starts, position) - 1
        if self._ends[stretch] >= 0:
            return self._origins[stretch], self._ends[stretch]
        start_char = self._origins[stretch] + position - self._starts[stretch]
        return start_char, start_char + 1


def clean_text(text: str) -> CleanText:
    """Return a text without its debris: entities unescaped, odd spaces and line ends made plain, what nobody sees dropped.

    Doubled backticks and apostrophes become a double quotation mark. Letters never change.
    """
    pieces: list[str] = []
    stretches: list[tuple[int, int, int]] = []
    n_chars, kept = 0, 0  # of the clean text so far; of the text that came in
    for start_char, end_char, words in (*_replacements(text), (len(text), len(text), "")):
        if start_char > kept:
            stretches.append((n_chars, kept, -1))
            pieces.append(text[kept:start_char])
            n_chars += start_char - kept
        if words:
            stretches.append((n_chars, start_char, end_char))
            pieces.append(words)
            n_chars += len(words)
        kept = end_char
    starts, origins, ends = zip(*stretches, strict=True) if stretches else ((), (), ())
    return CleanText("".join(pieces).translate(ONE_FOR_ONE), starts, origins, ends)


def _replacements(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the ranges of a text that are written in another length, and how."""
    for match in DEBRIS.finditer(text):
        start_char, end_char = match.span()
        if match["unseen"]:
            yield start_char, end_char, ""
        elif match["name"] is None:
            yield start_char, end_char, LENGTHENED[match.group()]
        elif match["name"].startswith("#") or f"{match['name']};" in html5:
            yield start_char, end_char, DROPPED.sub("", entities.unescape(f"&{match['name']};"))
        elif match["escapes"]:  # "AT&amp;T;": the ampersand alone was escaped
            yield start_char, match.end("escapes"), "&"
