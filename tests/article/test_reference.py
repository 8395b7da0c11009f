"""Published matrices, losses and figures, reproduced from the published data.

`../shared/reference` lies beside the project where these are checked, and is no part of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import pytest

from article import artifacts, geometry
from article.geometry import Floats

REFERENCE: Final = Path(__file__).resolve().parents[3] / "shared" / "reference"

pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(not REFERENCE.exists(), reason=f"no published data in {REFERENCE}"),
]

# -- Humer et al. 2024: 100 pairs of MSCOCO; 100 rotations of a picture under one caption --------

COUNTS: Final = (100, 100)
STEP: Final = 1 / artifacts.SIMILARITY_STEPS
COCO: Final = "MSCOCO-Val_size-100"
ROTATED: Final = "Rotated-0_size-100"

ALL_PUBLISHED: Final = [  # with the logit scale of the published loss
    (COCO, "CLIP", 100),
    (COCO, "CLIP_nogap", 100),
    (COCO, "CLOOB", 30),
    (COCO, "CLOOB_nogap", 30),
    (ROTATED, "CLIP", 100),
    (ROTATED, "CLOOB_LAION400M", 30),
]


def matrix(dataset: str, name: str) -> Floats:
    """A published matrix (200, 200), all digits."""
    file = REFERENCE / "jovi" / dataset / "similarities" / f"{name}.csv"
    return np.loadtxt(file, delimiter=",")


def facts(dataset: str, name: str) -> dict[str, Any]:
    """Gap distance and loss published with a matrix."""
    file = REFERENCE / "jovi" / dataset / "similarities" / f"{name}_meta_info.json"
    content: dict[str, Any] = orjson.loads(file.read_bytes())
    return content


def stored(similarity: Floats) -> Floats:
    """A matrix after a way through our format."""
    return artifacts.decode_similarity(artifacts.encode_similarity(similarity), sum(COUNTS))


@pytest.mark.parametrize("model", ["CLIP", "CLOOB"])
def test_the_closed_matrix_is_the_published_one(model: str) -> None:
    trained, closed = matrix(COCO, model), matrix(COCO, f"{model}_nogap")
    assert np.abs(geometry.close_gap(trained, COUNTS) - closed).max() < 1e-12
    assert np.abs(geometry.close_gap(stored(trained), COUNTS) - closed).max() <= 2 * STEP


@pytest.mark.parametrize(("dataset", "name", "scale"), ALL_PUBLISHED)
def test_gap_and_loss_are_the_published_ones(dataset: str, name: str, scale: float) -> None:
    similarity = matrix(dataset, name)
    cross = geometry.cross_block(similarity, COUNTS)
    expected = facts(dataset, name)
    assert geometry.gap_distance(similarity, COUNTS) == pytest.approx(
        expected["gap_distance"], abs=1e-6
    )
    assert geometry.published_loss(cross, scale) == pytest.approx(expected["loss"], abs=1e-6)


@pytest.mark.parametrize(("dataset", "name", "scale"), ALL_PUBLISHED)
def test_gap_and_loss_survive_16_bits(dataset: str, name: str, scale: float) -> None:
    similarity = stored(matrix(dataset, name))
    cross = geometry.cross_block(similarity, COUNTS)
    expected = facts(dataset, name)
    assert geometry.gap_distance(similarity, COUNTS) == pytest.approx(
        expected["gap_distance"], abs=1e-4
    )
    assert geometry.published_loss(cross, scale) == pytest.approx(expected["loss"], abs=1e-4)


@pytest.mark.parametrize(("model", "scale"), [("CLIP", 100), ("CLOOB", 30)])
def test_gap_and_loss_of_a_gap_that_we_close(model: str, scale: float) -> None:
    closed = geometry.close_gap(stored(matrix(COCO, model)), COUNTS)
    cross = geometry.cross_block(closed, COUNTS)
    expected = facts(COCO, f"{model}_nogap")
    assert geometry.gap_distance(closed, COUNTS) == pytest.approx(
        expected["gap_distance"], abs=1e-4
    )
    assert geometry.published_loss(cross, scale) == pytest.approx(expected["loss"], abs=1e-4)


def test_the_published_loss_is_one_direction_of_two() -> None:
    cross = geometry.cross_block(matrix(COCO, "CLIP"), COUNTS)
    losses = geometry.contrastive_losses(cross, 100)
    assert losses.first_to_second == pytest.approx(0.3031, abs=5e-5)
    assert losses.second_to_first == pytest.approx(0.4228, abs=5e-5)
    assert losses.mean == pytest.approx(0.3629, abs=5e-5)


@pytest.mark.parametrize("model", ["CLIP", "CLIP_nogap", "CLOOB", "CLOOB_nogap"])
def test_principal_components_are_the_published_ones_and_closer(model: str) -> None:
    """The published ones come from a randomised solver: they hold a little less variance."""
    coordinates = geometry.principal_components(matrix(COCO, model))
    expected = published_components(model)
    signs = np.sign((coordinates * expected).sum(axis=0))
    np.testing.assert_allclose(coordinates * signs, expected, atol=0.01)
    assert np.all((coordinates**2).sum(axis=0) >= (expected**2).sum(axis=0) - 1e-8)


def published_components(model: str) -> Floats:
    """Published coordinates (200, 2) on the principal components."""
    lines = (REFERENCE / "jovi" / COCO / "projections.csv").read_text(encoding="utf-8").splitlines()
    header = lines[0].split(",")
    columns = [header.index(f"{model}_PCA_{axis}") for axis in "xy"]
    return np.loadtxt(lines[1:], delimiter=",", usecols=columns)


def test_the_published_landscape_agrees_with_itself_and_fits_our_format() -> None:
    """Its 5,000 embeddings are not published, so that it cannot be computed anew."""
    file = REFERENCE / "jovi" / "MSCOCO-Val_size-5000" / "CLIP_loss_landscape.json"
    content = orjson.loads(file.read_bytes())
    shift = np.arange(-5, 5, 0.25)
    trained = int(np.flatnonzero(shift == 0)[0])
    distance, losses = np.array(content["distances"]), np.array(content["losses"])
    assert (distance[trained], losses[trained]) == pytest.approx(
        (content["original_distance"], content["original_loss"])
    )
    assert (distance[trained], losses[trained]) == pytest.approx((0.818611, 0.355370), abs=5e-7)
    assert np.all(np.diff(distance) < 0)
    assert losses.argmin() == trained
    assert np.interp(content["original_distance"], shift, losses) == pytest.approx(
        content["closed_loss"], abs=0.05
    )
    landmark = (content["closed_distance"], content["closed_loss"], content["closed_loss"])
    artifact = artifacts.Landscape(
        dataset="coco",
        model="clip",
        modalities=("image", "text"),
        count=5000,
        logit_scale=100,
        batch_size=50,
        shift=shift,
        distance=distance,
        first_to_second=losses,
        second_to_first=losses,
        trained=(distance[trained], losses[trained], losses[trained]),
        closed=landmark,
    )
    again = artifacts.decode(artifacts.encode(artifact), "landscape.json")
    assert isinstance(again, artifacts.Landscape)
    np.testing.assert_allclose(again.distance, distance, rtol=1e-6)
    assert again.closed == landmark


# -- Liang et al. 2022: 500 pairs of MSCOCO in CLIP ViT-B/16 --------------------------------------

FEATURES: Final = (500, 500)


@pytest.fixture(scope="module")
def features() -> Floats:
    """Similarities (1000, 1000) of the published embeddings, which are not of length 1."""
    images, texts = np.load(REFERENCE / "liang" / "features_clip.npy")
    return geometry.similarity_matrix(images, texts)


def test_the_figures_of_the_published_embeddings(features: Floats) -> None:
    cross = geometry.cross_block(features, FEATURES)
    paired = np.diagonal(cross)
    assert geometry.gap_distance(features, FEATURES) == pytest.approx(0.8514, abs=5e-5)
    assert geometry.relative_gap(features, FEATURES) == pytest.approx(0.5915, abs=5e-5)
    assert geometry.mean_similarity(features[:500, :500]) == pytest.approx(0.53, abs=5e-3)
    assert geometry.mean_similarity(features[500:, 500:]) == pytest.approx(0.52, abs=5e-3)
    assert paired.mean() == pytest.approx(0.310, abs=5e-4)
    assert (cross.sum() - paired.sum()) / (500 * 499) == pytest.approx(0.162, abs=5e-4)
    assert geometry.recall(cross, 1) == (0.552, 0.506)


def test_the_loss_minimising_gap_shrinks_with_the_logit_scale(features: Floats) -> None:
    """Over the whole batch of 500, both directions, shifts in steps of .01."""
    expected = {100: 0.859, 50: 0.714, 30: 0.545, 20: 0.394, 10: 0.213, 1: 0.017}
    found = best_gaps(features, np.arange(-0.2, 1.005, 0.01), tuple(expected))
    assert found == pytest.approx(expected, abs=5e-4)


def best_gaps(
    similarity: Floats, shifts: Iterable[float], scales: tuple[int, ...]
) -> dict[int, float]:
    """For each logit scale, the gap distance at the shift of least loss."""
    trained = geometry.gap_distance(similarity, FEATURES)
    best = dict.fromkeys(scales, (np.inf, np.nan))
    for shift in shifts:
        moved = geometry.close_gap(similarity, FEATURES, shift / trained)
        cross = geometry.cross_block(moved, FEATURES)
        gap = geometry.gap_distance(moved, FEATURES)
        for scale in scales:
            loss = geometry.contrastive_losses(cross, scale, batch_size=500).mean
            best[scale] = min(best[scale], (loss, gap))
    return {scale: gap for scale, (_, gap) in best.items()}
