"""Tokens of Markdown to HTML: numbers looked up, citations and references resolved, maths set."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from article import markdown
from article.assets import Assets
from article.bibliography import Bibliography
from article.errors import ArticleError
from article.figures import Figure, state_change
from article.markdown import LOOKUP, Passage, attributes
from article.mathematics import parts_of, to_mathml
from article.problems import Problems
from article.quantities import Quantities
from article.references import Targets
from article.study import Study

_TYPED_NUMBER: Final = re.compile(r"(?<![\w.,/:])\d+[.,]\d+(?![\w.,]*\w)|(?<![\w.])\d+\s?%")
_LEFT_OVER: Final = {
    re.compile(r"\{\{"): "a lookup is not closed: '{{' without '}}'",
    re.compile(r"^:::"): f"unknown container; there are: {', '.join(markdown.CONTAINERS)}",
    re.compile(r"\{[.#][\w-]+\}"): "attributes can follow a link, a picture, code or [text] only",
}
"""Syntax that Markdown leaves as text because something is wrong with it."""
_CLAIMS: Final = "claims"
_EXTERNAL: Final = re.compile(r"https?://|mailto:")
_SHORT: Final = 24
"""Characters of a link that sets a figure, up to which it stays on one line."""
_STAND_IN_IN_ADDRESS: Final = "%EE%80%80"


@dataclass
class Context:
    """Everything that prose can refer to, and what has been found wrong with it."""

    study: Study
    bibliography: Bibliography
    quantities: Quantities
    targets: Targets
    assets: Assets
    problems: Problems
    figures: dict[str, Figure | None] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)


class Prose(RendererHTML):
    """Renders one passage. A method is named by the type of token that it renders."""

    def __init__(self, context: Context, passage: Passage):
        self._context = context
        self._passage = passage
        self._in_link: list[str] = []
        super().__init__()

    def html(self, tokens: Sequence[Token]) -> Markup:
        """Tokens as HTML; what is wrong in them is noted with its line."""
        return Markup(self.render(tokens, markdown.options(), {}))

    def plain(self, text: str, line: int) -> str:
        """A text without markup, its lookups filled in."""

        def filled(found: re.Match[str]) -> str:
            return self._noted(line, lambda: self._context.quantities.evaluate(found[1].strip()))

        self._check_numbers(LOOKUP.sub("", text), line)
        return LOOKUP.sub(filled, text)

    def _noted(self, line: int | None, work: Callable[[], str]) -> str:
        with self._context.problems.noted(self._passage.file, line):
            return work()
        return ""

    def _line(self, token: Token) -> int | None:
        return self._passage.line_of(token)

    def _check_numbers(self, text: str, line: int | None) -> None:
        """Measured numbers (with a point, thousands, per cent) must be looked up."""
        for found in _TYPED_NUMBER.finditer(text):
            self._context.problems.add(
                f"the number {found[0]!r} is typed into the text; look it up with {{{{ … }}}}",
                self._passage.file,
                line,
            )

    # -- renderings of tokens, by type ---------------------------------------------------------

    def text(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """Text; numbers in it are refused where they should be looked up."""
        token = tokens[index]
        for pattern, message in _LEFT_OVER.items():
            if pattern.search(token.content):
                self._context.problems.add(message, self._passage.file, self._line(token))
        self._check_numbers(token.content, self._line(token))
        return escapeHtml(token.content)

    def lookup(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """The number that an expression stands for."""
        token = tokens[index]
        evaluate = self._context.quantities.evaluate
        return escapeHtml(self._noted(self._line(token), lambda: evaluate(token.content)))

    def stray_dollar(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """A formula that is not closed."""
        message = r"a formula is not closed; a dollar sign in the text is written \$"
        self._context.problems.add(message, self._passage.file, self._line(tokens[index]))
        return ""

    def fence(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """A block of code, or the claims that the text around makes, which must hold."""
        token = tokens[index]
        if token.info.strip() == _CLAIMS:
            self._check_claims(token)
            return ""
        if token.info.strip().lower().startswith("fig"):
            message = f"unknown block {token.info.strip()!r}; a figure's is called 'figure'"
            self._context.problems.add(message, self._passage.file, self._line(token))
        return super().fence(tokens, index, options, env)

    def _check_claims(self, token: Token) -> None:
        """Every line must be true of the data, or the text around it is not."""
        first = (self._line(token) or 0) + 1
        for line, claim in enumerate(token.content.splitlines(), first):
            if claim.strip():
                with self._context.problems.noted(self._passage.file, line):
                    self._context.quantities.check(claim.strip())

    def math_inline(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """A formula in the text."""
        return self._formula(tokens[index])

    def math_block(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """A formula on a line of its own."""
        return f'<div class="equation">{self._formula_in_parts(tokens[index])}</div>\n'

    def math_block_label(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """A formula on a line of its own, numbered."""
        name = escapeHtml(tokens[index].info)
        number = self._context.targets.places[tokens[index].info].name.rpartition(" ")[2]
        formula = self._formula_in_parts(tokens[index])
        return (
            f'<div class="equation" id="{name}">{formula}'
            f'<a class="equation-number" href="#{name}">({number})</a></div>\n'
        )

    def _formula(self, token: Token) -> str:
        line = self._line(token)
        return self._noted(line, lambda: to_mathml(self._filled(token), display=False))

    def _formula_in_parts(self, token: Token) -> str:
        """A formula that wide gaps divide, each part by itself: they wrap on narrow screens."""
        parts = (
            self._noted(self._line(token), partial(to_mathml, part, display=True))
            for part in parts_of(self._filled(token))
        )
        return f'<div class="parts">{"".join(parts)}</div>'

    def _filled(self, token: Token) -> str:
        """The TeX of a formula, its numbers looked up."""
        line = self._line(token) or 1
        return LOOKUP.sub(lambda found: self.plain(found[0], line), token.content)

    def citation(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """Links into the list of references."""
        token = tokens[index]
        narrative = bool(token.meta["narrative"])
        if not token.meta["works"]:
            message = "not a citation; write [@key], [@key; @other] or [@key, page 3]"
            self._context.problems.add(message, self._passage.file, self._line(token))
        links = []
        for key, place in token.meta["works"]:
            with self._context.problems.noted(self._passage.file, self._line(token)):
                links.append(self._cite(key, place, narrative))
        return "; ".join(links) if narrative else f"({'; '.join(links)})"

    def _cite(self, key: str, place: str, narrative: bool) -> str:
        reference, place_id = self._context.bibliography.call(key)
        text = f"{reference.who} ({reference.dated})" if narrative else reference.label
        link = Markup('<a class="citation" id="{}" href="#ref-{}" role="doc-biblioref">{}</a>')
        link = link.format(place_id, key, text)
        return str(link + Markup(", {}").format(place) if place else link)

    def footnote_ref(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """The number of a note, linked to it."""
        token = tokens[index]
        number = self._context.notes.get(self._passage.note_key(token))
        if number is None:
            return ""  # noted where the notes are numbered
        name = (
            f"call-{number}" if token.meta["subId"] == 0 else f"call-{number}-{token.meta['subId']}"
        )
        return (
            f'<sup class="note-call"><a id="{name}" href="#note-{number}" role="doc-noteref" '
            f'aria-label="Note {number}">{number}</a></sup>'
        )

    def link_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """A link to a place, into a figure's state, to a file of the article, or elsewhere."""
        token = tokens[index]
        self._in_link.append("</a>")
        opened = self._noted(self._line(token), lambda: self._link(token, tokens[index + 1]))
        if not opened:
            self._in_link[-1] = ""
        return opened

    def link_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """The end of a link."""
        return self._in_link.pop()

    def _link(self, token: Token, text: Token) -> str:
        address, empty = str(token.attrs["href"]), text.type == "link_close"
        if _STAND_IN_IN_ADDRESS in address:
            raise ArticleError("a lookup cannot stand in the address of a link")
        if address.startswith("#"):
            target = self._context.targets.find(address[1:])
            name = target.name if empty else ""
            return Markup('<a class="reference" href="#{}">{}').format(target.id, name)
        if empty:
            raise ArticleError(f"a link to {address!r} without a text")
        if address.startswith("try:"):
            return self._try_link(address, short=len(text.content) <= _SHORT)
        given = attributes(token)
        if _EXTERNAL.match(address):
            return f"<a{_html_attributes(given)}>"
        return f"<a{_html_attributes(given | {'href': self._context.assets.add(address)})}>"

    def _try_link(self, address: str, short: bool) -> str:
        """`try:fig-explorer?share=1` sets the state of a figure, with and without scripts."""
        name, _, query = address.removeprefix("try:").partition("?")
        if name not in self._context.figures:
            target = self._context.targets.find(name)
            raise ArticleError(f"'#{target.id}' is not a figure")
        figure = self._context.figures[name]
        if figure is None:
            return ""  # broken, and noted there
        data, written = state_change(figure, query, self._context.study)
        return Markup(
            '<a class="try{3}" data-figure="{0}" data-set="{1}" href="?{0}={2}#{0}">'
        ).format(name, data, written, " short" if short else "")

    def image(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """A picture file of the article."""
        return self._noted(self._line(tokens[index]), lambda: self._image(tokens[index]))

    def _image(self, token: Token) -> str:
        alt = self.renderInlineAsText(token.children, markdown.options(), {}).strip()
        if not alt:
            raise ArticleError(f"picture {token.attrs['src']!r} has no alternative text")
        given = attributes(token) | {"alt": alt, "loading": "lazy"}
        address = str(token.attrs["src"])
        size = self._context.assets.picture_size(address)
        given |= {"src": self._context.assets.add(address), **size}
        return f"<img{_html_attributes(given)}>"

    def span_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """A span with a class, or with the colour of a model."""
        return self._noted(self._line(tokens[index]), lambda: self._span(tokens[index])) or "<span>"

    def _span(self, token: Token) -> str:
        given = attributes(token)
        if "model" in given:
            model = str(given.pop("model"))
            self._context.study.check_model(model)
            colour = list(self._context.study.manifest.models).index(model)
            given |= {"class": "model", "style": f"--model:var(--model-{colour})"}
        return f"<span{_html_attributes(given)}>"

    def heading_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """A heading with its id, in a line that ends with a link to it."""
        token = tokens[index]
        name = escapeHtml(str(token.attrs["id"]))
        return f'<div class="heading"><{token.tag} id="{name}">'

    def heading_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """The end of a heading, and a link to it that is no part of its name."""
        opening = next(t for t in reversed(tokens[:index]) if t.type == "heading_open")
        link = Markup(
            '<a class="anchor" id="anchor-{0}" href="#{0}" aria-label="Link to the section" '
            'aria-labelledby="anchor-{0} {0}">#</a></div>\n'
        )
        return f"</{opening.tag}> {link.format(opening.attrs['id'])}"

    def table_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """A table, which scrolls by itself where it is too wide for the screen."""
        return '<div class="table" tabindex="0" role="group" aria-label="Table"><table>\n'

    def table_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """The end of a table."""
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """The heading of a column; a corner that heads nothing is a plain cell."""
        attrs = _html_attributes(dict(tokens[index].attrs))
        return f"<td{attrs}>" if _is_empty(tokens, index) else f'<th scope="col"{attrs}>'

    def th_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """The end of the heading of a column."""
        return "</td>\n" if _is_empty(tokens, index - 2) else "</th>\n"

    def container_note_open(
        self, tokens: Sequence[Token], index: int, options: Any, env: Any
    ) -> str:
        """A remark set apart from the text."""
        return '<div class="remark" role="note">\n'

    def container_note_close(
        self, tokens: Sequence[Token], index: int, options: Any, env: Any
    ) -> str:
        """The end of a remark."""
        return "</div>\n"

    def container_abstract_open(
        self, tokens: Sequence[Token], index: int, options: Any, env: Any
    ) -> str:
        """The summary of the article."""
        return '<div class="abstract">\n'


def _html_attributes(given: dict[str, Any]) -> str:
    return "".join(f' {name}="{escapeHtml(str(value))}"' for name, value in given.items())


def _is_empty(tokens: Sequence[Token], index: int) -> bool:
    """Whether the cell that opens there has no content."""
    return not tokens[index + 1].content.strip()
