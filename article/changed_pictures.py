"""Pictures that were changed step by step, as the manifest describes their data sets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from article.artifacts import Space
from article.errors import ArticleError, ArtifactError
from article.pictures import number, round_step
from article.study import Study
from article.tables import suggestion

_QUARTERS: Final[Mapping[str, float]] = {"degrees": 90.0, "share": 0.25}
"""Between ticks of units that have a whole; others have round numbers."""

_MOST_TICKS: Final = 4
_WRITTEN: Final[Mapping[str, str]] = {"degrees": "{}°", "pixels": "{} px", "share": "{} %"}
"""How a value is written in its unit; a share in hundredths, on axes too."""


@dataclass(frozen=True)
class ChangedPicture:
    """A data set of one picture, changed in one way by `values` (steps,) in a unit."""

    dataset: str
    picture: str
    caption: str
    kind: str
    title: str
    unit: str
    values: tuple[float, ...]

    @property
    def start(self) -> int:
        """The step that changes the picture least."""
        return min(range(len(self.values)), key=lambda step: (abs(self.values[step]), step))

    @property
    def texts(self) -> list[str]:
        """What each step is called: `36°`."""
        return [self.written(value) for value in self.values]

    def written(self, value: float) -> str:
        """A value in its unit, to three digits."""
        return _WRITTEN.get(self.unit, "{} " + self.unit).format(self._number(value))

    def _number(self, value: float) -> str:
        shown = 100 * value if self.unit == "share" else value
        return number(float(f"{shown:.3g}"))

    @property
    def axis_title(self) -> str:
        """What stands at an axis of steps."""
        return f"{self.title.lower()} ({'%' if self.unit == 'share' else self.unit})"

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Steps, fractions between two of them included, of round values."""
        low, high = self.values[0], self.values[-1]
        if not high > low:
            return []
        step = _QUARTERS.get(self.unit) or round_step((high - low) / _MOST_TICKS)
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        per_value = (len(self.values) - 1) / (high - low)
        return [
            ((at * step - low) * per_value, self._number(at * step))
            for at in range(first, last + 1)
        ]


def changed_pictures(study: Study) -> Sequence[ChangedPicture]:
    """All data sets of one changed picture, in the order of the manifest.

    Raises `ArtifactError` for one that does not say how it was changed.
    """
    entries = study.manifest.datasets.items()
    return [_read(name, entry, study) for name, entry in entries if "augmentation" in entry]


def _read(name: str, entry: Mapping[str, Any], study: Study) -> ChangedPicture:
    change = entry["augmentation"]
    try:
        return ChangedPicture(
            name,
            str(entry["picture"]),
            str(entry["caption"]),
            str(change["kind"]),
            str(change["title"]),
            str(change["unit"]),
            tuple(float(value) for value in change["values"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        message = f"data set {name!r} does not say how its picture was changed: {error}"
        raise ArtifactError(message, study.data.folder / "manifest.json") from None


def mean_cosine(study: Study, kind: str, model: str, value: float, to: str = "picture") -> float:
    """Mean over all pictures of the cosine of one step to the unchanged picture, or to the caption.

    The step is the one nearest to `value`, in the unit of the kind. Raises `ArticleError` for one
    that no data set has.
    """
    pictures = [one for one in changed_pictures(study) if one.kind == kind]
    if not pictures:
        known = {one.kind: None for one in changed_pictures(study)}
        raise ArticleError(f"no pictures were changed by {kind!r}{suggestion(kind, known)}")
    if to not in ("picture", "caption"):
        raise ArticleError(f"{to!r} is neither 'picture' nor 'caption'")
    cosines = [_cosine(one, study.space(one.dataset, model).space, value, to) for one in pictures]
    return sum(cosines) / len(cosines)


def _cosine(one: ChangedPicture, space: Space, value: float, to: str) -> float:
    step = min(range(len(one.values)), key=lambda index: abs(one.values[index] - value))
    other = one.start if to == "picture" else len(one.values)
    return float(space.similarity[step, other])
