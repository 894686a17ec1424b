"""``whipcount read`` with a pipeline that needs no model; run as a program it reads slowly, so that it can be killed midway."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from whipcount.read import Request, main
from whipcount.schema import Actor, FoundStance, Mention, Reading, Span


class FakePipeline:
    """Finds that Quill favors Berg in every text that names both, and does what a text tells it to."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.ids: list[str] = []

    def __call__(self, text: str, *, id: str = "", date: str = "", title: str = "", outlet: str = "") -> Reading:
        time.sleep(self.seconds)
        self.ids.append(id)
        if "RAISE" in text:
            raise ValueError(f"told to fail\nby {id}")
        if "MEMORY" in text:
            raise MemoryError
        if "ALLOCATE" in text:  # as torch says it
            raise RuntimeError(
                "[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"
            )
        if "INTERRUPT" in text:
            raise KeyboardInterrupt
        names = {"quill": text.find("Quill"), "berg": text.find("Berg")}
        found = all(start >= 0 for start in names.values())
        return Reading(
            text=text,
            sentences=(Span(0, len(text)),),
            actors=(Actor("quill", "Ada Quill", "person"), Actor("berg", "Nils Berg", "person")) if found else (),
            mentions=tuple(Mention(actor, start, start + len(actor)) for actor, start in names.items()) if found else (),
            stances=(FoundStance(0, "quill", "berg", (0.75, 0.125, 0.125)),) if found else (),
            n_scored=1,
            losses={"sentences cut to the window": text.count("LONG")} if "LONG" in text else {},
            id=id,
            date=date,
            title=title,
            outlet=outlet,
        )


def load(request: Request) -> FakePipeline:
    return FakePipeline(float(os.environ.get("SECONDS", "0.02")))


def peak_memory() -> str:
    """Return what this process has taken at most, in kB; ``getrusage`` would count the process that started it, too."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return line.split()[1]


if __name__ == "__main__":
    try:
        main(sys.argv[1:], load)
    finally:
        if "SHOW_PEAK" in os.environ:
            sys.stdout.write(peak_memory())
