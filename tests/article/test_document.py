"""An article as a whole: what its text becomes, and every error with its file and line."""

from __future__ import annotations

import re

import pytest

from article.document import FigureBlock
from tests.article.small_article import EXPLORER, LANDSCAPE, SETTINGS, SmallArticle


def cited(key: str) -> str:
    """The link of the first place that cites a reference, opened."""
    return f'<a class="citation" id="cited-{key}-1" href="#ref-{key}" role="doc-biblioref">'


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("an [image]{.image}", '<p>an <span class="image">image</span></p>'),
        (
            "[CyCLIP]{model=cyclip}",
            '<span class="model" style="--model:var(--model-1)">CyCLIP</span>',
        ),
        ("{{ measure('gap_distance', 'pairs', 'clip') | fixed(2) }}", "<p>0.82</p>"),
        ("*{{ count('pairs') | words }}* pairs", "<em>three</em> pairs"),
        ("{{ published('lovelace1843', 'numbers') | percent(1) }}", "<p>12.5\u202f%</p>"),
        (
            "[@lovelace1843]",
            f"({cited('lovelace1843')}Lovelace, 1843</a>)",
        ),
        (
            "[@lovelace1843, p. 3; @shannon1948]",
            f"({cited('lovelace1843')}Lovelace, 1843</a>, p. 3; "
            f"{cited('shannon1948')}Shannon and Weaver, 1948</a>)",
        ),
        (
            "@lovelace1843 says",
            f"{cited('lovelace1843')}Lovelace (1843)</a> says",
        ),
        ("$x < y$", "<mo>&#x0003C;</mo>"),
        ('a <b> & "c"', "<p>a &lt;b&gt; &amp; “c”</p>"),
        ("<https://example.org>", '<a href="https://example.org">https://example.org</a>'),
        ("::: note\na\n:::", '<div class="remark" role="note">\n<p>a</p>\n</div>'),
        ("| a |\n|--:|\n| b |", '<th scope="col" style="text-align:right">a</th>'),
        ("{.lead}\nFirst.", '<p class="lead">First.</p>'),
        ("`0.5` and 3 pairs and $0.5$", "<code>0.5</code> and 3 pairs"),
    ],
)
def test_text(article: SmallArticle, markdown: str, html: str) -> None:
    assert html in article.body(markdown)


def test_headings_get_ids_and_links(article: SmallArticle) -> None:
    body = article.body("## The Gap, closed\n\n### Again {#twice}\n")
    assert body.startswith('<div class="heading"><h2 id="the-gap-closed">The Gap, closed</h2> <a')
    assert '<h3 id="twice">Again</h3> <a class="anchor" id="anchor-twice" href="#twice"' in body


def test_contents_are_nested(article: SmallArticle) -> None:
    text = "## One\n\n### *Inner* $x$\n\n#### Deep\n\n## Two [@shannon1948]\n"
    first, second = article.text(text).check().contents
    assert (first.id, second.id, second.title) == ("one", "two", "Two ")
    assert [section.title[:14] for section in first.below] == ["<em>Inner</em>"]
    assert first.below[0].below == []


def test_references_within_the_article(article: SmallArticle) -> None:
    text = f"{EXPLORER}\n{LANDSCAPE}\n## A part {{#part}}\n\n$$ x $$ (eq-x)\n\n"
    body = article.text(text + "[](#fig-loss), [](#eq-x), [](#part), [here](#fig-explorer)").check()
    html = str(body.blocks[-1].html)  # type: ignore[union-attr]
    assert '<a class="reference" href="#fig-loss">Figure 2</a>' in html
    assert '<a class="reference" href="#eq-x">Equation 1</a>' in html
    assert '<a class="reference" href="#part">“A part”</a>' in html
    assert '<a class="reference" href="#fig-explorer">here</a>' in html
    assert '<a class="equation-number" href="#eq-x">(1)</a>' in html


def test_a_reference_may_come_before_what_it_names(article: SmallArticle) -> None:
    article.text(f"See [](#fig-explorer).\n\n{EXPLORER}")
    assert 'See <a class="reference" href="#fig-explorer">Figure 1</a>.' in article.html()


def test_a_try_link_sets_a_figure_with_and_without_scripts(article: SmallArticle) -> None:
    article.text(f"{EXPLORER}\n[Close it](try:fig-explorer?share=1.0&order=image-image)")
    assert (
        '<a class="try short" data-figure="fig-explorer" data-set="share=1&amp;order=image-image" '
        'href="?fig-explorer=share:1,order:image-image#fig-explorer">Close it</a>'
    ) in article.html()


