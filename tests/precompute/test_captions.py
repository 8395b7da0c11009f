"""Captions are checked by a reader of our own, who knows the grammar but not the writer."""

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest

from precompute.backgrounds import PALETTE, Background, Shade
from precompute.captions import (
    ABOVE,
    BELOW,
    BESIDE,
    BETWEEN,
    BIG,
    DETERMINERS,
    LEFT,
    NEUTRAL,
    OPENINGS,
    PATTERN_WORDS,
    RIGHT,
    SIDES,
    SMALL,
    article,
    describe_background,
    pair_relations,
    side_of,
    triple_relations,
    vocabulary,
    write_caption,
)
from precompute.concepts import default_catalog
from precompute.draws import Draws
from precompute.layouts import Box, SceneObject
from precompute.scenes import Scene, SceneStream

CATALOG = default_catalog()
PHRASES = {phrase: concept.id for concept in CATALOG.concepts for phrase in concept.phrases}
RELATIONS = (LEFT, RIGHT, ABOVE, BELOW, *BESIDE, BETWEEN, *NEUTRAL)
CONNECTIVES = {word for phrase in (*RELATIONS, *SIDES.values()) for word in phrase.split()} | {"of"}
NOT_OBJECTS = {"picture", "drawing", "background", *PALETTE, *PATTERN_WORDS.values()}

BLUE, WHITE = Shade("blue", 0, 0, 255), Shade("white", 255, 255, 255)
PLAIN = Background("plain", BLUE, WHITE)


def named_concepts(caption: str) -> list[str]:
    """Read the concepts that a caption names: the longest phrase after each determiner."""
    words = caption.replace(",", "").split()
    found = []
    for position, word in enumerate(words[:-1]):
        if word not in DETERMINERS:
            continue
        start = position + 1 + (words[position + 1] in (*BIG, *SMALL))
        matches = [" ".join(words[start : start + length]) for length in (1, 2)]
        known = [match for match in matches if match in PHRASES]
        if known:
            found.append(PHRASES[known[-1]])
    return found


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    stream = SceneStream(11, "train")
    return [stream.scene(index) for index in range(5000)]


# Why no two sets of concepts share a caption: the grammar leaves a reader no choice.


def test_phrases_have_one_or_two_words_and_belong_to_one_concept() -> None:
    phrases = [phrase for concept in CATALOG.concepts for phrase in concept.phrases]
    assert len(phrases) == len(set(phrases))
    assert all(re.fullmatch(r"[a-z]+( [a-z]+)?", phrase) for phrase in phrases)


def test_no_phrase_goes_on_with_a_word_that_may_follow_one() -> None:
    words = {word for phrase in PHRASES for word in phrase.split()[1:]}
    assert words.isdisjoint(CONNECTIVES)


def test_no_phrase_begins_like_something_else_after_a_determiner() -> None:
    first_words = {phrase.split()[0] for phrase in PHRASES}
    assert first_words.isdisjoint({*BIG, *SMALL, *NOT_OBJECTS, *DETERMINERS})


def test_every_object_is_named_and_nothing_else(scenes: list[Scene]) -> None:
    for scene in scenes:
        shown = [item.concept for item in scene.objects]
        assert sorted(named_concepts(scene.caption)) == sorted(shown), scene.caption


# What captions say is true.


def boxes_in_order(scene: Scene) -> list[Box]:
    """Boxes in the order in which the caption names their concepts."""
    boxes = {item.concept: item.box for item in scene.objects}
    return [boxes[concept] for concept in named_concepts(scene.caption)]


def is_true(relation: str, subject: Box, other: Box) -> bool:
    """Judge a relation by centres, which is not how the writer judges."""
    across, down = other.across - subject.across, other.down - subject.down
    return {
        LEFT: across > 0,
        RIGHT: across < 0,
        ABOVE: down > 0,
        BELOW: down < 0,
        **dict.fromkeys(BESIDE, abs(down) <= abs(across) / 2),
    }[relation]


@pytest.mark.parametrize("relation", [LEFT, RIGHT, ABOVE, BELOW, *BESIDE])
def test_relations_are_true(scenes: list[Scene], relation: str) -> None:
    said = [scene for scene in scenes if f" {relation} a" in scene.caption]
    told_apart = [scene for scene in said if "another" not in scene.caption]
    assert len(told_apart) > 50
    for scene in told_apart:
        subject, *others = boxes_in_order(scene)
        assert all(is_true(relation, subject, other) for other in others), scene.caption


