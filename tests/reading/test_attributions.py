from __future__ import annotations

import pytest

from whipcount.reading.attributions import Attribution, merged
from whipcount.schema import InputError, Span


def test_an_attribution_has_cue_and_content_in_the_order_of_the_text() -> None:
    assert Attribution((Span(3, 5),), (Span(0, 3), Span(5, 9))).source == ()
    with pytest.raises(InputError, match="an attribution without cue"):
        Attribution((), (Span(0, 3),))
    with pytest.raises(InputError, match="an attribution without content"):
        Attribution((Span(0, 3),), ())
    with pytest.raises(InputError, match="ranges of a content are not in the order of the text"):
        Attribution((Span(3, 5),), (Span(5, 9), Span(0, 3)))


def test_ranges_that_overlap_or_touch_become_one() -> None:
    assert merged([Span(5, 9), Span(0, 3), Span(3, 4), Span(6, 7)]) == (Span(0, 4), Span(5, 9))
    assert merged([]) == ()
