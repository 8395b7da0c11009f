"""Says in English what a scene shows.

Every object is named, by a phrase that belongs to its concept alone, and always after a
determiner, perhaps with a word for its size between. No phrase contains a word that may follow
one, so a caption tells exactly which concepts it names, and two scenes of different concepts never
share a caption. All else that a caption says (sides, sizes, colours) is true of the layout.
"""

from collections.abc import Iterator, Sequence
from itertools import permutations

from precompute.backgrounds import PALETTE, Background
from precompute.concepts import Catalog, Concept
from precompute.draws import Draws
from precompute.layouts import CANVAS, Box, SceneObject

DETERMINERS = ("a", "an", "some", "another")
BIG = ("big", "large")
SMALL = ("small", "little")
OPENINGS = ("a picture of", "a drawing of")
PATTERN_WORDS = {"stripes": "striped", "dots": "dotted"}

SIDES = {
    "left": "on the left",
    "right": "on the right",
    "top": "at the top",
    "bottom": "at the bottom",
}
LEFT, RIGHT, ABOVE, BELOW = "to the left of", "to the right of", "above", "below"
BESIDE = ("next to", "beside")
NEUTRAL = ("and", "and", "with")
BETWEEN = "between"

_PERCENT_COLOUR = 22
_PERCENT_OPENING = 15
_PERCENT_SIDE = 35
_PERCENT_SIZE = 60
_PERCENT_SYNONYM = 20
_PERCENT_RELATION = 55

_BIG_ALONE = 48
_SMALL_ALONE = 28
_OFF_CENTRE = 9
"""Distance of a centre from the middle, in layout units, from which on a side may be named."""

_AN_EXCEPTIONS = {"hourglass": "an", "unicorn": "a"}


def write_caption(
    draws: Draws, objects: Sequence[SceneObject], background: Background, catalog: Catalog
) -> str:
    """Describe one to three objects on a background in one line of lower-case English.

    A colour is named in 22 % of captions only: where most name one, a small model that learns
    slowly learns nothing else for long.
    """
    order = draws.sample(len(objects), len(objects))
    mentioned = [objects[index] for index in order]
    boxes = [item.box for item in mentioned]
    phrases = _noun_phrases(draws, [catalog.concept(item.concept) for item in mentioned], boxes)
    body = {1: _describe_one, 2: _describe_two, 3: _describe_three}[len(objects)](
        draws, phrases, boxes
    )
    if draws.chance(_PERCENT_COLOUR):
        joint = "of" if body.endswith(tuple(SIDES.values())) else "on"
        return f"{body} {joint} {describe_background(background)}"
    if draws.chance(_PERCENT_OPENING):
        return f"{draws.pick(OPENINGS)} {body}"
    return body


def article(phrase: str) -> str:
    """Return "a" or "an", as the sound of the first word asks."""
    first = phrase.split()[0]
    return _AN_EXCEPTIONS.get(first, "an" if first[0] in "aeiou" else "a")


def describe_background(background: Background) -> str:
    """Name pattern and colours, such as "a striped blue and white background"."""
    pattern = PATTERN_WORDS.get(background.pattern.split()[0], "")
    description = f"{pattern} {' and '.join(background.colours)} background".strip()
    return f"{article(description)} {description}"


def vocabulary(catalog: Catalog) -> list[str]:
    """Return all words that any caption can contain, sorted."""
    return sorted({word for phrase in _all_phrases(catalog) for word in phrase.split()})


def _all_phrases(catalog: Catalog) -> Iterator[str]:
    for concept in catalog.concepts:
        yield from concept.phrases
    yield from (*DETERMINERS, *BIG, *SMALL, *OPENINGS, *PATTERN_WORDS.values(), *SIDES.values())
    yield from (LEFT, RIGHT, ABOVE, BELOW, *BESIDE, *NEUTRAL, BETWEEN)
    yield from (*PALETTE, "on", "of", "background")


def _noun_phrases(draws: Draws, concepts: Sequence[Concept], boxes: Sequence[Box]) -> list[str]:
    names = [_name(draws, concept) for concept in concepts]
    if len(concepts) == 2 and concepts[0] == concepts[1]:
        return [_determined(names[0]), f"another {names[0]}"]
    sizes = _size_words(draws, boxes) if draws.chance(_PERCENT_SIZE) else [""] * len(boxes)
    return [
        _determined(f"{size} {name}".strip()) if concept.countable else f"some {name}"
        for concept, name, size in zip(concepts, names, sizes, strict=True)
    ]


