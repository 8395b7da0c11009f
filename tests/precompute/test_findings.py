"""The README of the weights says what the committed tables say, and those what the weights say."""

from dataclasses import replace

import pytest

from article.artifacts import Table
from article.errors import ArtifactError
from precompute import findings, zoo
from precompute.findings import FINDINGS, Looked, readme
from precompute.table_command import TABLES_FOLDER, WEIGHTS_FOLDER

TOLERANCES = {
    "recall": 0.004,  # some of 2,000 pairs change places on another processor
    "best_gap": 0.051,  # one step of the search
    "logit_scale": 0,
    "pairs": 0,
}
RELATIVE = 5e-3


@pytest.fixture(scope="module")
def tables() -> dict[str, Table]:
    return findings.read_tables(TABLES_FOLDER)


def test_the_readme_is_what_the_tables_say(tables: dict[str, Table]) -> None:
    assert (WEIGHTS_FOLDER / "README.md").read_text() == readme(tables)


def test_every_finding_has_a_verdict_or_says_what_is_missing(tables: dict[str, Table]) -> None:
    text, look = readme(tables), Looked(tables)
    for finding in FINDINGS:
        try:
            verdict = "holds" if finding.holds(look) else "does not hold"
            expected = f"{verdict}. {finding.told(look)}"
        except ArtifactError as error:
            expected = f"{findings.NOT_MEASURED} ({error})."
        assert f"- **{finding.claim}**: {expected}\n" in text


def test_what_was_not_measured_is_said(tables: dict[str, Table]) -> None:
    without = {name: table for name, table in tables.items() if name != "temperature"}
    expected = "**Low temperature keeps the gap**: not measured (no table 'temperature')."
    assert expected in readme(without)
    with pytest.raises(ArtifactError, match="no table 'zoo'"):
        readme({})


def test_verdicts_follow_the_figures(tables: dict[str, Table]) -> None:
    look = Looked(tables)
    changed = dict(tables)
    place = [column.name for column in tables["zoo"].columns].index("best_gap")
    gap = look.of("clip-cnn", "gap_distance")
    for best, expected in ((gap, True), (gap - 0.2, False)):
        rows = [
            (*row[:place], best, *row[place + 1 :]) if row[0] == "clip-cnn" else row
            for row in tables["zoo"].rows
        ]
        changed["zoo"] = replace(tables["zoo"], rows=tuple(rows))
        assert findings.trained_gap_is_best(Looked(changed)) is expected


def test_what_is_looked_up_must_be_one_number(tables: dict[str, Table]) -> None:
    look = Looked(tables)
    with pytest.raises(ArtifactError, match="no rows for blip in table 'zoo'"):
        look.of("blip", "gap_distance")
    with pytest.raises(ArtifactError, match="objective of clip-cnn in table 'zoo' is 'infonce'"):
        look.of("clip-cnn", "objective")


@pytest.mark.slow
def test_the_zoo_is_what_the_weights_say(tables: dict[str, Table]) -> None:
    stored, today = tables["zoo"], zoo.zoo_table(zoo.members(WEIGHTS_FOLDER))
    assert today.columns == stored.columns
    assert today.column("model") == stored.column("model")
    for then, now in zip(stored.rows, today.rows, strict=True):
        for column, before, after in zip(stored.columns, then, now, strict=True):
            kind = next((kind for kind in TOLERANCES if kind in column.name), None)
            expected: object = before
            if isinstance(before, int | float) and kind is None:
                expected = pytest.approx(before, rel=RELATIVE, abs=1e-3)
            elif isinstance(before, int | float) and kind is not None:
                expected = pytest.approx(before, abs=TOLERANCES[kind])
            assert after == expected, (then[0], column.name)
