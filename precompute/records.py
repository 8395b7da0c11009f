"""What a training was and how it went, in a small file: all that a series needs of its members."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from article.artifacts import write_atomically
from article.errors import ArticleError
from precompute.cache import Json

RECORDS_FOLDER: Final = Path(__file__).parent / "records"


class RecordError(ArticleError):
    """A record that is missing or broken, or a folder of which there is none to make."""


@dataclass(frozen=True)
class Record:
    """One training.

    `settings` are those that its steps followed; `gap_at_start` is that of its first pairs before
    the first step; `held_out` are figures of the held-out pairs, each after so many `pairs`.
    """

    name: str
    settings: Json
    gap_at_start: float
    held_out: tuple[Json, ...]

    @property
    def last(self) -> Json:
        """Figures at its last look at the held-out pairs."""
        return self.held_out[-1]

    @property
    def logit_scale(self) -> float:
        """The one it was trained with (at its end, where it was learned)."""
        return float(self.last["logit_scale"])


def record_of(name: str, folder: Path) -> Record:
    """The record of a training, finished or not, from the folder that it works in.

    Raises:
        RecordError: there is no training, or it never looked at the held-out pairs.
    """
    from precompute.checkpoints import read_checkpoint
    from precompute.training import RunFolder, read_log

    run = RunFolder(folder)
    newest = read_checkpoint(run.newest)
    if newest is None:
        raise RecordError("no training", folder)
    settings, step = newest.position.settings, newest.position.step
    lines = [line for line in read_log(run.log) if "held_out" in line and line["step"] <= step]
    if not lines:
        raise RecordError("the training never looked at the held-out pairs", folder)
    held_out = tuple(_figures(line) for line in lines)
    return Record(name, settings, gap_at_start(settings), held_out)


def _figures(line: Json) -> Json:
    figures = dict(line["held_out"])
    return {"pairs": line["pairs"], "candidates": figures.pop("pairs"), **figures}


def gap_at_start(settings: Json) -> float:
    """The gap of the first training pairs before the first step, as that step sees them."""
    from precompute.hardware import choose_hardware
    from precompute.recipes import recipe_of
    from precompute.train_command import task_of
    from precompute.training import at_start, model_at_start

    said = {k: v for k, v in settings.items() if k not in ("model", "tokenizer", "precision")}
    task = task_of(recipe_of({"title": "start", **said}), choose_hardware("cpu", "fp32"))
    images, texts = at_start(task, model_at_start(task))
    return float((images.mean(dim=0) - texts.mean(dim=0)).norm())


def write_record(folder: Path, record: Record) -> Path:
    """Write a record as JSON, a line for each look at the held-out pairs."""
    lines = ",\n".join(f"  {json.dumps(figures)}" for figures in record.held_out)
    text = (
        f'{{"name": {json.dumps(record.name)},\n'
        f'"settings": {json.dumps(record.settings)},\n'
        f'"gap_at_start": {json.dumps(record.gap_at_start)},\n'
        f'"held_out": [\n{lines}\n]}}\n'
    )
    path = folder / f"{record.name}.json"
    write_atomically(path, text.encode())
    return path


def read_record(path: Path) -> Record:
    """Read what `write_record` wrote.

    Raises:
        RecordError: the file is missing or broken.
    """
    try:
        content: dict[str, Any] = json.loads(path.read_text())
        return Record(**{**content, "held_out": tuple(content["held_out"])})
    except FileNotFoundError:
        raise RecordError("no such record", path) from None
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise RecordError(f"not a record ({error})", path) from None


def read_recorded(folder: Path, names: Sequence[str]) -> list[Record]:
    """Records of those trainings that have one, in the order of `names`."""
    paths = [folder / f"{name}.json" for name in names]
    return [read_record(path) for path in paths if path.is_file()]
