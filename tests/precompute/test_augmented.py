from __future__ import annotations

import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from article import geometry
from article.artifacts import DataFolder, Items, Modality
from article.errors import ArtifactError
from precompute import pipeline
from precompute.augmentations import augment
from precompute.datasets import Dataset, open_datasets
from precompute.pairs import DatasetError
from precompute.progress import Progress
from precompute.study import find_study, read_study
from tests.precompute.fake_encoder import COLOURS, HOSTILE, STUDY, FakeEncoder, write_study

ADDED = """
[augmentations.pair]
title = "Pair"
of = "pairs"
count = 1
steps = 8
side = 16
kinds = ["rotation", "noise"]

[augmentations.mine]
title = "Mine"
file = "mine.png"
text = "a red square"
steps = 8
side = 16
kinds = ["horizontal-shift"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study with augmentations, nothing written of the data set that they are of."""
    text = STUDY.replace('file = "pairs.csv"', 'file = "pairs.csv"\nwrite = []') + ADDED
    write_study(tmp_path, HOSTILE, text)
    Image.new("RGB", (40, 20), (250, 10, 10)).save(tmp_path / "mine.png")
    return tmp_path


def run(folder: Path) -> tuple[pipeline.Outcome, list[FakeEncoder]]:
    built: list[FakeEncoder] = []

    def build(plan: object, device: str, precision: str) -> FakeEncoder:
        built.append(FakeEncoder())
        return built[-1]

    study, progress = read_study(folder / "small.toml"), Progress(quiet=True)
    return pipeline.run(study, folder / "data", folder / "cache", progress, "cpu", build), built


def opened(folder: Path) -> dict[str, Dataset]:
    return open_datasets(read_study(folder / "small.toml").datasets, device="cpu")


def test_a_space_holds_all_steps_and_the_text_once(folder: Path) -> None:
    run(folder)
    data = DataFolder.open(folder / "data")
    space = data.space("mine-horizontal-shift", "fake")
    assert space.counts == (8, 1)
    assert space.clusterings == ()
    assert space.projection("pca", 0).coordinates.shape == (9, 2)
    # Distances -16, -11, -7, -2, 2, 7, 11, 16 of a square of 16: as much of it is red.
    red = np.array([0, 5, 9, 14, 14, 9, 5, 0])[:, None] / 16 * np.array([250, 10, 10]) / 255
    images = np.column_stack([red, np.ones(8)])
    expected = geometry.similarity_matrix(images, FakeEncoder().prepare_texts(["a red square"]))
    np.testing.assert_allclose(space.similarity, expected, atol=1e-4)


def test_items_are_the_steps_and_one_text(folder: Path) -> None:
    run(folder)
    data = DataFolder.open(folder / "data")
    items = data.items("mine-horizontal-shift")
    pictures, texts = items.modalities
    assert items.ids[:2] == ("horizontal-shift-000", "horizontal-shift-001")
    assert (pictures.count, texts.count, texts.texts) == (8, 1, ("a red square",))
    assert pictures.sprites is not None
    facts = data.manifest.datasets["mine-horizontal-shift"]
    assert (facts["picture"], facts["caption"]) == ("mine", "a red square")
    assert facts["augmentation"] == {
        "kind": "horizontal-shift",
        "title": "Horizontal shift",
        "unit": "pixels",
        "from": -16,
        "to": 16,
        "steps": 8,
        "values": [-16, -11, -7, -2, 2, 7, 11, 16],
    }


def test_of_the_data_set_drawn_from_nothing_is_written_or_measured(folder: Path) -> None:
    run(folder)
    manifest = DataFolder.open(folder / "data").manifest
    assert "pairs" not in manifest.datasets
    assert {entry["dataset"] for entry in manifest.measures} == {"some"}
    assert not (folder / "data" / "pairs").exists()
    assert manifest.datasets["pair-noise"]["of"] == "pairs"


def test_a_second_run_does_nothing_and_another_picture_is_embedded_anew(folder: Path) -> None:
    run(folder)
    assert run(folder)[0].reason is None
    Image.new("RGB", (40, 20), (10, 250, 10)).save(folder / "mine.png")
    outcome, built = run(folder)
    changed = {path for path in outcome.written if path != "manifest.json"}
    assert {path.split("/")[0] for path in changed} == {"mine-horizontal-shift"}
    assert len(built) == 1


