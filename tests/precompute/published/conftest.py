"""A CPU, and a ResNet small enough for tests under the name "RN-tiny"."""

from __future__ import annotations

import open_clip.factory
import pytest

from precompute.hardware import Hardware, choose_hardware
from precompute.published import cloob, cyclip
from precompute.published.weights_files import PublishedFile
from tests.precompute.published import official


@pytest.fixture
def cpu() -> Hardware:
    return choose_hardware("cpu", "fp32")


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name under which open_clip, CyCLIP and CLOOB know the small architecture."""
    name = "RN-tiny"
    file = PublishedFile("cloob_tiny.pt", "https://example.org/cloob_tiny.pt")
    monkeypatch.setitem(open_clip.factory._MODEL_CONFIGS, name, official.TINY.config)
    monkeypatch.setitem(cloob.CHECKPOINTS, name, file)
    monkeypatch.setattr(cyclip, "ARCHITECTURE", name)
    return name
