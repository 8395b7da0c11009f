from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from article import geometry
from precompute.imports.collection import MisfitError
from precompute.imports.published import modalities_of, model_files, read_published
from tests.precompute.imports.layouts import vectors, write_published


def test_matrices_with_the_gap_closed_are_no_models(tmp_path: Path) -> None:
    folder = write_published(tmp_path, ["CLIP", "CLOOB_LAION400M"])
    assert list(model_files(folder)) == ["CLIP", "CLOOB_LAION400M"]
    (folder / "similarities" / "CLIP.csv").unlink()
    assert list(model_files(folder)) == ["CLIP_nogap", "CLOOB_LAION400M"]


def test_a_folder_without_matrices_is_named(tmp_path: Path) -> None:
    with pytest.raises(MisfitError, match=r"similarities: no matrices \(\*\.csv\) in this folder"):
        model_files(tmp_path)


@pytest.mark.parametrize("kinds", [2, 3])
def test_projections_name_the_modalities(tmp_path: Path, kinds: int) -> None:
    folder = write_published(tmp_path, kinds=kinds)
    assert modalities_of(folder) == ("image", "text", "audio")[:kinds]


def test_modalities_that_are_mixed_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "projections.csv"
    file.write_text(",emb_id,data_type\n0,0,image\n1,0,text\n2,1,image\n3,1,text\n")
    with pytest.raises(MisfitError, match="rows of image, text do not follow each other"):
        modalities_of(tmp_path)
    file.write_text(",emb_id,data_type\n0,0,image\n1,1,image\n2,0,text\n")
    with pytest.raises(MisfitError, match="rows of image, text do not follow each other"):
        modalities_of(tmp_path)


def test_without_projections_nothing_is_known_of_modalities(tmp_path: Path) -> None:
    assert modalities_of(tmp_path) == ()
    (tmp_path / "projections.csv").write_text(",CLIP_PCA_x\n0,1.5\n")
    assert modalities_of(tmp_path) == ()


def test_a_matrix_comes_with_vectors_and_a_scale(tmp_path: Path) -> None:
    file = model_files(write_published(tmp_path))["CLIP"]
    matrix = read_published("CLIP", file, ("image", "text"), None)
    expected = geometry.similarity_matrix(*vectors())
    np.testing.assert_array_equal(matrix.similarity, expected)
    np.testing.assert_allclose(geometry.similarity_matrix(*matrix.vectors), expected, atol=1e-12)
    assert (matrix.logit_scale, matrix.told) == (100, "assumed")
    given = read_published("CLIP", file, ("image", "text"), 14.3)
    assert (given.logit_scale, given.told) == (14.3, "given")


@pytest.mark.parametrize(("model", "scale"), [("CLOOB", 30), ("ImageBind", 1), ("mine", 100)])
def test_published_models_have_known_scales(tmp_path: Path, model: str, scale: float) -> None:
    file = model_files(write_published(tmp_path, [model]))[model]
    assert read_published(model, file, ("image", "text"), None).logit_scale == scale


def test_the_scale_is_that_of_the_published_losses(tmp_path: Path) -> None:
    folder = write_published(tmp_path, count=60)
    similarity = geometry.similarity_matrix(*vectors(2, 60))
    closed = geometry.close_gap(similarity, (60, 60))
    for name, matrix in (("CLIP", similarity), ("CLIP_nogap", closed)):
        cross = geometry.cross_block(matrix, (60, 60))
        loss = geometry.published_loss(cross, 14.3)
        facts = folder / "similarities" / f"{name}_meta_info.json"
        facts.write_text(json.dumps({"loss": loss}))
    found = read_published("CLIP", model_files(folder)["CLIP"], ("image", "text"), None)
    assert found.logit_scale == pytest.approx(14.3, abs=0.01)
    assert found.told == "found from the published loss"


def test_losses_of_three_modalities_are_called_by_both(tmp_path: Path) -> None:
    folder = write_published(tmp_path, kinds=3, count=50)
    similarity = geometry.similarity_matrix(*vectors(3, 50))
    cross = geometry.cross_block(similarity, (50, 50, 50), 2, 0)
    facts = {
        "gap_distance": {"audio_image": geometry.gap_distance(similarity, (50, 50, 50), 0, 2)},
        "loss": {"audio_image": geometry.published_loss(cross, 30)},
    }
    file = folder / "similarities" / "CLIP_meta_info.json"
    file.write_text(json.dumps(facts))
    names = ("image", "text", "audio")
    matrix = read_published("CLIP", model_files(folder)["CLIP"], names, None)
    assert (matrix.logit_scale, matrix.told) == (30, "found from the published loss")
    facts["gap_distance"]["audio_image"] += 0.01
    file.write_text(json.dumps(facts))
    with pytest.raises(MisfitError, match="between audio and image, but the matrix has"):
        read_published("CLIP", model_files(folder)["CLIP"], names, None)


def test_figures_of_another_matrix_are_refused(tmp_path: Path) -> None:
    folder = write_published(tmp_path)
    (folder / "similarities" / "CLIP_meta_info.json").write_text('{"gap_distance": 0.25}')
    with pytest.raises(MisfitError) as caught:
        read_published("CLIP", model_files(folder)["CLIP"], ("image", "text"), None)
    gap = geometry.gap_distance(geometry.similarity_matrix(*vectors()), (4, 4))
    message = f"gap_distance: 0.2500 between image and text, but the matrix has {gap:.4f}"
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["{", "[]"])
def test_facts_that_cannot_be_read_are_named(tmp_path: Path, text: str) -> None:
    folder = write_published(tmp_path)
    (folder / "similarities" / "CLIP_meta_info.json").write_text(text)
    with pytest.raises(MisfitError, match=r"CLIP_meta_info\.json: (not JSON|expected an object)"):
        read_published("CLIP", model_files(folder)["CLIP"], ("image", "text"), None)


def test_modalities_must_fit_the_matrix(tmp_path: Path) -> None:
    file = model_files(write_published(tmp_path))["CLIP"]
    with pytest.raises(MisfitError, match="8 rows cannot be 3 modalities of as many items"):
        read_published("CLIP", file, ("image", "text", "audio"), None)
