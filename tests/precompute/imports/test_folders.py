from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from article import geometry
from precompute.imports.collection import MisfitError, Named
from precompute.imports.folders import Wishes, read_collection
from tests.precompute.imports.layouts import CAPTIONS, vectors, write_pictures, write_published


def quiet(line: str) -> None:
    """What is assumed does not matter here."""


def test_a_published_folder_is_read_whole(tmp_path: Path) -> None:
    folder = write_published(tmp_path / "MSCOCO-Val_size-4", ["CLIP", "CLOOB_LAION400M"])
    said: list[str] = []
    found = read_collection(folder, Wishes(), said.append)
    assert (found.id, found.title) == ("mscoco-val-size-4", "MSCOCO-Val size-4")
    assert found.ids == ("0", "1", "2", "3")
    assert [model.id for model in found.models] == ["clip", "cloob-laion400m"]
    assert [model.title for model in found.models] == ["CLIP", "CLOOB LAION400M"]
    pictures, texts = found.kinds
    assert (pictures.name, texts.name, texts.texts) == ("image", "text", CAPTIONS)
    assert [str(one) for one in pictures.pictures or ()] == [
        str(folder / "images" / f"{number}.png") for number in range(4)
    ]
    assert said == [
        "CLIP: logit scale 100, assumed",
        "CLOOB_LAION400M: logit scale 30, assumed",
    ]


def test_wishes_come_first(tmp_path: Path) -> None:
    folder = write_published(tmp_path / "set", ["CLIP", "CLOOB"])
    captions = tmp_path / "mine.json"
    captions.write_text(json.dumps(["a", "b\nc", "d", "e"]))
    shutil.copytree(folder / "images", tmp_path / "others")
    wishes = Wishes(
        dataset="mine",
        title="My set",
        models=("CLOOB",),
        modalities=(Named("cells", "picture"), Named("molecule", "molecule")),
        captions=captions,
        pictures=tmp_path / "others",
        scales={"CLOOB": 14.3},
    )
    found = read_collection(folder, wishes, quiet)
    assert (found.id, found.title, found.modalities) == ("mine", "My set", ("cells", "molecule"))
    assert [(model.id, model.logit_scale) for model in found.models] == [("cloob", 14.3)]
    assert found.kinds[1].content == "molecule"
    assert found.kinds[1].texts == ("a", "b\nc", "d", "e")
    assert str((found.kinds[0].pictures or ())[0]) == str(tmp_path / "others" / "0.png")


def test_sounds_of_a_third_modality_are_found(tmp_path: Path) -> None:
    folder = write_published(tmp_path, kinds=3)
    (folder / "audios").mkdir()
    for number in range(4):
        (folder / "audios" / f"{number}.wav").write_bytes(b"RIFF")
    found = read_collection(folder, Wishes(), quiet)
    assert found.modalities == ("image", "text", "audio")
    assert [kind.content for kind in found.kinds] == ["picture", "text", "sound"]
    assert [path.name for path in found.kinds[2].sounds or ()] == [f"{n}.wav" for n in range(4)]


def test_what_is_nowhere_is_called_by_number(tmp_path: Path) -> None:
    file = tmp_path / "features_clip.npy"
    np.save(file, vectors(3))
    said: list[str] = []
    found = read_collection(file, Wishes(), said.append)
    assert (found.id, found.title, found.count) == ("features-clip", "features clip", 4)
    pictures, texts, sounds = found.kinds
    assert (pictures.pictures, sounds.sounds) == (None, None)
    assert texts.texts == ("text 1", "text 2", "text 3", "text 4")
    (model,) = found.models
    assert (model.title, model.logit_scale, model.similarity) == ("features clip", 100, None)
    expected = geometry.similarity_matrix(*vectors(3))
    np.testing.assert_allclose(geometry.similarity_matrix(*model.vectors), expected, atol=1e-12)
    assert said == ["features_clip: logit scale 100, assumed; say it with --logit-scale"]


