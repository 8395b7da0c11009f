"""From names and settings to sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from precompute.published.biomedclip import REPOSITORY
from precompute.published.cloob import Cloob
from precompute.published.cloob_laion import CloobLaion400M
from precompute.published.cyclip import CyClip
from precompute.published.errors import EncoderError
from precompute.published.names import NAMES, source_of, source_of_text
from precompute.published.open_clip_models import NamedModel, PackagedModel
from precompute.published.own import DottedName

BASE = Path("/study")


@pytest.mark.parametrize(
    ("encoder", "settings", "source"),
    [
        ("openai-clip-rn50", {}, NamedModel("RN50", "openai")),
        ("openai-clip-rn50", {"weights": "a.pt"}, NamedModel("RN50", "openai", BASE / "a.pt")),
        ("cyclip", {"weights": "/w/cyclip.pt"}, CyClip(Path("/w/cyclip.pt"))),
        ("cloob-rn50", {"template": "a photo of {}."}, Cloob("RN50", None, "a photo of {}.")),
        ("cloob-rn50x4", {}, Cloob("RN50x4")),
        ("cloob-laion-400m-16-epochs", {"gelu": "erf"}, CloobLaion400M(16, gelu="erf")),
        ("cloob-laion-400m-32-epochs", {}, CloobLaion400M(32)),
        ("biomedclip", {}, PackagedModel(f"hf-hub:{REPOSITORY}", "this is a photo of {}")),
        (
            "biomedclip",
            {"weights": "biomed", "template": "{}"},
            PackagedModel("local-dir:/study/biomed", "{}"),
        ),
        (
            "open_clip",
            {"model": "ViT-B-32", "pretrained": "laion2b_s34b_b79k"},
            NamedModel("ViT-B-32", "laion2b_s34b_b79k"),
        ),
        (
            "open_clip",
            {"model": "RN50", "weights": "a.pt", "quick_gelu": True},
            NamedModel("RN50", None, BASE / "a.pt", quick_gelu=True),
        ),
        ("open_clip", {"model": "local-dir:mine"}, PackagedModel("local-dir:/study/mine")),
        ("open_clip", {"model": "hf-hub:a/b"}, PackagedModel("hf-hub:a/b")),
        ("my.models:make", {"width": 3}, DottedName("my.models:make", {"width": 3})),
    ],
)
def test_names_with_settings(encoder: str, settings: dict[str, Any], source: object) -> None:
    assert source_of(encoder, settings, BASE) == source


@pytest.mark.parametrize(
    ("encoder", "settings", "message"),
    [
        ("cycliq", {}, r"unknown encoder 'cycliq'; there are: cyclip.* or package\.module:factory"),
        ("cyclip", {"wieghts": "a"}, "cyclip has no setting 'wieghts'; it has: weights, template"),
        ("cyclip", {"weights": 3}, "cyclip: weights must be a path, not 3"),
        ("cyclip", {"template": "a photo"}, r"template must be a text with \{\} once"),
        ("cyclip", {"template": "{} and {}"}, r"template must be a text with \{\} once"),
        ("cloob-laion-400m-16-epochs", {"gelu": "relu"}, "gelu must be tanh or erf, not 'relu'"),
        ("open_clip", {}, "`model` is missing"),
        ("open_clip", {"model": "RN50", "quick_gelu": 1}, "quick_gelu must be true or false"),
        ("open_clip", {"model": "hf-hub:a/b", "weights": "c"}, "hf-hub:a/b brings its weights;"),
        ("open_clip", {"model": "ViT-B-33"}, "unknown model of open_clip: 'ViT-B-33'; .*ViT-B-32"),
        (
            "open_clip",
            {"model": "RN50", "pretrained": "laion"},
            "unknown tag of RN50: 'laion'; there are: openai, yfcc15m, cc12m",
        ),
        ("open_clip", {"model": "RN50"}, "RN50: needs `pretrained`, a tag, or `weights`, a file"),
        (
            "open_clip",
            {"model": "ViT-B-32", "pretrained": "laion2b_s34b_b79k", "quick_gelu": True},
            "ViT-B-32: leave `quick_gelu` to the tag laion2b_s34b_b79k",
        ),
    ],
)
def test_errors_name_the_setting(encoder: str, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(EncoderError, match=message):
        source_of(encoder, settings)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("cyclip", CyClip()),
        ("cyclip=w/c.pt", CyClip(Path("w/c.pt"))),
        ("open_clip:ViT-B-32:laion2b_s34b_b79k", NamedModel("ViT-B-32", "laion2b_s34b_b79k")),
        ("open_clip:RN50=rn.pt", NamedModel("RN50", None, Path("rn.pt"))),
        ("open_clip:RN50:openai=rn.pt", NamedModel("RN50", "openai", Path("rn.pt"))),
        ("open_clip:hf-hub:owner/name", PackagedModel("hf-hub:owner/name")),
        ("open_clip:local-dir:mine", PackagedModel("local-dir:mine")),
        ("my.models:make", DottedName("my.models:make")),
    ],
)
def test_texts_of_a_command_line(text: str, source: object) -> None:
    assert source_of_text(text) == source


def test_every_name_makes_a_source() -> None:
    assert [name for name in NAMES if name != "open_clip"] == [
        "openai-clip-rn50",
        "cyclip",
        "cloob-rn50",
        "cloob-rn50x4",
        "cloob-laion-400m-16-epochs",
        "cloob-laion-400m-32-epochs",
        "biomedclip",
    ]
    for name in NAMES[:-1]:
        assert callable(source_of(name, {}).digest)