def _name(draws: Draws, concept: Concept) -> str:
    if concept.synonyms and draws.chance(_PERCENT_SYNONYM):
        return draws.pick(concept.synonyms)
    return concept.name


def _determined(phrase: str) -> str:
    return f"{article(phrase)} {phrase}"


def _size_words(draws: Draws, boxes: Sequence[Box]) -> list[str]:
    """Return a word for the size of each box, empty where none is clearly true."""
    big, small = draws.pick(BIG), draws.pick(SMALL)
    return [
        big if _is_big(box, others) else small if _is_small(box, others) else ""
        for box, others in _each_with_others(boxes)
    ]


def _each_with_others(boxes: Sequence[Box]) -> Iterator[tuple[Box, list[Box]]]:
    for index, box in enumerate(boxes):
        yield box, [*boxes[:index], *boxes[index + 1 :]]


def _is_big(box: Box, others: list[Box]) -> bool:
    return all(box.bigger_than(other) for other in others) if others else box.size >= _BIG_ALONE


def _is_small(box: Box, others: list[Box]) -> bool:
    return all(other.bigger_than(box) for other in others) if others else box.size <= _SMALL_ALONE


def _describe_one(draws: Draws, phrases: Sequence[str], boxes: Sequence[Box]) -> str:
    side = side_of(boxes[0])
    if side and draws.chance(_PERCENT_SIDE):
        return f"{phrases[0]} {SIDES[side]}"
    return phrases[0]


def side_of(box: Box) -> str | None:
    """Return the side of the scene that a box clearly stands on, if any."""
    right, low = box.across - CANVAS / 2, box.down - CANVAS / 2
    if max(abs(right), abs(low)) < _OFF_CENTRE:
        return None
    if abs(right) >= abs(low):
        return "right" if right > 0 else "left"
    return "bottom" if low > 0 else "top"


def _describe_two(draws: Draws, phrases: Sequence[str], boxes: Sequence[Box]) -> str:
    relations = pair_relations(*boxes) if draws.chance(_PERCENT_RELATION) else NEUTRAL
    return f"{phrases[0]} {draws.pick(relations)} {phrases[1]}"


def pair_relations(first: Box, second: Box) -> tuple[str, ...]:
    """Return what is true of the first box to the second, along the axis that parts them more."""
    across, down = abs(first.across - second.across), abs(first.down - second.down)
    if across >= down:
        relation = LEFT if first.across < second.across else RIGHT
        return (relation, relation, *BESIDE) if 2 * down <= across else (relation,)
    return (ABOVE if first.down < second.down else BELOW,)


def _describe_three(draws: Draws, phrases: Sequence[str], boxes: Sequence[Box]) -> str:
    if draws.chance(_PERCENT_RELATION):
        statements = list(_statements_of_three(boxes))
        if statements:
            relation, subject, second, third = draws.pick(statements)
            # Without sizes: three objects, a relation and a colour must fit in a caption.
            return f"{phrases[subject]} {relation} {phrases[second]} and {phrases[third]}"
    return f"{phrases[0]}, {phrases[1]} and {phrases[2]}"


def _statements_of_three(boxes: Sequence[Box]) -> Iterator[tuple[str, int, int, int]]:
    """Yield all that is true of one box to the two others: the relation and three indices."""
    for subject, second, third in permutations(range(3)):
        for relation in triple_relations(boxes[subject], boxes[second], boxes[third]):
            yield relation, subject, second, third


def triple_relations(subject: Box, second: Box, third: Box) -> list[str]:
    """Return what is true of a box to two others, judged by where whole boxes lie."""
    others = (second, third)
    truths = {
        LEFT: all(subject.left_of(other) for other in others),
        RIGHT: all(other.left_of(subject) for other in others),
        ABOVE: all(subject.above(other) for other in others),
        BELOW: all(other.above(subject) for other in others),
        BETWEEN: _is_between(subject, second, third) or _is_between(subject, third, second),
    }
    return [relation for relation, true in truths.items() if true]


def _is_between(box: Box, start: Box, end: Box) -> bool:
    """Whether box lies between the others, in a row or column that all three share."""
    across = start.left_of(box) and box.left_of(end)
    down = start.above(box) and box.above(end)
    level = max(abs(box.down - start.down), abs(box.down - end.down)) * 2 < box.size
    upright = max(abs(box.across - start.across), abs(box.across - end.across)) * 2 < box.size
    return (across and level) or (down and upright)