def test_a_folder_of_embeddings_has_a_model_a_file(tmp_path: Path) -> None:
    images, texts = vectors()
    np.savez(tmp_path / "b.npz", image=images, text=texts)
    np.save(tmp_path / "a.npy", vectors())
    (tmp_path / "captions.txt").write_text("".join(f"{line}\n" for line in CAPTIONS))
    write_pictures(tmp_path / "pictures")
    found = read_collection(tmp_path, Wishes(scales={"": 30.0, "a": 50.0}), quiet)
    assert [(model.title, model.logit_scale) for model in found.models] == [("a", 50), ("b", 30)]
    assert found.kinds[1].texts == CAPTIONS
    assert len(found.kinds[0].pictures or ()) == 4


def test_texts_of_a_second_modality_have_a_file_of_its_name(tmp_path: Path) -> None:
    images, texts = vectors()
    np.savez(tmp_path / "a.npz", text=texts, smiles=images)
    (tmp_path / "captions.txt").write_text("one\ntwo\nthree\nfour\n")
    (tmp_path / "smiles.txt").write_text("C\nCC\nCCC\nCCCC\n")
    found = read_collection(tmp_path, Wishes(), quiet)
    assert [kind.content for kind in found.kinds] == ["text", "molecule"]
    assert [kind.texts for kind in found.kinds] == [
        ("one", "two", "three", "four"),
        ("C", "CC", "CCC", "CCCC"),
    ]


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        (Wishes(models=("CLIPS",)), "no model 'CLIPS'; there are: CLIP, CLOOB"),
        (
            Wishes(modalities=(Named.of("image"), Named.of("image"))),
            "modalities image, image: two or more different ones are needed",
        ),
        (Wishes(modalities=(Named.of("image"),)), "modalities image: two or more"),
        (
            Wishes(modalities=(Named.of("image"), Named.of("Text 2"))),
            "modality 'Text 2': a name has lower-case letters, digits and hyphens",
        ),
        (
            Wishes(modalities=tuple(map(Named.of, ("image", "text", "audio")))),
            "8 rows cannot be 3 modalities",
        ),
    ],
)
def test_wishes_that_cannot_be_met_are_named(tmp_path: Path, wishes: Wishes, message: str) -> None:
    folder = write_published(tmp_path, ["CLIP", "CLOOB"])
    with pytest.raises(MisfitError, match=message):
        read_collection(folder, wishes, quiet)


def test_models_of_another_number_of_items_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", vectors())
    np.save(tmp_path / "b.npy", vectors(2, 5))
    with pytest.raises(MisfitError, match=r"number of items: 4 in a\.npy, 5 in b\.npy"):
        read_collection(tmp_path, Wishes(), quiet)
    images, texts = vectors()
    np.savez(tmp_path / "b.npz", image=images, audio=texts)
    (tmp_path / "b.npy").unlink()
    with pytest.raises(MisfitError, match="different modalities: image, audio; image, text; say"):
        read_collection(tmp_path, Wishes(), quiet)


def test_models_of_the_same_name_are_refused(tmp_path: Path) -> None:
    for name in ("CLIP", "clip"):
        np.save(tmp_path / f"{name}.npy", vectors())
    with pytest.raises(MisfitError, match="'CLIP' and 'clip' would have the same name 'clip'"):
        read_collection(tmp_path, Wishes(), quiet)


def test_one_item_is_no_collection(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", vectors(2, 1))
    with pytest.raises(MisfitError, match="1 item; two are needed to compare any"):
        read_collection(tmp_path, Wishes(), quiet)


def test_a_path_that_holds_nothing_is_named(tmp_path: Path) -> None:
    with pytest.raises(MisfitError, match=r"neither similarities/\*\.csv nor \*\.npy nor \*\.npz"):
        read_collection(tmp_path, Wishes(), quiet)
    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(MisfitError, match=r"no folder, nor a \.npy or \.npz file"):
        read_collection(tmp_path / "a.txt", Wishes(), quiet)


def test_captions_and_pictures_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    folder = write_published(tmp_path)
    (folder / "images" / "3.png").unlink()
    with pytest.raises(MisfitError, match="images: 3 pictures, but 4 items; missing: 3"):
        read_collection(folder, Wishes(), quiet)
    prompts = folder / "prompts.txt"
    prompts.write_text(prompts.read_text().replace("green square", "green\nsquare"))
    write_pictures(folder / "images")
    with pytest.raises(MisfitError, match="5 captions, but 4 items; likely line 3, which looks"):
        read_collection(folder, Wishes(), quiet)
