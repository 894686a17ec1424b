"""Who stands with whom in a news article: sentence by sentence, (speaker, target, stance)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from whipcount.modeling.classifier import StanceClassifier
    from whipcount.pipeline import StancePipeline

__all__ = ["StanceClassifier", "StancePipeline"]


def __getattr__(name: str) -> Any:
    """Import ``StanceClassifier`` or ``StancePipeline``, and with the first torch, only when it is asked for."""
    if name == "StanceClassifier":
        from whipcount.modeling.classifier import StanceClassifier

        return StanceClassifier
    if name == "StancePipeline":
        from whipcount.pipeline import StancePipeline

        return StancePipeline
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
