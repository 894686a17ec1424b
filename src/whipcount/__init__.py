"""Who stands with whom in a news article: sentence by sentence, (speaker, target, stance)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from whipcount.modeling.classifier import StanceClassifier

__all__ = ["StanceClassifier"]


def __getattr__(name: str) -> Any:
    """Import ``StanceClassifier``, and with it torch, only when it is asked for."""
    if name == "StanceClassifier":
        from whipcount.modeling.classifier import StanceClassifier

        return StanceClassifier
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
