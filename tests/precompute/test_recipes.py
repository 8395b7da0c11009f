from pathlib import Path

import pytest

from precompute.recipes import (
    RecipeError,
    Schedule,
    names_of_trainings,
    read_recipe,
    recipe_of,
)

MINIMAL = 'title = "t"\ntower = "cnn"\nobjective = "infonce"\n[schedule]\npairs = 2560\n'


def test_rate_rises_stays_and_falls() -> None:
    # 10 steps: 2 of warm-up, 4 of cooldown; rates by hand.
    schedule = Schedule(pairs=40, batch=4, learning_rate=1.0, warmup_pairs=8, cooldown=0.4)
    assert schedule.steps == 10
    assert schedule.cooldown_start == 6
    expected = [0.5, 1, 1, 1, 1, 1, 1 - 0.2**0.5, 1 - 0.4**0.5, 1 - 0.6**0.5, 1 - 0.8**0.5]
    assert [schedule.rate(step) for step in range(10)] == pytest.approx(expected)


def test_rate_before_the_cooldown_does_not_depend_on_the_end() -> None:
    shorter, longer = Schedule(pairs=25_600), Schedule(pairs=102_400)
    steps = range(shorter.cooldown_start)
    assert [shorter.rate(k) for k in steps] == [longer.rate(k) for k in steps]


def test_schedule_without_warmup_or_cooldown_is_constant() -> None:
    schedule = Schedule(pairs=8, batch=4, learning_rate=0.1, warmup_pairs=0, cooldown=0)
    assert [schedule.rate(step) for step in range(2)] == [0.1, 0.1]


def test_committed_trainings_differ_in_the_objective_alone() -> None:
    clip, cyclip = read_recipe("clip-cnn").content(), read_recipe("cyclip-cnn").content()
    assert {key for key in clip if clip[key] != cyclip[key]} == {
        "title",
        "objective",
        "objective_settings",
    }
    assert clip["logit_scale"] == {"start": 100.0, "learned": False}
    assert cyclip["objective_settings"] == {"in_modal": 0.25, "cross_modal": 0.25}


@pytest.mark.parametrize("name", names_of_trainings())
def test_every_committed_training_can_be_done(name: str) -> None:
    from precompute.miniatures import config_of
    from precompute.objectives import objective
    from precompute.tokenizer import Tokenizer

    recipe = read_recipe(name)
    objective(recipe.objective, **recipe.objective_settings)
    config_of(recipe.tower, Tokenizer(["a"]))


def test_towers_temperatures_and_settings_can_be_named() -> None:
    recipe = recipe_of(
        {
            "title": "CLOOB, ViT",
            "tower": "vit",
            "objective": "cloob",
            "objective_settings": {"beta": 15.0},
            "logit_scale": {"start": 30.0, "learned": True},
            "schedule": {"pairs": 300_000},
            "betas": [0.9, 0.999],
        }
    )
    assert recipe.tower == "vit"
    assert recipe.objective_settings == {"beta": 15.0}
    assert (recipe.logit_scale.start, recipe.logit_scale.learned) == (30.0, True)
    assert recipe.betas == (0.9, 0.999)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MINIMAL + "color = 1\n", r"unknown key schedule\.color"),
        ("colour = 1\n" + MINIMAL, "unknown key colour"),
        ('title = "t"\n', r"schedule\.: .*pairs"),
        ("schedule = 3\n", "schedule must be a table"),
        (MINIMAL.replace("2560", "255"), r"schedule\.pairs 255 is less than one batch"),
        (MINIMAL + "batch = 1\n", r"schedule\.batch must be 2 or more"),
        (MINIMAL + "cooldown = 2\n", r"schedule\.cooldown is a share"),
        (MINIMAL + "[first_phase]\npairs = 9\n", "first_phase needs both an objective and a num"),
        (MINIMAL + "[first_phase]\nsteps = 9\n", r"unknown key first_phase\.steps"),
        (MINIMAL + "[logit_scale]\nstart = 200\n", r"logit_scale\.start must be above 0"),
        ("title = \n", "Invalid value"),
    ],
)
def test_faults_name_file_and_key(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(RecipeError, match=rf"mine\.toml: .*{message}"):
        read_recipe("mine", tmp_path)


def test_unknown_training_lists_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINIMAL)
    with pytest.raises(RecipeError, match=r"yours\.toml: no training .* 'yours'; known: mine"):
        read_recipe("yours", tmp_path)
