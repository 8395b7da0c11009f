"""What a reader does with a figure, and what a reader sees of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Locator, Page

Point = tuple[float, float]
Colour = tuple[int, int, int]

PIXELS: Final = """
(canvas, points) => {
  const context = canvas.getContext("2d");
  const ratio = canvas.width / canvas.getBoundingClientRect().width;
  return points.map(([x, y]) =>
    [...context.getImageData(Math.floor(x * ratio), Math.floor(y * ratio), 1, 1).data.slice(0, 3)]);
}
"""


REST: Final = """
async () => {
  for (let at = 0; at < 3; at++) {
    await new Promise((resolve) => setTimeout(resolve, 400));
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  }
}
"""
"""By the page's own clock, which a busy machine slows down together with what is waited for: longer
than a transition (280 ms), the rest after it (200 ms), and the rest before it is said (350 ms)."""


def open_article(
    page: Page, address: str, *, plotly: bool = False, waits_for: str = "explorer"
) -> None:
    """Open the page and wait for a figure; plotly.js, slow to start, is there on request only."""
    if not plotly:
        page.route("**/plotly-*.js", lambda route: None)
    page.goto(address)
    figure = Figure(page, f"fig-{waits_for}")
    figure.element.scroll_into_view_if_needed()
    figure.wait("ready")
    if plotly:
        figure.wait_for_axes()


@dataclass(frozen=True)
class Figure:
    """One figure of the page."""

    page: Page
    id: str

    @property
    def element(self) -> Locator:
        """The figure itself."""
        return self.page.locator(f"#{self.id}")

    def wait(self, state: str) -> None:
        """Wait for a state: static, loading, ready or error."""
        self.page.locator(f'#{self.id}[data-state="{state}"]').wait_for()

    def wait_for_axes(self) -> None:
        """Wait until plotly has drawn the axes of all views."""
        self.page.wait_for_function(
            "(id) => [...document.querySelectorAll(`#${id} .frame`)].every((f) => f.dataset.axes)",
            arg=self.id,
        )

    def rest(self) -> None:
        """Wait until transitions are over and what is said at rest has been said."""
        self.page.evaluate(REST)

    # -- controls ------------------------------------------------------------------------------

    @property
    def slider(self) -> Locator:
        """The share of the gap that is closed."""
        return self.element.get_by_role("slider")

    @property
    def order(self) -> Locator:
        """The list of orders."""
        return self.element.get_by_role("combobox", name="Order")

    def drag_to(self, share: float) -> None:
        """Move the slider as a drag does, which shows in the next frame."""
        self.slider.evaluate(
            """(slider, share) => {
              slider.valueAsNumber = share;
              slider.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            share,
        )
        self.frames()

    def frames(self, count: int = 2) -> None:
        """Let frames pass."""
        self.page.evaluate(
            """async (count) => {
              for (let at = 0; at < count; at++) await new Promise(requestAnimationFrame);
            }""",
            count,
        )

    def press_button(self, name: str) -> None:
        """Press a button by its text."""
        self.element.get_by_role("button", name=name, exact=True).click()

    def choose_order(self, order: str) -> None:
        """Choose from the list of orders."""
        self.order.select_option(order)

    def pressed(self) -> list[str]:
        """Texts of all buttons that are pressed."""
        return self.element.locator('[aria-pressed="true"]').all_inner_texts()

    def state(self) -> dict[str, Any]:
        """What the controls show."""
        return {
            "pressed": self.pressed(),
            "share": round(float(self.slider.input_value()), 3),
            "order": self.order.input_value(),
        }

    # -- what is shown -------------------------------------------------------------------------

    def readouts(self) -> dict[str, str]:
        """The figures of the state, by name."""
        cells = self.element.locator(".readouts dd")
        pairs = cells.evaluate_all("(all) => all.map((dd) => [dd.dataset.value, dd.textContent])")
        return dict(pairs)

    def view(self, name: str) -> Locator:
        """The frame of a view: heatmap, scatter or landscape."""
        return self.element.locator(f".view-{name} .frame")

    def pixels(self, view: str, points: list[Point]) -> list[Colour]:
        """Colours of the canvas at places, in pixels from the left and top of the plot area."""
        canvas = self.view(view).locator("canvas")
        return [tuple(colour) for colour in canvas.evaluate(PIXELS, points)]

    def picture(self, view: str) -> str:
        """The canvas as it is, to compare with itself later."""
        canvas = self.view(view).locator("canvas")
        data: str = canvas.evaluate("(canvas) => canvas.toDataURL()")
        return data

    def plot_area(self, view: str) -> dict[str, float]:
        """x, y, width and height of the plot area in the viewport."""
        box = self.view(view).locator("canvas").bounding_box()
        assert box is not None
        return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}

    def centre(self, view: str) -> None:
        """Scroll a view into the middle of the viewport."""
        self.view(view).evaluate(
            "(view) => view.scrollIntoView({ block: 'center', behavior: 'instant' })"
        )

    def hover(self, view: str, point: Point) -> None:
        """Move the mouse over a place of the plot area."""
        area = self.plot_area(view)
        self.page.mouse.move(area["x"] + point[0], area["y"] + point[1])
        self.frames()

    def ranges(self, view: str) -> dict[str, list[float]]:
        """Ranges of plotly's axes."""
        chart = self.view(view).locator(".frame-chart")
        ranges: dict[str, list[float]] = chart.evaluate(
            "(c) => ({ x: [...c.layout.xaxis.range], y: [...c.layout.yaxis.range] })"
        )
        return ranges

    def inspected(self) -> dict[str, Any]:
        """What the pane shows of a mark: value, facts, titles; no titles where there is none."""
        pane = self.element.locator(".inspector")
        if pane.locator(".inspector-hint").is_visible():
            return {"value": "", "facts": "", "titles": []}
        return {
            "value": pane.locator(".inspector-value").inner_text(),
            "facts": pane.locator(".inspector-facts").inner_text(),
            "titles": pane.locator(".card-title").all_inner_texts(),
        }

    def said(self) -> str:
        """What the live region says, once it has come to rest."""
        self.rest()
        return self.element.locator(".figure-body").get_by_role("status").inner_text()


def cell_centre(area: dict[str, float], size: int, row: int, column: int) -> Point:
    """Middle of a cell of a matrix, in pixels of the plot area."""
    return (column + 0.5) * area["width"] / size, (row + 0.5) * area["height"] / size