def test_notes_stand_beside_the_block_that_calls_them(article: SmallArticle) -> None:
    body = article.body("First[^b] and[^a] and[^b].\n\nNext.\n\n[^a]: Note *a*.\n[^b]: Note b.\n")
    noted, _, rest = body.partition("</aside></div></div>")
    assert noted.startswith('<div class="noted"><p>First<sup class="note-call">')
    assert re.findall(r'<aside class="note" id="note-(\d)".*?<p>(.*?)</p>', noted, re.DOTALL) == [
        ("1", "Note b."),
        ("2", "Note <em>a</em>."),
    ]
    assert re.findall(r'<a id="([^"]+)" href="#note-1"', noted) == ["call-1", "call-1-1"]
    assert rest.strip() == "<p>Next.</p>"


def test_notes_are_numbered_through_all_files(article: SmallArticle) -> None:
    article.write("article.toml", 'text = ["one.md", "two.md"]\n' + SETTINGS)
    article.write("one.md", "A[^x]\n\n[^x]: First.")
    article.write("two.md", "B[^x] [](#fig-explorer)\n\n[^x]: Second.\n\n" + EXPLORER)
    html = article.html()
    assert html.index("First.") < html.index('id="note-2"') < html.index("Second.")


def test_a_caption_is_markdown_and_an_alternative_text_is_not(article: SmallArticle) -> None:
    figure = EXPLORER.replace(
        '"What to see."', "'See *it* [@lovelace1843], {{ count(\"pairs\") }}.'"
    )
    figure = figure.replace(
        '"Four quadrants."', '\'{{ count("pairs") | words }} *pairs* "quoted"\''
    )
    (block,) = article.text(figure).check().figures
    assert isinstance(block, FigureBlock)
    assert block.alt == 'three *pairs* "quoted"'
    assert block.caption.startswith('See <em>it</em> (<a class="citation"')
    assert block.caption.endswith(", 3.")


def test_files_of_the_article_are_taken_along(article: SmallArticle) -> None:
    article.write("data of mine.csv", "a,b\n")
    article.text("Take [the table](data%20of%20mine.csv).")
    files = article.build()
    (name,) = [name for name in files if name.endswith(".csv")]
    assert re.fullmatch(r"assets/data of mine\.[0-9a-f]{8}\.csv", name)
    assert files[name] == b"a,b\n"
    assert f'href="{name.replace(" ", "%20")}"' in files["index.html"].decode()


def test_pictures_have_a_size(article: SmallArticle) -> None:
    picture = (article.folder / "data/pairs/pictures-0.png").read_bytes()
    (article.folder / "content/sketch.png").write_bytes(picture)
    body = article.body("![A sketch of it](sketch.png)")
    assert 'alt="A sketch of it"' in body
    assert 'width="12" height="4"' in body


ERRORS = [
    ("# Title", "1: the title stands in article.toml; sections begin with ##"),
    ("## A\n\n#### B", "3: a heading of level 4 below level 2"),
    ("## עברית", "1: no id can be made of this title; write ## Title {#id}"),
    ("## Same\n\n## Same", "3: duplicate id 'same', first in index.md:1"),
    ("## A {#references}", "1: id 'references' is one that the page uses itself"),
    ("a\nb {{ nothing }}", "2: {{ nothing }}: 'nothing' is undefined"),
    ("a {{ b", "1: a lookup is not closed: '{{' without '}}'"),
    (
        "- a\n- {{ measure('gap', 'pairs', 'clip') | fixed }}",
        "2: {{ measure('gap', 'pairs', 'clip')",
    ),
    ("a gap of 0.82", "1: the number '0.82' is typed into the text"),
    ("of 5,000 pairs", "1: the number '5,000' is typed into the text"),
    ("in 45 % of them", "1: the number '45 %' is typed into the text"),
    ("a\n$x^{2$", "2: a group is not closed in the formula 'x^{2'"),
    ("$$\n\\foo\n$$", "1: unknown macro \\foo in the formula '\\\\foo'"),
    ("a $x", "1: a formula is not closed"),
    ("$$\nx\n\na", "1: a formula is not closed"),
    ("[@nobody]", "1: unknown reference 'nobody'; there are: lovelace1843, shannon1948"),
    ("[@shannon]", "1: unknown reference 'shannon'; did you mean 'shannon1948'?"),
    ("as @nobody says", "1: unknown reference 'nobody'"),
    ("[@shannon1948 page 3]", "1: not a citation; write [@key]"),
    ("a\n\n[](#nowhere)", "3: unknown reference '#nowhere'; there are none"),
    ("## Gap\n\n[](#gab)", "3: unknown reference '#gab'; did you mean 'gap'?"),
    ("[](https://example.org)", "1: a link to 'https://example.org' without a text"),
    ("[a](missing.pdf)", "1: missing file "),
    ("[a](../data/manifest.json)", "1: '../data/manifest.json' is outside of "),
    ("![a](missing.png)", "1: missing file "),
    ("![](missing.png)", "1: picture 'missing.png' has no alternative text"),
    (
        "![a](https://example.org/a.png)",
        "1: 'https://example.org/a.png' is not a file of the article",
    ),
    ("![a](index.md)", "1: 'index.md' is not a picture"),
    ("[a](try:fig-none?share=1)", "1: unknown reference '#fig-none'"),
    ("## Gap\n\n[a](try:gap?share=1)", "3: '#gap' is not a figure"),
    ("a[^1]", "1: note [^1] is not defined"),
    ("[^1]: a", "1: note [^1] is never called"),
    ("a[^1]\n\n[^1]: b\n[^1]: c", "4: note [^1] is defined twice"),
    ("a[^1]\n\n[^1]: b[^1]", "3: note [^1] calls another note"),
    ("::: warning\na\n:::", "1: unknown container; there are: note, abstract"),
    ("**a**{.image}", "1: attributes can follow a link, a picture, code or [text] only"),
    ('[a]{onclick="x"}', "1: attribute 'onclick' cannot be given; known: id, class, model"),
    ('[a]{style="x"}', "1: attribute 'style' cannot be given"),
    ("[a]{model=klip}", "1: unknown model 'klip'; did you mean 'clip'?"),
    ("```figures\n```", "1: unknown block 'figures'; a figure's is called 'figure'"),
    ("- ```figure\n  ```", "1: a figure must stand at the top level"),
]


