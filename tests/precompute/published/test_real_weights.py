"""The real weights against the similarities that were published of them, where both can be had."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from precompute.encoders import Encoder
from precompute.hardware import Hardware
from precompute.published.errors import EncoderError
from precompute.published.names import Source, source_of
from tests.precompute.published import comparison

REFERENCE: Final = Path(__file__).resolve().parents[4] / "shared" / "reference" / "jovi"
# The pictures were saved as JPEG after they were embedded, and half precision rounds.
TEXT_TOLERANCE: Final = 0.005
MEAN_TOLERANCE: Final = 0.01


def available(encoder: str, **settings: Any) -> Source:
    """The source of an encoder, or a skip where its weights cannot be had."""
    source = source_of(encoder, settings)
    try:
        source.digest()
    except EncoderError as error:
        pytest.skip(str(error))
    return source


def similarities(encoder: Encoder, folder: Path) -> npt.NDArray[np.float64]:
    """Cosines (2n, 2n) of all pictures and texts of a published folder, pictures first."""
    texts = (folder / "prompts.txt").read_text().splitlines()
    pictures = [
        np.asarray(Image.open(folder / "images" / f"{row}.jpg").convert("RGB"))
        for row in range(len(texts))
    ]
    images = encoder.gather([encoder.encode_images(encoder.prepare_images(pictures))])
    words = encoder.gather([encoder.encode_texts(encoder.prepare_texts(texts))])
    vectors = comparison.unit(np.concatenate([images, words]))
    return np.asarray(vectors @ vectors.T)


@pytest.mark.download
@pytest.mark.reference
@pytest.mark.slow
@pytest.mark.parametrize(
    ("encoder", "settings", "folder", "published"),
    [
        ("openai-clip-rn50", {}, "MSCOCO-Val_size-100", "CLIP"),
        ("cloob-rn50", {}, "MSCOCO-Val_size-100", "CLOOB"),
        ("openai-clip-rn50", {}, "Rotated-0_size-100", "CLIP"),
        (
            "cloob-laion-400m-16-epochs",
            {"gelu": "erf"},
            "Rotated-0_size-100",
            "CLOOB_LAION400M",
        ),
    ],
)
def test_published_similarities(
    encoder: str, settings: dict[str, Any], folder: str, published: str, cpu: Hardware
) -> None:
    source = available(encoder, **settings)
    path = REFERENCE / folder / "similarities" / f"{published}.csv"
    if not path.is_file():
        pytest.skip(f"{path} is not here")
    expected = np.loadtxt(path, delimiter=",")
    difference = np.abs(similarities(source.load(encoder, cpu), REFERENCE / folder) - expected)
    count = len(expected) // 2
    assert difference[count:, count:].max() < TEXT_TOLERANCE
    assert difference.mean() < MEAN_TOLERANCE


@pytest.mark.download
@pytest.mark.slow
def test_openai_clip_is_as_large_as_published(cpu: Hardware) -> None:
    encoder = available("openai-clip-rn50").load("clip", cpu)
    assert encoder.logit_scale == pytest.approx(100, abs=0.01)
    assert encoder.facts["dimensions"] == 1024
    assert encoder.facts["parameters"] == 102_007_137
