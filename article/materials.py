"""What the article was made with: data, models, commands, versions and times, from the manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from article.artifacts import Manifest

_DIGEST_DIGITS: Final = 12


@dataclass(frozen=True)
class MaterialsTable:
    """A table of the section on materials; cells are plain text."""

    title: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    text: str = ""
    command: str = ""


@dataclass(frozen=True)
class Credit:
    """Whose drawings are in the pictures."""

    title: str
    author: str
    url: str
    licence: str
    licence_url: str


def materials(manifest: Manifest) -> list[MaterialsTable]:
    """The tables, those without content left out."""
    tables = [
        _datasets(manifest),
        _models(manifest),
        _training(manifest),
        _costs(manifest),
        _versions(manifest),
    ]
    return [table for table in tables if table.rows or (table.text and not table.columns)]


def credits_of(manifest: Manifest) -> list[Credit]:
    """The credits of all data sets, each once."""
    fields = Credit.__dataclass_fields__
    found = (
        Credit(**{name: str(entry.get(name, "")) for name in fields})
        for dataset in manifest.datasets.values()
        for entry in dataset.get("credits", ())
    )
    return list(dict.fromkeys(found))


def _datasets(manifest: Manifest) -> MaterialsTable:
    rows = [
        (
            str(d.get("title", name)),
            f"{d['count']:,}",
            str(d.get("source", "")),
            _text(d.get("seed")),
        )
        for name, d in manifest.datasets.items()
    ]
    return MaterialsTable("Data sets", ("Data set", "Pairs", "Source", "Seed"), rows)


def _models(manifest: Manifest) -> MaterialsTable:
    rows = [
        (
            str(m.get("title", name)),
            _text(m.get("objective")),
            _text(m.get("tower")),
            _text(m.get("parameters")),
            _text(m.get("logit_scale")),
            str(m.get("weights_sha256", ""))[:_DIGEST_DIGITS],
        )
        for name, m in manifest.models.items()
    ]
    columns = (
        "Model",
        "Objective",
        "Image tower",
        "Parameters",
        "Logit scale",
        "Weights (SHA-256)",
    )
    return MaterialsTable("Models", columns, rows)


def _training(manifest: Manifest) -> MaterialsTable:
    rows = []
    for name, model in manifest.models.items():
        card = model.get("card") or {}
        if "pairs_seen" in card:
            rows.append(
                (
                    f"python -m precompute train {name}",
                    _text(card["pairs_seen"]),
                    _text(card.get("training", {}).get("seed")),
                    duration(float(card.get("duration_seconds", 0))),
                    str(card.get("hardware", "")),
                )
            )
    columns = ("Command", "Pairs seen", "Seed", "Time", "Hardware")
    return MaterialsTable("Training", columns, rows)


def _costs(manifest: Manifest) -> MaterialsTable:
    seconds: dict[str, float] = {}
    for cost in manifest.costs:
        stage = str(cost.get("stage", ""))
        seconds[stage] = seconds.get(stage, 0.0) + float(cost.get("seconds", 0.0))
    rows = [(stage, duration(time)) for stage, time in seconds.items()]
    return MaterialsTable(
        "Time of each stage",
        ("Stage", "Time"),
        rows,
        text="All data of the figures are written by one command:",
        command=str(manifest.settings.get("command", "python -m precompute")),
    )


def _versions(manifest: Manifest) -> MaterialsTable:
    versions: dict[str, dict[str, None]] = {}
    for package, version in _all_versions(manifest):
        versions.setdefault(package, {})[version] = None
    named = [f"{package} {', '.join(versions[package])}" for package in sorted(versions)]
    return MaterialsTable("Versions", text="; ".join(named))


def _all_versions(manifest: Manifest) -> Iterator[tuple[str, str]]:
    cards = (model.get("card") or {} for model in manifest.models.values())
    provenances = (record.provenance for record in manifest.artifacts)
    for source in (*cards, *provenances):
        yield from _pairs(source.get("versions"))


def _pairs(versions: Any) -> Iterable[tuple[str, str]]:
    if not isinstance(versions, Mapping):
        return ()
    return ((str(package), str(version)) for package, version in versions.items())


def duration(seconds: float) -> str:
    """`1 h 15 min`, `3 min`, `42 s`, `0.4 s`."""
    minutes = round(seconds / 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    if seconds >= 60:
        return f"{minutes} min"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"
