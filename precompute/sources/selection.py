"""From the rows of a source to pairs: a caption each, a filter, whole pictures, a sample."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from precompute.cache import Json
from precompute.draws import Draws
from precompute.pairs import DatasetError
from precompute.sources.plans import CaptionChoice, Filter, Selection
from precompute.sources.rows import BrokenRowsError, Entry, Row, gathered, told
from precompute.sources.stored import Stored, fault_of

Say = Callable[[str], None]


@dataclass(frozen=True)
class Pair:
    """A row with the caption that was chosen."""

    id: str
    caption: str
    picture: Stored


@dataclass(frozen=True)
class Selected:
    """The pairs that a selection takes, and what the manifest says of how."""

    pairs: tuple[Pair, ...]
    facts: Json


def select(entries: Iterable[Entry], selection: Selection, name: str, say: Say) -> Selected:
    """Take what a selection asks for; `name` is what messages call the source.

    Every row is checked before any is drawn, so that a sample is the same whether or not the run
    was stopped by a broken row before.

    Raises:
        BrokenRowsError: rows that cannot be used, if they are not to be skipped.
        DatasetError: fewer rows than are asked for.
    """
    faults: list[DatasetError] = []
    usable: list[Pair] = []
    for entry in _checked(gathered(entries), selection):
        if isinstance(entry, Pair):
            usable.append(entry)
        else:
            faults.append(entry)
    if faults and selection.broken == "stop":
        raise BrokenRowsError(faults)
    if faults:
        say("\n".join([f"{name}: {len(faults)} rows are left out:", *told(faults)]))
    if not usable:
        wanted = "" if selection.filter is None else f" whose caption has {selection.filter}"
        raise DatasetError(f"{name}: no row{wanted}")
    return Selected(_sampled(usable, selection, name), _facts(selection, len(faults)))


def _checked(entries: Iterable[Entry], selection: Selection) -> Iterator[Pair | DatasetError]:
    """Rows that the filter accepts, with their captions; errors for those that are no pair."""
    for entry in entries:
        checked = _pair_of(entry, selection.caption) if isinstance(entry, Row) else entry
        if isinstance(checked, DatasetError) or _accepted(checked, selection.filter):
            fault = fault_of(checked.picture) if isinstance(checked, Pair) else None
            place = entry.place if isinstance(entry, Row) else None
            yield checked if fault is None or place is None else place.fault(fault)


def _accepted(pair: Pair, wanted: Filter | None) -> bool:
    return wanted is None or wanted.accepts(pair.caption)


def _pair_of(row: Row, choice: CaptionChoice) -> Pair | DatasetError:
    try:
        caption = _caption_of(row, choice)
        _check_text(caption, "caption")
        _check_text(row.id, "id")
    except ValueError as error:
        return row.place.fault(str(error))
    return Pair(row.id, caption, row.picture)


def _caption_of(row: Row, choice: CaptionChoice) -> str:
    """The caption that is asked for, as it is."""
    count = len(row.captions)
    if count == 0:
        raise ValueError("no caption")
    if choice.seed is not None:
        return row.captions[Draws("caption", choice.seed, row.id).below(count)]
    if choice.number > count:
        captions = "1 caption" if count == 1 else f"{count} captions"
        raise ValueError(f"{captions}, but number {choice.number} is asked for")
    return row.captions[choice.number - 1]


def _check_text(text: str, what: str) -> None:
    """Raise `ValueError` unless this is a text that can be stored."""
    if not text.strip():
        raise ValueError(f"the {what} is empty")
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        raise ValueError(f"the {what} {text!r} is no Unicode text") from None


def _sampled(usable: list[Pair], selection: Selection, name: str) -> tuple[Pair, ...]:
    sample = selection.sample
    if sample is None:
        return tuple(usable)
    if sample.count > len(usable):
        raise DatasetError(f"{name}: {sample.count} of {len(usable)} pairs are asked for")
    drawn = Draws(sample.seed, "subset").sample(len(usable), sample.count)
    return tuple(usable[row] for row in sorted(drawn))


def _facts(selection: Selection, left_out: int) -> Json:
    facts: Json = {}
    if selection.filter is not None:
        facts["filter"] = str(selection.filter)
    if selection.sample is not None:
        facts["seed"] = selection.sample.seed
    if left_out:
        facts["left_out"] = left_out
    return facts
