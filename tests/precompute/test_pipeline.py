from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import orjson
import pytest

from article import geometry
from article.artifacts import DataFolder
from article.errors import ArticleError
from precompute import embedding, pipeline
from precompute.embedding import EmbeddingError
from precompute.pairs import DatasetError
from precompute.pipeline import Outcome
from precompute.progress import Progress
from precompute.study import ModelPlan, read_study
from precompute.toml_reader import StudyError
from precompute.workbench import StageError
from tests.precompute.fake_encoder import HOSTILE, STUDY, FakeEncoder, write_study, write_table

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Lines(Progress):
    """No bars; lines are kept."""

    lines: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        self.lines.append(line)


@dataclass
class Runner:
    """Runs a small study in a folder, with encoders that are counted."""

    folder: Path
    captions: tuple[str, ...] = HOSTILE
    study: str = STUDY
    built: list[FakeEncoder] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    encoder: Callable[[str], FakeEncoder] = FakeEncoder

    @property
    def output(self) -> Path:
        return self.folder / "data"

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    def run(self) -> Outcome:
        study = read_study(write_study(self.folder, self.captions, self.study))
        progress = Lines(quiet=True, lines=self.said)
        return pipeline.run(study, self.output, self.cache, progress, "cpu", self._build)

    def _build(self, plan: ModelPlan, device: str, precision: str) -> FakeEncoder:
        self.built.append(self.encoder(plan.id))
        return self.built[-1]

    def bytes_of_all(self) -> dict[str, bytes]:
        files = [path for path in self.output.rglob("*") if path.is_file()]
        return {str(path.relative_to(self.output)): path.read_bytes() for path in files}


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def test_a_run_writes_all_that_the_study_asks_for(runner: Runner) -> None:
    outcome = runner.run()
    assert set(outcome.written) == {
        "manifest.json",
        "pairs/items.json",
        "pairs/pictures-0.webp",
        "pairs/pictures-1.webp",
        "pairs/space-fake.json",
        "pairs/landscape-fake.json",
        "some/items.json",
        "some/pictures-0.webp",
    }
    assert set(runner.bytes_of_all()) == set(outcome.written)


def test_hostile_captions_survive_to_the_data(runner: Runner) -> None:
    runner.run()
    items = DataFolder.open(runner.output).items("pairs")
    assert items.ids == tuple(f"pair-{row}" for row in range(6))
    assert items.modalities[1].texts == HOSTILE
    sprites = items.modalities[0].sprites
    assert sprites is not None
    assert sprites.files == ("pairs/pictures-0.webp", "pairs/pictures-1.webp")


def test_the_key_to_planted_faults_is_written_with_the_items(runner: Runner) -> None:
    faults = '[datasets.faults]\ntitle = "F"\nsource = "faults"\nof = "pairs"\ncount = 5\n'
    faults += "blurred = 1\nswapped = 2\nduplicated = 1\n"
    runner.study = STUDY + faults
    runner.run()
    data = DataFolder.open(runner.output)
    items, key = data.items("faults"), data.manifest.datasets["faults"]["key"]
    assert items.marks == {
        "blurred": tuple(key["blurred"]),
        "swapped": tuple(key["swapped"]),
        "copied": tuple(key["copies"]),
    }
    assert [len(ids) for ids in items.marks.values()] == [1, 2, 1]
    assert data.items("pairs").marks == {}


def test_the_space_holds_what_the_encoder_said(runner: Runner) -> None:
    runner.run()
    space = DataFolder.open(runner.output).space("pairs", "fake")
    texts = FakeEncoder().prepare_texts(HOSTILE)
    rows = geometry.blocks(space.counts)[1]
    expected = geometry.similarity_matrix(texts)
    np.testing.assert_allclose(space.similarity[rows, rows], expected, atol=1 / 65534)
    assert space.logit_scale == 10
    assert [p.share for p in space.projections] == [0, 1]
    assert [c.block for c in space.clusterings] == [
        ("image", "image"),
        ("text", "text"),
        ("image", "text"),
    ]


def test_the_manifest_measures_every_data_set_at_both_ends(runner: Runner) -> None:
    runner.run()
    data = DataFolder.open(runner.output)
    space, manifest = data.space("pairs", "fake"), data.manifest
    assert len(manifest.measures) == 4
    for share in (0.0, 1.0):
        gap = manifest.measure("gap_distance", "pairs", "fake", share)
        moved = geometry.close_gap(space.similarity, space.counts, share)
        assert gap == pytest.approx(geometry.gap_distance(moved, space.counts), abs=1e-3)
    landscape = data.landscape("pairs", "fake")
    assert landscape.shift.tolist() == [-1, -0.5, 0, 0.5, 1]
    assert landscape.trained[0] == manifest.measure("gap_distance", "pairs", "fake")
    assert landscape.closed[1] == pytest.approx(
        manifest.measure("loss_image_to_text", "pairs", "fake", 1)
    )


