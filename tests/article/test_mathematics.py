"""Formulas: what is set, and everything that the converter would have let through."""

from __future__ import annotations

import pytest

from article.errors import ArticleError
from article.mathematics import parts_of, to_mathml


def test_a_formula_becomes_mathml() -> None:
    assert to_mathml("x^2", display=False) == (
        '<math alttext="x^2" display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>'
    )


def test_a_formula_on_a_line_of_its_own_says_so() -> None:
    assert to_mathml("x", display=True).startswith('<math alttext="x" display="block">')


def test_the_tex_of_a_formula_stays_text() -> None:
    assert to_mathml('a < "b"', display=False).startswith('<math alttext="a &lt; &quot;b&quot;" ')


@pytest.mark.parametrize(
    ("tex", "parts"),
    [
        (r"a = b , \qquad c", ["a = b , ", " c"]),
        (r"\frac{a \qquad b}{c}", [r"\frac{a \qquad b}{c}"]),
        (
            r"\begin{cases} a \qquad b \end{cases} \qquad c",
            [r"\begin{cases} a \qquad b \end{cases} ", " c"],
        ),
        (r"\left( a \qquad b \right) \{ \qquad c", [r"\left( a \qquad b \right) \{ ", " c"]),
    ],
)
def test_a_formula_divides_at_wide_gaps_outside_of_groups(tex: str, parts: list[str]) -> None:
    assert parts_of(tex) == parts


def test_less_than_is_escaped() -> None:
    assert "<mo>&#x0003C;</mo>" in to_mathml("a<b", display=False)


def test_angle_brackets_are_delimiters() -> None:
    formula = to_mathml(r"\langle x \rangle", display=False)
    assert formula.count('<mo stretchy="false">&#x027E') == 2
    assert "<mi>&#x027E" not in formula


def test_bars_open_and_close_and_do_not_grow() -> None:
    formula = to_mathml(r"\lVert x \rVert + \sum_i \lVert y \rVert", display=True)
    opening = '<mo stretchy="false" form="prefix">&#x02016;</mo>'
    closing = '<mo stretchy="false" form="postfix">&#x02016;</mo>'
    assert formula.count(f"{opening}<mi>x</mi>{closing}") == 1
    assert formula.count(f"{opening}<mi>y</mi>{closing}") == 1


def test_bars_that_are_asked_to_grow_do() -> None:
    formula = to_mathml(r"\left\lVert x \right\rVert", display=True)
    assert '<mo stretchy="true" fence="true" form="prefix">&#x02016;</mo>' in formula


@pytest.mark.parametrize(
    "tex",
    [
        r"\mathbb{R}^{2n \times 2n}",
        r"\frac{1}{N} \sum_{i=1}^{N} \log \frac{\exp(s K_{ii})}{\sum_j \exp(s K_{ij})}",
        r"\lVert \mu_x - \mu_y \rVert",
        r"\begin{cases} a & x \leq 0 \\ b & \text{else} \end{cases}",
        r"\operatorname{softmax}(\beta r S^\top) S",
        r"\left( \tfrac12 \bar{x} \right)",
        r"\sqrt[3]{x} + \hat{g} \cdot \tilde{y}",
        r"\{ x' \}",
    ],
)
def test_formulas_of_the_field_are_set(tex: str) -> None:
    assert to_mathml(tex, display=True).endswith("</math>")


@pytest.mark.parametrize(
    ("tex", "message"),
    [
        (r"\foo", r"unknown macro \foo"),
        (r"\mathfoo{x}", r"unknown macro \mathfoo"),
        (r"a + \gapdist_i", r"unknown macro \gapdist"),
        (r"\begin{foo} x \end{foo}", "unknown environment 'foo'"),
        (r"x^{2", "a group is not closed"),
        (r"x}", "a group is closed that was not opened"),
        (r"\begin{matrix} a", "environment 'matrix' is not closed"),
        (r"a \end{matrix}", r"\end{matrix} closes nothing"),
        (r"\begin{matrix} a \end{cases}", r"\end{cases} closes nothing"),
        (r"\left( x", "extra left or missing right"),
        (r"\frac{a}", "an argument is missing"),
        (r"\sqrt", "an argument is missing"),
        ("x^", "missing super script or subscript"),
        ("x_1_2", "double subscripts"),
        ("a & b", "& outside of an environment"),
        (r"\text{<b>bold</b>}", "markup <b>"),
        (r"\text{<script>alert(1)</script>}", "markup <script>"),
        (r"\href{javascript:alert(1)}{x}", r"\href is not allowed"),
        (r"\def\x{y} \x", r"\def is not allowed"),
        ("", "an argument is missing"),
    ],
)
def test_broken_formulas_are_refused(tex: str, message: str) -> None:
    with pytest.raises(ArticleError) as caught:
        to_mathml(tex, display=False)
    assert caught.value.message.startswith(message)
