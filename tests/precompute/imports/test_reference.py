"""Published matrices and embeddings, imported: the published figures, and an article of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import pytest
from click.testing import CliRunner

from article import artifacts, geometry, site
from article.artifacts import DataFolder
from precompute.__main__ import main

REFERENCE: Final = Path(__file__).resolve().parents[4] / "shared" / "reference"
JOVI: Final = REFERENCE / "jovi"
COCO, ROTATED = "MSCOCO-Val_size-100", "Rotated-0_size-100"
STEP: Final = 1 / artifacts.SIMILARITY_STEPS
COUNTS: Final = (100, 100)
PUBLISHED: Final = [
    (COCO, "CLIP", "clip"),
    (COCO, "CLOOB", "cloob"),
    (ROTATED, "CLIP", "clip"),
    (ROTATED, "CLOOB_LAION400M", "cloob-laion400m"),
]

pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(not REFERENCE.exists(), reason=f"no published data in {REFERENCE}"),
]


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An article of all published sets, imported one after the other."""
    out = tmp_path_factory.mktemp("imported")
    for source in (JOVI / COCO, JOVI / ROTATED, REFERENCE / "liang"):
        options = ["--out", str(out), "--projection", "pca", "--quiet"]
        result = CliRunner().invoke(main, ["import", str(source), *options])
        assert result.exit_code == 0, result.output
    return out


@pytest.fixture(scope="module")
def data(article: Path) -> DataFolder:
    return DataFolder.open(article / "data")


def slug(dataset: str) -> str:
    return dataset.lower().replace("_", "-")


def facts(dataset: str, name: str) -> dict[str, Any]:
    file = JOVI / dataset / "similarities" / f"{name}_meta_info.json"
    content: dict[str, Any] = orjson.loads(file.read_bytes())
    return content


@pytest.mark.parametrize(("dataset", "name", "model"), PUBLISHED)
def test_distances_are_the_published_ones(
    data: DataFolder, dataset: str, name: str, model: str
) -> None:
    published = facts(dataset, name)["gap_distance"]
    stored = geometry.gap_distance(data.space(slug(dataset), model).similarity, COUNTS)
    measured = data.manifest.measure("gap_distance", slug(dataset), model)
    assert stored == pytest.approx(published, abs=1e-4)
    assert measured == pytest.approx(published, abs=1e-6)


@pytest.mark.parametrize(("dataset", "name", "model"), PUBLISHED)
def test_losses_of_one_direction_are_the_published_ones(
    data: DataFolder, dataset: str, name: str, model: str
) -> None:
    space = data.space(slug(dataset), model)
    cross = geometry.cross_block(space.similarity, COUNTS)
    loss = geometry.published_loss(cross, space.logit_scale)
    assert loss == pytest.approx(facts(dataset, name)["loss"], abs=1e-4)
    # 100 pairs are two whole batches: here the published loss is one of our two directions.
    measured = data.manifest.measure("loss_image_to_text", slug(dataset), model)
    assert measured == pytest.approx(facts(dataset, name)["loss"], abs=1e-6)


@pytest.mark.parametrize(("name", "model"), [("CLIP", "clip"), ("CLOOB", "cloob")])
def test_closed_matrices_are_the_published_ones(data: DataFolder, name: str, model: str) -> None:
    file = JOVI / COCO / "similarities" / f"{name}_nogap.csv"
    published = np.loadtxt(file, delimiter=",")
    closed = geometry.close_gap(data.space(slug(COCO), model).similarity, COUNTS)
    assert np.abs(closed - published).max() <= 2 * STEP
    measured = data.manifest.measure("gap_distance", slug(COCO), model, share=1)
    assert measured == pytest.approx(facts(COCO, f"{name}_nogap")["gap_distance"], abs=1e-6)


def test_logit_scales_are_found_from_the_published_losses(data: DataFolder) -> None:
    scales = {name: facts["logit_scale"] for name, facts in data.manifest.models.items()}
    assert scales == {"clip": 100, "cloob": 30, "cloob-laion400m": 30, "features-clip": 100}


def test_the_landscape_of_published_embeddings(data: DataFolder) -> None:
    curve = data.landscape("liang", "features-clip")
    assert (curve.count, curve.shift.shape) == (500, (40,))
    assert curve.trained[0] == pytest.approx(0.8514, abs=1e-4)
    measure = data.manifest.measure
    assert measure("gap_distance", "liang", "features-clip") == pytest.approx(0.8514, abs=1e-4)
    assert measure("relative_gap", "liang", "features-clip") == pytest.approx(0.5915, abs=1e-4)
    assert measure("paired_cosine", "liang", "features-clip") == pytest.approx(0.310, abs=5e-4)
    assert measure("unpaired_cosine", "liang", "features-clip") == pytest.approx(0.162, abs=5e-4)
    assert measure("recall_at_1_image_to_text", "liang", "features-clip") == 0.552
    assert measure("recall_at_1_text_to_image", "liang", "features-clip") == 0.506


def test_captions_are_the_published_ones(data: DataFolder) -> None:
    texts = data.items(slug(COCO)).modalities[1].texts
    lines = (JOVI / COCO / "prompts.txt").read_text(encoding="utf-8").split("\n")
    assert texts == tuple(lines[:-1])


def test_an_article_is_built_of_them(article: Path) -> None:
    built = site.build(article)
    page = built.files["index.html"].decode()
    assert f"fig-{slug(COCO)}" in page
    assert "0.8135" in page, "the published distance of CLIP, in the table"
