"""What the browser makes of distances and captions is what Python makes of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from scipy.cluster import hierarchy
from scipy.spatial import distance

from article import geometry
from article.artifacts import DataFolder
from article.geometry import Floats
from article.vocabulary import STOP_WORDS
from precompute import clusters
from tests.browser.conftest import Serve

ROOT: Final = Path(__file__).parents[2]
DATA: Final = DataFolder.open(ROOT / "article" / "data")
SPACES: Final = [
    (record.dataset, str(record.model))
    for record in DATA.manifest.artifacts
    if record.kind == "space"
    and len(set(DATA.space(record.dataset, str(record.model)).counts)) == 1
]

pytestmark = pytest.mark.browser

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def run(browser: Browser, serve: Serve) -> Iterator[Run]:
    """Run the body of a function of `argument` beside one of our modules."""
    page: Page = browser.new_page()
    page.goto(f"{serve(ROOT)}/empty.html")

    def run(module: str, body: str, argument: object = None) -> Any:
        load = f'const module = await import("/site_templates/js/{module}.js");'
        return page.evaluate(f"async (argument) => {{ {load} {body} }}", argument)

    yield run
    page.close()


def points(count: int, seed: int = 0) -> Floats:
    """Condensed distances of random points."""
    return np.asarray(distance.pdist(np.random.default_rng(seed).normal(size=(count, 5))))


TREE: Final = """
  const distances = Float64Array.from(argument.distances);
  const tree = module.growTree(distances, argument.size, argument.linkage);
  const order = module.orderLeaves(tree, distances);
  return {
    order: [...order],
    heights: [...tree.heights],
    labels: argument.counts.map((count) => [...module.cutTree(tree, count, order)]),
  };
