from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIMIT = 4e9

RUN = """
import csv, resource, sys
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from precompute import measures, pipeline
from precompute.progress import Progress
from precompute.study import read_study
from tests.precompute.fake_encoder import FakeEncoder

COUNT, DIMENSIONS = int(sys.argv[2]), 512
folder = Path(sys.argv[1])
Image.new("RGB", (8, 8), (200, 30, 30)).save(folder / "one.png")
with (folder / "pairs.csv").open("w", newline="") as file:
    rows = csv.writer(file)
    rows.writerow(["id", "image", "caption"])
    rows.writerows([f"pair-{row}", "one.png", f"caption {row}"] for row in range(COUNT))
(folder / "fake.safetensors").write_bytes(b"")
(folder / "fake.json").write_bytes(b"{}")
(folder / "study.toml").write_text('''
title = "Many pairs"
output = "data"
[datasets.many]
title = "Many"
source = "csv"
file = "pairs.csv"
write = ["landscape"]
[datasets.some]
title = "Some"
source = "subset"
of = "many"
count = 100
write = ["items", "space"]
[models.fake]
title = "Fake"
encoder = "miniature"
weights = "fake.safetensors"
[projections]
methods = ["pca"]
[landscape]
start = -1
stop = 1
''')

class Wide(FakeEncoder):
    '''Vectors of 512 dimensions, images and texts apart.'''

    def prepare_images(self, pictures):
        return self._drawn(len(pictures), 1)

    def prepare_texts(self, texts):
        return self._drawn(len(texts), -1)

    def _drawn(self, count, middle):
        draws = np.random.default_rng([count, len(self.encoded)])
        vectors = draws.normal(size=(count, DIMENSIONS)).astype(np.float32)
        vectors[:, 0] += middle * 20
        return vectors

# Measures over all items go through their similarities chunk by chunk, each as large as the others:
# two take the memory that hundreds do, in a hundredth of the time.
chunks = measures._similarities
measures._similarities = lambda vectors: islice(chunks(vectors), 2)

study = read_study(folder / "study.toml")
pipeline.run(study, folder / "data", folder / "cache", Progress(quiet=True), "cpu",
             lambda plan, device, precision: Wide(plan.id))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def peak_memory(folder: Path, count: int) -> int:
    """Bytes that a run over so many pairs of 512 dimensions takes at most."""
    command = [sys.executable, "-c", RUN, str(folder), str(count)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.slow
def test_fifty_thousand_pairs_are_embedded_and_exported_in_four_gigabytes(tmp_path: Path) -> None:
    assert peak_memory(tmp_path, 50_000) < LIMIT