def test_what_is_between_lies_inside_the_span_of_the_others(scenes: list[Scene]) -> None:
    said = [scene for scene in scenes if f" {BETWEEN} " in scene.caption]
    assert len(said) > 20
    for scene in said:
        subject, second, third = boxes_in_order(scene)
        across = sorted((second.across, third.across))
        down = sorted((second.down, third.down))
        inside_row = across[0] < subject.across < across[1]
        inside_column = down[0] < subject.down < down[1]
        assert inside_row or inside_column, scene.caption


def test_sizes_are_true(scenes: list[Scene]) -> None:
    said = 0
    for scene in scenes:
        if len(scene.objects) == 1 or "another" in scene.caption:
            continue
        sizes = {item.concept: item.box.size for item in scene.objects}
        for word, concept in re.findall(r"\b(big|large|small|little) (\w+ ?\w*)", scene.caption):
            name = concept if concept in PHRASES else concept.split()[0]
            own = sizes.pop(PHRASES[name])
            said += 1
            extreme = max if word in BIG else min
            assert extreme(own, *sizes.values()) == own, scene.caption
            sizes[PHRASES[name]] = own
    assert said > 200


def test_colours_are_those_of_the_background(scenes: list[Scene]) -> None:
    said = [scene for scene in scenes if scene.caption.endswith("background")]
    for scene in said:
        tail = re.split(r" (?:on|of) (?=an? [a-z ]+ background$)", scene.caption)[-1]
        colours = [word for word in tail.split() if word in PALETTE]
        assert colours == list(scene.background.colours), scene.caption


def test_about_a_fifth_of_captions_name_a_colour(scenes: list[Scene]) -> None:
    naming = sum("background" in scene.caption for scene in scenes)
    assert 0.20 < naming / len(scenes) < 0.24


def test_captions_fit_the_context_of_the_text_towers(scenes: list[Scene]) -> None:
    assert max(len(scene.caption.split()) for scene in scenes) <= 22


# The words.


def test_vocabulary_is_what_captions_use(scenes: list[Scene]) -> None:
    used = {word for scene in scenes for word in scene.caption.replace(",", "").split()}
    held_out = SceneStream(11, "heldout")
    for index in range(3000):
        used |= set(held_out.scene(index).caption.replace(",", "").split())
    assert sorted(used) == vocabulary(CATALOG)


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("dog", "a"),
        ("hot dog", "a"),
        ("apple", "an"),
        ("umbrella", "an"),
        ("unicorn", "a"),
        ("hourglass", "an"),
        ("orange background", "an"),
        ("big apple", "a"),
    ],
)
def test_articles_follow_the_sound(phrase: str, expected: str) -> None:
    assert article(phrase) == expected


def test_articles_agree_in_every_caption(scenes: list[Scene]) -> None:
    for scene in scenes:
        for first, second in pairwise(scene.caption.replace(",", "").split()):
            takes_an = second == "hourglass" or (second[0] in "aeiou" and second != "unicorn")
            assert first != ("a" if takes_an else "an"), scene.caption


def test_what_cannot_be_counted_goes_with_some(scenes: list[Scene]) -> None:
    names = {p: CATALOG.concept(concept).countable for p, concept in PHRASES.items()}
    for scene in scenes:
        for name in re.findall(r"\bsome (\w+(?: fries)?)", scene.caption):
            assert not names[name], scene.caption
        assert "some big" not in scene.caption


@pytest.mark.parametrize(
    ("pattern", "second", "expected"),
    [
        ("plain", WHITE, "a blue background"),
        ("horizon", WHITE, "a blue and white background"),
        ("gradient down", Shade("blue", 1, 2, 3), "a blue background"),
        ("stripes diagonal", WHITE, "a striped blue and white background"),
        ("dots", Shade("blue", 1, 2, 3), "a dotted blue background"),
    ],
)
def test_backgrounds_in_words(pattern: str, second: Shade, expected: str) -> None:
    assert describe_background(Background(pattern, BLUE, second)) == expected


def test_an_orange_background_takes_an() -> None:
    orange = Background("plain", Shade("orange", 255, 128, 0), WHITE)
    assert describe_background(orange) == "an orange background"


# Whole captions: all that the writer may say of one layout.


