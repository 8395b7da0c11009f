from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from precompute.datasets import DatasetError, ScenePairs, TablePairs, open_datasets
from precompute.scenes import held_out_scenes, paint_scenes, subset
from precompute.study import DatasetPlan, Scenes, Source, Subset, Table
from tests.precompute.fake_encoder import COLOURS, HOSTILE, write_table


def plan(name: str, source: Source) -> DatasetPlan:
    return DatasetPlan(name, name, source, ("items",))


def test_hostile_captions_come_back_as_they_were(tmp_path: Path) -> None:
    pairs = TablePairs(write_table(tmp_path, HOSTILE))
    assert pairs.captions == HOSTILE


def test_each_picture_stays_with_its_caption(tmp_path: Path) -> None:
    pairs = TablePairs(write_table(tmp_path, HOSTILE))
    for row, picture in enumerate(pairs.pictures(range(len(HOSTILE)), 4)):
        assert picture.shape == (6, 8, 3)
        np.testing.assert_array_equal(picture[0, 0], COLOURS[row])


def test_pictures_stand_upright(tmp_path: Path) -> None:
    file = write_table(tmp_path, ["a", "b"])
    image = Image.new("RGB", (8, 6))
    image.getexif()[0x0112] = 6
    image.save(tmp_path / "0.png", exif=image.getexif())
    assert TablePairs(file).pictures([0], 4)[0].shape == (8, 6, 3)


def test_a_missing_image_is_named(tmp_path: Path) -> None:
    pairs = TablePairs(write_table(tmp_path, ["a", "b"]))
    (tmp_path / "1.png").unlink()
    with pytest.raises(DatasetError, match=r"1\.png: image of 'pair-1' cannot be read: No such"):
        _ = pairs.fingerprint


@pytest.mark.parametrize("kept", [0, 8, 50])
def test_a_broken_image_is_named(tmp_path: Path, kept: int) -> None:
    pairs = TablePairs(write_table(tmp_path, ["a", "b"]))
    image = tmp_path / "1.png"
    image.write_bytes(image.read_bytes()[:kept])
    with pytest.raises(DatasetError, match=r"1\.png: image of 'pair-1' is broken: "):
        pairs.pictures([0, 1], 4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,picture,caption\n", "pairs.csv:1: no column 'image'; needed: id, image, caption"),
        ("", "pairs.csv:1: no column 'id'"),
        ("id,image,caption\na,a.png,dog\nb,b.png\n", "pairs.csv:3: more or fewer values"),
        ("id,image,caption\na,a.png,dog, cat\n", "pairs.csv:2: more or fewer values"),
        ("id,image,caption\na,a.png,two\nlines,\n", "pairs.csv:3: more or fewer values"),
        ("id,image,caption\na,a.png, \n", "pairs.csv:2: no caption"),
        ("id,image,caption\n,a.png,dog\n", "pairs.csv:2: no id"),
        ('id,image,caption\na,a.png,"dog\n', "pairs.csv:2: unexpected end of data"),
        ('id,image,caption\na,a.png,"d\no\ng"\nb,,c\n', "pairs.csv:5: no image"),
    ],
)
def test_lines_that_cannot_be_used_are_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text(text, encoding="utf-8", newline="")
    with pytest.raises(DatasetError) as caught:
        TablePairs(file)
    assert message in str(caught.value)


def test_a_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_bytes("id,image,caption\na,a.png,café\n".encode("latin-1"))
    with pytest.raises(DatasetError, match=r"pairs\.csv.*'utf-8' codec can't decode"):
        TablePairs(file)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none\.csv: cannot be read: No such file"):
        TablePairs(tmp_path / "none.csv")


def test_a_table_may_start_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = write_table(tmp_path, ["a", "b"])
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert TablePairs(file).ids == ("pair-0", "pair-1")


def test_duplicate_ids_are_named(tmp_path: Path) -> None:
    file = write_table(tmp_path, ["a", "b", "c"], ids=["one", "two", "one"])
    with pytest.raises(DatasetError, match="data set 'mine': id 'one' occurs twice"):
        open_datasets([plan("mine", Table(file))])


def test_one_pair_is_no_data_set(tmp_path: Path) -> None:
    file = write_table(tmp_path, ["a"])
    with pytest.raises(DatasetError, match="data set 'mine': 1 pairs; two are needed"):
        open_datasets([plan("mine", Table(file))])


def test_a_subset_keeps_order_and_knows_its_rows(tmp_path: Path) -> None:
    file = write_table(tmp_path, list("abcdefgh"))
    opened = open_datasets([plan("all", Table(file)), plan("some", Subset("all", 5, seed=1))])
    some = opened["some"]
    assert some.rows == tuple(subset(5, 8, 1))
    assert some.root is opened["all"]
    assert some.pairs.captions == tuple("abcdefgh"[row] for row in some.rows)
    assert some.pairs.ids == tuple(f"pair-{row}" for row in some.rows)
    np.testing.assert_array_equal(
        some.pairs.pictures([2], 4)[0], opened["all"].pairs.pictures([some.rows[2]], 4)[0]
    )


def test_a_subset_of_a_subset_has_rows_of_the_whole(tmp_path: Path) -> None:
    file = write_table(tmp_path, list("abcdefgh"))
    plans = [
        plan("all", Table(file)),
        plan("half", Subset("all", 4, 0)),
        plan("two", Subset("half", 2, 0)),
    ]
    two = open_datasets(plans)["two"]
    assert two.root.id == "all"
    assert two.pairs.captions == tuple("abcdefgh"[row] for row in two.rows)


def test_a_subset_larger_than_the_whole_is_refused(tmp_path: Path) -> None:
    file = write_table(tmp_path, ["a", "b"])
    with pytest.raises(DatasetError, match="'some': 3 of the 2 pairs of 'all' are asked for"):
        open_datasets([plan("all", Table(file)), plan("some", Subset("all", 3, 0))])


def test_the_fingerprint_changes_with_captions_and_with_pictures(tmp_path: Path) -> None:
    file = write_table(tmp_path, ["a", "b"])
    before = TablePairs(file).fingerprint
    assert TablePairs(file).fingerprint == before
    Image.new("RGB", (8, 6), (1, 2, 3)).save(tmp_path / "1.png")
    other_picture = TablePairs(file).fingerprint
    write_table(tmp_path, ["a", "c"])
    other_caption = TablePairs(file).fingerprint
    assert before != other_picture
    assert before != other_caption


def test_scenes_are_the_held_out_ones() -> None:
    pairs = ScenePairs(Scenes(count=3, seed=0))
    scenes = held_out_scenes(3, 0)
    assert pairs.ids == ("scene-00000", "scene-00001", "scene-00002")
    assert pairs.captions == tuple(scene.caption for scene in scenes)
    np.testing.assert_array_equal(
        np.stack(pairs.pictures([2, 0], 64)), paint_scenes(scenes)[[2, 0]]
    )
    assert pairs.pictures([1], 96)[0].shape == (96, 96, 3)


def test_scenes_of_another_seed_are_another_data_set() -> None:
    first, again, other = (ScenePairs(Scenes(4, seed)).fingerprint for seed in (0, 0, 1))
    assert first == again
    assert first["captions"] != other["captions"]
    assert first["pictures"] != other["pictures"]


def test_the_artists_of_scenes_are_credited() -> None:
    credits = ScenePairs(Scenes(2, 0)).facts["credits"]
    assert {"Noto Emoji", "Twitter Emoji"} <= {credit["title"] for credit in credits}
    assert all(credit["licence"] and credit["author"] for credit in credits)
