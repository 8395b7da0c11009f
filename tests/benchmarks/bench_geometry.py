"""Prints what a frame of a dragged slider costs the browser to compute, nothing being drawn.

    python -m tests.benchmarks.bench_geometry [SPACE.json]

Without a file: 100 pairs from seeded numbers, a matrix of 200 x 200.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

from article.artifacts import encode
from tests.browser.chromium import chromium
from tests.browser.static_server import static_server
from tests.golden import make

ROOT: Final = Path(__file__).parents[2]
FRAMES: Final = 400

MEASURE: Final = """
async ([text, frames]) => {
  const { decode } = await import("/site_templates/js/contract.js");
  const { DerivedSpace } = await import("/site_templates/js/derived-space.js");
  const geometry = await import("/site_templates/js/geometry.js");
  const space = decode(text, "bench.json");
  const { similarity, counts, logitScale } = space;
  const derived = new DerivedSpace(space, 50);
  const projection = derived.projections.at(-1);
  const out = new Float64Array(similarity.length);
  const means = geometry.blockMeans(similarity, counts);
  const share = (frame) => 0.75 - 0.75 * Math.cos(frame / 30);
  const steps = {
    "whole frame, PCA": (frame) => derived.derive({ share: share(frame), follow: true }),
    "whole frame, a stored layout": (frame) => derived.derive({ share: share(frame), projection }),
    "PCA from nothing, jumping": (frame) => {
      geometry.closeGap(similarity, counts, (frame * 0.37) % 1.5, out, means);
      geometry.principalComponents(out);
    },
    "closing the gap": (frame) => geometry.closeGap(similarity, counts, share(frame), out, means),
    "gap distance": () => geometry.gapDistance(out, counts),
    losses: () => geometry.contrastiveLosses(out, counts, logitScale, 50),
    "reading the file": () => decode(text, "bench.json"),
  };
  return Object.entries(steps).map(([name, step]) => {
    const times = [];
    for (let frame = 0; frame < frames; frame++) {
      const start = performance.now();
      step(frame);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    return [name, times[frames >> 1], times[Math.floor(frames * 0.95)], times[frames - 1]];
  });
}
"""


def main() -> None:
    """Measure each part of a frame, in milliseconds."""
    text = Path(sys.argv[1]).read_text() if len(sys.argv) > 1 else encode(make.large()).decode()
    with static_server(ROOT) as address, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{address}/empty.html")
        rows: list[Any] = page.evaluate(MEASURE, [text, FRAMES])
        print(f"Chromium {browser.version}, {FRAMES} frames, milliseconds")
    print(f"{'':32}{'median':>8}{'95 %':>8}{'most':>8}")
    for name, median, late, most in rows:
        print(f"{name:32}{median:8.1f}{late:8.1f}{most:8.1f}")


if __name__ == "__main__":
    main()
