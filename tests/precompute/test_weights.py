"""The committed weights are what their cards say."""

import json
from functools import cache
from pathlib import Path

import pytest

from precompute.evaluation import encode_pairs, evaluate
from precompute.miniatures import read_card, read_weights
from precompute.recipes import Recipe, read_recipe
from precompute.scenes import held_out_scenes, paint_scenes
from precompute.tokenizer import Tokenizer
from precompute.train_command import WEIGHTS_FOLDER
from precompute.training import Images

WEIGHTS = sorted(WEIGHTS_FOLDER.glob("*.safetensors"))


@cache
def held_out(count: int) -> tuple[Images, list[str]]:
    scenes = held_out_scenes(count)
    return paint_scenes(scenes), [scene.caption for scene in scenes]


def test_both_models_of_the_study_are_there() -> None:
    assert {"clip-cnn", "cyclip-cnn"} <= {path.stem for path in WEIGHTS}


@pytest.mark.parametrize("path", WEIGHTS, ids=lambda path: path.stem)
def test_figures_on_the_card_are_those_of_the_weights(path: Path) -> None:
    miniature = read_weights(path, Tokenizer.read())
    said = miniature.card["evaluation"]
    images, captions = held_out(said["pairs"])
    x, y = encode_pairs(miniature.model, images, miniature.tokenizer(captions))
    figures = evaluate(x, y, said["logit_scale"])
    # Other processors round otherwise: a few of 2,000 pairs may change places.
    for name in ("recall_image_to_text", "recall_text_to_image"):
        assert getattr(figures, name) == pytest.approx(said[name], abs=0.003)
    for name in ("gap", "loss_image_to_text", "loss_text_to_image"):
        assert getattr(figures, name) == pytest.approx(said[name], rel=2e-3)


@pytest.mark.parametrize("path", WEIGHTS, ids=lambda path: path.stem)
def test_card_tells_the_training_that_is_committed(path: Path) -> None:
    card = read_card(path)
    recipe = read_recipe(path.stem)
    told = {key: value for key, value in card["training"].items() if key != "finished"}
    # A card written before there was a setting does not name it: its default was meant.
    defaults = Recipe(recipe.title, recipe.tower, recipe.objective, recipe.schedule).content()
    expected = json.loads(json.dumps(recipe.content()))
    assert card["training"]["finished"]
    assert {**json.loads(json.dumps(defaults)), **told} == expected
    assert card["pairs_seen"] == recipe.schedule.steps * recipe.schedule.batch
