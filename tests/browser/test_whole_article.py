"""The article as it is published: every figure, every control, at every width, for everyone."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.sync_api import Browser, Page

from article import site
from tests.browser.axe import violations
from tests.browser.conftest import Serve
from tests.browser.walk import Step, Walk

pytestmark = pytest.mark.browser

ARTICLE: Final = Path(__file__).parents[2] / "article"
TYPES: Final = dict(
    re.findall(
        r"""^```figure$.*?^id = ["'](.+?)["']$.*?^type = ["'](.+?)["']$""",
        "\n".join(p.read_text() for p in sorted((ARTICLE / "content").glob("*.md"))),
        re.MULTILINE | re.DOTALL,
    )
)
FIGURES: Final = tuple(TYPES)
WIDTHS: Final = (390, 768, 1280)
ALL_WIDTHS: Final = (360, 390, 768, 1280, 1920)
PHONE, DESK = 390, 1280
LAST_OF_TYPE: Final = {kind: figure for figure, kind in TYPES.items()}
WALKED: Final = sorted({"fig-tool", *LAST_OF_TYPE.values()})
"""Figures of which every control is used once: one of each type, and the one that has them all."""
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")

SHORTCOMINGS: Final = """(id) => {
  const figure = document.getElementById(id);
  const parts = [...figure.querySelectorAll("*")].filter(
    (part) => part.checkVisibility({ visibilityProperty: true }) &&
      !part.closest(".unseen, .visually-hidden, .table, [aria-hidden=true] *, math"));
  const scrolls = (part) => part.closest("[tabindex='0']:not(.frame), pre, select") !== null;
  const short = (part) => part.outerHTML.slice(0, 140);
  const box = (part) => part.getBoundingClientRect();
  const holds = (part) => [...part.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  const cut = parts.filter((part) => !scrolls(part) && box(part).width > 0 &&
    (box(part).left < -1 || box(part).right > innerWidth + 1));
  const small = parts.filter(
    (part) => holds(part) && parseFloat(getComputedStyle(part).fontSize) < 12);
  return [
    ...cut.map((part) => `cut off: ${short(part)}`),
    ...small.map((part) => `text under 12 px: ${short(part)}`),
    ...(document.documentElement.scrollWidth > innerWidth ? ["the page scrolls sideways"] : []),
  ];
}"""
"""What of a figure is out of the window, or too small to read."""

TOUCHED: Final = """(id) => {
  const controls = "button, select, input:not([type=hidden]), summary, a[download]";
  const figure = document.getElementById(id);
  const shown = [...figure.querySelectorAll(controls)].filter(
    (part) => part.checkVisibility({ visibilityProperty: true }) && !part.closest(".unseen") &&
      part.getBoundingClientRect().width > 0);
  const target = (part) => {
    const area = (part.matches("input") && part.closest("label")) || part;
    return area.getBoundingClientRect();
  };
  const areas = shown.map(target);
  const middle = ({ x, y, width, height }) => [x + width / 2, y + height / 2];
  const near = (one, other) => {
    const [x, y] = middle(one);
    const across = Math.max(other.left - x, 0, x - other.right);
    const down = Math.max(other.top - y, 0, y - other.bottom);
    return Math.hypot(across, down) < 12;
  };
  return shown.flatMap((part, at) => {
    const { width, height } = areas[at];
    if (Math.min(width, height) >= 24) return [];
    const crowded = areas.some((other, index) => index !== at && near(areas[at], other));
    const size = `${Math.round(width)} x ${Math.round(height)}`;
    return crowded ? [`${size}: ${part.outerHTML.slice(0, 140)}`] : [];
  });
}"""
"""Controls smaller than 24 pixels that another stands close to (WCAG 2.2, 2.5.8)."""


FAINT: Final = """() => {
  const pencil = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const read = (colour) => {
    pencil.clearRect(0, 0, 1, 1);
    pencil.fillStyle = colour;
    pencil.fillRect(0, 0, 1, 1);
    return [...pencil.getImageData(0, 0, 1, 1).data];
  };
  const paper = read(getComputedStyle(document.documentElement).getPropertyValue("--paper"));
  const light = (c) => (c / 255 <= 0.04045 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const opacityOf = (part) => part.localName === "div" ? 1
    : Number(getComputedStyle(part).opacity) * opacityOf(part.parentElement);
  const painted = (part, name) => {
    const style = getComputedStyle(part);
    if (style[name] === "none") return 1;
    const [r, g, b, a] = read(style[name]);
    const alpha = (a / 255) * opacityOf(part) * style[`${name}-opacity`];
    return contrast([r, g, b].map((c, at) => c * alpha + paper[at] * (1 - alpha)), paper);
  };
  const shapes = "svg :is(path, line, circle, rect, polygon, polyline, ellipse)";
  const drawn = [...document.querySelectorAll(`.figure-static ${shapes}:not(.hollow)`)];
  const faint = drawn.filter((part) =>
    Math.max(painted(part, "stroke"), painted(part, "fill")) < 3);
  return [...new Set(faint.map((part) =>
    `${part.closest("figure").id}: ${part.localName}.${part.getAttribute("class")}`))];
}"""
"""Shapes of static pictures that have less than 3 : 1 against the paper they are drawn on. What is
hollow has the colour of paper within a ring of another."""

PLOTS: Final = ".main-svg"
"""What plotly draws: the test of the whole page looks at it once, at each width."""

UNSTUCK: Final = """() => {
  for (const part of document.querySelectorAll("body *"))
    if (getComputedStyle(part).position === "sticky") part.style.position = "static";
}"""
"""What stays in sight while the page scrolls lies over other things, which axe takes for hidden."""


@pytest.fixture(scope="session")
def article_address(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> str:
    """Address of the article of this repository, built."""
    public = tmp_path_factory.mktemp("article") / "public"
    site.write(site.build(ARTICLE), public)
    return serve(public)


def open_at(page: Page, address: str, width: int) -> None:
    """Open the page at a width, without movement."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    page.goto(address)


def test_the_text_has_figures() -> None:
    assert len(FIGURES) == len(set(FIGURES)) >= 4


@pytest.mark.parametrize("width", ALL_WIDTHS)
def test_figures_are_whole_as_they_are_first(
    browser: Browser, article_address: str, width: int
) -> None:
    context = browser.new_context(has_touch=width < 1000)
    page = context.new_page()
    open_at(page, article_address, width)
    found = []
    for figure in FIGURES:
        Walk(page, figure).begin()
        lines = [*page.evaluate(SHORTCOMINGS, figure), *page.evaluate(TOUCHED, figure)]
        found += [f"{figure}: {line}" for line in lines]
    context.close()
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("figure", WALKED)
def test_a_figure_is_whole_in_every_state(
    browser: Browser, article_address: str, figure: str, width: int
) -> None:
    """Axe sees each control's last state, in light and dark by turns."""
    context = browser.new_context(has_touch=width < 1000)
    page = context.new_page()
    open_at(page, f"{article_address}/#{figure}", width)
    walk = Walk(page, figure)
    walk.begin()
    found = []
    for at, step in enumerate(chain([Step("as it is first", True)], walk.steps())):
        found += [f"{step.name}: {line}" for line in page.evaluate(SHORTCOMINGS, figure)]
        found += [f"{step.name}: {line}" for line in page.evaluate(TOUCHED, figure)]
        if step.is_last:
            scheme = SCHEMES[(at + (width == DESK)) % 2]
            page.emulate_media(color_scheme=scheme)
            page.evaluate(UNSTUCK)
            found += [f"{scheme}, {step.name}: {v}" for v in violations(page, f"#{figure}", PLOTS)]
    context.close()
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_the_whole_page(page: Page, article_address: str, width: int) -> None:
    open_at(page, article_address, width)
    for figure in FIGURES:
        Walk(page, figure).begin()
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.evaluate(UNSTUCK)
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}: {violation}" for violation in violations(page)]
    assert found == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_shapes_stand_out_from_the_paper(
    page: Page, article_address: str, scheme: Literal["light", "dark"]
) -> None:
    page.route("**/*.js", lambda route: route.abort())
    page.emulate_media(color_scheme=scheme)
    page.goto(article_address)
    assert page.evaluate(FAINT) == []
