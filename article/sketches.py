"""Drawings that explain, made of a few points of our own: none of them shows data.

Coordinates are shares of a square, from the left and from the top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal

import numpy as np
from markupsafe import Markup

from article.artifacts import Floats
from article.pictures import SIDE, Label, Mark, View

IMAGE_COLOUR: Final = "image"
TEXT_COLOUR: Final = "text"

# -- a sphere ----------------------------------------------------------------------------------

_RADIUS: Final = 0.46
_PAIRS: Final = 16
_CONE: Final = 0.34
"""Angle between the axis of a cone and its edge, in radians."""


def expectation() -> list[View]:
    """What one expects of a joint space, and what one finds: a sphere each, seen from outside."""
    random = np.random.default_rng(4)
    spread = _spread(_PAIRS)
    near = _unit(spread + 0.05 * random.normal(size=spread.shape))
    axes = _unit(np.array([[-0.62, 0.45, 0.6], [0.62, -0.4, 0.62]]))
    images, texts = (_in_cone(axis, spread, random) for axis in axes)
    found = [_cone(axis) for axis in axes]
    middle = _seen(_unit(axes.sum(axis=0)[None]))[0]
    return [
        _sphere("expected", "What one expects", spread, near, [], ()),
        _sphere(
            "found",
            "What one finds",
            images,
            texts,
            found,
            (Mark("the gap", round(float(middle[0]), 3), round(float(middle[1]), 3), "right"),),
        ),
    ]


def _spread(count: int) -> Floats:
    """Directions (count, 3) all over the half of a sphere that one sees, evenly (a spiral)."""
    index = np.arange(count) + 0.5
    height = 1 - 0.88 * index / count
    angle = index * np.pi * (3 - np.sqrt(5))
    radius = np.sqrt(1 - height**2)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=1)


def _in_cone(axis: Floats, spread: Floats, random: np.random.Generator) -> Floats:
    """Directions around an axis, each where its pair is in the other cone, nearly."""
    across = np.stack([spread[:, 0], spread[:, 1], np.zeros(len(spread))], axis=1)
    across = across - (across @ axis)[:, None] * axis
    return _unit(axis + 0.3 * across + 0.04 * random.normal(size=across.shape))


def _cone(axis: Floats) -> Floats:
    """The edge of a cone (k, 3) on the sphere."""
    first = _unit(np.cross(axis, [0.0, 1.0, 0.0])[None])[0]
    second = np.cross(axis, first)
    angles = np.linspace(0, 2 * np.pi, 49)[:, None]
    around = np.cos(angles) * first + np.sin(angles) * second
    return np.asarray(np.cos(_CONE) * axis + np.sin(_CONE) * around)


def _seen(directions: Floats) -> Floats:
    """Where directions (k, 3) are seen on the sphere (k, 2)."""
    return np.asarray(0.5 + _RADIUS * directions[:, :2] * [1, -1])


def _sphere(
    part: str,
    title: str,
    images: Floats,
    texts: Floats,
    cones: Sequence[Floats],
    marks: tuple[Mark, ...],
) -> View:
    centre = np.array([[0.5, 0.5]])
    angles = np.linspace(0, 2 * np.pi, 73)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    outlines = [0.5 + _RADIUS * circle, 0.5 + _RADIUS * circle * [1, 0.28]]
    edges = [_seen(cone) for cone in cones]
    rays = [np.concatenate([centre, edge[[at]]]) for edge in edges for at in _sides(edge)]
    drawn = [
        _lines("outline", outlines),
        *(
            _lines(f"cone {name}", [edge])
            for name, edge in zip((IMAGE_COLOUR, TEXT_COLOUR), edges, strict=False)
        ),
        _lines("ray", rays),
        *_pairs(_seen(images), _seen(texts)),
    ]
    return _view(part, title, drawn, marks)


def _sides(edge: Floats) -> tuple[int, int]:
    """The points of an outline that are seen furthest to both sides from the centre."""
    angles = np.unwrap(np.arctan2(edge[:, 1] - 0.5, edge[:, 0] - 0.5))
    return int(angles.argmin()), int(angles.argmax())


# -- closing the gap ---------------------------------------------------------------------------

LOW: Final = np.array([-0.7, -0.65])
"""The corner of the plane that is drawn, and the length of its sides."""
LENGTH: Final = 1.8

CLOSING_TITLES: Final = ("1. As trained", "2. Moved along the gap", "3. Back to length 1")


def closing_pairs() -> tuple[Floats, Floats]:
    """Vectors (9, 2) of length 1 of two modalities in a plane, each in a cone of its own."""
    random = np.random.default_rng(2)
    shared = np.linspace(-0.36, 0.36, 9)
    noise = 0.05 * random.normal(size=(2, 9))
    return _on_circle(1.75 + shared + noise[0]), _on_circle(0.3 + shared + noise[1])


def moved(images: Floats, texts: Floats, share: float) -> tuple[Floats, Floats]:
    """Both modalities moved half of a share of the gap towards each other."""
    step = share * (images.mean(axis=0) - texts.mean(axis=0)) / 2
    return images - step, texts + step


def closing(share: float) -> list[View]:
    """How the gap is closed by a share, in three steps."""
    start = closing_pairs()
    between = moved(*start, share)
    end = (_unit(between[0]), _unit(between[1]))
    return [
        _plane(f"step-{n}", title, *points, named=n == 1)
        for n, (title, points) in enumerate(
            zip(CLOSING_TITLES, (start, between, end), strict=True), 1
        )
    ]


def _on_circle(angles: Floats) -> Floats:
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _in_plane(points: Floats) -> Floats:
    shares = (points - LOW) / LENGTH
    return np.stack([shares[..., 0], 1 - shares[..., 1]], axis=-1)


def _plane(part: str, title: str, images: Floats, texts: Floats, named: bool) -> View:
    """The plane with the circle of vectors of length 1, the means and the gap between them."""
    means = np.stack([images.mean(axis=0), texts.mean(axis=0)])
    centre = _in_plane(np.zeros((1, 2)))
    cross = [centre + 0.015 * np.array(arm) for arm in ([[-1, 0], [1, 0]], [[0, -1], [0, 1]])]
    circle = _on_circle(np.linspace(-0.3, np.pi / 2 + 0.57, 73))
    drawn = [
        _lines("outline", [_in_plane(circle), *cross]),
        *_pairs(_in_plane(images), _in_plane(texts)),
        _lines("gap", [_in_plane(means)]),
        *(
            _points(f"mean {name}", _in_plane(mean[None]))
            for name, mean in zip((IMAGE_COLOUR, TEXT_COLOUR), means, strict=True)
        ),
    ]
    return _view(part, title, drawn, _names(means) if named else ())


def _names(means: Floats) -> tuple[Mark, ...]:
    """What the marks of a plane are, where they do not move."""
    named = ("mean image", "mean text", "gap")
    clear = means + np.array([[0.0, 0.1], [0.0, 0.0]])  # of the items about the upper mean
    places = np.concatenate([clear, means.mean(axis=0, keepdims=True)])
    sides: tuple[Literal["above", "left"], ...] = ("above", "left", "left")
    return tuple(
        Mark(name, round(float(x), 4), round(float(y), 4), side)
        for name, (x, y), side in zip(named, _in_plane(places), sides, strict=True)
    )


# -- terms of losses ---------------------------------------------------------------------------

_ITEMS: Final = 4
_CELL: Final = 1 / (2 * _ITEMS)

KEY: Final[Mapping[str, str]] = {
    "raised": "raised: the similarity of a pair",
    "lowered": "lowered: of an image and another text",
    "tied": "made equal: to its mirror image, or to the same items of the other modality",
    "weight": "weighs what is retrieved, before the loss compares it",
}


_SQUARE: Final = 0.38 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
_ANGLES: Final = np.linspace(0, 2 * np.pi, 25)
_SHAPES: Final[Mapping[str, Sequence[Floats]]] = {
    "raised": (np.array([[-0.2, 0], [0.2, 0]]), np.array([[0, -0.2], [0, 0.2]])),
    "lowered": (np.array([[-0.2, 0], [0.2, 0]]),),
    "tied": (_SQUARE,),
    "weight": (0.36 * np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1),),
}
"""Lines of each sign about the middle of a cell, in lengths of its side."""


def terms() -> list[View]:
    """Which similarities the losses of three models touch."""
    return [
        _matrix("clip", "CLIP", [_contrasted]),
        _matrix("cyclip", "CyCLIP", [_contrasted, _tied]),
        _matrix("cloob", "CLOOB", [_contrasted, _weighed]),
    ]


def _contrasted(row: int, column: int) -> str:
    """Between the modalities: pairs against all others."""
    if (row < _ITEMS) == (column < _ITEMS):
        return ""
    return "raised" if abs(row - column) == _ITEMS else "lowered"


def _tied(row: int, column: int) -> str:
    """All but similarities of items with themselves or their partners."""
    return "" if row % _ITEMS == column % _ITEMS else "tied"


def _weighed(row: int, column: int) -> str:
    """Each item retrieves from both modalities, itself included."""
    return "weight"


def _matrix(part: str, title: str, terms: Sequence[Callable[[int, int], str]]) -> View:
    cells = [(row, column) for row in range(2 * _ITEMS) for column in range(2 * _ITEMS)]
    drawn = []
    for term in terms:
        kinds: dict[str, list[Floats]] = {}
        for row, column in cells:
            middle = np.array([column + 0.5, row + 0.5]) * _CELL
            kinds.setdefault(term(row, column), []).append(middle)
        drawn += [_glyphs(kind, middles) for kind, middles in kinds.items() if kind]
    grid = [np.array([[0, at], [1, at]]) * 1.0 for at in np.linspace(0, 1, 2 * _ITEMS + 1)]
    halves = np.array([[0.5, 0.0], [0.5, 1.0]])
    ticks = (Label("image", 0.25, IMAGE_COLOUR), Label("text", 0.75, TEXT_COLOUR))
    return View(
        kind="sketch",
        part=part,
        title=title,
        x_ticks=ticks,
        y_ticks=ticks,
        svg=_svg(
            [
                _lines("grid", [*grid, *(line[:, ::-1] for line in grid)]),
                *drawn,
                _lines("halves", [halves, halves[:, ::-1]]),
            ]
        ),
    )


def glyph(kind: str) -> Markup:
    """The sign of a term by itself, for a key."""
    return Markup(
        '<svg viewBox="0 0 {0} {0}" width="24" height="24" aria-hidden="true">{1}</svg>'
    ).format(round(SIDE * _CELL), _glyphs(kind, [np.array([_CELL / 2, _CELL / 2])]))


def _glyphs(kind: str, middles: Iterable[Floats]) -> Markup:
    """A sign in the middle of each cell, told by its shape and its colour."""
    shapes = _SHAPES[kind]
    return _lines(kind, (m + shape * _CELL for m in middles for shape in shapes))


# -- drawing -----------------------------------------------------------------------------------


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def _view(part: str, title: str, drawn: Iterable[Markup], marks: tuple[Mark, ...]) -> View:
    return View(
        kind="sketch",
        part=part,
        title=title,
        svg=_svg(drawn),
        marks=marks,
        legend=(IMAGE_COLOUR, TEXT_COLOUR),
    )


def _pairs(images: Floats, texts: Floats) -> Iterator[Markup]:
    """Lines that join pairs, then images, then texts."""
    yield _lines("pairs", np.stack([images, texts], axis=1))
    yield _points(f"points {IMAGE_COLOUR}", images)
    yield _points(f"points {TEXT_COLOUR}", texts)


def _lines(kind: str, lines: Iterable[Floats]) -> Markup:
    steps = (
        "M" + "L".join(f"{x} {y}" for x, y in np.rint(line * SIDE).astype(int)) for line in lines
    )
    return Markup('<path class="{}" d="{}"/>').format(kind, "".join(steps))


def _points(kind: str, places: Floats) -> Markup:
    steps = (f"M{x} {y}h0" for x, y in np.rint(places * SIDE).astype(int))
    return Markup('<path class="{}" d="{}"/>').format(kind, "".join(steps))


def _svg(parts: Iterable[Markup]) -> Markup:
    return Markup('<svg viewBox="0 0 {0} {0}" aria-hidden="true">{1}</svg>').format(
        SIDE, Markup("").join(parts)
    )
