"""How a named training is done: what its file in `trainings/` says."""

from __future__ import annotations

import math
import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

TRAININGS_FOLDER = Path(__file__).parent / "trainings"


class RecipeError(ValueError):
    """A training file that is missing or says something that cannot be done."""


@dataclass(frozen=True)
class LogitScale:
    """Logit scale s, the inverse of the temperature: kept at its start, or learned up to 100."""

    start: float = 100.0
    learned: bool = False


@dataclass(frozen=True)
class Schedule:
    """How many pairs a training sees, in which batches, at which learning rate.

    The rate rises over `warmup_pairs`, stays, and falls over the last share `cooldown` of the
    pairs. Until the cooldown nothing depends on how many pairs there will be, so a training can be
    extended from the state kept there, with the result that the longer training would have had.
    """

    pairs: int
    batch: int = 256
    learning_rate: float = 1e-3
    warmup_pairs: int = 25_600
    cooldown: float = 0.25

    @property
    def steps(self) -> int:
        """Whole batches in `pairs`."""
        return self.pairs // self.batch

    @property
    def cooldown_start(self) -> int:
        """The first step at which the rate falls."""
        return self.steps - int(self.steps * self.cooldown)

    def rate(self, step: int) -> float:
        """Learning rate of a step, counted from 0.

        Warm-up and constant as usual; the fall is `1 - sqrt(share of the cooldown done)`, the best
        of those compared by Hägele et al. 2024, arXiv 2405.18392.
        """
        warmup_steps = self.warmup_pairs / self.batch
        risen = min(1.0, (step + 1) / warmup_steps) if warmup_steps else 1.0
        if step < self.cooldown_start:
            return self.learning_rate * risen
        done = (step - self.cooldown_start + 1) / (self.steps - self.cooldown_start + 1)
        return self.learning_rate * risen * (1 - math.sqrt(done))


@dataclass(frozen=True)
class FirstPhase:
    """Another objective for the first `pairs`, where the main one does not learn from a start."""

    objective: str = ""
    pairs: int = 0


@dataclass(frozen=True)
class Recipe:
    """One training: model, objective, temperature, schedule, seeds.

    `seed` draws the first weights, `data_seed` the scenes: trainings with the same two meet the
    same pairs in the same order from the same start. `start_without_gap` moves each modality by a
    fixed offset, so that at the start their means coincide.
    """

    title: str
    tower: str
    objective: str
    schedule: Schedule
    logit_scale: LogitScale = field(default_factory=LogitScale)
    objective_settings: dict[str, float] = field(default_factory=dict)
    first_phase: FirstPhase = field(default_factory=FirstPhase)
    seed: int = 0
    data_seed: int = 0
    start_without_gap: bool = False
    weight_decay: float = 0.1
    betas: tuple[float, float] = (0.9, 0.98)
    gradient_norm: float = 1.0

    def content(self) -> dict[str, Any]:
        """The recipe as plain values, for a card or a checkpoint."""
        return asdict(self)


def names_of_trainings(folder: Path = TRAININGS_FOLDER) -> list[str]:
    """Names of the trainings that have a file."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def read_recipe(name: str, folder: Path = TRAININGS_FOLDER) -> Recipe:
    """Read `folder/name.toml`.

    Raises:
        RecipeError: no such file, not TOML, or a key that is unknown, missing or impossible.
    """
    path = folder / f"{name}.toml"
    try:
        content = tomllib.loads(path.read_text())
    except FileNotFoundError:
        known = ", ".join(names_of_trainings(folder)) or "none"
        raise RecipeError(f"{path}: no training of the name {name!r}; known: {known}") from None
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{path}: {error}") from error
    try:
        return recipe_of(content)
    except RecipeError as error:
        raise RecipeError(f"{path}: {error}") from error


def recipe_of(content: dict[str, Any]) -> Recipe:
    """The recipe of a parsed training file; errors name the key."""
    parts = dict(content)
    schedule = _construct(Schedule, _table(parts, "schedule"), "schedule.")
    logit_scale = _construct(LogitScale, _table(parts, "logit_scale"), "logit_scale.")
    settings = _table(parts, "objective_settings")
    first_phase = _construct(FirstPhase, _table(parts, "first_phase"), "first_phase.")
    if "betas" in parts:
        parts["betas"] = tuple(parts["betas"])
    given = {
        "schedule": schedule,
        "logit_scale": logit_scale,
        "objective_settings": settings,
        "first_phase": first_phase,
    }
    recipe: Recipe = _construct(Recipe, {**parts, **given}, "")
    _check(recipe)
    return recipe


def _table(content: dict[str, Any], key: str) -> dict[str, Any]:
    table = content.pop(key, {})
    if not isinstance(table, dict):
        raise RecipeError(f"{key} must be a table")
    return table


def _construct(kind: type[Any], values: dict[str, Any], prefix: str) -> Any:
    known = {f.name for f in fields(kind)}
    for key in values:
        if key not in known:
            raise RecipeError(f"unknown key {prefix}{key}; known: {', '.join(sorted(known))}")
    try:
        return kind(**values)
    except TypeError as error:
        raise RecipeError(f"{prefix or 'training'}: {error}") from error


def _check(recipe: Recipe) -> None:
    schedule = recipe.schedule
    if schedule.batch < 2:
        raise RecipeError("schedule.batch must be 2 or more: a pair needs others to differ from")
    if schedule.steps < 1:
        raise RecipeError(f"schedule.pairs {schedule.pairs} is less than one batch")
    if not 0 <= schedule.cooldown <= 1:
        raise RecipeError("schedule.cooldown is a share, from 0 to 1")
    if bool(recipe.first_phase.objective) != (recipe.first_phase.pairs > 0):
        raise RecipeError("first_phase needs both an objective and a number of pairs")
    if not 0 < recipe.logit_scale.start <= 100:
        raise RecipeError("logit_scale.start must be above 0 and at most 100")