def possible_captions(objects: Sequence[SceneObject], background: Background) -> set[str]:
    return {
        write_caption(Draws("caption", index), objects, background, CATALOG)
        for index in range(2000)
    }


def test_all_that_is_said_of_one_object_in_the_middle() -> None:
    objects = [SceneObject("rabbit", "noto", Box(14, 14, 36))]
    subjects = ("a rabbit", "a bunny")
    assert possible_captions(objects, PLAIN) == {
        caption
        for subject in subjects
        for caption in (
            subject,
            f"{subject} on a blue background",
            *(f"{opening} {subject}" for opening in OPENINGS),
        )
    }


def test_all_that_is_said_of_a_small_object_on_the_left() -> None:
    objects = [SceneObject("dog", "noto", Box(2, 18, 28))]
    captions = possible_captions(objects, PLAIN)
    assert {
        "a dog",
        "a small dog on the left",
        "a little dog on the left of a blue background",
        "a drawing of a dog on the left",
    } <= captions
    assert not any("big" in caption or "right" in caption for caption in captions)


def test_two_of_a_kind_are_one_and_another() -> None:
    objects = [
        SceneObject("dog", "noto", Box(2, 2, 28)),
        SceneObject("dog", "fluent", Box(2, 36, 20)),
    ]
    captions = {
        c for c in possible_captions(objects, PLAIN) if "background" not in c and " of " not in c
    }
    assert captions == {
        "a dog and another dog",
        "a dog with another dog",
        "a dog above another dog",
        "a dog below another dog",
    }


def test_three_in_a_row() -> None:
    row = [("dog", 2), ("hot-dog", 22), ("mouse", 43)]
    objects = [SceneObject(concept, "noto", Box(left, 20, 18)) for concept, left in row]
    captions = {c for c in possible_captions(objects, PLAIN) if "background" not in c}
    relations = {c for c in captions if "," not in c and "picture" not in c and "drawing" not in c}
    assert relations == {
        "a dog to the left of a hot dog and a mouse",
        "a dog to the left of a mouse and a hot dog",
        "a dog to the left of a frankfurter and a mouse",
        "a dog to the left of a mouse and a frankfurter",
        "a hot dog between a dog and a mouse",
        "a hot dog between a mouse and a dog",
        "a frankfurter between a dog and a mouse",
        "a frankfurter between a mouse and a dog",
        "a mouse to the right of a dog and a hot dog",
        "a mouse to the right of a hot dog and a dog",
        "a mouse to the right of a dog and a frankfurter",
        "a mouse to the right of a frankfurter and a dog",
    }
    assert "a mouse, a dog and a hot dog" in captions


# Relations of boxes, by hand.


@pytest.mark.parametrize(
    ("box", "side"),
    [
        (Box(18, 18, 28), None),
        (Box(1, 10, 28), "left"),
        (Box(35, 20, 28), "right"),
        (Box(18, 2, 28), "top"),
        (Box(20, 34, 28), "bottom"),
    ],
)
def test_sides(box: Box, side: str | None) -> None:
    assert side_of(box) == side


@pytest.mark.parametrize(
    ("first", "second", "relations"),
    [
        (Box(0, 0, 20), Box(30, 4, 20), {LEFT, *BESIDE}),
        (Box(30, 4, 20), Box(0, 0, 20), {RIGHT, *BESIDE}),
        (Box(0, 0, 20), Box(30, 20, 20), {LEFT}),
        (Box(0, 0, 20), Box(10, 30, 20), {ABOVE}),
        (Box(10, 30, 20), Box(0, 0, 20), {BELOW}),
    ],
)
def test_relations_of_two(first: Box, second: Box, relations: set[str]) -> None:
    assert set(pair_relations(first, second)) == relations


@pytest.mark.parametrize(
    ("subject", "second", "third", "relations"),
    [
        (Box(22, 21, 20), Box(1, 20, 20), Box(43, 24, 20), [BETWEEN]),
        (Box(22, 40, 20), Box(1, 0, 20), Box(43, 0, 20), [BELOW]),
        (Box(1, 20, 20), Box(30, 0, 20), Box(40, 30, 20), [LEFT]),
        (Box(22, 2, 20), Box(1, 10, 20), Box(43, 30, 20), []),
    ],
)
def test_relations_of_one_to_two(
    subject: Box, second: Box, third: Box, relations: list[str]
) -> None:
    assert triple_relations(subject, second, third) == relations
