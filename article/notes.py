"""Notes: numbered by their first call, and shown beside the block that calls them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markdown_it.token import Token
from markupsafe import Markup

from article.markdown import Passage, expand, groups
from article.prose import Context, Prose

_NOTE: Final = Markup(
    '<aside class="note" id="note-{0}" role="note"><a class="note-number" href="#call-{0}" '
    'aria-label="Note {0}, back to the text">{0}</a>{1}</aside>'
)
_NOTED: Final = Markup('<div class="noted">{}<div class="notes">{}</div></div>\n')


def number_notes(passage: Passage, context: Context) -> None:
    """Number the notes of a passage, and note those that are not right."""
    defined: set[str] = set()
    called: set[str] = set()
    for group in groups(passage.tokens):
        calls = _calls(group)
        if is_note(group[0]):
            _define(group[0], calls, defined, passage, context)
        for call in () if is_note(group[0]) else calls:
            called.add(call.meta["label"])
            context.notes.setdefault(passage.note_key(call), len(context.notes) + 1)
    for token in expand(passage.tokens):
        if token.type == "footnote_ref" and token.meta["label"] not in defined:
            _problem("is not defined", token, passage, context)
        elif is_note(token) and token.meta["label"] not in called:
            _problem("is never called", token, passage, context)


def is_note(token: Token) -> bool:
    """Whether a token opens the text of a note."""
    return token.type == "footnote_reference_open"


def _calls(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in expand(tokens) if token.type == "footnote_ref"]


def _define(
    token: Token, calls: list[Token], defined: set[str], passage: Passage, context: Context
) -> None:
    if token.meta["label"] in defined:
        _problem("is defined twice", token, passage, context)
    if calls:
        _problem("calls another note", token, passage, context)
    defined.add(token.meta["label"])


def _problem(what: str, token: Token, passage: Passage, context: Context) -> None:
    message = f"note [^{token.meta['label']}] {what}"
    context.problems.add(message, passage.file, passage.line_of(token))


class Notes:
    """The notes of a passage as HTML, each given out once: with the block that calls it first.

    They are rendered then, so that citations are counted in the order in which they are read.
    """

    def __init__(self, passage: Passage, context: Context):
        self._passage = passage
        self._context = context
        self._prose = Prose(context, passage)
        self._texts = {
            group[0].meta["label"]: group[1:-1]
            for group in groups(passage.tokens)
            if is_note(group[0])
        }

    def beside(self, html: Markup, block: Sequence[Token]) -> Markup:
        """A block with the notes that it calls first: beside it where there is room, else below."""
        asides = []
        for call in _calls(block):
            text = self._texts.pop(call.meta["label"], None)
            if text is not None:
                number = self._context.notes[self._passage.note_key(call)]
                asides.append(_NOTE.format(number, self._prose.html(text)))
        return _NOTED.format(html, Markup("").join(asides)) if asides else html
