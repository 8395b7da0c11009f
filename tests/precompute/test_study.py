from __future__ import annotations

from pathlib import Path

import pytest

from precompute.augmentations import AUGMENTATIONS
from precompute.faults import FaultCounts
from precompute.sources.plans import Csv, Filter
from precompute.study import (
    AUGMENTATION_KINDS,
    STUDIES_FOLDER,
    Augmented,
    DrawnPicture,
    Faults,
    LandscapePlan,
    LayoutPlan,
    ModelPlan,
    PictureFile,
    Scenes,
    Study,
    Subset,
    ThumbnailPlan,
    find_study,
    read_study,
    with_models,
)
from precompute.toml_reader import StudyError
from tests.precompute.fake_encoder import STUDY

SMALLEST = """
title = "Smallest"
output = "data"
[datasets.pairs]
title = "Pairs"
source = "csv"
file = "lists/pairs.csv"
[models.clip]
title = "CLIP"
encoder = "miniature"
weights = "../clip.safetensors"
"""


def read(folder: Path, text: str) -> Study:
    file = folder / "study.toml"
    file.write_text(text, encoding="utf-8")
    return read_study(file)


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    study = read(tmp_path, SMALLEST)
    assert study.name == "study"
    assert study.output == tmp_path / "data"
    assert study.datasets[0].source == Csv(tmp_path / "lists" / "pairs.csv")
    assert study.models[0].weights == tmp_path.parent / "clip.safetensors"


def test_what_is_left_out_has_the_conventions_of_the_article(tmp_path: Path) -> None:
    study = read(tmp_path, SMALLEST)
    assert study.landscape == LandscapePlan(-5.0, 4.75, 0.25)
    assert study.measures.batch == 50
    assert study.clusters.count == 10
    assert study.clusters.linkage == "complete"
    assert study.datasets[0].write == ("items", "space", "landscape")
    assert study.models[0].short == "CLIP"


def test_all_keys_are_read(tmp_path: Path) -> None:
    study = read(tmp_path, STUDY)
    assert study.datasets[1].source == Subset("pairs", 3, 0)
    assert study.projections.methods == ("pca",)
    assert study.clusters.blocks == (("image", "image"), ("text", "text"), ("image", "text"))
    assert (study.thumbnails.columns, study.thumbnails.per_file) == (2, 4)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Smallest"', "", "title: missing"),
        ('title = "Smallest"', "title = 3", "title: expected a text, not 3"),
        ('title = "Smallest"', 'title = " "', "title: expected a text, not ' '"),
        ('output = "data"', 'output = "data"\nseed = 1', "seed: unknown key"),
        ('source = "csv"', 'source = "cocoa"', "[datasets.pairs] source: 'cocoa' is not one of"),
        ('file = "lists/pairs.csv"', "", "[datasets.pairs] file: missing"),
        ('"csv"', '"subset"\nof = "all"\ncount = 2', "[datasets.pairs] file: unknown key"),
        ("[datasets.pairs]", "[datasets.Pairs_1]", "[datasets] Pairs_1: a name has lower-case"),
        ("[datasets.pairs]", "[datasets]\n[other]", "datasets: expected at least one table"),
        ('encoder = "miniature"', "", "[models.clip] encoder: missing"),
        (
            'weights = "../clip.safetensors"',
            'weights = "../clip.safetensors"\nmodel = "RN50"',
            "[models.clip] model: unknown key",
        ),
        ("[models.clip]", "[embedding]\nbatch = 0\n[models.clip]", "[embedding] batch: expected a"),
        (
            "[models.clip]",
            "[embedding]\nbatch = true\n[models.clip]",
            "[embedding] batch: expected",
        ),
        (
            "[models.clip]",
            '[embedding]\nprecision = "fp8"\n[models.clip]',
            "[embedding] precision: 'fp8' is not one of: fp32, bf16",
        ),
        (
            "[models.clip]",
            '[projections]\nmethods = ["pca", "pca"]\n[models.clip]',
            "[projections] methods: lists something twice",
        ),
        (
            "[models.clip]",
            "[projections]\nshares = [1, 0]\n[models.clip]",
            "[projections] shares: expected different numbers in rising order",
        ),
        (
            "[models.clip]",
            "[projections]\nperplexity = inf\n[models.clip]",
            "[projections] perplexity: expected a number above 1",
        ),
        (
            "[models.clip]",
            '[clusters]\nblocks = [["image", "sound"]]\n[models.clip]',
            "[clusters] blocks: expected a list of pairs of image and text",
        ),
        (
            "[models.clip]",
            "[landscape]\nstart = 5\n[models.clip]",
            "[landscape] stop: 4.75 is before the start, 5",
        ),
        (
            "[models.clip]",
            "[landscape]\nstep = 0\n[models.clip]",
            "[landscape] step: expected a number above 0, not 0",
        ),
        (
            'file = "lists/pairs.csv"',
            'file = "lists/pairs.csv"\nmodels = ["clap"]',
            "[datasets.pairs] models: no model 'clap'; there are: clip",
        ),
        (
            "[models.clip]",
            '[layouts]\nmodels = ["clap"]\n[models.clip]',
            "[layouts] models: no model 'clap'; there are: clip",
        ),
        (
            "[models.clip]",
            '[layouts]\nlayouts = ["tsne"]\n[models.clip]',
            "[layouts] layouts: 'tsne' is not one of: pca, pca-closed, umap",
        ),
        (
            "[models.clip]",
            "[layouts]\nsmallest_cluster = 1\n[models.clip]",
            "[layouts] smallest_cluster: expected a whole number, 2 or more",
        ),
        (
            "[models.clip]",
            "[thumbnails]\nquality = 101\n[models.clip]",
            "[thumbnails] quality: expected 1 to 100, not 101",
        ),
    ],
)
def test_errors_name_file_and_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in SMALLEST
    with pytest.raises(StudyError) as caught:
        read(tmp_path, SMALLEST.replace(old, new, 1))
    assert str(caught.value).startswith(f"{tmp_path / 'study.toml'}: {message}")


