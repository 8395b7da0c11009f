"""axe-core, run in a page as it stands."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Final

from playwright.sync_api import Page

_OPTIONS: Final = {
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}},
}
"""All rules, and that of WCAG 2.2 for the size of what can be touched, which is off by default."""


@cache
def _source() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, part: str = "html", without: str = ".none") -> list[str]:
    """What axe finds wrong in a part of a page, a line for each element: rule, element, reason.

    `without` names what is left out: drawings of many shapes take seconds.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    context = {"include": [[part]], "exclude": [[without]]}
    run = "([context, options]) => axe.run(context, options)"
    found: dict[str, Any] = page.evaluate(run, [context, _OPTIONS])
    return [
        f"{rule['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
