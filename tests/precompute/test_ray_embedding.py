from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from article.artifacts import DataFolder
from precompute import pipeline
from precompute.progress import Progress
from precompute.ray_embedding import RayCluster, RayError, import_ray
from precompute.study import read_study
from tests.precompute.fake_encoder import build_fake, write_study

ROOT = Path(__file__).parents[2]
CAPTIONS = tuple(f"caption {row}" for row in range(24))

# In a process of its own: a cluster leaves threads and warnings behind.
RUN = """
import json, os, signal, sys, threading, time
from pathlib import Path

from precompute import embedding, pipeline
from precompute.progress import Progress
from precompute.ray_embedding import RayCluster
from precompute.study import read_study
from tests.precompute.fake_encoder import FakeEncoder

embedding.PART_PAIRS = 2
folder = Path(sys.argv[1])
(folder / "workers").mkdir()

def build(plan, device, precision):
    class Slow(FakeEncoder):
        def encode_images(self, batch):
            time.sleep(0.5)
            (folder / "workers" / f"{os.getpid()}-{time.monotonic_ns()}").touch()
            return super().encode_images(batch)
    return Slow(plan.id)

def worker_pids():
    return {int(path.name.split("-")[0]) for path in (folder / "workers").iterdir()}

def kill_one():
    while len(worker_pids()) < 2:
        time.sleep(0.05)
    killed.append(min(worker_pids()))
    os.kill(killed[0], signal.SIGKILL)

killed = []
threading.Thread(target=kill_one, daemon=True).start()
study = read_study(folder / "small.toml")
cluster = RayCluster(workers=2)
pipeline.run(study, folder / "data", folder / "cache", Progress(quiet=True), "cpu", build, cluster)
print(json.dumps({"killed": killed, "worked": sorted(worker_pids()), "own": os.getpid()}))
"""


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install '.[ray]'"
)
def test_two_workers_one_killed_give_what_a_local_run_gives(tmp_path: Path) -> None:
    local, remote = tmp_path / "local", tmp_path / "remote"
    for folder in (local, remote):
        write_study(folder, CAPTIONS)
    study, quiet = read_study(local / "small.toml"), Progress(quiet=True)
    pipeline.run(study, local / "data", local / "cache", quiet, "cpu", build_fake)
    command = [sys.executable, "-c", RUN, str(remote)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=500
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert len(told["killed"]) == 1
    # Another one, or its successor, did the rest; the run itself embedded nothing.
    assert set(told["worked"]) - set(told["killed"])
    assert told["own"] not in told["worked"]
    files = [path.relative_to(local / "data") for path in (local / "data").rglob("*.*")]
    assert len(files) == len(DataFolder.open(local / "data").manifest.artifacts) + 1
    for file in files:
        if file.name != "manifest.json":
            assert (remote / "data" / file).read_bytes() == (local / "data" / file).read_bytes()


def test_without_ray_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "ray.data", raising=False)
    with pytest.raises(RayError, match=r'pip install "\.\[ray\]"'):
        import_ray()


def test_a_cluster_without_room_names_both_numbers() -> None:
    with pytest.raises(RayError, match=r"4 workers need a cluster of 5 processors.* has 4"):
        RayCluster("10.0.0.1:6379", workers=4)._check_room(4)