"""


def grown(run: Run, condensed: Floats, linkage: str, counts: list[int]) -> dict[str, Any]:
    """Order, heights and labels that the browser finds."""
    square = distance.squareform(condensed)
    options = {"distances": square.ravel().tolist(), "size": len(square)}
    found: dict[str, Any] = run(
        "dendrogram", TREE, options | {"linkage": linkage, "counts": counts}
    )
    return found


def same_partition(one: Any, other: Any) -> bool:
    """Whether two labellings group alike."""
    pairs = set(zip(list(one), list(other), strict=True))
    return len(pairs) == len(set(one)) == len(set(other))


@pytest.mark.parametrize("linkage", ["complete", "single", "average"])
@pytest.mark.parametrize("size", [2, 3, 30, 200])
def test_trees_and_cuts_are_scipys(run: Run, size: int, linkage: str) -> None:
    condensed = points(size)
    counts = [count for count in (2, 5, 10, 20) if count <= size]
    found = grown(run, condensed, linkage, counts)
    tree = hierarchy.linkage(condensed, method=linkage)
    np.testing.assert_allclose(found["heights"], tree[:, 2], rtol=1e-12)
    for count, labels in zip(counts, found["labels"], strict=True):
        assert same_partition(labels, hierarchy.fcluster(tree, count, criterion="maxclust"))


def test_merges_at_equal_heights_are_not_torn_apart(run: Run) -> None:
    """Four pairs of points, each pair one unit apart: three clusters cannot be cut."""
    places = np.array([0, 1, 10, 11, 20, 21, 30, 31], dtype=float)[:, None]
    condensed = np.asarray(distance.pdist(places))
    (labels,) = grown(run, condensed, "complete", [5])["labels"]
    assert labels == [0, 0, 1, 1, 2, 2, 3, 3]


def test_leaves_are_in_the_best_of_all_orders(run: Run) -> None:
    condensed = points(8, seed=3)
    square = distance.squareform(condensed)
    tree = hierarchy.linkage(condensed, method="complete")

    def orders(node: int) -> list[list[int]]:
        if node < 8:
            return [[node]]
        left, right = (orders(int(child)) for child in tree[node - 8, :2])
        return [
            part
            for one, other in itertools.product(left, right)
            for part in (one + other, other + one)
        ]

    best = min(way_length(order, square) for order in orders(14))
    found = grown(run, condensed, "complete", [])["order"]
    assert way_length(found, square) == pytest.approx(best, abs=1e-12)
    assert found[0] < found[-1]


def way_length(order: list[int], square: Floats) -> float:
    """Sum of the distances of neighbours."""
    return float(sum(square[one, other] for one, other in itertools.pairwise(order)))


def test_an_order_that_breaks_a_subtree_is_noticed(run: Run) -> None:
    """Leaves 0 and 1 are merged first, then 2 and 3: 0, 2, 1, 3 tears both apart."""
    places = np.array([0, 1, 10, 12], dtype=float)[:, None]
    body = """
      const tree = module.growTree(Float64Array.from(argument.distances), 4);
      return argument.orders.map((order) => module.keepsTogether(tree, Int32Array.from(order)));
    """
    distances = distance.squareform(distance.pdist(places)).ravel().tolist()
    orders = [[0, 1, 2, 3], [3, 2, 0, 1], [0, 2, 1, 3], [0, 2, 3, 1]]
    found = run("dendrogram", body, {"distances": distances, "orders": orders})
    assert found == [True, True, False, False]


def test_no_cluster_is_broken_by_the_order(run: Run) -> None:
    found = grown(run, points(60), "complete", [2, 7, 20])
    for labels in found["labels"]:
        along = [labels[leaf] for leaf in found["order"]]
        assert along == sorted(along)


@pytest.mark.parametrize(("dataset", "model"), SPACES)
def test_clusters_and_names_are_those_of_precompute(run: Run, dataset: str, model: str) -> None:
    space, items = DATA.space(dataset, model), DATA.items(dataset)
    captions = next(m.texts for m in items.modalities if m.texts)
    found = run(
        "clustering",
        """
        const clusters = new module.PairClusters({ ...argument, space: {
          ...argument.space, similarity: Float64Array.from(argument.space.similarity),
        }, stopWords: new Set(argument.stopWords) });
        return argument.blocks.flatMap((block) => argument.numbers.map((count) => {
          const { labels, names } = clusters.of(block, count);
          return { labels: [...labels], names };
        }));
        """,
        {
            "space": {
                "similarity": space.similarity.ravel().tolist(),
                "counts": space.counts,
                "size": sum(space.counts),
                "modalities": space.modalities,
                "clusterings": [],
            },
            "captions": captions,
            "stopWords": sorted(STOP_WORDS),
            "linkage": "complete",
            "blocks": [["image", "image"], ["text", "text"], ["image", "text"]],
            "numbers": [2, 10, 20],
        },
    )
    blocks = (("image", "image"), ("text", "text"), ("image", "text"))
    for (block, count), here in zip(itertools.product(blocks, (2, 10, 20)), found, strict=True):
        labels = python_labels(space.similarity, block, count)
        names = clusters.name_clusters(captions, labels)
        assert same_partition(here["labels"], labels)
        assert [here["names"][k] for k in here["labels"]] == [names[k] for k in labels]


def python_labels(similarity: Floats, block: tuple[str, str], count: int) -> Any:
    """Clusters of pairs (n,) by the rules of `precompute`, from the matrix (2n, 2n) of the file."""
    n = len(similarity) // 2
    rows = {"image": slice(0, n), "text": slice(n, 2 * n)}
    values = similarity[rows[block[0]], rows[block[1]]]
    within = block[0] == block[1]
    distances = clusters.angles(values) if within else distance.pdist(values)
    return clusters.group(distances, "complete", count)[1]


# -- captions ----------------------------------------------------------------------------------

CAPTIONS: Final = ["A red dog", "a hotdog", "the red car", "a car and a Dog", "nothing"]


@pytest.mark.parametrize(
    ("words", "match", "found"),
    [
        ("dog", "all", [0, 1, 3]),
        ("DOG", "any", [0, 1, 3]),
        ("red dog", "all", [0]),
        ("red dog", "any", [0, 1, 2, 3]),
        ("  ", "all", [0, 1, 2, 3, 4]),
        ("zebra", "any", []),
        (".*", "any", []),
    ],
)
def test_captions_hold_words_anywhere(run: Run, words: str, match: str, found: list[int]) -> None:
    argument = [CAPTIONS, words, match]
    assert run("captions", "return module.captionsWith(...argument)", argument) == found


def test_words_that_chose_the_captions_name_no_cluster(run: Run) -> None:
    captions = ["hot dog", "hot dog", "dog, car", "dog, car"]
    body = """
      const labels = Int32Array.from([0, 0, 1, 1]);
      return module.nameClusters(argument, labels, new Set(), new Set(["dog"]));
    """
    assert run("captions", body, captions) == ["hot dog", "dog car"]


def test_typical_words_lead_over_the_rest(run: Run) -> None:
    captions = ["the cat", "a cat and a dog", "a dog", "a dog in a car", "car"]
    body = 'return module.typicalWords(argument, new Set([0, 1]), new Set(["a", "the"]), 2)'
    assert run("captions", body, captions) == [
        {"word": "cat", "within": 2, "beyond": 0},
        # In half of the group and in none of the rest, while "dog" is more frequent there.
        {"word": "and", "within": 1, "beyond": 0},
    ]


# -- samples and groups ------------------------------------------------------------------------


def python_sample(entries: list[int], count: int, draw: Iterator[float]) -> list[int]:
    """The entries that the page draws."""
    places = list(range(len(entries)))
    for at in range(count):
        drawn = at + int(next(draw) * (len(places) - at))
        places[at], places[drawn] = places[drawn], places[at]
    return [entries[place] for place in sorted(places[:count])]


def mulberry32(seed: int = 0) -> Iterator[float]:
    """The page's generator, in whole numbers of 32 bits."""
    mask = 0xFFFFFFFF
    state = seed
    while True:
        state = (state + 0x6D2B79F5) & mask
        bits = ((state ^ state >> 15) * (state | 1)) & mask
        bits = ((bits + (((bits ^ bits >> 7) * (bits | 61)) & mask)) & mask) ^ bits
        yield (bits ^ bits >> 14) / 2**32


