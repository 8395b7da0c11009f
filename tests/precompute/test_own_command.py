from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from article.artifacts import DataFolder
from build import main as build
from precompute import own_study
from precompute.__main__ import main
from precompute.own_study import study_of_folder
from precompute.study import Subset
from tests.precompute.fake_encoder import COLOURS
from tests.precompute.test_encoders import OWN


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Eight pictures with captions, and an encoder of one's own beside them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    Path("own_model_of_pictures.py").write_text(OWN)
    pictures = tmp_path / "photos"
    pictures.mkdir()
    for index in range(8):
        colour = COLOURS[index % len(COLOURS)]
        Image.new("RGB", (20 + index, 20), colour).save(pictures / f"{index}.png")
        (pictures / f"{index}.txt").write_text("a" * (index + 1))
    return pictures


def run(*arguments: str) -> Result:
    options = ["--encoder", "own_model_of_pictures:own", "--device", "cpu", "--quiet"]
    return CliRunner().invoke(main, [*arguments, *options])


def test_from_a_folder_of_pictures_to_a_page(folder: Path) -> None:
    result = run("pictures", str(folder), "--out", "mine")
    assert result.exit_code == 0, result.output
    assert "to see it: python build.py --article mine" in result.output
    data = DataFolder.open(Path("mine/data"))
    assert data.manifest.study == "photos"
    items = data.items("pictures")
    assert items.ids == tuple("01234567")
    (model,) = data.manifest.models
    images = np.array([[20 + index, 1, 0] for index in range(8)])
    cosine = images[0] @ images[7] / np.linalg.norm(images[0]) / np.linalg.norm(images[7])
    assert data.space("pictures", model).similarity[0, 7] == pytest.approx(cosine, abs=1e-4)
    built = CliRunner().invoke(build, ["--article", "mine", "--out", "public"])
    assert built.exit_code == 0, built.output
    page = Path("public/index.html").read_text()
    assert "8 items, each as a picture and its caption" in page


def test_a_text_that_is_there_is_kept(folder: Path) -> None:
    Path("mine/content").mkdir(parents=True)
    Path("mine/content/index.md").write_text("my own words")
    assert run("pictures", str(folder), "--out", "mine").exit_code == 0
    assert Path("mine/content/index.md").read_text() == "my own words"


def test_pictures_without_captions_stop_it_or_are_skipped(folder: Path) -> None:
    (folder / "3.txt").unlink()
    result = run("pictures", str(folder), "--out", "mine")
    assert result.exit_code == 1
    assert "3.png: no caption beside it: 3.txt" in result.output
    assert not Path("mine").exists()
    assert run("pictures", str(folder), "--out", "mine", "--skip-broken").exit_code == 0
    assert len(DataFolder.open(Path("mine/data")).items("pictures").ids) == 7


def test_of_many_pictures_a_sample_is_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_study, "SHOWN", 5)
    study = study_of_folder(folder, "Many", (), skip=False, out=Path("data"), say=print)
    whole, shown = study.datasets
    assert whole.write == ("landscape",)
    assert shown.source == Subset("pictures", 5, 0)
    assert shown.write == ("items", "space")


def test_a_picture_of_ones_own_is_changed_step_by_step(folder: Path) -> None:
    arguments = ["--text", "red", "--kind", "vertical-shift", "--out", "mine"]
    result = run("augment", str(folder / "0.png"), *arguments)
    assert result.exit_code == 0, result.output
    data = DataFolder.open(Path("mine/data"))
    assert list(data.manifest.datasets) == ["picture-vertical-shift"]
    (model,) = data.manifest.models
    assert data.space("picture-vertical-shift", model).counts == (100, 1)


def test_data_of_another_study_are_not_replaced(folder: Path) -> None:
    assert run("pictures", str(folder), "--out", "mine").exit_code == 0
    before = Path("mine/data/manifest.json").read_bytes()
    result = run("augment", str(folder / "0.png"), "--text", "red", "--out", "mine")
    assert result.exit_code == 1
    assert "mine/data: has data of its own (pictures); choose another --out" in result.output
    assert Path("mine/data/manifest.json").read_bytes() == before
