from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from precompute.pairs import DatasetError
from precompute.sources.opening import open_source
from precompute.sources.plans import CaptionChoice, Coco, Selection
from tests.precompute.sources.files import BLUE, RED, colours_of, silent, write_png


def image(number: int) -> dict[str, Any]:
    return {"id": number, "file_name": f"{number:012}.png", "height": 6, "width": 8}


def caption(image_id: int, text: str) -> dict[str, Any]:
    return {"image_id": image_id, "id": 1000 * image_id + len(text), "caption": text}


def write(folder: Path, images: list[Any], annotations: list[Any]) -> Coco:
    pictures = folder / "val2017"
    for number, colour in ((391895, RED), (522418, BLUE)):
        write_png(pictures / f"{number:012}.png", colour)
    file = folder / "captions_val2017.json"
    file.write_text(json.dumps({"info": {}, "images": images, "annotations": annotations}))
    return Coco(file, pictures)


IMAGES = [image(522418), image(391895)]
CAPTIONS = [
    caption(391895, "a man on a bike"),
    caption(522418, "a woman cuts a cake"),
    caption(391895, "a red bike"),
    caption(522418, "a cake is cut"),
]


def test_images_keep_the_order_of_the_file_and_captions_theirs(tmp_path: Path) -> None:
    pairs = open_source(write(tmp_path, IMAGES, CAPTIONS), silent)
    assert pairs.ids == ("522418", "391895")
    assert pairs.captions == ("a woman cuts a cake", "a man on a bike")
    assert colours_of(pairs) == [BLUE, RED]


def test_any_of_the_captions_can_be_taken(tmp_path: Path) -> None:
    source = write(tmp_path, IMAGES, CAPTIONS)
    second = Coco(source.annotations, source.pictures, Selection(CaptionChoice(number=2)))
    assert open_source(second, silent).captions == ("a cake is cut", "a red bike")
    drawn = Coco(source.annotations, source.pictures, Selection(CaptionChoice(seed=4)))
    one, other = open_source(drawn, silent).captions
    assert one in ("a woman cuts a cake", "a cake is cut")
    assert other in ("a man on a bike", "a red bike")


def test_what_does_not_fit_together_is_told_together(tmp_path: Path) -> None:
    source = write(
        tmp_path,
        [*IMAGES, image(7), {"id": 8}, "nine"],
        [*CAPTIONS, caption(7, "no such file"), caption(99, "of nothing"), {"image_id": 7}],
    )
    with pytest.raises(DatasetError) as caught:
        open_source(source, silent)
    file = source.annotations
    assert str(caught.value).splitlines() == [
        "5 rows cannot be used:",
        f"  {file}: annotations[6]: no caption",
        f"  {file}: images[2]: there is no picture {source.pictures / '000000000007.png'}",
        f"  {file}: images[3]: no file_name",
        f"  {file}: images[4]: expected an object with 'id' and 'file_name'",
        f"  {file}: annotations[5]: belongs to image 99, which is not in 'images'",
    ]


def test_an_image_without_a_caption_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"images\[0\]: no caption"):
        open_source(write(tmp_path, IMAGES, [CAPTIONS[0]]), silent)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"images": [', "not JSON, perhaps truncated"),
        ('{"images": []}', "no list 'annotations': not captions of COCO"),
        ("[]", "no list 'images': not captions of COCO"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "captions.json"
    file.write_text(text)
    with pytest.raises(DatasetError, match=message):
        open_source(Coco(file, tmp_path), silent)
    with pytest.raises(DatasetError, match=r"none\.json: cannot be read: No such file"):
        open_source(Coco(tmp_path / "none.json", tmp_path), silent)
