"""Prints what a frame costs while the explorer's slider is dragged, beside plotly's own redraw.

    python -m tests.benchmarks.bench_drag [ARTICLE]

Builds the article, opens its page in headless Chromium, and drags the share of the gap of the
explorer through 120 states of its 200 x 200 matrix. A frame lasts from one animation frame to the
next, so never less than 16.7 ms on a screen of 60 Hz; work is the time that scripts take in it.
Then plotly draws the same states, a heatmap and a scatter with pair lines, in the same sizes.
Exits with 1 where the median frame of the page takes longer than 33 ms.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final, TypedDict

from playwright.sync_api import Browser, Page

from article import site
from tests.browser.chromium import chromium
from tests.browser.static_server import static_server

ROOT: Final = Path(__file__).parents[2]
FRAMES: Final = 120
LIMIT: Final = 33.0
"""Milliseconds of the median frame that a reader sees as fluid."""

EXPLORER: Final = 'figure[data-views="heatmap scatter"][data-controls~="share"]'

DRAG: Final = """
async ([selector, frames]) => {
  const slider = document.querySelector(`${selector} input[type=range]`);
  const ask = window.requestAnimationFrame.bind(window);
  const next = () => new Promise(ask);
  const work = [];
  let spent = 0;
  window.requestAnimationFrame = (callback) =>
    ask((now) => {
      const start = performance.now();
      callback(now);
      spent += performance.now() - start;
    });
  const lengths = [];
  let last = await next();
  for (let frame = 0; frame <= frames; frame++) {
    spent = 0;
    slider.valueAsNumber = 0.75 - 0.75 * Math.cos((2 * Math.PI * frame) / frames);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    const now = await next();
    lengths.push(now - last);
    work.push(spent);
    last = now;
  }
  window.requestAnimationFrame = ask;
  return { lengths: lengths.slice(1), work: work.slice(1) };
}
"""

REDRAW: Final = """
async ([selector, frames, scripts]) => {
  const { decode } = await import(`${scripts}/contract.js`);
  const { DerivedSpace } = await import(`${scripts}/derived-space.js`);
  const page = JSON.parse(document.getElementById("page-data").textContent);
  const figure = document.querySelector(selector);
  const { dataset, state } = JSON.parse(figure.querySelector(".figure-config").textContent);
  const address = page.spaces[`${dataset}/${state.model}`];
  const space = decode(await (await fetch(address)).text(), address);
  const derived = new DerivedSpace(space, page.batch_size);
  const [size, pairs] = [space.size, space.counts[0]];
  const { clientWidth: side } = figure.querySelector(".frame");
  const charts = [0, 1].map(() => document.body.appendChild(document.createElement("div")));
  const layout = { width: side, height: side, showlegend: false };
  const matrix = (similarity) => ({
    type: "heatmap",
    zmin: -1,
    zmax: 1,
    showscale: false,
    z: Array.from({ length: size }, (_, row) => similarity.subarray(row * size, (row + 1) * size)),
  });
  const points = (coordinates) => {
    const axis = (k, rows) => rows.map((row) => (row === null ? null : coordinates[2 * row + k]));
    const trace = (rows, mode) => ({ type: "scatter", mode, x: axis(0, rows), y: axis(1, rows) });
    const rows = Array.from({ length: pairs }, (_, row) => row);
    return [
      trace(rows.flatMap((row) => [row, pairs + row, null]), "lines"),
      trace(rows, "markers"),
      trace(rows.map((row) => pairs + row), "markers"),
    ];
  };
  charts.at(-1).scrollIntoView();
  const next = () => new Promise(requestAnimationFrame);
  const [lengths, work] = [[], []];
  let last = await next();
  for (let frame = 0; frame <= frames; frame++) {
    const share = 0.75 - 0.75 * Math.cos((2 * Math.PI * frame) / frames);
    const { similarity, coordinates } = derived.derive({ share, follow: frame > 0 });
    const drawn = [[matrix(similarity.slice())], points(coordinates)];
    const start = performance.now();
    for (const [k, data] of drawn.entries()) await Plotly.react(charts[k], data, layout);
    work.push(performance.now() - start);
    const now = await next();
    lengths.push(now - last);
    last = now;
  }
  return { lengths: lengths.slice(1), work: work.slice(1) };
}
"""


class Times(TypedDict):
    """Milliseconds of each frame, and of the scripts in it."""

    lengths: list[float]
    work: list[float]


def measure(browser: Browser, address: str) -> tuple[Times, Times]:
    """The page's own frames, and plotly's."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    page.locator(EXPLORER).first.scroll_into_view_if_needed()
    page.wait_for_function(
        "(s) => document.querySelectorAll(`${s} .frame[data-axes]`).length === 2", arg=EXPLORER
    )
    page.wait_for_timeout(1000)
    ours: Times = page.evaluate(DRAG, [EXPLORER, FRAMES])
    plotlys: Times = page.evaluate(REDRAW, [EXPLORER, FRAMES, scripts_of(page)])
    return ours, plotlys


def scripts_of(page: Page) -> str:
    """Address of the folder of the page's modules."""
    main: str = page.locator('script[type="module"]').first.evaluate("(script) => script.src")
    return main.rsplit("/", 1)[0]


def quantile(times: list[float], share: float) -> float:
    """The time that a share of all times does not exceed."""
    return sorted(times)[min(int(share * len(times)), len(times) - 1)]


def main() -> None:
    """Build, measure, print, and judge the median frame."""
    article = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "article"
    with tempfile.TemporaryDirectory() as folder:
        site.write(site.build(article), Path(folder) / "site")
        with static_server(Path(folder) / "site") as address, chromium() as browser:
            ours, plotlys = measure(browser, address)
            print(f"Chromium {browser.version}, {FRAMES} states, milliseconds")
    print(f"{'':36}{'the page':>10}{'plotly':>10}{'ratio':>8}")
    for name, key, share in (
        ("frame, median", "lengths", 0.5),
        ("frame, 95 %", "lengths", 0.95),
        ("work in a frame, median", "work", 0.5),
        ("work in a frame, 95 %", "work", 0.95),
    ):
        one, other = quantile(ours[key], share), quantile(plotlys[key], share)  # type: ignore[literal-required]
        print(f"{name:36}{one:10.1f}{other:10.1f}{other / one:8.1f}")
    sys.exit(quantile(ours["lengths"], 0.5) > LIMIT)


if __name__ == "__main__":
    main()
