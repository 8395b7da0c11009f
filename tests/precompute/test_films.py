from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from article.artifacts import Column, DataFolder, Table, encode
from article.errors import ArticleError
from precompute import pipeline
from precompute.films import FilmError, Reel, film_of, film_path, gather, read_reel, write_reel
from precompute.progress import Progress
from precompute.snapshots import Snapshot, write_snapshot
from precompute.study import read_study
from tests.precompute.fake_encoder import HOSTILE, STUDY, build_fake, write_study

CAPTIONS = ("a dog", "a cat")
FIGURES = {"pairs": 2000, "logit_scale": 10.0}


def halves(*rows: tuple[float, float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float16]]:
    return np.array(rows, np.float16)


def snapshots(folder: Path) -> None:
    """Before the first step texts lie opposite of their images, after the third upon them."""
    images = halves((1, 0), (0, 1))
    for step, texts, recall in ((0, -images, 0.0), (3, images, 0.25)):
        figures = {**FIGURES, "recall_image_to_text": recall, "recall_text_to_image": recall / 2}
        write_snapshot(folder / f"{step:07d}.safetensors", Snapshot(step, images, texts, figures))


@pytest.fixture
def reel(tmp_path: Path) -> Reel:
    snapshots(tmp_path / "film")
    return gather(tmp_path / "film", 128, CAPTIONS)


def test_a_film_is_what_its_snapshots_show(reel: Reel) -> None:
    film = film_of(reel, "study", "clip", ("image", "text"), CAPTIONS, 50)
    assert film.steps.tolist() == [0, 3]
    assert film.pairs.tolist() == [0, 384]
    assert (film.candidates, film.logit_scale, film.count) == (2000, 10, 2)
    np.testing.assert_allclose(film.similarities[0][:2, 2:], [[-1, 0], [0, -1]], atol=1e-12)
    np.testing.assert_allclose(film.similarities[1][:2, 2:], np.eye(2), atol=1e-12)
    # Means (.5, .5) and (-.5, -.5): the gap is the square root of 2.
    np.testing.assert_allclose(film.gap, [2**0.5, 0], atol=1e-12)
    # Logits -10 for the pair and 0 for the other; then 10 and 0.
    losses = [np.log(1 + np.exp(10)), np.log(1 + np.exp(-10))]
    np.testing.assert_allclose(film.first_to_second, losses)
    np.testing.assert_allclose(film.second_to_first, losses)
    assert film.recall_first_to_second.tolist() == [0, 0.25]
    assert film.recall_second_to_first.tolist() == [0, 0.125]


def test_a_film_of_other_pairs_is_refused(reel: Reel) -> None:
    with pytest.raises(FilmError, match="'clip' was not taken of the pairs of 'study'"):
        film_of(reel, "study", "clip", ("image", "text"), ("a dog", "a car"), 50)


def test_a_reel_comes_back(reel: Reel, tmp_path: Path) -> None:
    write_reel(tmp_path / "reel.safetensors", reel)
    again = read_reel(tmp_path / "reel.safetensors")
    np.testing.assert_array_equal(again.images, reel.images)
    np.testing.assert_array_equal(again.texts, reel.texts)
    assert again.steps.tolist() == [0, 3]
    assert (again.held_out, again.batch) == (reel.held_out, 128)
    assert again.captions == reel.captions


def test_a_broken_reel_and_an_empty_folder_are_named(reel: Reel, tmp_path: Path) -> None:
    path = tmp_path / "reel.safetensors"
    write_reel(path, reel)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(FilmError, match=r"reel\.safetensors: not a film"):
        read_reel(path)
    with pytest.raises(FilmError, match=r"nothing: no snapshot; train with --film"):
        gather(tmp_path / "nothing", 128, CAPTIONS)


def test_films_lie_beside_weights() -> None:
    assert film_path(Path("weights/clip.safetensors")) == Path("weights/films/clip.safetensors")


# -- in a study --------------------------------------------------------------------------------

WITH_FILM = STUDY.replace(
    'file = "pairs.csv"', 'file = "pairs.csv"\nwrite = ["items", "film"]'
).replace('encoder = "miniature"', 'encoder = "miniature"\nfilm = "film.safetensors"')
WITH_FILM += '\n[tables.series]\nfile = "series.json"\n'


@pytest.fixture
def run(tmp_path: Path) -> Callable[[], DataFolder]:
    snapshots(tmp_path / "film")
    six = np.tile(np.array([[1, 0]], np.float16), (6, 1))
    for path in (tmp_path / "film").iterdir():
        figures = {**FIGURES, "recall_image_to_text": 0.5, "recall_text_to_image": 0.5}
        write_snapshot(path, Snapshot(int(path.stem), six, six, figures))
    write_reel(tmp_path / "film.safetensors", gather(tmp_path / "film", 8, HOSTILE))
    columns = (Column("s", "logit scale"),)
    table = Table("series", "Series", "pairs", columns, ((30,), (100,)))
    (tmp_path / "series.json").write_bytes(encode(table))

    def run() -> DataFolder:
        study = read_study(write_study(tmp_path, study=WITH_FILM))
        output = tmp_path / "data"
        pipeline.run(study, output, tmp_path / "cache", Progress(quiet=True), "cpu", build_fake)
        return DataFolder.open(output)

    return run


def test_a_study_shows_films_and_tables(run: Callable[[], DataFolder], tmp_path: Path) -> None:
    data = run()
    assert data.film("pairs", "fake").pairs.tolist() == [0, 24]
    assert data.table("series").column("s") == (30, 100)
    before = (data.folder / "manifest.json").read_bytes()
    assert run().manifest.settings == data.manifest.settings
    (tmp_path / "series.json").write_bytes(encode(Table("series", "Other", "pairs", (), ())))
    assert run().table("series").title == "Other"
    assert (data.folder / "manifest.json").read_bytes() != before


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("series.json", None, r"series\.json: no such table"),
        ("series.json", encode(Table("t", "T", "coco", (), ())), "figures of 'coco', no data set"),
        ("series.json", b"{}", r"series\.json: kind: missing"),
        ("film.safetensors", None, r"film\.safetensors: no such film"),
        ("film.safetensors", b"x", r"film\.safetensors: not a film"),
    ],
)
def test_a_table_or_film_that_cannot_be_used_is_named(
    run: Callable[[], DataFolder], tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ArticleError, match=message):
        run()
