from __future__ import annotations

import pytest

from whipcount.reading.cues import CUE_FORMS, JUDGING_FORMS, QUOTING_FORMS, SAYING_FORMS, THINKING_FORMS, forms


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ("warn", {"warn", "warns", "warned", "warning"}),
        ("argue", {"argue", "argues", "argued", "arguing"}),
        ("deny", {"deny", "denies", "denied", "denying"}),
        ("say", {"say", "says", "said", "saying"}),
        ("write", {"write", "writes", "wrote", "written", "writing"}),
        ("foresee", {"foresee", "foresees", "foresaw", "foreseen", "foreseeing"}),
        ("admit", {"admit", "admits", "admitted", "admitting"}),
        ("stress", {"stress", "stresses", "stressed", "stressing"}),
        ("lambast", {"lambast", "lambasts", "lambasted", "lambasting"}),
    ],
)
def test_forms_of_a_verb(verb: str, expected: set[str]) -> None:
    assert forms(verb) == expected


def test_a_verb_judges_or_thinks_or_says() -> None:
    assert "denounced" in JUDGING_FORMS and "believes" in THINKING_FORMS and "told" in SAYING_FORMS and "began" in QUOTING_FORMS
    assert not QUOTING_FORMS & (SAYING_FORMS | THINKING_FORMS | JUDGING_FORMS), "beside a quotation alone"
    assert "ran" not in CUE_FORMS
