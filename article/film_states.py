"""A film in every state: the matrix of each frame, and its items in the plane."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from article import geometry
from article.artifacts import Film, Floats

_MARGIN = 1.06


@dataclass
class FilmStates:
    """The frames of a film (k of them), derived when they are asked for."""

    film: Film
    _layouts: dict[int, Floats] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """Index of the last frame."""
        return len(self.film.steps) - 1

    def frame_at(self, pairs: int) -> int:
        """The nearest frame that is not later than so many pairs of training; else the first."""
        return max(int(np.searchsorted(self.film.pairs, pairs, side="right")) - 1, 0)

    def figures(self, pairs: int) -> dict[str, float]:
        """What the frame at so many pairs of training is, in numbers.

        `gap`, the losses of both directions and their mean, R@1 of both directions, and the mean
        cosine of different items of the first and of the second modality.
        """
        frame, film = self.frame_at(pairs), self.film
        first, second = (
            geometry.mean_similarity(film.similarities[frame][block, block])
            for block in geometry.blocks((film.count, film.count))
        )
        there, back = float(film.first_to_second[frame]), float(film.second_to_first[frame])
        return {
            "pairs": int(film.pairs[frame]),
            "steps": int(film.steps[frame]),
            "gap": float(film.gap[frame]),
            "first_to_second": there,
            "second_to_first": back,
            "loss": (there + back) / 2,
            "recall_first_to_second": float(film.recall_first_to_second[frame]),
            "recall_second_to_first": float(film.recall_second_to_first[frame]),
            "mean_cosine_first": first,
            "mean_cosine_second": second,
        }

    def coordinates(self, frame: int) -> Floats:
        """Principal components (2n, 2) of a frame, turned onto those of the frame after it.

        So the last frame has the components themselves, and each stands as its neighbours do,
        whichever way a reader goes through them.
        """
        for index in range(self.last, frame - 1, -1):
            if index not in self._layouts:
                own = geometry.principal_components(self.film.similarities[index])
                after = self._layouts.get(index + 1)
                self._layouts[index] = own if after is None else geometry.rotate_onto(own, after)
        return self._layouts[frame]

    @property
    def extent(self) -> float:
        """Half the side of a square around the origin that holds every frame, with a margin."""
        self.coordinates(0)
        return _MARGIN * max(
            float(np.linalg.norm(layout, axis=1).max()) for layout in self._layouts.values()
        )
