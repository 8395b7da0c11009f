"""An article read, resolved and checked: its blocks of text and its figures, in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from markdown_it.token import Token
from markupsafe import Markup

from article import markdown
from article.assets import Assets
from article.bibliography import Bibliography
from article.changed_pictures import mean_cosine
from article.errors import ArticleError
from article.figures import Figure, figure_name, read_figure
from article.markdown import Passage, expand, groups
from article.notes import Notes, is_note, number_notes
from article.problems import Problems
from article.prose import Context, Prose
from article.quantities import Quantities
from article.references import Section, Target, Targets, nested, slug
from article.settings import SETTINGS_NAME, Settings
from article.sources import CONTENT, Sources
from article.study import Study
from article.tables import Table

_FIGURE: Final = "figure"


@dataclass(frozen=True)
class TextBlock:
    """A stretch of text between figures, as HTML."""

    html: Markup


@dataclass(frozen=True)
class FigureBlock:
    """A figure in the text, its caption as HTML."""

    figure: Figure
    title: str
    alt: str
    caption: Markup


@dataclass(frozen=True)
class Document:
    """An article in which every reference is resolved."""

    settings: Settings
    study: Study
    bibliography: Bibliography
    assets: Assets
    blocks: list[TextBlock | FigureBlock]
    contents: list[Section]
    notation: list[tuple[Markup, Markup]]

    @property
    def figures(self) -> list[FigureBlock]:
        """The figures in order."""
        return [block for block in self.blocks if isinstance(block, FigureBlock)]


def check(sources: Sources, problems: Problems) -> Document:
    """Resolve every reference, figure, formula and number; raises all that is wrong at once."""
    context = Context(
        study=sources.study,
        bibliography=sources.bibliography,
        quantities=Quantities(
            sources.study.manifest,
            sources.published,
            sources.bibliography,
            sources.study,
            {
                "changed": partial(mean_cosine, sources.study),
                "frame": partial(_frame, sources.study),
            },
        ),
        targets=Targets(),
        assets=Assets(sources.folder / CONTENT),
        problems=problems,
    )
    for passage in sources.passages:
        _collect_figures(passage, context)
        _collect_targets(passage, context)
        number_notes(passage, context)
    blocks = [block for passage in sources.passages for block in _blocks(passage, context)]
    sections = [one for passage in sources.passages for one in _sections(passage, context)]
    notation = _notation(sources, context)
    _check_files(sources.study, problems)
    problems.stop_if_any()
    assert sources.settings is not None
    return Document(
        settings=sources.settings,
        study=sources.study,
        bibliography=sources.bibliography,
        assets=context.assets,
        blocks=blocks,
        contents=nested(sections),
        notation=notation,
    )


def _frame(study: Study, dataset: str, model: str, pairs: int) -> dict[str, float]:
    """A moment of a training: `frame('study', 'clip-cnn', 0).gap`."""
    return study.film(dataset, model).figures(pairs)


def _check_files(study: Study, problems: Problems) -> None:
    """Note each file of the manifest that is missing or broken, unless an error names it."""
    for record in study.manifest.artifacts:
        try:
            study.data.read_bytes(record)
        except ArticleError as error:
            if not any(str(error.file) in str(known) for known in problems.errors):
                problems.errors.append(error)


# -- collecting what can be referred to --------------------------------------------------------


def _collect_figures(passage: Passage, context: Context) -> None:
    """Read all figures; one that is broken keeps its number, so that links to it are no errors."""
    for token in passage.tokens:
        if not _is_figure(token):
            continue
        line = (passage.line_of(token) or 0) + 1
        if token.level:
            context.problems.add("a figure must stand at the top level", passage.file, line - 1)
        number = len(context.figures) + 1
        with context.problems.noted(passage.file, line):
            table = Table.parse(token.content, passage.file, line)
            figure = read_figure(table, number, context.study, context.problems)
            name = str(table.values.get("id", f"fig-{number}"))
            context.figures[name] = figure
            token.meta.update(table=table, figure=figure)
            context.targets.add(Target(name, figure_name(number), passage.file, line))


def _is_figure(token: Token) -> bool:
    return token.type == "fence" and token.info.strip() == _FIGURE


def _collect_targets(passage: Passage, context: Context) -> None:
    level = 1
    for token, following in zip(passage.tokens, [*passage.tokens[1:], None], strict=True):
        with context.problems.noted(passage.file, passage.line_of(token)):
            if token.type == "heading_open" and following is not None:
                level = _collect_heading(token, following, level, passage, context)
            elif token.type == "math_block_label":
                number = sum(p.name.startswith("Equation") for p in context.targets.places.values())
                name = f"Equation {number + 1}"
                context.targets.add(Target(token.info, name, passage.file, passage.line_of(token)))


def _collect_heading(
    token: Token, inline: Token, above: int, passage: Passage, context: Context
) -> int:
    level, line = int(token.tag[1]), passage.line_of(token)
    if level == 1:
        context.problems.add(
            f"the title stands in {SETTINGS_NAME}; sections begin with ##", passage.file, line
        )
    elif level > above + 1:
        context.problems.add(f"a heading of level {level} below level {above}", passage.file, line)
    title = _plain_title(inline, context)
    name = str(token.attrs.get("id") or slug(title))
    token.attrSet("id", name)
    if not name:
        raise ArticleError("no id can be made of this title; write ## Title {#id}")
    context.targets.add(Target(name, f"“{title}”", passage.file, line))
    return level


def _plain_title(inline: Token, context: Context) -> str:
    parts = []
    for token in expand([inline]):
        if token.type in ("text", "code_inline"):
            parts.append(token.content)
        elif token.type == "lookup":
            parts.append(context.quantities.evaluate(token.content))
    return "".join(parts)


# -- rendering the blocks ----------------------------------------------------------------------


def _blocks(passage: Passage, context: Context) -> Iterator[TextBlock | FigureBlock]:
    """Figures, and the text between them as one block each."""
    prose, notes = Prose(context, passage), Notes(passage, context)
    pending: list[Markup] = []
    for group in groups(passage.tokens):
        if is_note(group[0]):
            continue
        if not _is_figure(group[0]):
            pending.append(notes.beside(prose.html(group), group))
        elif "table" in group[0].meta:
            if pending:
                yield TextBlock(Markup("").join(pending))
                pending = []
            yield from _figure_block(group[0].meta["table"], group[0].meta["figure"], context)
    if pending:
        yield TextBlock(Markup("").join(pending))


def _figure_block(table: Table, figure: Figure | None, context: Context) -> Iterator[FigureBlock]:
    """A figure with its words; those of a broken one are checked all the same."""
    words = {key: str(table.values.get(key, "")) for key in ("title", "alt", "caption")}
    passage = _passage(words["caption"], table.file, table.text_line("caption"), context)
    prose = Prose(context, passage)
    title, alt = (prose.plain(words[key], table.text_line(key)) for key in ("title", "alt"))
    caption = prose.html(_unwrapped(passage.tokens))
    if figure is not None:
        yield FigureBlock(figure, title, alt, caption)


def _passage(text: str, file: Path, line: int, context: Context) -> Passage:
    passage = markdown.parse(text, file, line)
    for token in expand(passage.tokens):
        if token.type in ("heading_open", "footnote_ref", "fence", "math_block_label"):
            context.problems.add(
                "headings, notes, code blocks and numbered formulas cannot stand in a caption",
                file,
                passage.line_of(token),
            )
    return passage


def _unwrapped(tokens: Sequence[Token]) -> Sequence[Token]:
    """The content of a single paragraph without the paragraph."""
    if [t.type for t in tokens] == ["paragraph_open", "inline", "paragraph_close"]:
        return tokens[1:2]
    return tokens


def _sections(passage: Passage, context: Context) -> Iterator[Section]:
    """Headings for the contents; links and notes in them are left out."""
    prose = Prose(context, passage)
    for token, following in zip(passage.tokens, passage.tokens[1:], strict=False):
        if token.type == "heading_open" and int(token.tag[1]) in (2, 3):
            kept = [t for t in following.children or [] if t.type not in _NOT_IN_CONTENTS]
            title = Markup(prose.renderInline(kept, markdown.options(), {}))
            yield Section(str(token.attrs["id"]), title, int(token.tag[1]))


_NOT_IN_CONTENTS: Final = ("footnote_ref", "link_open", "link_close", "citation")


def _notation(sources: Sources, context: Context) -> list[tuple[Markup, Markup]]:
    """The table of notation: formulas and what they mean."""
    if sources.settings is None or not sources.settings.notation:
        return []
    table = Table.read(sources.folder / CONTENT / SETTINGS_NAME)
    rows = []
    for index, row in enumerate(sources.settings.notation):
        symbol, meaning = (
            _inline_html(text, table.file, table.line_of("notation", index, key), context)
            for key, text in (("symbol", f"${row.symbol}$"), ("meaning", row.meaning))
        )
        rows.append((symbol, meaning))
    return rows


def _inline_html(text: str, file: Path, line: int, context: Context) -> Markup:
    passage = _passage(text, file, line, context)
    return Prose(context, passage).html(_unwrapped(passage.tokens))
