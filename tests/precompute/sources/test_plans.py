"""The keys of each source in a study file, and the errors that name them."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompute.sources.plans import (
    CaptionChoice,
    Coco,
    Columns,
    Csv,
    DiffusionDb,
    FileSource,
    Filter,
    Folder,
    JsonLines,
    Parquet,
    Sample,
    Selection,
    WebDataset,
)
from precompute.study import Subset, read_study
from precompute.toml_reader import StudyError

STUDY = """
title = "A study"
output = "data"

[datasets.all]
title = "Scenes"
source = "scenes"
count = 9

[datasets.mine]
title = "Mine"
{keys}

[models.clip]
title = "CLIP"
encoder = "miniature"
weights = "clip.safetensors"
"""


def write(folder: Path, keys: str) -> Path:
    file = folder / "study.toml"
    file.write_text(STUDY.format(keys=keys), encoding="utf-8")
    return file


def at(folder: Path, name: str) -> Path:
    return (folder / name).resolve()


def test_every_source_has_its_keys(tmp_path: Path) -> None:
    expected: dict[str, FileSource] = {
        'source = "folder"\nfolder = "pairs"': Folder(at(tmp_path, "pairs")),
        'source = "csv"\nfile = "a.csv"\ncolumns.image = "file"\ncolumns.id = "key"': Csv(
            at(tmp_path, "a.csv"), Columns(image="file", id="key")
        ),
        'source = "jsonl"\nfile = "a.jsonl"\ncolumns.caption = "text"': JsonLines(
            at(tmp_path, "a.jsonl"), Columns(caption="text")
        ),
        'source = "parquet"\npath = "parts"': Parquet(at(tmp_path, "parts")),
        'source = "coco"\nannotations = "a.json"\npictures = "../val"': Coco(
            at(tmp_path, "a.json"), at(tmp_path, "../val")
        ),
        'source = "diffusiondb"\nfolder = "part-000001"': DiffusionDb(at(tmp_path, "part-000001")),
        'source = "webdataset"\npath = "tars"\nkey = "p"': WebDataset(at(tmp_path, "tars"), "p"),
    }
    for keys, source in expected.items():
        assert read_study(write(tmp_path, keys)).datasets[1].source == source


def test_a_selection_has_its_keys(tmp_path: Path) -> None:
    keys = """
source = "folder"
folder = "pairs"
broken = "skip"
caption.seed = 3
filter.all = ["Dog", "hot dog"]
sample = { count = 100, seed = 1 }
"""
    selection = Selection(
        caption=CaptionChoice(seed=3),
        filter=Filter(("Dog", "hot dog"), every=True),
        sample=Sample(100, 1),
        broken="skip",
    )
    source = Folder(at(tmp_path, "pairs"), selection)
    assert read_study(write(tmp_path, keys)).datasets[1].source == source


def test_a_subset_may_be_by_words(tmp_path: Path) -> None:
    some = 'source = "subset"\nof = "all"\nfilter.any = ["dog"]'
    words = Filter(("dog",), every=False)
    subset = read_study(write(tmp_path, some)).datasets[1].source
    assert subset == Subset("all", None, 0, words)
    subset = read_study(write(tmp_path, f"{some}\ncount = 3")).datasets[1].source
    assert subset == Subset("all", 3, 0, words)


FOLDER = 'source = "folder"\nfolder = "pairs"\n'


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ('source = "folder"', "[datasets.mine] folder: missing"),
        ('source = "coco"\nannotations = "a.json"', "[datasets.mine] pictures: missing"),
        (FOLDER + 'file = "a"', "[datasets.mine] file: unknown key"),
        (FOLDER + "sample.seed = 1", "[datasets.mine.sample] count: missing"),
        (FOLDER + "sample.count = 1", "[datasets.mine.sample] count: expected a whole number, 2"),
        (FOLDER + "sample.size = 9", "[datasets.mine.sample] count: missing"),
        (FOLDER + 'filter = "dog"', "[datasets.mine] filter: expected a table"),
        (FOLDER + "filter = {}", "[datasets.mine] filter: expected any = [WORDS] or all ="),
        (FOLDER + 'filter = {any=["a"], all=["b"]}', "[datasets.mine] filter: expected any ="),
        (FOLDER + 'filter.any = "dog"', "[datasets.mine.filter] any: expected a list of texts"),
        (FOLDER + "filter.any = []", "[datasets.mine.filter] any: expected a list of texts"),
        (FOLDER + 'filter.any = [" "]', "[datasets.mine.filter] any: a word is empty"),
        (FOLDER + 'filter = {any=["a"], none=["b"]}', "[datasets.mine.filter] none: unknown key"),
        (FOLDER + "caption.number = 0", "[datasets.mine.caption] number: expected a whole"),
        (FOLDER + "caption = {number=1, seed=1}", "[datasets.mine.caption] seed: a caption is"),
        (FOLDER + 'broken = "ignore"', "[datasets.mine] broken: 'ignore' is not one of: stop"),
        (FOLDER + "columns.id = 3", "[datasets.mine] columns: unknown key"),
        ('source = "csv"\nfile = "a"\ncolumns.name = "x"', "[datasets.mine.columns] name: unkn"),
        ('source = "subset"\nof = "all"', "[datasets.mine] count: missing"),
    ],
)
def test_errors_name_file_and_key(tmp_path: Path, keys: str, message: str) -> None:
    file = write(tmp_path, keys)
    with pytest.raises(StudyError) as caught:
        read_study(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert message in str(caught.value)
