"""The site: what is in the page, what lies beside it, and how it replaces the one before."""

from __future__ import annotations

import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from article import site
from article.errors import ArticleError
from article.static import imported_by
from tests.article.small_article import (
    EXPLORER,
    LANDSCAPE,
    SETTINGS,
    TEXTS,
    SmallArticle,
    small_article,
    write_data,
)

BOTH = f"{EXPLORER}\n{LANDSCAPE}"
HOSTILE = (
    "</script><script>alert(1)</script> \"quoted\" & 'single'",
    "line one\nline two\u2028three \u202eright to left שלום",
    "🐶 <img src=x onerror=alert(1)> {{ 7 * 7 }} [a](javascript:alert(1))",
)


class Tags(HTMLParser):
    """Names and attributes of all elements, and the text of scripts."""

    def __init__(self, html: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._in_script = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._in_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page_data(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', html)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def short_hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:8]


def test_the_page_says_what_it_is(article: SmallArticle) -> None:
    html = article.html()
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "<title>Small</title>" in html
    assert '<meta name="description" content="An article for tests.">' in html
    assert '<meta name="citation_author" content="Ada Lovelace">' in html
    assert '<meta name="citation_publication_date" content="2026/01/31">' in html
    assert '<time datetime="2026-01-31">31 January 2026</time>' in html
    assert "<h1>Small</h1>" in html
    assert "Ada Lovelace (2026). Small." in html
    assert "@misc{article,\n  author = {Ada Lovelace},\n  title  = {{Small}}," in html
    assert 'rel="canonical"' not in html


def test_settings_that_are_given_are_shown(article: SmallArticle) -> None:
    more = 'canonical = "https://example.org/a/"\nsubtitle = "A <sub>"\nlanguage = "de"\n'
    article.write(
        "article.toml", more + SETTINGS + "[code_licence]\nname = 'MIT'\nurl = 'https://x.org'"
    )
    html = article.html()
    assert '<link rel="canonical" href="https://example.org/a/">' in html
    assert '<p class="subtitle">A &lt;sub&gt;</p>' in html
    assert '<html lang="de">' in html
    assert 'Code: <a href="https://x.org">MIT</a>.' in html


def test_affiliations_are_listed_once(article: SmallArticle) -> None:
    more = (
        '[[authors]]\nname = "B"\naffiliation = "Y"\n[[authors]]\nname = "C"\naffiliation = "X"\n'
    )
    first = SETTINGS.replace('Lovelace"\n', 'Lovelace"\naffiliation = "X"\n')
    article.write("article.toml", first + more)
    html = article.html()
    assert "Ada Lovelace<sup>1</sup></span>, " in html
    assert ">C<sup>1</sup></span>" in html
    assert '<p class="affiliations"><sup>1</sup>X; <sup>2</sup>Y</p>' in html


def test_references_are_listed_and_escaped(article: SmallArticle) -> None:
    html = article.text("[@lovelace1843]").html()
    assert (
        '<li id="ref-lovelace1843">A. Lovelace (1843). <cite>Notes &lt;b&gt; &amp; more</cite>. '
        'Scientific Memoirs. <a class="address" href="https://doi.org/10.1000/1">doi:10.1000/1</a>'
    ) in html
    assert "shannon1948" not in html


def test_references_lead_back_to_every_place_that_cites_them(article: SmallArticle) -> None:
    text = f"A[^n] [@lovelace1843].\n\n[^n]: Note [@lovelace1843].\n\n{EXPLORER}\n@lovelace1843"
    html = article.text(text.replace("What to see.", "What to see [@lovelace1843].")).html()
    places = re.findall(r'id="(cited-lovelace1843-\d)"', html)
    assert places == [f"cited-lovelace1843-{number}" for number in (1, 2, 3, 4)]
    back = [a for a in Tags(html).named("a") if a.get("role") == "doc-backlink"]
    assert [a["href"] for a in back] == [f"#{place}" for place in places]
    assert back[1]["aria-label"] == "Lovelace, 1843: back to citation 2 of 4"


def test_a_reference_of_a_number_has_no_place_to_lead_back_to(article: SmallArticle) -> None:
    html = article.text("{{ published('lovelace1843', 'numbers') | fixed(2) }}").html()
    assert 'id="ref-lovelace1843"' in html
    assert "doc-backlink" not in html


def test_sections_without_content_are_left_out(article: SmallArticle) -> None:
    html = article.html()
    assert "Time of each stage" not in html
    for name in ("references", "notation", "credits"):
        assert f'id="{name}"' not in html
        assert f'href="#{name}"' not in html


def test_notation_credits_and_materials(tmp_path: Path) -> None:
    credit = {
        "title": "Emoji & co",
        "author": "A <b>",
        "url": "https://x.org",
        "licence": "MIT",
        "licence_url": "https://y.org",
    }
    dataset = {"title": "Three pairs", "count": 3, "seed": 7, "credits": [credit, credit]}
    costs = ({"stage": "embedding", "seconds": 61.0}, {"stage": "embedding", "seconds": 59.0})
    article = small_article(tmp_path, datasets={"pairs": dataset}, costs=costs)
    rows = '[[notation]]\nsymbol = "K"\nmeaning = "all *similarities*"\n'
    article.write("article.toml", SETTINGS + rows)
    html = article.html()
    assert "<mi>K</mi></mrow></math></td><td>all <em>similarities</em></td>" in html
    assert html.count("Emoji &amp; co</a>, A &lt;b&gt;, ") == 1
    assert "<tr><td>Three pairs</td><td>3</td><td></td><td>7</td></tr>" in html
    assert "<tr><td>embedding</td><td>2 min</td></tr>" in html


def test_a_figure_is_whole_before_any_script(article: SmallArticle) -> None:
    tags = Tags(article.text(BOTH).html())
    explorer, landscape = tags.named("figure")
    assert explorer["data-figure"] == "explorer"
    assert explorer["data-state"] == "static"
    assert explorer["data-views"] == "heatmap scatter"
    assert explorer["data-controls"] == "model share projection order reset"
    assert landscape["data-controls"] == "model"
    roles = [a for _, a in tags.elements if a.get("role") == "img"]
    assert [a["aria-label"] for a in roles] == ["Four quadrants.", "A curve."]
    ids = {a["id"] for _, a in tags.elements if "id" in a}
    for figure in (explorer, landscape):
        assert {figure["aria-labelledby"], figure["aria-describedby"]} <= ids


def test_every_id_is_there_once(article: SmallArticle) -> None:
    article.text(f"## A\n\nb[^1] [@lovelace1843]\n\n[^1]: c\n\n{BOTH}")
    ids = [a["id"] for _, a in Tags(article.html()).elements if "id" in a]
    assert len(ids) == len(set(ids))


def test_every_link_within_the_page_leads_somewhere(article: SmallArticle) -> None:
    article.text(f"## A\n\nb[^1] [@lovelace1843] [](#fig-loss)\n\n[^1]: c\n\n{BOTH}")
    tags = Tags(article.html())
    ids = {a["id"] for _, a in tags.elements if "id" in a}
    links = {str(a["href"]) for a in tags.named("a")}
    assert {link[1:] for link in links if link.startswith("#")} <= ids


def test_every_file_that_the_page_names_is_there(article: SmallArticle) -> None:
    files = article.text(BOTH).build()
    html = files["index.html"].decode()
    tags = Tags(html)
    named = [a["href"] for a in tags.named("link") if a["rel"] not in ("license", "canonical")]
    named += [a["src"] for a in tags.named("script") if "src" in a]
    named += [a["src"] for a in tags.named("img")]
    data = page_data(html)
    named += [
        data["plotly"],
        *(file for kind in data["artifacts"].values() for file in kind.values()),
    ]
    for dataset in data["datasets"].values():
        named += [dataset["items"], *dataset["files"].values()]
    assert set(named) <= files.keys()


def test_the_page_asks_nobody_else_for_anything(article: SmallArticle) -> None:
    tags = Tags(article.text(BOTH).html())
    for tag, attributes in tags.elements:
        for name in ("src", "srcset", "action", "data", "poster"):
            assert "//" not in str(attributes.get(name, "")), tag
    (policy,) = [a["content"] for a in tags.named("meta") if "http-equiv" in a]
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert "unsafe-eval" not in policy
    assert all("src" in a or a["type"] == "application/json" for a in tags.named("script"))
    assert not [name for _, a in tags.elements for name in a if name.startswith("on")]


def test_data_are_copied_under_the_hash_of_their_content(article: SmallArticle) -> None:
    files = article.text(BOTH).build()
    data = page_data(files["index.html"].decode())
    original = (article.folder / "data/pairs/space-clip.json").read_bytes()
    address = data["artifacts"]["space"]["pairs/clip"]
    assert address == f"data/pairs/space-clip.{short_hash(original)}.json"
    assert files[address] == original
    assert data["datasets"]["pairs"]["files"].keys() == {"pairs/pictures-0.png"}


def test_only_data_that_a_figure_names_are_copied(article: SmallArticle) -> None:
    files = article.text(EXPLORER.removesuffix("```\n") + 'models = ["clip"]\n```').build()
    names = {name.split(".")[0] for name in files if name.startswith("data/")}
    assert names == {
        "data/pairs/items",
        "data/pairs/pictures-0",
        "data/pairs/space-clip",
        "data/pairs/similarities-clip",
        "data/pairs/points-clip",
    }


def test_models_keep_their_colour_whatever_a_figure_shows(article: SmallArticle) -> None:
    html = article.text(EXPLORER.removesuffix("```\n") + 'models = ["cyclip"]\n```').html()
    assert page_data(html)["models"]["cyclip"] == {
        "title": "CyCLIP (CNN)",
        "short": "CyCLIP",
        "logit_scale": 100.0,
        "colour": 1,
    }


def test_plotly_is_copied_with_its_licence(article: SmallArticle) -> None:
    files = article.build()
    (name,) = [name for name in files if name.startswith("assets/plotly")]
    assert re.fullmatch(r"assets/plotly-\d+\.\d+\.\d+\.min\.js", name)
    assert b"Licensed under the MIT license" in files[name][:400]


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    models = {
        name: {"title": HOSTILE[0], "short": HOSTILE[2], "logit_scale": 100.0}
        for name in ("clip", "cyclip")
    }
    dataset = {"title": HOSTILE[0], "count": 3, "source": HOSTILE[2]}
    article = small_article(tmp_path, texts=HOSTILE, models=models, datasets={"pairs": dataset})
    article.write("article.toml", SETTINGS.replace("Ada Lovelace", "</title><script>x</script>"))
    caption = EXPLORER.replace('"What to see."', f"'''{HOSTILE[2].partition('{{')[0]}'''")
    html = article.text(
        f"{caption}\n{LANDSCAPE}\n\n{{{{ model('clip').title }}}} {HOSTILE[0]}"
    ).html()
    tags = Tags(html)
    harmless = Tags(small_article(tmp_path / "b").text(BOTH).html())
    assert len(tags.named("script")) == len(harmless.named("script"))
    assert [a for _, a in tags.elements if "onerror" in a] == []
    assert {a.get("src") for a in tags.named("img")}.isdisjoint({"x"})
    assert page_data(html)["datasets"]["pairs"]["title"] == HOSTILE[0]
    assert page_data(html)["models"]["clip"]["short"] == HOSTILE[2]
    assert not [a for a in tags.named("a") if "javascript" in str(a.get("href"))]


def test_data_in_the_page_hold_no_markup(tmp_path: Path) -> None:
    dataset = {"title": "</script><!--\u2028&", "count": 3}
    html = small_article(tmp_path, datasets={"pairs": dataset}).text(EXPLORER).html()
    assert '"title":"\\u003c/script\\u003e\\u003c!--\\u2028\\u0026"' in html


def test_captions_reach_the_browser_as_they_are(tmp_path: Path) -> None:
    files = small_article(tmp_path, texts=HOSTILE).text(EXPLORER).build()
    (name,) = [name for name in files if name.startswith("data/pairs/items")]
    assert json.loads(files[name])["modalities"][1]["texts"] == list(HOSTILE)


def test_the_same_article_gives_the_same_bytes(tmp_path: Path) -> None:
    one = small_article(tmp_path / "one").text(BOTH).build()
    two = small_article(tmp_path / "two").text(BOTH).build()
    assert list(one) == list(two)
    assert one == two


# -- writing -----------------------------------------------------------------------------------


def test_a_site_is_written_and_replaced(article: SmallArticle, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "public"
    site.write(site.build(article.folder), out)
    (out / "left-over.txt").write_text("from before")
    site.write(site.build(article.text("Other text.").folder), out)
    assert "Other text." in (out / "index.html").read_text()
    assert not (out / "left-over.txt").exists()
    assert [path.name for path in out.parent.iterdir()] == ["public"]
    assert (out / "assets").stat().st_mode & 0o777 == 0o755


def test_a_failed_write_leaves_the_old_site_whole(
    article: SmallArticle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "public"
    site.write(site.build(article.folder), out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    changed = site.build(article.text("Other text.").folder)

    def fail(path: Path, data: bytes) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(site, "write_atomically", fail)
    with pytest.raises(OSError, match="no space left"):
        site.write(changed, out)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("address", ["data/../../evil.csv", "/tmp/evil.csv"])
def test_a_file_outside_of_the_site_is_not_written(tmp_path: Path, address: str) -> None:
    with pytest.raises(ArticleError, match="would lie outside of it"):
        site.write(site.Site({address: b"evil"}, ()), tmp_path / "in" / "public")
    assert list(tmp_path.rglob("evil*")) == []
    assert not (tmp_path / "in" / "public").exists()


def test_a_folder_of_other_things_is_not_replaced(article: SmallArticle, tmp_path: Path) -> None:
    out = tmp_path / "home"
    out.mkdir()
    (out / "thesis.txt").write_text("dear")
    with pytest.raises(ArticleError, match="holds other things than a built site"):
        site.write(site.build(article.folder), out)
    assert (out / "thesis.txt").read_text() == "dear"


def test_a_page_of_somebody_else_is_not_replaced(article: SmallArticle, tmp_path: Path) -> None:
    out = tmp_path / "site"
    out.mkdir()
    (out / "index.html").write_text("<!DOCTYPE html><title>Mine</title>")
    with pytest.raises(ArticleError, match="holds other things"):
        site.write(site.build(article.folder), out)


def test_an_empty_folder_is_filled(article: SmallArticle, tmp_path: Path) -> None:
    out = tmp_path / "empty"
    out.mkdir()
    site.write(site.build(article.folder), out)
    assert (out / "index.html").exists()


def test_a_heatmap_in_the_site_is_a_picture_of_all_items(
    article: SmallArticle, tmp_path: Path
) -> None:
    site.write(site.build(article.text(EXPLORER).folder), tmp_path / "public")
    (file,) = (tmp_path / "public/assets/pictures").iterdir()
    with Image.open(file) as picture:
        assert picture.size == (2 * len(TEXTS), 2 * len(TEXTS))


def test_changed_data_change_the_address(article: SmallArticle) -> None:
    before = page_data(article.text(EXPLORER).html())["datasets"]["pairs"]["items"]
    write_data(article.folder / "data", texts=("a", "b", "c"))
    assert page_data(article.html())["datasets"]["pairs"]["items"] != before


def test_only_modules_that_the_main_one_imports_are_loaded_at_once() -> None:
    scripts = {
        "main.js": b'import { a } from "./a.js";\nimport("./later.js");\n',
        "a.js": b'import {\n  b,\n  c,\n} from "./b.js";\nexport { d } from "./d.js";\n',
        "b.js": b'import { a } from "./a.js";\n',
        "d.js": b'const text = "from ./no.js";\n',
        "later.js": b'import { e } from "./e.js";\n',
        "e.js": b"",
    }
    assert imported_by("main.js", scripts) == ["a.js", "b.js", "d.js"]
