"""The names by which American news calls parties, chambers, agencies and groups that a corpus lists by one canonical name."""

from __future__ import annotations

import re

from whipcount.schema import TOPIC

PREFIX = re.compile(r"^United States\s+|^U\.\s?S\.\s+|\s+of the United States$")

KNOWN: dict[str, tuple[str, ...]] = {
    "Republican Party": ("Republicans", "Republican", "GOP", "G.O.P.", "Republican leaders", "Republican lawmakers"),
    "Democratic Party": ("Democrats", "Democrat", "Democratic", "Democratic leaders", "Democratic lawmakers"),
    "Tea Party movement": ("Tea Party", "tea party"),
    "House of Representatives": ("House", "House Republicans", "House Democrats", "the House"),
    "Senate": ("senators", "Senate Republicans", "Senate Democrats"),
    "Congress": ("lawmakers", "Capitol Hill", "congressional"),
    "White House": ("administration",),
    "Supreme Court": ("high court", "justices", "Court"),
    "Department of Justice": ("Justice Department", "DOJ", "Justice"),
    "Department of State": ("State Department",),
    "Department of Defense": ("Defense Department", "Pentagon", "DOD"),
    "Department of Homeland Security": ("Homeland Security", "DHS"),
    "Department of Health and Human Services": ("HHS", "Health and Human Services"),
    "Department of Labor": ("Labor Department",),
    "Department of Education": ("Education Department",),
    "Department of the Treasury": ("Treasury Department", "Treasury"),
    "Department of Veterans Affairs": ("VA", "V.A.", "Veterans Affairs"),
    "Federal Bureau of Investigation": ("FBI", "F.B.I.", "bureau", "investigators", "agents"),
    "Central Intelligence Agency": ("CIA", "C.I.A."),
    "National Security Agency": ("NSA", "N.S.A."),
    "Internal Revenue Service": ("IRS", "I.R.S."),
    "Environmental Protection Agency": ("EPA", "E.P.A."),
    "Centers for Disease Control and Prevention": ("CDC", "C.D.C."),
    "Food and Drug Administration": ("FDA", "F.D.A."),
    "Congressional Budget Office": ("CBO", "C.B.O."),
    "Immigration and Customs Enforcement": ("ICE", "I.C.E."),
    "Citizenship and Immigration Services": ("USCIS",),
    "Customs and Border Protection": ("Border Patrol", "CBP"),
    "National Rifle Association": ("NRA", "N.R.A.", "gun lobby"),
    "American Civil Liberties Union": ("ACLU", "A.C.L.U."),
    "Democratic National Committee": ("DNC", "D.N.C."),
    "Republican National Committee": ("RNC", "R.N.C."),
    "North Atlantic Treaty Organization": ("NATO",),
    "European Union": ("EU", "E.U."),
    "United Nations": ("UN", "U.N."),
    "United Kingdom": ("Britain", "British", "UK", "U.K."),
    "United States": ("US", "U.S.", "America", "American", "Washington", "USA"),
    "Russia": ("Russian", "Russians", "Moscow", "Kremlin"),
    "Ukraine": ("Ukrainian", "Ukrainians", "Kyiv", "Kiev"),
    "Iran": ("Iranian", "Iranians", "Tehran"),
    "Israel": ("Israeli", "Israelis"),
    "Mexico": ("Mexican", "Mexicans"),
    "China": ("Chinese", "Beijing"),
    "Saudi Arabia": ("Saudi", "Saudis", "Riyadh", "kingdom"),
    "Syria": ("Syrian", "Syrians", "Damascus"),
    "North Korea": ("North Korean", "Pyongyang"),
    "Al-Qaeda": ("al-Qaida", "al Qaeda", "al-Qaeda", "Al Qaeda", "Al-Qaida", "Qaeda", "Qaida"),
    "Islamic State": ("ISIS", "ISIL", "IS", "Islamic State group"),
    "Islam": ("Muslims", "Muslim", "Islamic"),
    "Republicans": ("Republican", "GOP"),
    "Democrats": ("Democrat", "Democratic"),
}


def american_names(name: str, kind: str) -> list[str]:
    """Return further names of an actor, without ``name`` itself.

    Rules: "United States" before and "of the United States" after a name fall away; "Department of X" is also "X Department";
    "Obama administration" is also "administration"; a group has singular and plural. The rest is a list of well-known names.

    Args:
        name: canonical name.
        kind: one of ``schema.KINDS``.
    """
    short = PREFIX.sub("", name) if name != "United States" else name
    found = [short, *KNOWN.get(short, ())]
    if match := re.fullmatch(r"Department of (?:the )?(.+)", short):
        found.append(f"{match[1]} Department")
    if match := re.fullmatch(r"(?:[A-Z][\w.]+ )+administration", name):
        found += ["administration", "White House"]
    if kind in ("group", TOPIC):
        found += _numbers(name)
    return [one for one in dict.fromkeys(found) if one != name]


def _numbers(name: str) -> list[str]:
    """Return singular and plural of a group's name as far as spelling tells."""
    *before, last = name.split()
    if last.endswith("ies"):
        other = [last[:-3] + "y"]
    elif last.endswith("s"):
        other = [last[:-1]]
    elif last.endswith("y") and last[-2:-1] not in "aeiou":
        other = [last[:-1] + "ies"]
    else:
        other = [last + "s"]
    return [" ".join([*before, word]) for word in other]