def test_other_encoders_keep_their_settings_for_themselves(tmp_path: Path) -> None:
    settings = 'encoder = "open_clip"\nmodel = "RN50"\nquick_gelu = true\n'
    plan = read(tmp_path, SMALLEST.replace('encoder = "miniature"', settings)).models[0]
    assert plan.encoder == "open_clip"
    assert plan.settings == {
        "model": "RN50",
        "quick_gelu": True,
        "weights": "../clip.safetensors",
    }
    assert (plan.weights, plan.base) == (None, tmp_path)
    assert plan.weights_name == "clip.safetensors"


def test_a_subset_is_of_a_data_set_named_before(tmp_path: Path) -> None:
    text = STUDY.replace('of = "pairs"', 'of = "other"')
    with pytest.raises(StudyError, match=r"\[datasets.some\] of: no data set 'other' before it"):
        read(tmp_path, text)


def test_broken_or_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"study.toml: .*line 1"):
        read(tmp_path, "title =\nother = 1")
    with pytest.raises(StudyError, match=r"none.toml: no such study file"):
        read_study(tmp_path / "none.toml")


def test_studies_are_found_by_name_or_path() -> None:
    assert find_study("starter") == STUDIES_FOLDER / "starter.toml"
    assert find_study("own/study.toml") == Path("own/study.toml")
    with pytest.raises(StudyError, match=r"no study 'tiny'; .*one of: default, starter"):
        find_study("tiny")


def test_the_default_study_is_the_one_of_the_article() -> None:
    study = read_study(find_study("default"))
    pairs = [d for d in study.datasets if not isinstance(d.source, Augmented)]
    assert [d.source for d in pairs] == [
        Scenes(5_000, 0),
        Subset("heldout", 100, 0),
        Subset("heldout", None, 0, Filter(("dog",), every=False)),
        Scenes(100, 0, ("emojione",)),
        Faults("heldout", 100, FaultCounts(6, 6, 6), 0),
    ]
    whole, *parts = [d.write for d in pairs]
    assert whole == ("items", "landscape", "vectors", "layout")
    assert all(written[:2] == ("items", "space") for written in parts)
    assert study.measures.candidates == 2_000
    assert study.output.parts[-2:] == ("article", "data")


def test_ten_pictures_of_the_study_are_changed_in_five_ways() -> None:
    study = read_study(find_study("default"))
    augmented = [plan for plan in study.datasets if isinstance(plan.source, Augmented)]
    assert [plan.id for plan in augmented] == [
        f"scene-{number}-{kind}" for number in range(1, 11) for kind in AUGMENTATION_KINDS
    ]
    assert {plan.models for plan in augmented} == {study.layouts.models}
    assert {plan.methods for plan in augmented} == {()}
    assert set(study.layouts.models) < {model.id for model in study.models}
    assert len(study.layouts.models) == 5


def test_the_starter_study_can_be_read() -> None:
    study = read_study(find_study("starter"))
    assert [d.source for d in study.datasets] == [Scenes(12, 0)]
    assert len(study.models) == 1


