"""How somebody reacts who speaks then: "Quill shrugged. “So it is.”"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whipcount.reading.cues import listed_forms
from whipcount.reading.roles import listed

if TYPE_CHECKING:
    from spacy.tokens import Token

REACTING_FORMS = listed_forms("shrug smile laugh nod grin pause snort wince bristle demur relent")
"""Verbs of what somebody does who speaks then."""
HITTING_BACK = listed("hit hits hitting struck strikes striking fired fires firing fought fights fighting")
"""Verbs that mean that with "back" alone."""
MOODS = listed(
    "adamant angry blunt cautious defiant delighted dismissive emphatic furious indignant jubilant livid optimistic philosophical sanguine "
    "scathing sceptical skeptical unapologetic unimpressed unmoved unrepentant"
)
"""What somebody is said to be who speaks then."""


def reacts(verb: Token) -> bool:
    """Whether a verb tells how somebody reacts before speaking: shrugs, hits back, is furious."""
    if verb.lemma_ == "be":
        return any(child.dep_ == "acomp" and child.lower_ in MOODS for child in verb.children)
    back = verb.lower_ in HITTING_BACK and any(child.lower_ == "back" for child in verb.children)
    return back or verb.lower_ in REACTING_FORMS
