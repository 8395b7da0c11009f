from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from article import geometry
from article.artifacts import DataFolder
from precompute import large_layouts, measures, pair_lines, pipeline
from precompute.large_layouts import KINDS
from precompute.large_sets import largest_error
from precompute.progress import Progress
from precompute.study import LAYOUTS, LayoutPlan, read_study
from tests.precompute.fake_encoder import STUDY, FakeEncoder, write_study

ROOT = Path(__file__).parents[2]
COUNT = 24
CAPTIONS = tuple(f"caption {index}" for index in range(COUNT))
LAYOUT = LayoutPlan(neighbours=4, epochs=5, smallest_cluster=3, kmeans_clusters=4)
TABLE = """
[layouts]
models = ["fake"]
neighbours = 4
epochs = 5
smallest_cluster = 3
kmeans_clusters = 4

[models.other]
title = "Other model"
weights = "fake.safetensors"
encoder = "miniature"
"""


@dataclass
class Varied(FakeEncoder):
    """Images differ although only six colours do: each is turned by its place in the batch."""

    def encode_images(self, batch: np.ndarray) -> np.ndarray:
        turned = batch + 0.2 * np.random.default_rng(len(batch)).normal(size=batch.shape)
        return super().encode_images(turned.astype(np.float32))


@dataclass
class Large:
    """A study of a data set of which vectors and layouts are written."""

    folder: Path
    outcome: pipeline.Outcome
    built: list[FakeEncoder]

    @property
    def data(self) -> DataFolder:
        return DataFolder.open(self.folder / "data")


def run(folder: Path, table: str = TABLE) -> Large:
    written = 'file = "pairs.csv"\nwrite = ["items", "vectors", "layout"]'
    study = STUDY.replace('file = "pairs.csv"', written) + table
    file = write_study(folder, CAPTIONS, study)
    built: list[FakeEncoder] = []

    def build(plan: object, device: str, precision: str) -> FakeEncoder:
        built.append(Varied())
        return built[-1]

    progress, target = Progress(quiet=True), (folder / "data", folder / "cache")
    outcome = pipeline.run(read_study(file), *target, progress, "cpu", build)
    return Large(folder, outcome, built)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Large:
    return run(tmp_path_factory.mktemp("large"))


def pairs_of(large: Large) -> measures.Pairs:
    """The pairs as they were embedded, but for what 8 bits leave out."""
    vectors = large.data.vectors("pairs", "fake").vectors
    return measures.Pairs(vectors[:COUNT], vectors[COUNT:])


def test_vectors_and_layouts_are_written_of_the_models_that_are_named(large: Large) -> None:
    expected = {
        "pairs/vectors-fake.json",
        *(f"pairs/layout-fake-{name}.json" for name in LAYOUTS),
        "tables/pair-lines.json",
    }
    written = {path for path in large.outcome.written if path.endswith(".json")}
    assert written == expected | {"manifest.json", "pairs/items.json", "some/items.json"}
    records = {(r.model, r.name) for r in large.data.manifest.artifacts if r.kind == "layout"}
    assert records == {("fake", name) for name in LAYOUTS}


def test_vectors_are_those_of_the_encoder_and_say_how_far_off(large: Large) -> None:
    stored = large.data.vectors("pairs", "fake")
    texts = geometry.normalise(FakeEncoder().prepare_texts(CAPTIONS))
    found = stored.vectors[COUNT:]
    np.testing.assert_allclose(found, texts, atol=1 / 127)
    off = np.abs(found @ found.T - texts @ texts.T).max()
    assert 0 < off <= stored.error < 0.02
    assert (stored.counts, stored.logit_scale) == ((COUNT, COUNT), 10)


def test_the_largest_error_is_that_of_any_two_items() -> None:
    # 127 steps for .8 make .6 into 95 instead of 95.25: a turn by some .0016.
    vectors = np.array([[0.6, 0.8], [0.8, -0.6]])
    stored = np.array([[95, 127], [127, -95]]) / np.hypot(95, 127)
    expected = np.abs(stored @ stored.T - vectors @ vectors.T).max()
    assert largest_error(vectors) == pytest.approx(expected)
    assert largest_error(np.eye(3)) == 0


def test_layouts_say_what_they_are_and_where_their_clusters_are(large: Large) -> None:
    for name, kind in KINDS.items():
        layout = large.data.layout("pairs", "fake", name)
        assert (layout.title, layout.method, layout.share) == (kind.title, kind.method, kind.share)
        assert (layout.points, layout.fit) == (kind.points, kind.fit)
        assert layout.coordinates.shape == ((COUNT if kind.points == "pairs" else 2 * COUNT), 2)
        assert layout.parameters == large_layouts.parameters_of(kind, LAYOUT)
        visible = pair_lines.visible_clusters(layout.coordinates, LAYOUT)
        if kind.points == "pairs":
            assert layout.pair_lines == ()
        else:
            assert [lines.rule for lines in layout.pair_lines] == ["hdbscan", "kmeans"]
            assert layout.pair_lines[0] == pair_lines.pair_lines("hdbscan", layout.clusters)
            assert layout.pair_lines[1].clusters == 4
        assert layout.cluster_count == visible.max() + 1