def test_a_sample_is_the_same_every_time(run: Run) -> None:
    entries = list(range(100, 900))
    expected = python_sample(entries, 200, mulberry32())
    for _ in range(2):
        assert run("random", "return module.sample(argument, 200)", entries) == expected
    assert len(set(expected)) == 200


@pytest.mark.parametrize("size", [3, 30, 57])
def test_a_group_is_compared_on_batches_of_equal_size(run: Run, size: int) -> None:
    """The group takes part whole where it is the smaller side, in twenty batches else."""
    generator = np.random.default_rng(5)
    similarity = geometry.similarity_matrix(
        generator.normal(size=(60, 8)) + 1, generator.normal(size=(60, 8))
    )
    group = generator.permutation(60)[:size].tolist()
    found = run(
        "group-measures",
        """
        return module.compareGroup({ ...argument,
          similarity: Float64Array.from(argument.similarity), group: new Set(argument.group) });
        """,
        {
            "similarity": similarity.ravel().tolist(),
            "counts": [60, 60],
            "group": group,
            "logitScale": 20,
            "batchSize": 50,
        },
    )
    smaller = min(size, 60 - size)
    assert found["size"] == smaller
    for name, inside in (("group", True), ("others", False)):
        side = [pair for pair in range(60) if (pair in group) == inside]
        gap, loss = batch_means(similarity, side, smaller)
        assert found[name]["gap"] == pytest.approx(gap, abs=1e-9)
        assert found[name]["loss"] == pytest.approx(loss, abs=1e-9)


