"""A training small enough for tests: pictures of one colour, captions that name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from precompute.hardware import Hardware
from precompute.miniatures import config_of
from precompute.recipes import LogitScale, Recipe, Schedule
from precompute.tokenizer import Tokenizer
from precompute.training import Images, Task

COLOURS = {
    "red": (220, 30, 30),
    "green": (30, 180, 60),
    "blue": (40, 60, 220),
    "yellow": (230, 220, 40),
    "white": (250, 250, 250),
    "black": (10, 10, 10),
}
PLACES = ("left", "right")


@dataclass
class ColourStream:
    """Pairs by index: a 64 x 64 picture with a colour on one side, grey on the other."""

    first: int = 0

    def pairs(self, start: int, count: int) -> tuple[Images, list[str]]:
        images = np.full((count, 64, 64, 3), 128, dtype=np.uint8)
        captions = []
        for row in range(count):
            draw = np.random.default_rng(self.first + start + row)
            colour = list(COLOURS)[draw.integers(len(COLOURS))]
            place = PLACES[draw.integers(2)]
            half = slice(0, 32) if place == "left" else slice(32, 64)
            images[row, :, half] = COLOURS[colour]
            captions.append(f"{colour} on the {place}")
        return images, captions


def colour_tokenizer() -> Tokenizer:
    return Tokenizer([*COLOURS, *PLACES, "on", "the"], context_length=8)


def colour_task(
    pairs: int = 48, objective: str = "infonce", learned: bool = False, **schedule: Any
) -> Task:
    tokenizer = colour_tokenizer()
    config = config_of("cnn", tokenizer)
    config["vision_cfg"] = {"image_size": 64, "layers": [1, 1, 1, 1], "width": 8, "head_width": 64}
    config["text_cfg"] = {**config["text_cfg"], "width": 16, "heads": 1, "layers": 1}
    config["embed_dim"] = 16
    settings = {"batch": 8, "warmup_pairs": 16, "cooldown": 0.5, **schedule}
    return Task(
        recipe=Recipe(
            title="colours",
            tower="cnn",
            objective=objective,
            schedule=Schedule(pairs=pairs, **settings),
            logit_scale=LogitScale(start=20.0, learned=learned),
        ),
        config=config,
        tokenizer=tokenizer,
        stream=ColourStream(),
        held_out=ColourStream(first=10**9).pairs(0, 60),
        hardware=Hardware(torch.device("cpu"), "fp32", threads=1, workers=0),
    )
