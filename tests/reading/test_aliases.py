"""American names: what the rules and the list give, and that nothing is given for a stranger."""

from __future__ import annotations

import pytest

from whipcount.reading.aliases import american_names


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("United States Department of Justice", "organisation", {"Department of Justice", "Justice Department", "DOJ"}),
        ("Supreme Court of the United States", "organisation", {"Supreme Court", "justices"}),
        ("Democratic Party", "organisation", {"Democrats"}),
        ("United States", "organisation", {"U.S.", "America"}),
        ("Obama administration", "organisation", {"administration"}),
        ("pilot", "group", {"pilots"}),
        ("harbour authorities", "group", {"harbour authority"}),
        ("deputy", "group", {"deputies"}),
    ],
)
def test_further_names(name: str, kind: str, expected: set[str]) -> None:
    names = american_names(name, kind)
    assert expected <= set(names)
    assert name not in names


def test_a_stranger_has_no_further_name() -> None:
    assert american_names("Vera Quill", "person") == []