def batch_means(similarity: Floats, side: list[int], size: int) -> tuple[float, float]:
    """Gap and mean loss over the batches that the page draws from a side."""
    draw = mulberry32()
    count = 1 if len(side) == size else 20
    measures = []
    for _ in range(count):
        pairs = np.array(python_sample(side, size, draw))
        rows = np.concatenate([pairs, pairs + len(similarity) // 2])
        part = similarity[np.ix_(rows, rows)]
        losses = geometry.contrastive_losses(geometry.cross_block(part, (size, size)), 20)
        measures.append((geometry.gap_distance(part, (size, size)), losses.mean))
    gap, loss = np.mean(measures, axis=0)
    return float(gap), float(loss)


def test_one_pair_has_no_loss(run: Run) -> None:
    body = """
      return module.compareGroup({ similarity: new Float64Array(36), counts: [3, 3],
        group: new Set([1]), logitScale: 1, batchSize: 50 });
    """
    assert run("group-measures", body) is None


# -- lists of pairs, outlines, labels, texts in addresses --------------------------------------


def test_lists_of_pairs_are_read_as_they_are_written(run: Run) -> None:
    written = run("pair-lists", 'return module.writePairs("study", [6, 2, 7, 8, 2])')
    assert written == "study!3.7-9"
    read = "return module.readPairs(argument.text, argument.dataset, 8)"
    for text, dataset, expected in (
        (written, "study", [2, 6, 7]),
        (written, "many", []),
        ("study!0.-4.x.2-1.1e9-1e10.5", "study", [4]),
        ("", "study", []),
    ):
        assert run("pair-lists", read, {"text": text, "dataset": dataset}) == expected


@pytest.mark.parametrize(
    ("point", "inside"), [((1, 1), True), ((3, 3), False), ((5, 1), True), ((-1, 1), False)]
)
def test_an_outline_holds_what_lies_inside(
    run: Run, point: tuple[float, float], inside: bool
) -> None:
    """A U that is open downwards: (3, 3) lies between its legs."""
    outline = [[0, 0], [6, 0], [6, 6], [4, 6], [4, 2], [2, 2], [2, 6], [0, 6]]
    body = "return module.isWithin(argument.point, argument.outline)"
    assert run("outline-tool", body, {"point": point, "outline": outline}) == inside


def test_labels_overlap_nowhere_and_stay_inside(run: Run) -> None:
    generator = np.random.default_rng(1)
    wanted = [
        {"lines": ["name"], "width": 60, "size": int(size), "x": float(x), "y": float(y)}
        for size, (x, y) in zip(
            generator.integers(6, 30, 12), generator.uniform(0, 300, (12, 2)), strict=True
        )
    ]
    body = "return module.placeLabels(argument, { width: 300, height: 300 })"
    labels = run("cluster-labels", body, wanted)
    assert len(labels) >= 10
    for one, other in itertools.combinations(labels, 2):
        apart = (
            one["left"] >= other["left"] + other["width"]
            or other["left"] >= one["left"] + one["width"]
            or one["top"] >= other["top"] + other["height"]
            or other["top"] >= one["top"] + one["height"]
        )
        assert apart
    for label in labels:
        assert 0 <= label["left"] <= 300 - label["width"]
        assert 0 <= label["top"] <= 300 - label["height"]


@pytest.mark.parametrize("text", ["hot dog", "50 %, or so: 1,000", "a%2Cb", "Hündchen 🐶", ""])
def test_any_text_survives_an_address(run: Run, text: str) -> None:
    body = """
      const address = await import("/site_templates/js/address.js");
      const fields = { words: module.text(100), match: module.choice(["any"]) };
      const store = { state: { words: argument, match: "any" }, initial: {} };
      const { search } = new URL(address.addressOf("fig-x", fields, store));
      return address.readAddress("fig-x", fields, search);
    """
    assert run("state", body, text) == {"words": text, "match": "any"}
