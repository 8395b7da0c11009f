from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from article import geometry
from precompute.imports.analysis import Analyst, Plans, captions_of, close_gap, sample
from precompute.imports.collection import Collection, Kind, MisfitError, Seen
from precompute.progress import Progress
from precompute.study import ProjectionPlan
from tests.precompute.imports.layouts import NAMES, Floats, vectors


def collection(array: Floats, similarity: Floats | None = None) -> Collection:
    kinds, count = array.shape[:2]
    model = Seen("Mine", Path("mine.npy"), tuple(array), 10.0, similarity)
    texts = tuple(f"text {number}" for number in range(count))
    return Collection(
        id="set",
        title="Set",
        source="here",
        kinds=tuple(
            Kind(name, "text", texts) if name == "text" else Kind(name, "picture")
            for name in NAMES[:kinds]
        ),
        models=(model,),
        ids=tuple(map(str, range(count))),
    )


def analyst() -> Analyst:
    return Analyst(Plans(ProjectionPlan(methods=("pca",))), Progress(quiet=True))


@pytest.mark.parametrize("kinds", [2, 3])
@pytest.mark.parametrize("share", [0.5, 1.0])
def test_closing_vectors_closes_their_matrix(kinds: int, share: float) -> None:
    array = vectors(kinds, 5)
    moved = geometry.similarity_matrix(*close_gap(list(array), share))
    expected = geometry.close_gap(geometry.similarity_matrix(*array), (5,) * kinds, share)
    np.testing.assert_allclose(moved, expected, atol=1e-12)


def test_two_modalities_close_by_hand() -> None:
    # Means (1, 0) and (0, 1): their mean is (.5, .5), and both move onto it.
    (x,), (y,) = close_gap([np.array([[2.0, 0]]), np.array([[0, 3.0]])], 1)
    np.testing.assert_allclose([x, y], [[0.5**0.5] * 2] * 2)


def test_measures_of_two_modalities_have_plain_names() -> None:
    array = vectors()
    entries = analyst().measures(collection(array), collection(array).models[0])
    assert [entry["share"] for entry in entries] == [0, 1]
    similarity = geometry.similarity_matrix(*array)
    for entry in entries:
        moved = geometry.close_gap(similarity, (4, 4), entry["share"])
        cross = geometry.cross_block(moved, (4, 4))
        values = entry["values"]
        losses = geometry.contrastive_losses(cross, 10)
        assert values["gap_distance"] == pytest.approx(geometry.gap_distance(moved, (4, 4)))
        assert values["loss"] == pytest.approx(losses.mean)
        assert values["loss_image_to_text"] == pytest.approx(losses.first_to_second)
        assert values["relative_gap"] == pytest.approx(geometry.relative_gap(moved, (4, 4)))


def test_measures_of_three_modalities_say_which() -> None:
    array = vectors(3)
    (trained, closed) = analyst().measures(collection(array), collection(array).models[0])
    similarity = geometry.similarity_matrix(*array)
    moved = geometry.close_gap(similarity, (4, 4, 4))
    for entry, matrix in ((trained, similarity), (closed, moved)):
        for a, b in ((0, 1), (0, 2), (1, 2)):
            name = f"gap_distance_{NAMES[a]}_{NAMES[b]}"
            expected = geometry.gap_distance(matrix, (4, 4, 4), a, b)
            assert entry["values"][name] == pytest.approx(expected)
    names = set(trained["values"])
    assert {"loss_image_audio", "loss_audio_to_text", "recall_at_1_text_to_audio"} <= names
    assert {"mean_cosine_audio", "uniformity_image_text", "uniformity_text"} <= names
    assert not {"loss", "gap_distance", "mean_cosine_audio_image_text"} & names


def test_a_space_keeps_the_matrix_that_was_given() -> None:
    array = vectors(3)
    given = geometry.similarity_matrix(*array) * (1 - 1e-9)
    np.fill_diagonal(given, 1)
    shown = collection(array, given)
    space = analyst().space(shown, shown.models[0])
    assert space.similarity is given
    assert (space.modalities, space.counts) == (NAMES, (4, 4, 4))
    assert [(p.method, p.share) for p in space.projections] == [("pca", 0.0), ("pca", 1.0)]
    assert [clustering.block for clustering in space.clusterings] == [
        ("image", "image"),
        ("text", "text"),
        ("audio", "audio"),
        ("image", "text"),
        ("image", "audio"),
        ("text", "audio"),
    ]


def test_a_landscape_is_of_two_modalities() -> None:
    two, three = collection(vectors()), collection(vectors(3))
    curve = analyst().landscape(two, two.models[0])
    assert curve is not None
    expected = geometry.gap_distance(geometry.similarity_matrix(*vectors()), (4, 4))
    assert curve.trained[0] == pytest.approx(expected)
    assert curve.modalities == ("image", "text")
    assert analyst().landscape(three, three.models[0]) is None


def test_modalities_without_a_gap_name_set_and_model() -> None:
    same = np.stack([vectors()[0]] * 2)
    with pytest.raises(MisfitError, match=r"landscape of set by mine: .* has no direction"):
        analyst().landscape(collection(same), collection(same).models[0])


def test_a_sample_takes_the_same_rows_everywhere() -> None:
    array = vectors(2, 9)
    similarity = geometry.similarity_matrix(*array)
    drawn = sample(collection(array, similarity), 4, seed=1)
    rows = [int(identifier) for identifier in drawn.ids]
    assert rows == sorted(rows)
    assert len(set(rows)) == 4
    assert (drawn.id, drawn.title, drawn.count) == ("set-4", "4 of Set", 4)
    assert drawn.kinds[1].texts == tuple(f"text {row}" for row in rows)
    (model,) = drawn.models
    np.testing.assert_array_equal(model.vectors, array[:, rows])
    assert model.similarity is not None
    np.testing.assert_allclose(
        model.similarity, geometry.similarity_matrix(*array[:, rows]), atol=1e-12
    )
    assert sample(collection(array), 4, seed=1).ids == drawn.ids
    assert sample(collection(array), 4, seed=2).ids != drawn.ids


def test_clusters_are_named_by_the_first_texts() -> None:
    assert captions_of(collection(vectors())) == ("text 0", "text 1", "text 2", "text 3")
    pictures = Collection("a", "A", "", (Kind("image", "picture"),) * 2, (), ("0", "1"))
    assert captions_of(pictures) == ("", "")
