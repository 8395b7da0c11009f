"""Captions, names and addresses of strangers stay texts, whatever is in them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from article import site
from article.artifacts import DataFolder, Items, Modality, describe, encode
from tests.article.small_article import (
    EXPLORER,
    LANDSCAPE,
    SETTINGS,
    SmallArticle,
    small_article,
    space,
)
from tests.browser.conftest import Serve
from tests.browser.reader import Figure
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


# -- names of things ---------------------------------------------------------------------------

MODEL = f"x\"'><img src=x onerror='{RUN}'>,share:1&a=b#c%2e"
IDS = ("<svg onload=alert(1)>", "=HYPERLINK(1)", "../../id,share:1&fig-explorer=x")
PICTURE = "pairs/pic\"ture' onerror=(1) #?%41&;.png"


def rename_everything(article: SmallArticle) -> None:
    """Give items and their file of pictures names that are attacks."""
    data = DataFolder.open(article.folder / "data")
    items = data.items("pairs")
    image, text = items.modalities
    assert image.sprites
    sprites = replace(image.sprites, files=(PICTURE,))
    renamed = Items(
        "pairs", IDS, (Modality("image", "picture", 3, sprites=sprites), replace(text, texts=IDS))
    )
    records = []
    for record in data.manifest.artifacts:
        content = data.read_bytes(record)
        path = record.path
        if record.kind == "items":
            content = encode(renamed)
        elif record.kind == "sprite":
            path = PICTURE
        (data.folder / path).write_bytes(content)
        records.append(describe(path, record.kind, content, "pairs", record.model, {}))
    manifest = replace(data.manifest, artifacts=tuple(records))
    (data.folder / "manifest.json").write_bytes(encode(manifest))


@pytest.fixture(scope="module")
def misnamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose model, items and file of pictures have names that are attacks."""
    folder = tmp_path_factory.mktemp("misnamed")
    models = {
        name: {"title": name, "short": name[:12], "logit_scale": 100.0}
        for name in ("clip", "cyclip", MODEL)
    }
    article = small_article(folder / "essay", spaces={MODEL: space(MODEL)}, models=models)
    rename_everything(article)
    article.text(f"{EXPLORER}\n\n{LANDSCAPE}")
    site.write(site.build(article.folder), folder / "public")
    return folder / "public"


def test_hostile_names_of_models_items_and_files_do_no_harm(
    page: Page, misnamed: Path, serve: Serve
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(LISTEN)
    page.goto(serve(misnamed))
    figure = Figure(page, "fig-explorer")
    figure.wait("ready")
    figure.element.get_by_role("button", name=MODEL[:12]).click()
    page.wait_for_url("**/?fig-explorer=model:*")
    figure.wait("ready")
    # The name is one part of the address, and comes back from it.
    link = page.url
    page.goto(f"{serve(misnamed)}/nowhere")
    page.goto(link)
    figure.wait("ready")
    expect(figure.element.get_by_role("button", name=MODEL[:12])).to_have_attribute(
        "aria-pressed", "true"
    )
    figure.view("scatter").focus()
    page.keyboard.press("Home")
    picture = figure.element.locator(".card-picture").first
    style = picture.evaluate("(picture) => getComputedStyle(picture).backgroundImage")
    assert style.startswith(f'url("{serve(misnamed)}/data/pairs/pic')
    expect(figure.element.locator(".inspector")).to_contain_text(IDS[0])
    assert [url for url in asked if not url.startswith(serve(misnamed))] == []
    assert_unharmed(page)


def test_hostile_names_are_harmless_in_files(misnamed: Path) -> None:
    points = next((misnamed / "data" / "pairs").glob("points-clip.*.csv")).read_text()
    assert "'=HYPERLINK(1)" in points
    assert "\n=HYPERLINK" not in points
    assert all(path.resolve().is_relative_to(misnamed) for path in misnamed.rglob("*"))
