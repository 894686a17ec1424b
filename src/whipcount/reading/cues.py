"""Verbs that attribute: of saying, of thinking, of judging."""

from __future__ import annotations

from whipcount.reading.roles import listed

PAST = {
    "begin": "began begun", "send": "sent", "leave": "left", "go": "went gone",
    "say": "said", "tell": "told", "think": "thought", "feel": "felt", "know": "knew known",
    "write": "wrote written", "speak": "spoke spoken", "come": "came come", "run": "ran run", "read": "read",
    "swear": "swore sworn", "find": "found", "see": "saw seen", "show": "showed shown", "seek": "sought",
    "forget": "forgot forgotten", "foresee": "foresaw foreseen", "understand": "understood", "hear": "heard", "mean": "meant",
}  # fmt: skip
"""Past forms that do not follow from the verb."""
DOUBLED = listed("begin pen submit admit quip refer regret commit slam plan rip brag beg snap chip run shrug nod grin demur")
"""Verbs whose last letter is doubled before -ed and -ing."""


def forms(verb: str) -> set[str]:
    """Return the inflected forms of an English verb."""
    if verb.endswith("y") and verb[-2] not in "aeiou":
        third, past, present = verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"
    elif verb.endswith("e"):
        third, past, present = verb + "s", verb + "d", (verb if verb.endswith("ee") else verb[:-1]) + "ing"
    else:
        stem = verb + verb[-1] if verb in DOUBLED else verb
        third, past, present = verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "o")) else "s"), stem + "ed", stem + "ing"
    return {verb, third, present, *PAST.get(verb, past).split()}


def listed_forms(verbs: str) -> frozenset[str]:
    """Return the inflected forms of verbs."""
    return frozenset(form for verb in listed(verbs) for form in forms(verb))


SAYING_FORMS = listed_forms(
    "say tell add note argue claim warn insist urge announce deny write tweet ask reply answer declare vow promise suggest state "
    "complain agree disagree pledge joke concede acknowledge admit maintain counter contend explain remark observe lament report "
    "recall recount conclude confirm reveal disclose assert allege testify predict caution emphasize emphasise stress reiterate repeat "
    "mention point swear shout whisper mutter murmur cry quip boast brag propose recommend advise demand request "
    "assure inform remind notify pronounce proclaim affirm guarantee volunteer venture interject charge imply "
    "indicate hint signal specify clarify describe estimate forecast foresee figure calculate speculate theorize muse ponder "
    "show find"
)
THINKING_FORMS = listed_forms(
    "think believe feel know hope fear want wish expect doubt assume suspect consider understand realize realise worry guess imagine "
    "suppose reckon see hear view regard intend plan seek refuse decline threaten prefer vote wonder question "
    "remember forget regret mean seem appear"
)
JUDGING_FORMS = listed_forms(
    "criticize criticise praise condemn denounce blast slam endorse back support oppose reject defend accuse blame call describe attack "
    "mock ridicule dismiss welcome hail thank decry deride deplore lambast lambaste bash rip assail rebuke chide scold fault laud applaud "
    "commend salute celebrate cheer congratulate apologize apologise credit cite quote label brand dub deem characterize characterise "
    "portray paint liken compare favor favour embrace champion advocate discuss express voice challenge "
    "dispute refute rebut protest resent admire hate loathe despise"
)
WORDLESS_FORMS = THINKING_FORMS | listed_forms("show find prove")
"""Verbs whose subject need not have said anything: where somebody is said to have shown “courage”, the word is the teller's."""
QUOTING_FORMS = listed_forms(
    "continue respond post blog email text speak comment begin finish go scoff laugh sigh thunder order beg plead smile snap bark roar "
    "growl grumble groan moan sneer gush chuckle chime fume rage exclaim yell scream wail chorus interrupt grin"
)
"""Verbs that are cues beside a quotation alone."""
CUE_FORMS = SAYING_FORMS | THINKING_FORMS | JUDGING_FORMS | QUOTING_FORMS
CUE_NOUNS = listed(
    "accusation accusations admission allegation allegations announcement argument arguments assertion assertions attack attacks belief "
    "beliefs call calls claim claims comment comments complaint complaints concern concerns criticism criticisms demand demands denial "
    "doubt doubts endorsement fear fears hope hopes insistence opinion opinions opposition pledge pledges position praise promise "
    "promises proposal proposals remark remarks stance statement statements suggestion suggestions support talk threat threats view views "
    "vow warning warnings"
)
"""Nouns that are cues where they have an owner, and a preposition or "that" after them: "her criticism of"."""
