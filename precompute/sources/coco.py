"""Captions of COCO: one JSON file that lists images, and annotations that point to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from precompute.pairs import DatasetError
from precompute.sources.plans import Coco
from precompute.sources.rows import Entry, Place, Row, text_of
from precompute.sources.stored import InFile


def read(source: Coco) -> Iterator[Entry]:
    """One row an image, in the order of the file, with all its captions in theirs.

    Raises:
        DatasetError: no such file, or not one of COCO's captions.
    """
    file = source.annotations
    content = _content(source)
    captions: dict[Any, list[str]] = {}
    orphans: dict[Any, Place] = {}
    for index, annotation in enumerate(content["annotations"]):
        place = Place(file, None, f"annotations[{index}]")
        if not isinstance(annotation, dict) or not isinstance(annotation.get("caption"), str):
            yield place.fault("no caption")
            continue
        captions.setdefault(annotation.get("image_id"), []).append(annotation["caption"])
        orphans.setdefault(annotation.get("image_id"), place)
    for index, image in enumerate(content["images"]):
        place = Place(file, None, f"images[{index}]")
        if not isinstance(image, dict):
            yield place.fault("expected an object with 'id' and 'file_name'")
            continue
        orphans.pop(image.get("id"), None)
        yield _entry(source, image, captions.get(image.get("id"), []), place)
    for image_id, place in orphans.items():
        yield place.fault(f"belongs to image {image_id!r}, which is not in 'images'")


def _entry(source: Coco, image: dict[str, Any], captions: list[str], place: Place) -> Entry:
    try:
        identifier, name = text_of(image, "id"), text_of(image, "file_name")
    except ValueError as error:
        return place.fault(str(error))
    return Row(identifier, tuple(captions), InFile(source.pictures / name), place)


def _content(source: Coco) -> dict[str, list[Any]]:
    try:
        content: Any = orjson.loads(source.annotations.read_bytes())
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror}", source.annotations) from None
    except orjson.JSONDecodeError as error:
        message = f"not JSON, perhaps truncated: {error.msg}"
        raise DatasetError(message, source.annotations, error.lineno) from None
    for key in ("images", "annotations"):
        if not isinstance(content, dict) or not isinstance(content.get(key), list):
            raise DatasetError(f"no list {key!r}: not captions of COCO", source.annotations)
    lists: dict[str, list[Any]] = content
    return lists
