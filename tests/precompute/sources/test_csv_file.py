from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from precompute.pairs import DatasetError
from precompute.sources.opening import open_source
from precompute.sources.plans import CaptionChoice, Columns, Csv, Selection
from tests.precompute.fake_encoder import COLOURS, HOSTILE, table_pairs, write_table
from tests.precompute.sources.files import BLUE, RED, silent, write_png


def write(folder: Path, text: str) -> Path:
    file = folder / "pairs.csv"
    file.write_text(text, encoding="utf-8", newline="")
    return file


def test_hostile_captions_come_back_as_they_were(tmp_path: Path) -> None:
    assert table_pairs(tmp_path, HOSTILE).captions == HOSTILE


def test_each_picture_stays_with_its_caption(tmp_path: Path) -> None:
    pairs = table_pairs(tmp_path, HOSTILE)
    for row, picture in enumerate(pairs.pictures(range(len(HOSTILE)), 4)):
        assert picture.shape == (6, 8, 3)
        np.testing.assert_array_equal(picture[0, 0], COLOURS[row])


def test_pictures_stand_upright(tmp_path: Path) -> None:
    file = write_table(tmp_path, ["a", "b"])
    image = Image.new("RGB", (8, 6))
    image.getexif()[0x0112] = 6
    image.save(tmp_path / "0.png", exif=image.getexif())
    assert open_source(Csv(file), silent).pictures([0], 4)[0].shape == (8, 6, 3)


def test_all_that_is_wrong_is_told_together_by_line(tmp_path: Path) -> None:
    write_png(tmp_path / "dog.png", RED)
    (tmp_path / "text.png").write_text("no picture")
    file = write(
        tmp_path,
        "id,image,caption\n"
        'a,dog.png,"a dog\nof two lines"\n'
        "b,cat.png,a cat\n"
        "c,dog.png\n"
        ",dog.png,no name\n"
        "e,dog.png, \n"
        "f,text.png,no picture\n"
        "a,text.png,another a\n"
        "h,dog.png,one,too many\n",
    )
    with pytest.raises(DatasetError) as caught:
        open_source(Csv(file), silent)
    assert str(caught.value).splitlines() == [
        "7 rows cannot be used:",
        f"  {file}:4: there is no picture {tmp_path / 'cat.png'}",
        f"  {file}:5: more or fewer values than columns",
        f"  {file}:6: no id",
        f"  {file}:7: the caption is empty",
        f"  {file}:8: picture {tmp_path / 'text.png'} cannot be read: "
        "not a picture of a known format",
        f"  {file}:9: id 'a' occurs before: pairs.csv, line 2",
        f"  {file}:10: more or fewer values than columns",
    ]


def test_rows_that_are_skipped_shift_no_other(tmp_path: Path) -> None:
    write_png(tmp_path / "red.png", RED)
    write_png(tmp_path / "blue.png", BLUE)
    file = write(tmp_path, "image,caption\nred.png,red\ngone.png,gone\nblue.png\nblue.png,blue\n")
    said: list[str] = []
    pairs = open_source(Csv(file, selection=Selection(broken="skip")), said.append)
    assert pairs.captions == ("red", "blue")
    assert [tuple(p[0, 0]) for p in pairs.pictures([0, 1], 4)] == [RED, BLUE]
    assert pairs.facts["left_out"] == 2
    assert said == [
        "pairs.csv: 2 rows are left out:\n"
        f"  {file}:3: there is no picture {tmp_path / 'gone.png'}\n"
        f"  {file}:4: more or fewer values than columns"
    ]


def test_a_long_list_of_faults_is_cut(tmp_path: Path) -> None:
    file = write(tmp_path, "image,caption\n" + "gone.png\n" * 23)
    with pytest.raises(DatasetError) as caught:
        open_source(Csv(file), silent)
    lines = str(caught.value).splitlines()
    assert lines[0] == "23 rows cannot be used:"
    assert lines[-1] == "  and 3 more"
    assert len(lines) == 22


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,picture,caption\n", "pairs.csv:1: no column 'image'; needed: image, caption"),
        ("", "pairs.csv:1: no column 'image'"),
        ('id,image,caption\na,a.png,"dog\n', "pairs.csv:2: unexpected end of data; not read"),
        ("id,image,caption\n", "pairs.csv: no row"),
    ],
)
def test_a_table_that_cannot_be_read_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(DatasetError) as caught:
        open_source(Csv(file), silent)
    assert message in str(caught.value)


def test_a_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_bytes("id,image,caption\na,a.png,café\n".encode("latin-1"))
    with pytest.raises(DatasetError, match=r"pairs\.csv.*'utf-8' codec can't decode"):
        open_source(Csv(file), silent)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none\.csv: cannot be read: No such file"):
        open_source(Csv(tmp_path / "none.csv"), silent)


def test_a_table_may_start_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = write_table(tmp_path, ["a", "b"])
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert open_source(Csv(file), silent).ids == ("pair-0", "pair-1")


def test_columns_have_the_names_that_are_given(tmp_path: Path) -> None:
    write_png(tmp_path / "red.png", RED)
    file = write(tmp_path, "key,file,text,id\nr,red.png,a red square,7\n")
    columns = Columns(image="file", caption="text", id="key")
    pairs = open_source(Csv(file, columns), silent)
    assert (pairs.ids, pairs.captions) == (("r",), ("a red square",))
    with pytest.raises(DatasetError, match="no column 'name'; needed: name, file, text"):
        open_source(Csv(file, Columns(image="file", caption="text", id="name")), silent)


@pytest.mark.parametrize(("number", "expected"), [(1, ("one", "uno")), (2, ("two", "due"))])
def test_a_picture_on_several_lines_has_several_captions(
    tmp_path: Path, number: int, expected: tuple[str, ...]
) -> None:
    write_png(tmp_path / "a.png", RED)
    write_png(tmp_path / "b.png", BLUE)
    file = write(tmp_path, "image,caption\na.png,one\nb.png,uno\na.png,two\nb.png,due\n")
    selection = Selection(caption=CaptionChoice(number=number))
    pairs = open_source(Csv(file, selection=selection), silent)
    assert (pairs.ids, pairs.captions) == (("a.png", "b.png"), expected)
