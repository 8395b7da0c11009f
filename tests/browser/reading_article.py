"""An article with everything that a text can have, to read with keys, eyes, ears and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from article import site
from tests.article.small_article import EXPLORER, LANDSCAPE, SETTINGS, small_article

NOTE: Final = "A note far from its call on no screen."
TEXT: Final = f"""\
A first paragraph with a note[^1], a work [@shannon1948] and a formula $\\langle x, y \\rangle$.

{EXPLORER}

## A part

[Close the gap](try:fig-explorer?share=1), see [](#fig-loss) [@lovelace1843] and [](#eq-loss), or
[elsewhere](https://example.org/elsewhere).

{"Words to scroll by. " * 120}

$$
L = \\frac{{1}}{{N}} \\sum_i \\log \\frac{{\\exp(s K_{{ii}})}}{{\\sum_j \\exp(s K_{{ij}})}} ,
\\qquad a = b + c + d + e + f
$$ (eq-loss)

::: note
A remark with `code`.
:::

| | a | wide | table | of | many | columns | that | a | phone | cannot | show | whole |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
| row | one | two | three | four | five | six | seven | eight | nine | ten | eleven | twelve |

{LANDSCAPE}

### Within it

{"Words to scroll by. " * 400}

[^1]: {NOTE}
"""
MORE_SETTINGS: Final = """\
[[notation]]
symbol = "K"
meaning = "similarities of [images]{.image}"
"""


def write_reading_article(folder: Path) -> Path:
    """Write the article, and build its site; gives the folder of the site."""
    article = small_article(folder / "essay").text(TEXT)
    article.write("article.toml", SETTINGS + MORE_SETTINGS)
    site.write(site.build(article.folder), folder / "public")
    return folder / "public"
