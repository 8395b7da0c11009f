"""Captions, names and addresses of strangers stay texts, whatever is in them."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from article import site
from tests.article.small_article import EXPLORER, LANDSCAPE, SETTINGS, small_article
from tests.browser.conftest import Serve
from tests.browser.test_offline import LISTEN

pytestmark = pytest.mark.browser

RUN = "window.ran = (window.ran ?? 0) + 1"
IMAGE = f'<img src=x onerror="{RUN}">'
CLOSING = f"</script><script>{RUN}</script><!--"
BREAKING = f"\"'><svg onload={RUN}>"
ADDRESSES = (
    f"?fig-explorer=model:{quote(CLOSING)}",
    f"?fig-explorer=projection:{quote(IMAGE)},order:{quote(BREAKING)},share:1e999",
    f"?fig-explorer={quote('__proto__:x,constructor:y,toString:z')}",
    f"?fig-explorer=share:-5,share:NaN,share:{quote(RUN)}",
    f"?__proto__=model:clip&constructor=1&fig-explorer={quote(',:,::,')}",
    f"?fig-explorer=model:{'a' * 5000}",
    "?fig-explorer=%E0%A4%A",
    f"#{quote(IMAGE)}",
    f"#javascript:{quote(RUN)}",
)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of which every text that comes from outside is an attack."""
    folder = tmp_path_factory.mktemp("attacked")
    article = small_article(
        folder / "essay",
        texts=(IMAGE, CLOSING, BREAKING),
        models={
            "clip": {"title": IMAGE, "short": BREAKING, "logit_scale": 100.0},
            "cyclip": {"title": CLOSING, "short": CLOSING, "logit_scale": 100.0},
        },
        datasets={"pairs": {"title": CLOSING, "count": 3, "source": IMAGE}},
    )
    article.write(
        "article.toml",
        SETTINGS.replace('"Small"', f"'''{CLOSING}'''").replace('"Ada Lovelace"', f"'''{IMAGE}'''"),
    )
    explorer = EXPLORER.replace('"All of it"', f"'''{BREAKING}'''")
    explorer = explorer.replace('"Four quadrants."', f"'''{CLOSING}'''")
    article.text(f"{IMAGE}\n\n{explorer}\n\n{LANDSCAPE}")
    site.write(site.build(article.folder), folder / "public")
    return folder / "public"


@pytest.fixture
def address(attacked: Path, serve: Serve) -> str:
    return serve(attacked)


def assert_unharmed(page: Page) -> None:
    """Nothing ran, nothing was made of the texts, and nothing had to be blocked."""
    assert page.evaluate("window.ran") is None
    assert page.evaluate("window.violations") == []
    assert page.locator("[onerror], [onload], img[src='x']").count() == 0
    assert page.evaluate("({}).model === undefined && ({}).share === undefined")


def test_hostile_texts_are_shown_as_they_are(page: Page, address: str) -> None:
    page.add_init_script(LISTEN)
    page.goto(address)
    for name in ("fig-explorer", "fig-loss"):
        page.locator(f"#{name}").scroll_into_view_if_needed()
        page.locator(f"#{name}[data-state=ready]").wait_for()
    assert page.title() == CLOSING
    expect(page.locator("main > p:not(.notice)").first).to_have_text(
        re.compile("^<img src=x onerror=")
    )
    page.locator("#fig-explorer").get_by_role("application").last.focus()
    page.keyboard.press("Home")
    expect(page.locator("#fig-explorer .inspector")).to_contain_text(IMAGE)
    page.keyboard.press("End")
    expect(page.locator("#fig-explorer .inspector")).to_contain_text(BREAKING)
    assert_unharmed(page)


@pytest.mark.parametrize("attack", ADDRESSES)
def test_hostile_addresses_change_nothing(page: Page, address: str, attack: str) -> None:
    page.add_init_script(LISTEN)
    page.goto(f"{address}/{attack}")
    page.locator("#fig-explorer[data-state=ready]").wait_for()
    expect(page.locator("#fig-explorer").get_by_role("slider")).to_have_value(re.compile("^(0|1)"))
    assert_unharmed(page)


@pytest.mark.parametrize("kept", [IMAGE, 'dark"><script>', "__proto__", "{}"])
def test_a_hostile_theme_is_not_taken(page: Page, address: str, kept: str) -> None:
    page.add_init_script(LISTEN)
    page.goto(address)
    page.evaluate("(kept) => localStorage.setItem('theme', kept)", kept)
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") is None
    assert_unharmed(page)
