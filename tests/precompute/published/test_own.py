"""Encoders that somebody else wrote."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from precompute.embedding import embed
from precompute.hardware import Hardware
from precompute.published.errors import EncoderError
from precompute.published.own import DottedName, WrappedEncoder, checked

MODULE = '''
import numpy as np

class Colours:
    """Mean colour of a picture; letters r, g and b of a text."""

    logit_scale = 20.0

    def __init__(self, digest, digits):
        self.digest = digest
        self.digits = digits

    def embed_images(self, pictures):
        means = [np.asarray(picture).mean(axis=(0, 1)) for picture in pictures]
        return np.round(means, self.digits)

    def embed_texts(self, texts):
        return [[text.count(letter) for letter in "rgb"] for text in texts]

def colours(digest="one", digits=0):
    return Colours(digest, digits)

def nothing():
    return object()

not_a_function = 3
'''


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "colour_models.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "colour_models", raising=False)


class Pairs:
    """Three pictures of one colour."""

    ids = ("a", "b", "c")
    captions = ("red", "green", "blue bird")

    def pictures(self, rows: range, side: int) -> list[np.ndarray]:
        assert side == 224
        return [np.full((4, 4, 3), (row, 7, 9), dtype=np.uint8) for row in rows]


def test_a_dotted_name_runs_in_the_pipeline(cpu: Hardware) -> None:
    encoder = DottedName("colour_models:colours", {"digits": 2}).load("colours", cpu)
    embeddings = embed(encoder, Pairs(), range(3), 2, lambda count: None)  # type: ignore[arg-type]
    assert embeddings.images.dtype == np.float32
    assert embeddings.images.tolist() == [[0, 7, 9], [1, 7, 9], [2, 7, 9]]
    assert embeddings.texts.tolist() == [[1, 0, 0], [1, 1, 0], [1, 0, 2]]
    assert (encoder.name, encoder.logit_scale) == ("colours", 20.0)


def test_the_digest_follows_weights_and_settings() -> None:
    first = DottedName("colour_models:colours").digest()
    assert first == DottedName("colour_models:colours").digest()
    assert first != DottedName("colour_models:colours", {"digest": "two"}).digest()
    assert first != DottedName("colour_models:colours", {"digits": 1}).digest()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absent_models:make", "absent_models:make: there is no module 'absent_models'"),
        ("colour_models:absent", "colour_models has no function 'absent'"),
        ("colour_models:not_a_function", "colour_models has no function 'not_a_function'"),
        (
            "colour_models:nothing",
            "colour_models:nothing: this object is no encoder; it lacks digest, logit_scale, "
            "embed_images, embed_texts",
        ),
    ],
)
def test_errors_name_what_is_wrong(name: str, message: str) -> None:
    with pytest.raises(EncoderError) as caught:
        DottedName(name).digest()
    assert str(caught.value).endswith(message)


class Wrong:
    """Gives arrays of whatever shape it is told."""

    digest = "wrong"
    logit_scale = 1.0

    def __init__(self, *shape: int) -> None:
        self.shape = shape

    def embed_images(self, pictures: list[Image.Image]) -> np.ndarray:
        return np.ones(self.shape)

    def embed_texts(self, texts: list[str]) -> np.ndarray:
        return np.ones((len(texts), len(texts)))


def test_arrays_of_a_wrong_shape_are_named() -> None:
    encoder = WrappedEncoder("wrong", Wrong(3, 8))
    pictures = encoder.prepare_images([np.zeros((2, 2, 3), dtype=np.uint8)] * 2)
    with pytest.raises(EncoderError) as caught:
        encoder.encode_images(pictures)
    assert str(caught.value) == (
        "wrong: embed_images of 2 items gave an array of shape (3, 8), not (2, d)"
    )
    batches = [encoder.encode_texts(["a"]), encoder.encode_texts(["a", "b"])]
    with pytest.raises(EncoderError, match="embeddings of different batches differ in length"):
        encoder.gather(batches)


def test_a_digest_must_be_a_text() -> None:
    own = Wrong(1, 2)
    own.digest = ""
    with pytest.raises(EncoderError, match="mine: `digest` must be a text"):
        checked(own, "mine")


def test_what_an_encoder_says_of_itself_is_kept() -> None:
    own = Wrong(1, 2)
    plain = WrappedEncoder("plain", checked(own, "plain"))
    assert (plain.picture_side, plain.device, plain.facts) == (224, "own encoder", {})
    own.picture_side, own.device, own.facts = 64, "abacus", {"tower": "beads"}  # type: ignore[attr-defined]
    said = WrappedEncoder("said", own)
    assert (said.picture_side, said.device, said.facts) == (64, "abacus", {"tower": "beads"})
