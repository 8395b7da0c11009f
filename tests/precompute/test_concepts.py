import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from precompute.concepts import CATALOG_PATH, CatalogError, default_catalog, read_catalog


def concept(name: str, **changes: Any) -> dict[str, Any]:
    entry = {
        "id": name.replace(" ", "-"),
        "name": name,
        "synonyms": [],
        "countable": True,
        "unicode": name,
        "hexcode": "1F415",
        "keywords": ["pet"],
        "group": "animals-nature",
        "subgroup": "animal-mammal",
    }
    return entry | changes


def design(name: str, use: str = "train") -> dict[str, Any]:
    texts = ("title", "author", "url", "licence", "licence_url", "package", "version")
    return {"id": name, "use": use, "sheet": f"{name}.png"} | dict.fromkeys(texts, "")


def write_catalog(folder: Path, concepts: list[dict[str, Any]], **changes: Any) -> Path:
    content = {"cell": 2, "columns": 2, "designs": [design("ink")], "concepts": concepts}
    path = folder / "catalog.json"
    path.write_text(json.dumps(content | changes))
    return path


def write_sheet(folder: Path, width: int, height: int) -> None:
    """Write a sheet whose cells of two pixels are filled with 1, 2, 3 ... in reading order."""
    rows, columns = height // 2, width // 2
    cells = np.arange(1, rows * columns + 1, dtype=np.uint8).reshape(rows, columns)
    pixels = np.repeat(np.repeat(cells, 2, axis=0), 2, axis=1)
    Image.fromarray(np.dstack([pixels] * 4)).save(folder / "ink.png")


def test_the_third_concept_lies_in_the_second_row_of_two_columns(tmp_path: Path) -> None:
    catalog = read_catalog(write_catalog(tmp_path, [concept(name) for name in ("a", "b", "c")]))
    write_sheet(tmp_path, 4, 4)
    assert catalog.sprite("c", "ink").tolist() == [[[3] * 4] * 2] * 2


def test_designs_are_told_apart_by_use(tmp_path: Path) -> None:
    designs = [design("ink"), design("oil", "held out"), design("chalk")]
    catalog = read_catalog(write_catalog(tmp_path, [concept("dog")], designs=designs))
    assert catalog.training_designs == ("ink", "chalk")
    assert catalog.held_out_designs == ("oil",)


def test_a_missing_catalog_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"nowhere\.json: no such catalog"):
        read_catalog(tmp_path / "nowhere.json")


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    entry = concept("dog")
    del entry["keywords"]
    with pytest.raises(CatalogError, match=r"catalog\.json: not a catalog \(KeyError\('keywords'"):
        read_catalog(write_catalog(tmp_path, [entry]))


def test_a_phrase_of_two_concepts_is_refused(tmp_path: Path) -> None:
    concepts = [concept("dog", synonyms=["hound"]), concept("hound")]
    with pytest.raises(CatalogError, match="phrase given twice: hound"):
        read_catalog(write_catalog(tmp_path, concepts))


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    catalog = read_catalog(write_catalog(tmp_path, [concept("dog")]))
    with pytest.raises(CatalogError, match="no concept 'wug'"):
        catalog.concept("wug")
    with pytest.raises(CatalogError, match="no design oil; there are ink"):
        catalog.sprite("dog", "oil")
    with pytest.raises(CatalogError, match="no design given; there are ink"):
        catalog.check_designs(())


def test_a_missing_sheet_is_named(tmp_path: Path) -> None:
    catalog = read_catalog(write_catalog(tmp_path, [concept("dog")]))
    with pytest.raises(CatalogError, match=r"ink\.png: no such sprite sheet"):
        catalog.sprite("dog", "ink")


def test_a_sheet_that_is_no_image_is_named(tmp_path: Path) -> None:
    catalog = read_catalog(write_catalog(tmp_path, [concept("dog")]))
    (tmp_path / "ink.png").write_text("not a picture")
    with pytest.raises(CatalogError, match=r"ink\.png: not an image"):
        catalog.sprite("dog", "ink")


def test_a_sheet_of_another_size_is_refused(tmp_path: Path) -> None:
    catalog = read_catalog(write_catalog(tmp_path, [concept("dog")]))
    write_sheet(tmp_path, 4, 4)
    with pytest.raises(CatalogError, match="4 x 4 pixels, expected 4 x 2"):
        catalog.sprite("dog", "ink")


def test_the_committed_catalog_has_240_concepts_in_six_designs() -> None:
    catalog = default_catalog()
    assert len(catalog.concepts) == 240
    assert len(catalog.training_designs) == 5
    assert catalog.held_out_designs == ("emojione",)
    assert catalog.concept("hot-dog").hexcode == "1F32D"
    assert "dog" in catalog.concept("hot-dog").keywords


@pytest.mark.parametrize("design_id", [design.id for design in default_catalog().designs])
def test_every_committed_sprite_reaches_across_its_cell(design_id: str) -> None:
    catalog = default_catalog()
    for item in catalog.concepts:
        rows, columns = np.nonzero(catalog.sprite(item.id, design_id)[..., 3] > 40)
        height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert max(height, width) >= catalog.cell - 8, f"{item.id}: {width} x {height}"


def test_every_design_is_attributed_and_openly_licensed() -> None:
    attribution = (CATALOG_PATH.parent / "ATTRIBUTION.md").read_text()
    for item in default_catalog().designs:
        assert item.licence in {"Apache-2.0", "CC-BY-4.0", "MIT"}
        for fact in (item.title, item.author, item.url, item.licence_url, item.version):
            assert fact in attribution