AUGMENTED = """
[augmentations.scene]
title = "Scene"
of = "pairs"
count = 2
pictures_seed = 7
kinds = ["rotation", "noise"]
steps = 10
side = 32
seed = 5
[augmentations.mine]
title = "Mine"
file = "dog.jpg"
text = "a dog"
"""


def test_augmentations_are_a_data_set_for_each_picture_and_kind(tmp_path: Path) -> None:
    plans = read(tmp_path, SMALLEST + AUGMENTED).datasets
    scenes = [plan.id for plan in plans[1:5]]
    assert scenes == ["scene-1-rotation", "scene-1-noise", "scene-2-rotation", "scene-2-noise"]
    assert plans[4].source == Augmented(DrawnPicture("pairs", 1, 2, 7), "noise", 10, 32, 5)
    assert plans[4].title == "Scene 2: noise"
    mine = plans[5:]
    assert [plan.id for plan in mine] == [f"mine-{kind}" for kind in AUGMENTATION_KINDS]
    assert mine[0].source == Augmented(PictureFile(tmp_path / "dog.jpg", "a dog"), "rotation")
    assert {plan.write for plan in plans[1:]} == {("items", "space")}


def test_all_augmentations_that_there_are_can_be_named() -> None:
    assert tuple(AUGMENTATIONS) == AUGMENTATION_KINDS


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'of = "pairs"',
            'of = "other"',
            "[augmentations.scene-1-rotation] of: no data set 'other'",
        ),
        ('"noise"]', '"melt"]', "[augmentations.scene] kinds: 'melt' is not one of: rotation, "),
        ('text = "a dog"', "", "[augmentations.mine] text: missing"),
        ("steps = 10", "steps = 1", "[augmentations.scene] steps: expected a whole number, 2 or"),
        ('"dog.jpg"', '"dog.jpg"\nof = "pairs"', "[augmentations.mine] of: unknown key"),
        ("augmentations.mine", "datasets.scene-1-noise", "[datasets.scene-1-noise] source: miss"),
    ],
)
def test_what_is_wrong_with_augmentations(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in AUGMENTED
    with pytest.raises(StudyError) as caught:
        read(tmp_path, SMALLEST + AUGMENTED.replace(old, new, 1))
    assert str(caught.value).startswith(f"{tmp_path / 'study.toml'}: {message}")


def test_a_study_can_have_the_models_of_another(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(SMALLEST)
    start = SMALLEST.index("[models.clip]")
    text = 'models_of = "other.toml"\n' + SMALLEST[:start]
    assert read(tmp_path, text).models == read_study(tmp_path / "other.toml").models
    more = text + SMALLEST[start:].replace("models.clip", "models.more")
    assert [model.id for model in read(tmp_path, more).models] == ["clip", "more"]


def test_a_study_says_which_models_and_thumbnails_a_data_set_has(tmp_path: Path) -> None:
    own = 'file = "lists/pairs.csv"\nmodels = ["clip"]\nmethods = []\nthumbnails = { cell = 9 }'
    plan = read(tmp_path, SMALLEST.replace('file = "lists/pairs.csv"', own)).datasets[0]
    assert (plan.models, plan.methods, plan.thumbnails) == (("clip",), (), ThumbnailPlan(cell=9))
    # What it does not say, it has of the study.
    shared = "[thumbnails]\ncell = 8\nquality = 33\n"
    plan = read(tmp_path, SMALLEST.replace('file = "lists/pairs.csv"', own) + shared).datasets[0]
    assert plan.thumbnails == ThumbnailPlan(cell=9, quality=33)
    plain = read(tmp_path, SMALLEST).datasets[0]
    assert (plain.models, plain.methods, plain.thumbnails) == ((), None, None)


def test_layouts_are_read(tmp_path: Path) -> None:
    table = '[layouts]\nmodels = ["clip"]\nlayouts = ["umap", "pca"]\nsmallest_cluster = 7\n'
    plan = read(tmp_path, SMALLEST + table).layouts
    assert plan == LayoutPlan(("clip",), ("umap", "pca"), smallest_cluster=7)
    assert read(tmp_path, SMALLEST).layouts == LayoutPlan()


def test_other_models_see_all_of_a_study(tmp_path: Path) -> None:
    own = 'file = "lists/pairs.csv"\nmodels = ["clip"]'
    text = SMALLEST.replace('file = "lists/pairs.csv"', own) + '[layouts]\nmodels = ["clip"]\n'
    other = ModelPlan("other", "Other", "Other", "fake")
    study = with_models(read(tmp_path, text), [other])
    assert study.models == (other,)
    assert study.datasets[0].models == study.layouts.models == ()
