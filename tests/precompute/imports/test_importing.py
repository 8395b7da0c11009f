"""Whole imports, by the command, and the article that is built of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from article import geometry, site
from article.artifacts import DataFolder
from precompute import export
from precompute.__main__ import main
from tests.precompute.fake_encoder import HOSTILE
from tests.precompute.imports.layouts import vectors, write_pictures, write_published

QUICK = ("--projection", "pca", "--quiet")


def run(source: Path, out: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["import", str(source), "--out", str(out), *QUICK, *options])


def contents(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def refused(result: Result, message: str) -> None:
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert message in result.output


def page_of(out: Path) -> str:
    return site.build(out).files["index.html"].decode()


def test_a_published_folder_becomes_an_article(tmp_path: Path) -> None:
    folder = write_published(tmp_path / "Some_set", ["CLIP", "CLOOB"])
    result = run(folder, tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert sorted(contents(tmp_path / "out")) == [
        "content/article.toml",
        "content/index.md",
        "data/manifest.json",
        "data/some-set/image-0.webp",
        "data/some-set/items.json",
        "data/some-set/landscape-clip.json",
        "data/some-set/landscape-cloob.json",
        "data/some-set/space-clip.json",
        "data/some-set/space-cloob.json",
    ]
    data = DataFolder.open(tmp_path / "out" / "data")
    similarity = geometry.similarity_matrix(*vectors())
    space = data.space("some-set", "clip")
    assert np.abs(space.similarity - similarity).max() <= 0.5 / 32767
    assert data.manifest.measure("gap_distance", "some-set", "clip") == pytest.approx(
        geometry.gap_distance(similarity, (4, 4))
    )
    assert data.manifest.models["cloob"]["logit_scale"] == 30
    page = page_of(tmp_path / "out")
    assert "<title>Some set</title>" in page
    assert f"{geometry.gap_distance(similarity, (4, 4)):.4f}" in page


def test_three_modalities_with_sounds_become_an_article(tmp_path: Path) -> None:
    folder = write_published(tmp_path / "triplets", kinds=3)
    (folder / "audios").mkdir()
    for number in range(4):
        (folder / "audios" / f"{number}.wav").write_bytes(b"RIFF" + bytes([number]))
    assert run(folder, tmp_path / "out").exit_code == 0
    data = DataFolder.open(tmp_path / "out" / "data")
    sounds = data.items("triplets").modalities[2]
    assert (sounds.content, sounds.sounds) == (
        "sound",
        tuple(f"triplets/audio-{number}.wav" for number in range(4)),
    )
    record = next(r for r in data.manifest.artifacts if r.path == "triplets/audio-2.wav")
    assert data.read_bytes(record) == b"RIFF\x02"
    page = page_of(tmp_path / "out")
    assert "CLIP image audio" in page
    assert "fig-triplets-landscape" not in page


def test_molecules_become_an_article(tmp_path: Path) -> None:
    folder = write_published(tmp_path / "cells")
    smiles = ["CC(=O)O", r"F\C=C/[N+]([O-])=O", "c1ccccc1", "[Na+].[Cl-]"]
    (folder / "prompts.txt").write_text("\n".join(smiles))
    options = ("--modality", "microscopy:picture", "--modality", "molecule")
    assert run(folder, tmp_path / "out", *options).exit_code == 0
    items = DataFolder.open(tmp_path / "out" / "data").items("cells")
    assert [(m.name, m.content) for m in items.modalities] == [
        ("microscopy", "picture"),
        ("molecule", "molecule"),
    ]
    assert items.modalities[1].texts == tuple(smiles)
    assert "fig-cells" in page_of(tmp_path / "out")


def test_embeddings_alone_become_an_article(tmp_path: Path) -> None:
    file = tmp_path / "features.npy"
    np.save(file, vectors(2, 9))
    options = (
        "--show",
        "5",
        "--seed",
        "3",
        "--title",
        "<b>Mine</b> {{ x }}",
        "--logit-scale",
        "50",
    )
    assert run(file, tmp_path / "out", *options).exit_code == 0
    manifest = DataFolder.open(tmp_path / "out" / "data").manifest
    assert {name: facts["count"] for name, facts in manifest.datasets.items()} == {
        "features": 9,
        "features-5": 5,
    }
    assert manifest.datasets["features-5"]["of"] == "features"
    kinds = {(record.dataset, record.kind) for record in manifest.artifacts}
    assert kinds == {
        ("features", "landscape"),
        ("features-5", "items"),
        ("features-5", "space"),
    }
    page = page_of(tmp_path / "out")
    assert "&lt;b&gt;Mine&lt;/b&gt;" in page
    assert "<b>Mine</b>" not in page


def test_hostile_captions_reach_the_page_as_texts(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", vectors(2, len(HOSTILE)))
    (tmp_path / "captions.json").write_text(json.dumps(HOSTILE))
    write_pictures(tmp_path / "images", len(HOSTILE))
    out = tmp_path / "out"
    assert run(tmp_path, out, "--dataset", "hostile").exit_code == 0
    assert DataFolder.open(out / "data").items("hostile").modalities[1].texts == HOSTILE
    assert "<script>alert" not in page_of(out)


def test_a_second_set_is_added_and_the_text_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = write_published(tmp_path / "first", ["CLIP"])
    second = write_published(tmp_path / "second", ["CLOOB", "CLIP"])
    assert run(first, out).exit_code == 0
    (out / "content" / "index.md").write_text("My own text.\n")
    before = contents(out / "data" / "first")
    result = run(second, out)
    assert result.exit_code == 0
    assert contents(out / "data" / "first") == before
    manifest = DataFolder.open(out / "data").manifest
    assert list(manifest.datasets) == ["first", "second"]
    assert list(manifest.models) == ["clip", "cloob"]
    assert {(e["dataset"], e["model"]) for e in manifest.measures} == {
        ("first", "clip"),
        ("second", "clip"),
        ("second", "cloob"),
    }
    assert (out / "content" / "index.md").read_text() == "My own text.\n"
    assert 'id = "fig-second"' in result.output
    site.build(out)


def test_the_section_that_is_told_can_be_pasted(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(write_published(tmp_path / "first"), out).exit_code == 0
    told = run(write_published(tmp_path / "second"), out).output
    text = out / "content" / "index.md"
    text.write_text(text.read_text() + told[told.index("## ") : told.rindex("|\n") + 2])
    assert "fig-second-landscape" in page_of(out)


def test_a_set_of_the_same_name_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    folder = write_published(tmp_path / "set", ["CLIP", "CLOOB"])
    assert run(folder, out).exit_code == 0
    assert run(folder, out, "--model", "CLOOB").exit_code == 0
    data = DataFolder.open(out / "data")
    assert data.models_of("space", "set") == ["cloob"]
    assert not (out / "data" / "set" / "space-clip.json").exists()
    assert [e["model"] for e in data.manifest.measures] == ["cloob", "cloob"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--model", "BLIP"), "no model 'BLIP'; there are: CLIP"),
        (("--dataset", "My Set"), "letters, digits and hyphens only, such as 'my-set'"),
        (("--modality", "image"), "modalities image: two or more different ones are needed"),
    ],
)
def test_what_cannot_be_imported_leaves_nothing(
    tmp_path: Path, options: Sequence[str], message: str
) -> None:
    refused(run(write_published(tmp_path / "set"), tmp_path / "out", *options), message)
    assert not (tmp_path / "out").exists()


def test_an_error_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    folder = write_published(tmp_path / "set")
    assert run(folder, out).exit_code == 0
    before = contents(out)
    (folder / "prompts.txt").write_text("too\nfew\n")
    refused(run(folder, out), "prompts.txt: 2 captions, but 4 items")
    assert contents(out) == before
    write_published(folder)

    def full(folder: Path, *rest: object) -> None:
        (folder / "half.json").write_text("{")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "write", full)
    refused(run(folder, out), "No space left on device")
    assert contents(out) == before


def test_the_data_of_a_study_are_not_touched(tmp_path: Path) -> None:
    out = tmp_path / "out"
    folder = write_published(tmp_path / "set")
    assert run(folder, out).exit_code == 0
    manifest = out / "data" / "manifest.json"
    content = json.loads(manifest.read_text())
    content["settings"]["recipe"] = "abc"
    manifest.write_text(json.dumps(content))
    refused(run(folder, out), "data: holds the data of a study; import into another folder")


def test_other_things_are_not_touched(tmp_path: Path) -> None:
    out, folder = tmp_path / "out", write_published(tmp_path / "set")
    thesis = out / "data" / "thesis.txt"
    thesis.parent.mkdir(parents=True)
    thesis.write_text("three years of work")
    refused(run(folder, out), "data: holds other things than an article's data: thesis.txt")
    thesis.unlink()
    assert run(folder, out).exit_code == 0
    thesis.write_text("three years of work")
    before = contents(out)
    refused(run(folder, out), "data: holds what its manifest does not list: thesis.txt")
    assert contents(out) == before


def test_a_model_of_two_scales_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(write_published(tmp_path / "a"), out).exit_code == 0
    result = run(write_published(tmp_path / "b"), out, "--logit-scale", "CLIP=30")
    refused(result, "model 'clip' has logit scale 100 there, 30 here; say --logit-scale")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--logit-scale", "CLIP=hot"), "'hot' is not a number above 0"),
        (("--logit-scale", "-1"), "'-1' is not a number above 0"),
        (("--modality", "image:film"), "'film' is none of picture, text, sound, molecule"),
    ],
)
def test_options_that_say_nothing_are_explained(
    tmp_path: Path, options: Sequence[str], message: str
) -> None:
    result = run(write_published(tmp_path / "set"), tmp_path / "out", *options)
    assert result.exit_code == 2
    assert message in result.output
