"""Nothing is asked of another host, and the policy of the page has nothing to complain of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.browser

LISTEN = """
  window.violations = [];
  document.addEventListener("securitypolicyviolation", (event) => {
    window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
  });
"""
FIGURES = ("fig-explorer", "fig-loss")
ELSEWHERE = re.compile(r"""(?:src|href|content)=["'](?:https?:)?//|url\(\s*["']?(?:https?:)?//""")


def test_reading_all_of_it_asks_no_other_host_and_breaks_no_rule(
    context: BrowserContext, page: Page, reading_address: str
) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page.add_init_script(LISTEN)
    page.goto(f"{reading_address}/?fig-explorer=share:1")
    for name in FIGURES:
        page.locator(f"#{name}").scroll_into_view_if_needed()
        page.locator(f"#{name}[data-state=ready]").wait_for()
    page.locator("#fig-explorer").get_by_role("button", name="Download as PNG").first.wait_for()
    page.get_by_role("link", name="Close the gap").click()
    page.get_by_role("button", name="Dark colours").click()
    page.locator("#cited-lovelace1843-1").click()
    expect(page.locator(".preview, .pointed-out").first).to_be_visible()
    assert [url for url in asked if not url.startswith((reading_address, "data:", "blob:"))] == []
    assert page.evaluate("window.violations") == []
    assert page.context.cookies() == []


def test_the_policy_is_in_force(page: Page, reading_address: str) -> None:
    page.add_init_script(LISTEN)
    page.goto(reading_address)
    page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      const picture = document.createElement("img");
      picture.src = "https://elsewhere.invalid/x.png";
      document.body.append(picture);
    }""")
    page.wait_for_function("window.violations.length >= 2")
    assert page.evaluate("window.ran") is None
    blocked = page.evaluate("window.violations")
    assert [line.partition(":")[0] for line in blocked] == ["script-src-elem", "img-src"]


def test_a_page_read_once_is_read_on_without_a_network(
    context: BrowserContext, page: Page, reading_address: str
) -> None:
    page.goto(reading_address)
    for name in FIGURES:
        page.locator(f"#{name}").scroll_into_view_if_needed()
        page.locator(f"#{name}[data-state=ready]").wait_for()
    context.set_offline(True)
    page.get_by_role("link", name="Close the gap").click()
    expect(page.locator("#fig-explorer").get_by_role("slider")).to_have_value("1")
    page.locator("#cited-lovelace1843-1").click()
    expect(page.get_by_role("group", name="Preview")).to_contain_text("A. Lovelace (1843)")


def test_no_file_of_ours_loads_anything_from_elsewhere(reading_site: Path) -> None:
    html = (reading_site / "index.html").read_text()
    loading = re.findall(
        r"<(?:script|link|img|source|iframe|object|embed|video|audio)\b[^>]*>", html
    )
    assert [tag for tag in loading if ELSEWHERE.search(tag) and 'rel="license"' not in tag] == []
    for style in reading_site.rglob("*.css"):
        assert not ELSEWHERE.search(style.read_text())
        assert "@import" not in style.read_text()
