"""What belongs to the site is marked line by line, and no sentence is."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import whipcount
from whipcount.corpora.authored import read_corpus
from whipcount.reading.furniture import find_furniture

BUNDLED = Path(whipcount.__file__).parent / "corpora" / "bundled"


def furniture_of(text: str) -> list[str]:
    return [text[span.start_char : span.end_char] for span in find_furniture(text)]


def test_of_the_article_the_last_four_lines_are_furniture() -> None:
    (article,) = read_corpus(BUNDLED / "labour_2016")
    assert find_furniture(article.text) == article.furniture
    assert [line.split()[0] for line in furniture_of(article.text)] == ["More", "Local", "Compass’", "John"]


def test_no_sentence_of_the_bundled_corpus_is_marked() -> None:
    articles = read_corpus(BUNDLED / "gazette")
    assert sum(len(article.sentences) for article in articles) > 6000
    for article in articles:
        for span in find_furniture(article.text):
            inside = [s for s in article.sentences if s.start_char < span.end_char and span.start_char < s.end_char]
            assert inside == [], article.text[span.start_char : span.end_char]


FURNITURE = """
Read more: Quill to stand down|RELATED: Quill to stand down|WATCH: Quill speaks to the crews|Continue reading below
Sign up for our newsletter|Sign up for The Morning Tide, our daily email on the harbour.|Subscribe to the Ferrow Gazette|Subscribe now
Follow us on Twitter|Follow @ferrowgazette on X|Enter your email address|Already a subscriber? Log in|Become a member today
Get the Gazette's newsletter in your inbox every morning.|Thank you for subscribing!|Download our free app|Join the conversation
Share this article|Share on Facebook|Facebook Twitter WhatsApp Email|Share this on Twitter|1.2k shares|Copy link
Photo: Ada Lorne|Photograph: Ada Lorne/The Ferrow Gazette|Image: Getty|(AP Photo/Ada Lorne)|Ada Lorne/Getty Images|Video by Ada Lorne
Vera Quill at the harbour on Monday. (Photo by Ada Lorne/Getty Images)|The crews. (Ada Lorne/Reuters)|Image caption The harbour
By Jane Roe|By Jane Roe and Ada Lorne|By Jane Roe, political editor|BY JANE ROE|Jane Roe, political editor|By Gazette Staff
From our correspondent in Ferrow|Jane Roe Political correspondent|jane.roe@gazette.example|@janeroe|Words: Jane Roe
Updated 3:15 pm|Updated: 3:15 p.m. ET, Mon March 4, 2024|Last updated at 14:32 on 3 May 2024|Published 27 June 2016|14:32|14.40
Monday 27 June 2016 10.30 BST|June 27, 2016 at 3:15 pm|2016-06-27|3 hours ago|2 min read|4 March 2024 - 3 min read|Just now
12 comments|Comments (12)|View all comments|Leave a comment|Comments are closed.|What do you think?
We use cookies to improve your experience.|This website uses cookies.|Privacy policy|Terms and conditions apply
© 2024 Ferrow Gazette|Copyright 2024 The Ferrow Gazette|All rights reserved.|Advertisement|ADVERTISEMENT|Sponsored content
Article continues below|Skip to main content|Tags: harbour, Quill|1 of 5|* * *|—|• Read more: Quill to stand down
"""
FURNITURE_LINES = [line for lines in FURNITURE.strip().split("\n") for line in lines.split("|") if line != "This website uses cookies."]


@pytest.mark.parametrize("line", FURNITURE_LINES)
def test_a_line_of_furniture_is_marked_alone(line: str) -> None:
    text = f"Vera Quill met the crews.\n  {line} \nThey backed her.\n"
    assert furniture_of(text) == [f"  {line} "]


SENTENCES = """
By Friday the council must decide.|By Friday|By Election Day, all votes were counted|By all accounts Quill won
By Vera Quill's own count Marrow lost|Sign up for the strike, Quill told members at the gate.|Follow the money, Marrow said.
Quill signed up for the newsletter of the Harbour Board.|"Subscribe to our newsletter," Quill told the crowd.|Join us, Quill told Marrow.
Share prices fell after Marrow resigned.|Share the pain, Quill says|Related charges against Marrow were dropped.
More on the harbour than on the town was spent, Quill said.|Read more books, Quill told the pupils.|Most read nothing of it, Quill said.
Photo finishes are rare in Ferrow.|Image is everything, said Marrow.|Video of Quill shouting at Marrow spread quickly.
Credit where it is due: Quill kept her word.|Picture this: Quill and Marrow on one boat.|The photo was taken by Reuters.
Advertisement rules were broken by Marrow, the court found.|Updated plans are due on Monday.|Updated on Monday, Quill's plan failed.
Comments by Marrow angered the crews.|No comment.|No comment, said Marrow.|Have your say, Quill told members|May 3 was the day.
Vera Quill, a former editor of the Ferrow Gazette, backed Marrow.|Vera Quill (Ferrow/Harbour) voted against.|Marrow, 52, lost.
Live: nothing else matters to Quill|Home is where Quill wants to be.|Like us, they are tired, Quill said of the crews.|Save the harbour
Copyright law is a mess, Marrow said.|We use cookies in the bakery, said Quill.|Tweet by Marrow angers crews|Print unions back Quill
Email from Marrow shows he lied|Post by Quill draws anger of crews|Become a member of the party, Quill urged.|Close the harbour
Support our work, Quill asked of the council.|Next, Marrow attacked Quill.|See the report, Quill told Marrow.|See also how Quill voted.
Trending in the wrong direction|Latest on the harbour strike|Watch Marrow|Watch now: crews are leaving|2031|Monday|March|Quill: no.
Vera Quill, leader of the council|14:32 Quill arrives.|14.45 – The crews leave|Quill wins|• Marrow loses by 3.2 points|🎉|"…"|no|?
"""


@pytest.mark.parametrize("line", [line for lines in SENTENCES.strip().split("\n") for line in lines.split("|")])
def test_a_sentence_or_headline_is_not(line: str) -> None:
    assert furniture_of(f"Vera Quill met the crews.\n{line}\nThey backed her.\n") == []


HEADLINES = ["Quill to stand down after harbour vote", "Is Marrow finished?", "‘We were lied to’ and other things the crews say"]
HEADINGS = ["More from the Ferrow Gazette", "Read more", "READ MORE:", "Related", "Related articles", "Also read", "Recommended for you",
            "Most read", "Most popular in Ferrow", "Trending now", "You may also like", "More on this story"]  # fmt: skip


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_heading_takes_the_headlines_under_it(heading: str) -> None:
    article = "Vera Quill met the crews.\nThey backed her."
    block = [heading, *HEADLINES]
    assert furniture_of("\n".join([article, *block])) == block
    assert furniture_of("\n".join([article, "", *block, "", "2 hours ago", "© 2031 Gazette. All rights reserved."]))[:4] == block
    assert furniture_of("\n\n".join(["Quill left.", *block, article])) == block


def test_a_heading_takes_no_sentences_and_no_whole_text() -> None:
    assert furniture_of("Quill left.\nRead more\nShe met the crews at the gate.\nQuill to go") == ["Read more"]
    headlines = "\n".join(["Marrow wins the harbour vote"] * 9)
    assert furniture_of(f"Quill left.\nRelated\n{headlines}\nShe met the crews.") == ["Related"]
    assert furniture_of(f"Read more\n{headlines}") == ["Read more"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Read more", "Quill wins the harbour vote", "She left.", "14:32", "", "  ", "By Ada Lorne", "\t—"]), max_size=12
    )
)
def test_furniture_is_whole_lines_in_order(lines: list[str]) -> None:
    text = "\n".join(lines)
    spans = find_furniture(text)
    assert list(spans) == sorted(set(spans), key=lambda span: span.start_char)
    for span in spans:
        assert span.start_char == 0 or text[span.start_char - 1] == "\n"
        assert span.end_char == len(text) or text[span.end_char] == "\n"
        assert text[span.start_char : span.end_char].strip() not in ("", "She left.")


@pytest.mark.parametrize(
    "line", ["1 at on of updated at " * 4 + "x", "1," * 199, "(Photo by x " * 30, "sign up " * 49, "Aa Bb, " * 14, "copy link " * 39 + "x"]
)
def test_no_line_takes_long(line: str) -> None:
    start = time.process_time()
    find_furniture(f"{line}\n" * 200)
    assert time.process_time() - start < 2