def test_the_layout_of_the_closed_gap_is_of_the_closed_gap(large: Large) -> None:
    closed = np.concatenate(measures.close_gap(pairs_of(large), 1))
    expected = large_layouts.principal_components(closed)
    found = large.data.layout("pairs", "fake", "pca-closed").coordinates
    np.testing.assert_allclose(found, expected, atol=0.05)
    trained = large.data.layout("pairs", "fake", "pca").coordinates
    assert np.abs(trained - expected).max() > 0.2


def test_the_table_has_the_pair_lines_of_every_layout(large: Large) -> None:
    table = large.data.table("pair-lines")
    layouts = [name for name, kind in KINDS.items() if kind.points == "items"]
    rows = [row for row in table.rows if row[1] is not None]
    assert [row[1] for row in rows] == [name for name in layouts for _ in range(2)]
    assert {row[0] for row in table.rows} == {"fake"}
    names = [column.name for column in table.columns]
    for row in rows:
        cells: dict[str, Any] = dict(zip(names, row, strict=True))
        (lines,) = [
            entry
            for entry in large.data.layout("pairs", "fake", str(cells["layout"])).pair_lines
            if entry.rule == cells["rule"]
        ]
        assert (cells["clusters"], cells["kept"]) == (lines.clusters, round(lines.kept, 6))
        adjusted = None if lines.adjusted is None else round(lines.adjusted, 6)
        assert (cells["expected"], cells["adjusted"]) == (round(lines.expected, 6), adjusted)
    assert [row[2] for row in table.rows if row[1] is None] == [
        "vectors, as trained",
        "vectors, gap closed",
    ]
    assert "3 points" in table.note


def test_each_layout_has_a_cost_and_an_origin_of_its_own(large: Large) -> None:
    manifest = large.data.manifest
    costs = [cost for cost in manifest.costs if cost["stage"] == "layout"]
    assert sorted(cost["part"] for cost in costs) == sorted(LAYOUTS)
    assert manifest.settings["layouts"]["neighbours"] == 4
    origin = manifest.find("layout", "pairs", "fake", "umap").provenance
    assert {"umap-learn", "scikit-learn"} <= origin["versions"].keys()


def test_a_second_run_does_nothing_and_other_clusters_lay_nothing_out(tmp_path: Path) -> None:
    layouts = 'layouts = ["pca", "pca-closed"]\n'
    table = TABLE.replace("neighbours = 4\n", f"neighbours = 4\n{layouts}")
    run(tmp_path, table)
    again = run(tmp_path, table)
    assert (again.outcome.reason, again.built) == (None, [])
    other = run(tmp_path, table.replace("kmeans_clusters = 4", "kmeans_clusters = 5"))
    # Clusters of two layouts, and of the vectors as trained and closed.
    assert (other.outcome.made, other.built) == (4, [])
    assert {path for path in other.outcome.written if "layout" in path} == {
        "pairs/layout-fake-pca.json",
        "pairs/layout-fake-pca-closed.json",
    }


def test_the_layout_that_another_starts_from_need_not_be_asked_for(tmp_path: Path) -> None:
    table = TABLE.replace("neighbours = 4\n", 'neighbours = 4\nlayouts = ["umap-closed"]\n')
    alone = run(tmp_path, table)
    assert not (tmp_path / "data/pairs/layout-fake-umap.json").exists()
    both = run(tmp_path / "both").data.layout("pairs", "fake", "umap-closed")
    found = alone.data.layout("pairs", "fake", "umap-closed")
    np.testing.assert_array_equal(found.coordinates, both.coordinates)


def test_a_run_that_has_nothing_to_do_needs_no_torch(tmp_path: Path) -> None:
    """Not even where pictures are changed step by step."""
    augmented = '[augmentations.pair]\ntitle = "P"\nof = "pairs"\ncount = 1\nsteps = 8\nside = 16\n'
    file = write_study(tmp_path, CAPTIONS[:6], STUDY + augmented)
    script = f"""
import sys
from pathlib import Path
from precompute import pipeline
from precompute.datasets import open_datasets
from precompute.study import read_study
study = read_study(Path({str(file)!r}))
datasets = open_datasets(study.datasets)
pipeline.recipe_of(study, datasets, [], [])
print("torch" in sys.modules, "umap" in sys.modules, "sklearn" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == ["False", "False", "False"]