@pytest.mark.parametrize(("markdown", "message"), ERRORS, ids=[message for _, message in ERRORS])
def test_errors_name_file_and_line(article: SmallArticle, markdown: str, message: str) -> None:
    found = article.text(markdown).errors()
    assert any(error.startswith(f"index.md:{message}") for error in found), found


TRY_ERRORS = [
    ("share=2", "share '2' is not a number from 0 to 1.5"),
    ("share=all", "share 'all' is not a number from 0 to 1.5"),
    ("share=nan", "share 'nan' is not a number from 0 to 1.5"),
    ("projection=mds", "unknown projection 'mds'; there are: pca, tsne, umap"),
    ("order=text-text", "unknown order 'text-text'; there are: given, image-image"),
    ("model=klip", "unknown model 'klip'; did you mean 'clip'?"),
    ("zoom=2", "unknown state 'zoom'; there are: model, share, projection, order"),
    ("", "the link changes nothing"),
]


@pytest.mark.parametrize(("query", "message"), TRY_ERRORS)
def test_try_links_are_checked(article: SmallArticle, query: str, message: str) -> None:
    (error,) = article.text(f"{EXPLORER}\n[Try](try:fig-explorer?{query})").errors()
    assert error.startswith(f"index.md:10: {message}")


def test_all_errors_of_all_files_are_found_at_once(article: SmallArticle) -> None:
    article.write("article.toml", SETTINGS.replace('title = "Small"', "titel = 1"))
    article.text(
        "$\\foo$ [@nobody]\n\n" + EXPLORER.replace('"pairs"', '"pears"') + "\n[](#nowhere)"
    )
    assert article.errors() == [
        "article.toml:1: unknown key 'titel'; did you mean 'title'?",
        "article.toml:1: 'title' is missing",
        "index.md:1: unknown macro \\foo in the formula '\\\\foo'",
        "index.md:1: unknown reference 'nobody'; there are: lovelace1843, shannon1948",
        "index.md:6: unknown data set 'pears'; did you mean 'pairs'?",
        "index.md:12: unknown reference '#nowhere'; there are: fig-explorer",
    ]


def test_every_broken_file_is_named(article: SmallArticle) -> None:
    article.write("article.toml", "title = ")
    article.write("references.bib", "@article{x, title={T}, year={2000}}")
    (article.folder / "content/index.md").unlink()
    (article.folder / "data/manifest.json").unlink()
    found = "\n".join(article.errors())
    for message in (
        "article.toml:1: not TOML",
        "references.bib:1: reference 'x' has no author",
        "index.md: missing",
        "manifest.json: missing",
    ):
        assert message in found


def test_notation_is_checked_where_it_stands(article: SmallArticle) -> None:
    first = '[[notation]]\nsymbol = "x"\nmeaning = "[@nobody]"\n'
    second = "[[notation]]\nsymbol = '\\foo'\nmeaning = 'y'\n"
    article.write("article.toml", f"{SETTINGS}\n{first}{second}")
    assert [error.partition(";")[0] for error in article.errors()] == [
        "article.toml:14: unknown reference 'nobody'",
        "article.toml:16: unknown macro \\foo in the formula '\\\\foo'",
    ]
