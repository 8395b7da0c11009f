"""Ways to change a picture step by step: rotation, blur, two shifts, noise.

Each is one function of a batch, in torch, on whatever device the picture lies on;
`augmentation_kinds.py` says how far each step goes. What a change uncovers is black. Noise is one
seeded picture, so that its steps lie on a straight line between the picture and the noise; there
the published figures draw anew at each step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from precompute.augmentation_kinds import KINDS
from precompute.pictures import Picture

STEPS: Final = 100
BATCH: Final = 25
"""Pictures made at once: 25 of 224 x 224 are 15 MB in fp32, whatever the number of steps."""

Apply: TypeAlias = Callable[[Tensor, Tensor, int], Tensor]
"""(3, h, w) in 0 to 255, values (n,), seed -> (n, 3, h, w)."""


def rotate(picture: Tensor, degrees: Tensor, _seed: int) -> Tensor:
    """Rotate counter-clockwise about the middle, bilinear; the frame stays as it is."""
    height, width = picture.shape[-2:]
    angle = torch.deg2rad(degrees.to(picture))
    cosine, sine, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
    # Coordinates of `affine_grid` run from -1 to 1 in both directions, whatever the sides.
    matrix = torch.stack(
        [
            torch.stack([cosine, -sine * (height / width), zero], dim=1),
            torch.stack([sine * (width / height), cosine, zero], dim=1),
        ],
        dim=1,
    )
    many = picture.expand(len(degrees), -1, -1, -1)
    grid = functional.affine_grid(matrix, list(many.shape), align_corners=False)
    return functional.grid_sample(many, grid, padding_mode="zeros", align_corners=False)


def blur(picture: Tensor, radii: Tensor, _seed: int) -> Tensor:
    """Gaussian blur by standard deviations in pixels; beyond its edges a picture goes on as there.

    A blur is a matrix along each side: exact, however wide it is, and one product for a batch.
    """
    rows, columns = (_blur_matrices(size, radii.to(picture)) for size in picture.shape[-2:])
    return torch.einsum("nij,cjk,nlk->ncil", rows, picture, columns)


def _blur_matrices(size: int, radii: Tensor) -> Tensor:
    """Weights (n, size, size) of the pixels of a line in each pixel of the blurred line."""
    reach = int(torch.ceil(4 * radii.max()).item()) if len(radii) else 0
    offsets = torch.arange(-reach, reach + 1, device=radii.device)
    # A radius of nothing leaves all weight in the middle.
    exponents = -0.5 * (offsets / radii.clamp(min=1e-3)[:, None]) ** 2
    weights = exponents.softmax(dim=1)
    places = torch.arange(size, device=radii.device)
    sources = (places[:, None] + offsets).clamp(0, size - 1)
    matrices = torch.zeros(len(radii), size, size, device=radii.device)
    index = sources.expand(len(radii), -1, -1)
    return matrices.scatter_add_(2, index, weights[:, None, :].expand(-1, size, -1))


def shift_right(picture: Tensor, distances: Tensor, _seed: int) -> Tensor:
    """Move to the right by whole pixels, to the left where negative."""
    width = picture.shape[-1]
    distances = distances.to(picture.device).long()
    sources = torch.arange(width, device=picture.device) - distances[:, None]  # (n, w)
    inside = (sources >= 0) & (sources < width)
    moved = picture[..., sources.clamp(0, width - 1)].permute(2, 0, 1, 3)
    return moved * inside[:, None, None, :]


def shift_down(picture: Tensor, distances: Tensor, seed: int) -> Tensor:
    """Move downwards by whole pixels, upwards where negative."""
    return shift_right(picture.mT, distances, seed).mT


def add_noise(picture: Tensor, shares: Tensor, seed: int) -> Tensor:
    """Mix with uniform noise, the same for all shares and on all devices."""
    drawn = np.random.default_rng(seed).integers(0, 256, picture.shape, dtype=np.uint8)
    noise = torch.from_numpy(drawn).to(picture)
    share = shares.to(picture)[:, None, None, None]
    return (1 - share) * picture + share * noise


AUGMENTATIONS: Final[Mapping[str, Apply]] = {
    "rotation": rotate,
    "blur": blur,
    "horizontal-shift": shift_right,
    "vertical-shift": shift_down,
    "noise": add_noise,
}


def augment(
    kind: str, picture: Picture, rows: range, steps: int, seed: int, device: str | torch.device
) -> Iterator[Tensor]:
    """A picture (h, w, 3) at some of `steps`: batches (n, 3, h, w) of bytes on the device."""
    # Copied: pictures may be views of memory that is not theirs to write.
    pixels = torch.from_numpy(picture.copy()).to(device).permute(2, 0, 1).float()
    distances = KINDS[kind].values(steps, picture.shape[1])[rows.start : rows.stop]
    values = torch.from_numpy(distances).float()
    for start in range(0, len(values), BATCH):
        some = values[start : start + BATCH]
        changed = AUGMENTATIONS[kind](pixels, some.to(device), seed)
        yield changed.round().clamp(0, 255).to(torch.uint8)
