"""What README.md shows works as it stands there."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import precompute.published
from precompute.hardware import Hardware
from precompute.published.cyclip import CyClip
from precompute.published.names import NAMES, source_of
from precompute.published.open_clip_models import NamedModel
from precompute.published.own import DottedName

README = (Path(precompute.published.__file__).parent / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.fixture
def colour_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "colour_models.py").write_text(blocks("python")[0])
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "colour_models", raising=False)


def test_the_study_names_encoders() -> None:
    (study,) = blocks("toml")
    sources = {}
    for name, table in tomllib.loads(study)["models"].items():
        settings = {key: value for key, value in table.items() if key not in ("title", "encoder")}
        sources[name] = source_of(table["encoder"], settings, Path("/studies"))
    assert sources == {
        "clip": NamedModel("RN50", "openai"),
        "cyclip": CyClip(Path("/studies/../checkpoints/cyclip-3M.pt")),
        "vit": NamedModel("ViT-B-32", "laion2b_s34b_b79k"),
        "colours": DottedName("colour_models:colours", {"digits": 1}),
    }


@pytest.mark.usefixtures("colour_models")
def test_the_own_encoder_runs(cpu: Hardware) -> None:
    encoder = DottedName("colour_models:colours", {"digits": 1}).load("colours", cpu)
    texts = encoder.encode_texts(encoder.prepare_texts(["a red fox", "green grass"]))
    assert texts.tolist() == [[2, 1, 1], [1, 2, 1]]
    names: dict[str, Any] = {}
    exec("\n".join(blocks("python")), names)  # the page's own code, not a file's
    assert names["vectors"].tolist() == texts.tolist()


def test_all_names_are_listed() -> None:
    listed = re.findall(r"^\| `([a-z0-9_-]+)` \|", README, flags=re.MULTILINE)
    assert tuple(listed[: len(NAMES)]) == NAMES