def test_the_manifest_says_where_everything_came_from(runner: Runner) -> None:
    runner.run()
    manifest = DataFolder.open(runner.output).manifest
    provenance = manifest.find("space", "pairs", "fake").provenance
    assert provenance["model"] == "fake"
    assert len(provenance["weights_sha256"]) == 64
    assert provenance["device"] == "fake device"
    assert {"python", "numpy", "torch", "scikit-learn"} <= provenance["versions"].keys()
    assert manifest.settings["batch_size"] == 4
    assert manifest.settings["shifts"]["count"] == 5
    assert manifest.settings["clusters"]["linkage"] == "complete"
    assert manifest.datasets["some"]["of"] == "pairs"
    embedded = [cost for cost in manifest.costs if cost["stage"] == "embedding"]
    assert [cost["dataset"] for cost in embedded] == ["pairs"]
    assert embedded[0]["share_of_forward_pass"] > 0


def test_a_second_run_does_nothing(runner: Runner) -> None:
    runner.run()
    before = runner.bytes_of_all()
    outcome = runner.run()
    assert outcome.reason is None
    assert outcome.written == ()
    assert len(runner.built) == 1
    assert runner.bytes_of_all() == before


def test_a_lost_or_altered_file_is_written_again_from_the_cache(runner: Runner) -> None:
    runner.run()
    before = runner.bytes_of_all()
    (runner.output / "pairs/space-fake.json").write_bytes(b"{")
    (runner.output / "some/items.json").unlink()
    outcome = runner.run()
    assert outcome.made == 0
    assert set(outcome.written) == {"pairs/space-fake.json", "some/items.json"}
    assert runner.bytes_of_all() == before
    assert len(runner.built) == 1


def test_without_the_cache_the_same_is_made_again(runner: Runner, tmp_path: Path) -> None:
    runner.run()
    other = Runner(tmp_path / "again")
    other.run()
    first, second = runner.bytes_of_all(), other.bytes_of_all()
    # The manifest has times and dates in it.
    assert first.keys() == second.keys()
    assert {k: v for k, v in first.items() if k != "manifest.json"} == {
        k: v for k, v in second.items() if k != "manifest.json"
    }


def test_only_what_depends_on_a_setting_is_made_again(runner: Runner) -> None:
    runner.run()
    runner.study = STUDY.replace("[clusters]\ncount = 2", "[clusters]\ncount = 3")
    outcome = runner.run()
    assert outcome.made == 3
    assert set(outcome.written) == {"pairs/space-fake.json", "manifest.json"}
    assert len(runner.built) == 1


def test_a_title_changes_the_manifest_alone(runner: Runner) -> None:
    runner.run()
    runner.study = STUDY.replace('title = "Fake model"', 'title = "Model"')
    outcome = runner.run()
    assert (outcome.made, outcome.written) == (0, ("manifest.json",))


def test_other_captions_are_embedded_anew(runner: Runner) -> None:
    runner.run()
    runner.captions = (*HOSTILE[:-1], "another caption")
    runner.run()
    items = DataFolder.open(runner.output).items("pairs")
    assert items.modalities[1].texts is not None
    assert items.modalities[1].texts[-1] == "another caption"
    assert len(runner.built) == 2


def test_other_weights_are_embedded_anew(runner: Runner) -> None:
    runner.run()
    study = read_study(runner.folder / "small.toml")
    (runner.folder / "fake.safetensors").write_bytes(b"other weights")
    progress = Lines(quiet=True)
    outcome = pipeline.run(study, runner.output, runner.cache, progress, build=runner._build)
    assert "made from other pairs, models" in str(outcome.reason)
    assert len(runner.built) == 2


def test_a_data_set_left_out_takes_its_files_along(runner: Runner) -> None:
    runner.run()
    start, end = STUDY.index("[datasets.some]"), STUDY.index("[models.fake]")
    runner.study = STUDY[:start] + STUDY[end:]
    runner.run()
    assert not list((runner.output / "some").iterdir())


def test_a_broken_file_in_the_cache_is_reported_and_made_anew(runner: Runner) -> None:
    runner.run()
    before = runner.bytes_of_all()
    broken = next((runner.cache / "embedding").iterdir())
    broken.write_bytes(broken.read_bytes()[:-5])
    (runner.output / "manifest.json").unlink()
    outcome = runner.run()
    assert any(str(broken) in line and "broken" in line for line in runner.said)
    # The vectors and their speed.
    assert outcome.made == 2
    after = runner.bytes_of_all()
    assert {k: v for k, v in after.items() if k != "manifest.json"} == {
        k: v for k, v in before.items() if k != "manifest.json"
    }


