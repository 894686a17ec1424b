from __future__ import annotations

import pytest

from whipcount.launch import code_version


def test_a_machine_without_git_loses_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert code_version().endswith("(no git)")
