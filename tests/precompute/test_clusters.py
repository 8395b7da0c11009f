from __future__ import annotations

import math

import numpy as np
import pytest

from article import geometry
from precompute.clusters import (
    CROSS_MODAL_RULE,
    IN_MODAL_RULE,
    angles,
    cluster,
    group,
    name_clusters,
    ngrams_of,
)
from precompute.study import ClusterPlan

MODALITIES = ("image", "text")


def on_circle(*degrees: float) -> geometry.Floats:
    radians = np.radians(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1)


def test_angles_are_those_between_the_vectors() -> None:
    vectors = on_circle(0, 60, 180)
    expected = np.radians([60, 180, 120])
    np.testing.assert_allclose(angles(vectors @ vectors.T), expected, atol=1e-7)


def test_two_clusters_on_a_circle() -> None:
    vectors = on_circle(0, 100, 10, 90, 20)
    order, labels = group(angles(vectors @ vectors.T), "complete", 2)
    assert labels[0] == labels[2] == labels[4]
    assert labels[1] == labels[3] != labels[0]
    # Contiguous along the order, numbered as they appear in it.
    np.testing.assert_array_equal(labels[order], np.sort(labels))
    assert labels[order[0]] == 0
    # Neighbours in the order are neighbours on the circle.
    assert np.abs(np.diff(np.array([0, 100, 10, 90, 20])[order])).max() == 70


def test_linkage_decides_on_a_chain() -> None:
    # Ten degrees apart but for one step of eleven: single linkage cuts there, complete does not.
    vectors = on_circle(0, 10, 20, 30, 40, 50, 60, 71)
    distances = angles(vectors @ vectors.T)
    _, single = group(distances, "single", 2)
    _, complete = group(distances, "complete", 2)
    assert np.bincount(single).tolist() in ([7, 1], [1, 7])
    assert np.bincount(complete).tolist() == [4, 4]


def test_never_more_clusters_than_pairs() -> None:
    vectors = on_circle(0, 50, 120)
    order, labels = group(angles(vectors @ vectors.T), "complete", 10)
    assert sorted(labels) == [0, 1, 2]
    assert sorted(order) == [0, 1, 2]


def test_equal_items_share_a_cluster() -> None:
    vectors = on_circle(0, 0, 0, 90)
    _, labels = group(angles(vectors @ vectors.T), "complete", 3)
    assert labels[0] == labels[1] == labels[2] != labels[3]


def test_blocks_group_pairs_differently() -> None:
    # Images fall into (0, 1) and (2, 3), texts into (0, 2) and (1, 3).
    similarity = geometry.similarity_matrix(on_circle(0, 5, 90, 95), on_circle(0, 90, 5, 95))
    captions = ["a cat", "a dog", "a cat", "a dog"]
    plan = ClusterPlan(count=2)
    by_image = cluster(similarity, MODALITIES, captions, ("image", "image"), plan)
    by_text = cluster(similarity, MODALITIES, captions, ("text", "text"), plan)
    assert by_image.labels[0] == by_image.labels[1] != by_image.labels[2] == by_image.labels[3]
    assert by_text.labels[0] == by_text.labels[2] != by_text.labels[1] == by_text.labels[3]
    assert by_image.rule == IN_MODAL_RULE
    assert sorted(by_text.names) == ["cat", "dog"]


def test_cross_blocks_compare_rows_as_vectors() -> None:
    images, texts = on_circle(0, 180, 4, 176), on_circle(0, 90, 180, 45)
    similarity = geometry.similarity_matrix(images, texts)
    plan = ClusterPlan(count=2)
    found = cluster(similarity, MODALITIES, ["a"] * 4, ("image", "text"), plan)
    # Rows of similarities to the texts: images 0 and 2 look alike, 1 and 3 do.
    assert found.labels[0] == found.labels[2] != found.labels[1] == found.labels[3]
    assert found.rule == CROSS_MODAL_RULE
    assert found.block == ("image", "text")


def test_words_and_neighbouring_words_without_stop_words() -> None:
    assert ngrams_of("A hot dog on the left of a Cat's-eye") == {
        ("hot",),
        ("dog",),
        ("hot", "dog"),
        ("cat's-eye",),
    }
    assert ngrams_of("on the left of a") == set()


def test_words_of_any_script_count() -> None:
    assert ngrams_of("שלום, a Hund_Katze 🐶") == {
        ("שלום",),
        ("hund",),
        ("katze",),
        ("hund", "katze"),
    }


def test_names_are_the_most_frequent_ngrams() -> None:
    captions = ["a hot dog and a bus", "a hot dog", "a bus and a hot dog", "a cat", "a cat, a bus"]
    labels = np.array([0, 0, 0, 1, 1])
    # "hot dog" as often as "hot" and "dog": the longer stands for all three.
    assert name_clusters(captions, labels) == ("hot dog, bus", "cat, bus")


def test_of_equally_frequent_words_the_rarer_elsewhere_names() -> None:
    captions = ["a bus, a fox", "a bus, a fox", "a bus", "a bus"]
    names = name_clusters(captions, np.array([0, 0, 1, 1]))
    assert names == ("fox, bus", "bus")


def test_a_cluster_without_words_is_called_so() -> None:
    assert name_clusters(["on the left", "🐶"], np.array([0, 0])) == ("no words",)


def test_a_word_counts_once_a_caption() -> None:
    captions = ["dog dog dog", "cat", "cat"]
    assert name_clusters(captions, np.array([0, 0, 0])) == ("cat, dog dog",)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_order_keeps_every_pair(count: int) -> None:
    vectors = np.random.default_rng(0).normal(size=(20, 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    order, labels = group(angles(vectors @ vectors.T), "complete", count)
    assert sorted(order) == list(range(20))
    assert labels.max() + 1 == count
    runs = 1 + int(np.count_nonzero(np.diff(labels[order])))
    assert runs == count


def test_angles_of_rounded_similarities_are_numbers() -> None:
    block = np.array([[1.0, 1.0 + 1e-12], [1.0 + 1e-12, 1.0]])
    assert angles(block)[0] == 0
    assert not math.isnan(angles(-block)[0])