def test_a_vector_that_is_not_finite_names_model_and_pair(runner: Runner) -> None:
    runner.encoder = lambda name: FakeEncoder(name, broken={HOSTILE[3]: np.nan})
    with pytest.raises(EmbeddingError, match="fake: text of 'pair-3' is not finite"):
        runner.run()
    assert not runner.output.exists()


def test_geometry_that_does_not_exist_names_data_set_and_model(runner: Runner) -> None:
    @dataclass
    class Flat(FakeEncoder):
        """Images and texts have the same mean: no gap to move along."""

        def _text(self, text: str) -> list[float]:
            return [1.0, 1.0, 1.0, 1.0]

        def encode_images(self, batch: np.ndarray) -> np.ndarray:
            return np.ones_like(batch)

    runner.encoder = Flat
    with pytest.raises(
        StageError, match="landscape of pairs by fake: the modalities have the same mean"
    ):
        runner.run()


def test_one_pair_is_refused(runner: Runner) -> None:
    runner.captions = HOSTILE[:1]
    with pytest.raises(DatasetError, match="data set 'pairs': 1 pairs; two are needed"):
        runner.run()


def test_missing_weights_are_named(runner: Runner) -> None:
    study = read_study(write_study(runner.folder))
    (runner.folder / "fake.safetensors").unlink()
    with pytest.raises(StudyError, match=r"fake\.safetensors: \[models\.fake\] weights"):
        pipeline.run(study, runner.output, runner.cache, Progress(quiet=True))


def test_embedding_goes_on_after_the_parts_that_are_kept(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "PART_PAIRS", 2)
    monkeypatch.setattr(embedding, "TIMED_REPEATS", 1)
    runner.encoder = lambda name: FakeEncoder(name, broken={HOSTILE[4]: 0.0})
    with pytest.raises(EmbeddingError, match="'pair-4' is a zero vector"):
        runner.run()
    runner.encoder = FakeEncoder
    outcome = runner.run()
    # Two of three parts were kept; the third, then the timed batches (4 + 2, three times).
    assert runner.built[-1].encoded == [2, 4, 2, 4, 2, 4, 2]
    assert outcome.kept >= 2


SLOW_RUN = """
import sys, time
from pathlib import Path
from precompute import embedding, pipeline
from precompute.progress import Progress
from precompute.study import read_study
from tests.precompute.fake_encoder import FakeEncoder

class Slow(FakeEncoder):
    def encode_images(self, batch):
        time.sleep(0.05)
        return super().encode_images(batch)

embedding.PART_PAIRS = 2
folder = Path(sys.argv[1])
study = read_study(folder / "small.toml")
pipeline.run(study, folder / "data", folder / "cache", Progress(quiet=True), "cpu",
             lambda plan, device, precision: Slow(plan.id))
"""


def start_slow_run(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", SLOW_RUN, str(folder)]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while not condition() and process.poll() is None:
        assert time.monotonic() < deadline, "the run did not get that far"
        time.sleep(0.001)


@pytest.mark.slow
def test_runs_killed_anywhere_leave_no_half_files_and_go_on(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "PART_PAIRS", 2)
    write_study(runner.folder)
    reached = [
        lambda: any((runner.cache / "embedding").glob("[!.]*")),
        lambda: len(list((runner.cache / "embedding").glob("[!.]*"))) == 3,
        (runner.cache / "projection").is_dir,
        runner.output.is_dir,
    ]
    for condition in reached:
        process = start_slow_run(runner.folder)
        wait_for(condition, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        for path in runner.output.rglob("*.json"):
            orjson.loads(path.read_bytes())
    for half in runner.folder.rglob("*.partial"):
        os.utime(half, (0, 0))
    outcome = runner.run()
    assert outcome.kept >= 3
    assert runner.built == []
    assert runner.said == []
    assert not list(runner.folder.rglob("*.partial"))
    fresh = Runner(runner.folder / "fresh")
    fresh.run()
    killed, whole = runner.bytes_of_all(), fresh.bytes_of_all()
    assert killed.keys() == whole.keys()
    assert all(killed[path] == whole[path] for path in whole if path != "manifest.json")


def test_errors_are_ones_that_an_author_can_act_on(runner: Runner) -> None:
    write_study(runner.folder)
    write_table(runner.folder, ["a", "b"], ids=["same", "same"])
    study = read_study(runner.folder / "small.toml")
    with pytest.raises(ArticleError, match=r"pairs\.csv:3: id 'same' occurs before"):
        pipeline.run(study, runner.output, runner.cache, Progress(quiet=True))
