from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter

from precompute.augmentation_kinds import values_of
from precompute.augmentations import AUGMENTATIONS, BATCH, STEPS, augment
from precompute.pictures import Picture


def smooth_picture(height: int = 60, width: int = 80) -> Picture:
    """Slopes and an edge: neither all smooth nor all noise."""
    y, x = np.mgrid[:height, :width]
    picture = np.stack([255 * x / width, 255 * y / height, 128 + 100 * np.sin(x / 9)], axis=2)
    picture[height // 3 : height // 2, width // 4 : width // 2] = (250, 20, 20)
    return picture.astype(np.uint8)


def steps_of(kind: str, picture: Picture, steps: int = STEPS, seed: int = 0) -> np.ndarray:
    """All steps, (steps, h, w, 3)."""
    batches = augment(kind, picture, range(steps), steps, seed, "cpu")
    return torch.cat(list(batches)).permute(0, 2, 3, 1).numpy()


def test_the_parameters_are_the_published_ones() -> None:
    rotation = values_of("rotation", 100, 224)
    assert rotation[:3] == pytest.approx([0, 3.6, 7.2])
    assert rotation[-1] == pytest.approx(356.4)
    blur = values_of("blur", 100, 224)
    assert blur[1] == pytest.approx(224 / 8 / 100)
    assert blur[99] == pytest.approx(99 * 224 / 8 / 100)
    for kind in ("horizontal-shift", "vertical-shift"):
        expected = np.linspace(-224, 224, 100).round()
        np.testing.assert_array_equal(values_of(kind, 100, 224), expected)
    np.testing.assert_allclose(values_of("noise", 100, 224), np.arange(100) / 100)


@pytest.mark.parametrize("kind", ["rotation", "blur", "noise"])
def test_the_first_step_is_the_picture_itself(kind: str) -> None:
    picture = smooth_picture()
    np.testing.assert_array_equal(steps_of(kind, picture)[0], picture)


def test_a_quarter_turn_of_a_tiny_picture() -> None:
    picture = np.zeros((2, 2, 3), dtype=np.uint8)
    picture[:, :, 0] = [[10, 20], [30, 40]]
    turned = steps_of("rotation", picture, steps=4)[1, :, :, 0]
    # Counter-clockwise: the right column becomes the upper row.
    assert turned.tolist() == [[20, 40], [10, 30]]


@pytest.mark.parametrize("step", [1, 10, 33, 80])
def test_rotations_are_those_of_pillow(step: int) -> None:
    picture = smooth_picture()
    found = steps_of("rotation", picture)[step].astype(float)
    turned = Image.fromarray(picture).rotate(3.6 * step, Image.Resampling.BILINEAR)
    difference = np.abs(found - np.asarray(turned, dtype=float))
    # Pillow cuts hard where the picture ends and rounds its weights; here the edge is blended.
    assert np.median(difference) <= 1
    assert np.mean(difference > 3) < 0.05


@pytest.mark.parametrize("step", [5, 20, 60, 99])
def test_blurs_are_those_of_pillow(step: int) -> None:
    picture = smooth_picture()
    found = steps_of("blur", picture)[step].astype(float)
    radius = step * (80 / 8) / 100
    blurred = Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius))
    difference = np.abs(found - np.asarray(blurred, dtype=float))
    # Pillow stands three box filters in for the Gaussian: off by 2 of 255 in the mean at most.
    assert difference.mean() < 2
    assert difference.max() < 16


def test_blur_of_one_bright_pixel_is_the_gaussian() -> None:
    picture = np.zeros((41, 41, 3), dtype=np.uint8)
    picture[20, 20] = 255
    # Step 20 of 41 / 8: a standard deviation of 1.025.
    found = steps_of("blur", picture)[20, 20, 20, 0]
    offsets = np.arange(-5, 6)
    weights = np.exp(-0.5 * (offsets / 1.025) ** 2)
    assert found == round(255 * (1 / weights.sum()) ** 2)


def test_shifts_of_a_tiny_picture_leave_black_behind() -> None:
    picture = np.zeros((2, 2, 3), dtype=np.uint8)
    picture[:, :, 1] = [[1, 2], [3, 4]]
    across = steps_of("horizontal-shift", picture, steps=5)[..., 1]
    assert across.tolist() == [
        [[0, 0], [0, 0]],
        [[2, 0], [4, 0]],
        [[1, 2], [3, 4]],
        [[0, 1], [0, 3]],
        [[0, 0], [0, 0]],
    ]
    down = steps_of("vertical-shift", picture, steps=5)[..., 1]
    assert down[1].tolist() == [[3, 4], [0, 0]]
    assert down[3].tolist() == [[0, 0], [1, 2]]


def test_noise_is_a_straight_line_and_seeded() -> None:
    picture = smooth_picture()
    found = steps_of("noise", picture, seed=3).astype(float)
    noise = np.random.default_rng(3).integers(0, 256, (3, 60, 80), dtype=np.uint8)
    expected = 0.6 * picture + 0.4 * noise.transpose(1, 2, 0)
    np.testing.assert_allclose(found[40], expected, atol=0.501)
    np.testing.assert_array_equal(found, steps_of("noise", picture, seed=3))
    assert np.abs(found - steps_of("noise", picture, seed=4))[99].mean() > 50


@pytest.mark.parametrize("kind", list(AUGMENTATIONS))
def test_some_steps_are_the_same_as_in_all_of_them(kind: str) -> None:
    picture = smooth_picture()
    whole = steps_of(kind, picture)
    batches = list(augment(kind, picture, range(40, 90), STEPS, 0, "cpu"))
    assert max(map(len, batches)) == BATCH
    some = torch.cat(batches).permute(0, 2, 3, 1).numpy()
    np.testing.assert_allclose(some.astype(int), whole[40:90].astype(int), atol=1)


@pytest.mark.gpu
@pytest.mark.parametrize("kind", list(AUGMENTATIONS))
def test_a_gpu_makes_the_same_pictures(kind: str) -> None:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    picture = smooth_picture()
    on_gpu = torch.cat(list(augment(kind, picture, range(STEPS), STEPS, 0, "cuda")))
    found = on_gpu.permute(0, 2, 3, 1).cpu().numpy().astype(int)
    np.testing.assert_allclose(found, steps_of(kind, picture).astype(int), atol=1)
