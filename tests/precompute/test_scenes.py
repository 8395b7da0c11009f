from collections import Counter
from hashlib import sha256

import numpy as np
import pytest

from precompute.backgrounds import Background, Shade
from precompute.concepts import CatalogError, default_catalog
from precompute.layouts import Box, SceneObject
from precompute.scenes import (
    Scene,
    SceneStream,
    held_out_scenes,
    is_held_out,
    paint_scenes,
    subset,
)


@pytest.fixture(scope="module")
def held_out() -> list[Scene]:
    return held_out_scenes()


def concepts_of(scene: Scene) -> set[str]:
    return {item.concept for item in scene.objects}


# Trained weights depend on the stream, so these two fail when what it draws changes.


def test_a_scene_is_the_same_wherever_it_is_drawn() -> None:
    assert SceneStream(0, "train").scene(0) == Scene(
        objects=(
            SceneObject("balloon", "noto", Box(11, 9, 28)),
            SceneObject("spaghetti", "fluent", Box(39, 38, 24)),
        ),
        background=Background(
            "gradient across", Shade("yellow", 249, 214, 105), Shade("white", 246, 246, 245)
        ),
        caption="a balloon with some pasta on a yellow and white background",
    )


def test_the_5000_held_out_captions_are_the_same_wherever_they_are_drawn(
    held_out: list[Scene],
) -> None:
    digest = sha256("\n".join(scene.caption for scene in held_out).encode()).hexdigest()
    assert digest == "51e3b233f4448cef315204895a01bd954e4527c1a0580550b84d257814f2bc82"


def test_pairs_are_scenes_painted_and_captioned() -> None:
    images, captions = SceneStream(5, "train").pairs(1000, 3)
    stream = SceneStream(5, "train")
    scenes = [stream.scene(index) for index in (1000, 1001, 1002)]
    assert images.shape == (3, 64, 64, 3)
    assert images.dtype == np.uint8
    assert captions == [scene.caption for scene in scenes]
    np.testing.assert_array_equal(images, paint_scenes(scenes))


def test_pairs_do_not_depend_on_what_was_drawn_before() -> None:
    stream = SceneStream(5, "train", size=32)
    stream.pairs(0, 20)
    images, captions = stream.pairs(7, 2)
    fresh_images, fresh_captions = SceneStream(5, "train", size=32).pairs(7, 2)
    assert captions == fresh_captions
    np.testing.assert_array_equal(images, fresh_images)


def test_seeds_and_splits_give_other_scenes() -> None:
    scene = SceneStream(0, "train").scene(0)
    assert SceneStream(1, "train").scene(0) != scene
    assert SceneStream(0, "heldout").scene(0) != scene


def test_whether_a_set_is_held_out_depends_on_the_set_alone() -> None:
    # `printf apple | b2sum -l 8` prints 50, which is 80, a multiple of 8; "dog" gives 69.
    assert is_held_out(["apple"])
    assert not is_held_out(["dog"])
    assert is_held_out(["apple", "apple"])
    assert is_held_out(["cat", "dog"]) == is_held_out(["dog", "cat", "dog"])


def test_about_an_eighth_of_all_pairs_of_concepts_is_held_out() -> None:
    ids = [concept.id for concept in default_catalog().concepts]
    held = sum(is_held_out([a, b]) for i, a in enumerate(ids) for b in ids[:i])
    assert held / (240 * 239 / 2) == pytest.approx(1 / 8, abs=0.01)


@pytest.mark.parametrize(("split", "expected"), [("train", False), ("heldout", True)])
def test_a_stream_keeps_to_its_split(split: str, expected: bool) -> None:
    stream = SceneStream(2, split)
    assert all(is_held_out(concepts_of(stream.scene(i))) is expected for i in range(1000))


def test_no_held_out_caption_is_met_in_training(held_out: list[Scene]) -> None:
    stream = SceneStream(0, "train")
    trained = {stream.scene(index).caption for index in range(20_000)}
    assert trained.isdisjoint(scene.caption for scene in held_out)


def test_held_out_captions_all_differ(held_out: list[Scene]) -> None:
    assert len({scene.caption for scene in held_out}) == len(held_out) == 5000


def test_fewer_held_out_scenes_are_the_first_of_more(held_out: list[Scene]) -> None:
    assert held_out_scenes(40) == held_out[:40]


def test_another_design_changes_the_drawings_and_nothing_else() -> None:
    trained, unseen = held_out_scenes(30), held_out_scenes(30, designs=("emojione",))
    for scene, other in zip(trained, unseen, strict=True):
        assert other.caption == scene.caption
        assert other.background == scene.background
        assert [(i.concept, i.box) for i in other.objects] == [
            (i.concept, i.box) for i in scene.objects
        ]
        assert {item.design for item in other.objects} == {"emojione"}


def test_training_never_draws_from_the_held_out_design() -> None:
    stream = SceneStream(0, "train")
    designs = {item.design for index in range(2000) for item in stream.scene(index).objects}
    assert designs == {"noto", "noto-v1", "twemoji", "fluent", "fluent-flat"}


def test_training_meets_every_concept_about_equally_often() -> None:
    stream = SceneStream(4, "train")
    counts = Counter(
        item.concept for index in range(12_000) for item in stream.scene(index).objects
    )
    assert len(counts) == 240
    assert min(counts.values()) > 0.5 * counts.total() / 240


def test_unknown_splits_and_designs_are_refused() -> None:
    with pytest.raises(ValueError, match="no split 'test'; there are train, heldout"):
        SceneStream(0, "test")
    with pytest.raises(CatalogError, match="no design crayon; there are noto, "):
        SceneStream(0, "train", designs=("crayon",))


def test_a_subset_is_ascending_without_repeats_and_fixed_by_its_seed() -> None:
    assert subset(5, 20, seed=0) == [5, 6, 7, 12, 15]
    assert subset(20, 20, seed=1) == list(range(20))
    assert subset(5, 20, seed=1) != subset(5, 20, seed=0)


def test_a_subset_cannot_exceed_its_set() -> None:
    with pytest.raises(ValueError, match="cannot take 21 of 20 items"):
        subset(21, 20)


def test_the_study_has_dogs_and_hot_dogs(held_out: list[Scene]) -> None:
    shown = [concepts_of(held_out[index]) for index in subset(100)]
    assert any("dog" in concepts for concepts in shown)
    assert any("hot-dog" in concepts for concepts in shown)
