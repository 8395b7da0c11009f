"""A reader who touches everything: each control of a figure once, whatever its type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from playwright.sync_api import Locator, Page, expect

CONTROLS: Final = (
    ".figure-body :is(button, select, input, summary, textarea), "
    ".figure-extras :is(summary, button)"
)
_MOST: Final = 80
"""Controls of a figure: more are a fault, or the walk goes round in circles."""

_LONGEST: Final = 30_000
"""Milliseconds that plotly may take to draw axes on a busy machine."""

_LEFT_ALONE: Final = ("SVG of", "PNG of", "Download as", "Zoom", "Pan", "Show the whole")
"""Buttons whose work is a file, and those of plotly, which change no element but its axes."""

_NAME: Final = """(control) => {
  const label = control.labels?.[0]?.innerText ?? "";
  const group = control.closest("[role=group], [role=radiogroup], fieldset, .panel");
  const name = control.getAttribute("aria-label") || label || control.innerText || control.name;
  return [group?.getAttribute("aria-label") ?? "", control.localName, name.trim()].join(" / ");
}"""


@dataclass(frozen=True)
class Step:
    """What was used last, and whether it was the last thing to do with it."""

    name: str
    is_last: bool


@dataclass(frozen=True)
class Walk:
    """A live figure of a page."""

    page: Page
    id: str

    @property
    def element(self) -> Locator:
        """The figure itself."""
        return self.page.locator(f"#{self.id}")

    def begin(self) -> None:
        """Scroll to the figure and wait until it is live, with its axes."""
        self.element.scroll_into_view_if_needed()
        self.settle()

    def settle(self) -> None:
        """Wait until the figure shows what it was asked for, and stands still."""
        self.page.locator(f"#{self.id}[data-state=ready]:not([aria-busy])").wait_for()
        waiting = self.page.locator(f"#{self.id} .frame:has(.frame-chart):not([data-axes]):visible")
        expect(waiting).to_have_count(0, timeout=_LONGEST)
        self.page.evaluate(
            """async (id) => {
              for (let at = 0; at < 3; at++) await new Promise(requestAnimationFrame);
              const moving = document.getElementById(id).getAnimations({ subtree: true });
              await Promise.allSettled(moving.map((animation) => animation.finished));
            }""",
            self.id,
        )

    def steps(self) -> Iterator[Step]:
        """Use every control once, those that others bring along too."""
        seen: set[str] = set()
        while (found := self._next(seen)) is not None:
            name, control = found
            actions = self._actions(control)
            for at, (said, act) in enumerate(actions, 1):
                act()
                self.settle()
                yield Step(f"{name} {said}", at == len(actions))
            assert len(seen) <= _MOST, sorted(seen)
        views = self.element.locator("[aria-roledescription]:visible")
        for at in range(views.count()):
            for key in ("ArrowRight", "ArrowDown", "Enter"):
                views.nth(at).press(key)
            self.settle()
            yield Step(f"view {at}, marked", True)

    def _next(self, seen: set[str]) -> tuple[str, Locator] | None:
        """The first control that was not used yet."""
        controls = self.page.locator(f"#{self.id} :is({CONTROLS})")
        for at, name in enumerate(controls.evaluate_all(f"(all) => all.map({_NAME})")):
            control = controls.nth(at)
            if name in seen or any(word in name for word in _LEFT_ALONE):
                continue
            if control.is_visible() and control.is_enabled():
                seen.add(name)
                return name, control
        return None

    def _actions(self, control: Locator) -> list[tuple[str, Callable[[], object]]]:
        """What can be done with a control, in words and in deed."""
        kind = control.evaluate("(control) => control.type ?? control.localName")
        if kind == "select-one":
            values: list[str] = control.evaluate("(list) => [...list.options].map((o) => o.value)")
            return [(value, partial(control.select_option, value)) for value in values]
        if kind == "range":
            return [(key, partial(control.press, key)) for key in ("End", "Home", "PageUp")]
        if kind in ("text", "search", "textarea"):
            texts = ("dog", "nothing of this kind", "")
            return [(repr(text), partial(control.fill, text)) for text in texts]
        if kind == "radio":
            return [("", partial(control.check, force=True))]
        return [("", control.click)]