def test_pictures_are_those_of_the_augmentation_of_the_middle_square(folder: Path) -> None:
    pairs = opened(folder)["pair-rotation"].pairs
    colour = COLOURS[int(str(pairs.facts["picture"]).removeprefix("pair-"))]
    square = np.full((16, 16, 3), colour, dtype=np.uint8)
    (batch,) = augment("rotation", square, range(8), 8, 0, "cpu")
    expected = batch.permute(0, 2, 3, 1).numpy()
    found = pairs.pictures(range(2, 5), 999)
    np.testing.assert_allclose(np.stack(found).astype(int), expected[2:5].astype(int), atol=1)


def test_a_missing_picture_or_too_few_are_named(folder: Path) -> None:
    (folder / "mine.png").unlink()
    with pytest.raises(DatasetError, match=r"mine\.png: picture of 'mine' cannot be read"):
        opened(folder)
    file = folder / "small.toml"
    file.write_text(file.read_text().replace("count = 1\n", "count = 7\n"))
    with pytest.raises(
        DatasetError, match="data set 'pair-1-rotation': 7 of the 6 pictures of 'pairs'"
    ):
        opened(folder)


def test_a_modality_has_an_item_for_each_id_or_one_for_all() -> None:
    texts = Modality("text", "text", 2, texts=("a", "b"))
    with pytest.raises(ArtifactError, match="3 ids but 2 items in modality 'text'"):
        Items("steps", ("0", "1", "2"), (Modality("image", "picture", 3), texts))


def test_what_is_written_of_augmented_pictures_can_be_narrowed(folder: Path) -> None:
    file, own = folder / "small.toml", 'kinds = ["horizontal-shift"]\nmethods = []\n'
    own += "thumbnails = { cell = 16, columns = 4, per_file = 8 }"
    file.write_text(file.read_text().replace('kinds = ["horizontal-shift"]', own))
    run(folder)
    data = DataFolder.open(folder / "data")
    assert data.space("mine-horizontal-shift", "fake").projections == ()
    sprites = data.items("mine-horizontal-shift").modalities[0].sprites
    assert sprites is not None
    assert (sprites.cell, sprites.columns, len(sprites.files)) == (16, 4, 1)
    with Image.open(folder / "data" / sprites.files[0]) as sheet:
        assert sheet.size == (64, 32)
    # The others have what the study says.
    assert data.items("pair-noise").modalities[0].sprites != sprites
    assert len(data.space("pair-noise", "fake").projections) == 2


def test_a_model_that_is_not_named_does_not_see_augmented_pictures(folder: Path) -> None:
    file = folder / "small.toml"
    other = '[models.other]\ntitle = "O"\nencoder = "miniature"\nweights = "fake.safetensors"\n'
    kinds = 'kinds = ["horizontal-shift"]'
    text = file.read_text().replace(kinds, f'{kinds}\nmodels = ["other"]')
    file.write_text(text + other)
    run(folder)
    data = DataFolder.open(folder / "data")
    assert data.models_of("space", "mine-horizontal-shift") == ["other"]
    assert data.models_of("space", "pair-noise") == ["fake", "other"]


@pytest.mark.slow
def test_a_picture_of_the_study_stays_within_the_budget(tmp_path: Path) -> None:
    """Noise and rotation are what WebP compresses worst."""
    text = find_study("default").read_text()
    start, end = text.index("[augmentations.scene]"), text.index("[models.clip-cnn]")
    scenes = '[datasets.study]\ntitle = "S"\nsource = "scenes"\ncount = 20\nwrite = []\n'
    kinds = 'kinds = ["noise", "rotation"]\nsteps'
    table = text[start:end].replace("count = 10", "count = 1").replace("steps", kinds, 1)
    names = re.findall(r'"([a-z]+-[a-z]+)"', table[table.index("models = ") :])
    models = "".join(
        f'[models.{name}]\ntitle = "F"\nencoder = "miniature"\nweights = "fake.safetensors"\n'
        for name in names
    )
    head = 'title = "Budget"\noutput = "data"\n'
    write_study(tmp_path, study=head + scenes + table + models)
    run(tmp_path)
    assert len(names) == 5
    for kind in ("noise", "rotation"):
        files = list((tmp_path / "data" / f"scene-{kind}").iterdir())
        assert len(files) == 1 + 1 + len(names)
        assert sum(len(gzip.compress(file.read_bytes(), 6)) for file in files) < 250_000
