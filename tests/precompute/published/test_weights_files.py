"""Finding and reading weights: nothing in a file is run, and errors say what to do."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from precompute.published import weights_files
from precompute.published.cyclip import CyClip
from precompute.published.errors import EncoderError
from precompute.published.openai import repositories
from precompute.published.weights_files import read_checkpoint, state_of


def test_a_missing_file_says_what_to_fetch_and_where_to_put_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAIRSPACE_WEIGHTS", str(tmp_path))
    with pytest.raises(EncoderError) as caught:
        CyClip().digest()
    assert str(caught.value) == (
        f"{tmp_path / 'cyclip-3M.pt'}: no such weights file; fetch cyclip-3M.pt from the "
        "checkpoints of CyCLIP "
        "(https://drive.google.com/drive/folders/1K0kPJZ3MA4KAdx3Fpq25dgW59wIf7M-x) and save it "
        "there, or say with `weights` where it is"
    )


def test_the_folder_of_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAIRSPACE_WEIGHTS", raising=False)
    assert weights_files.weights_folder() == Path.home() / ".cache" / "pairspace" / "weights"
    monkeypatch.setenv("PAIRSPACE_WEIGHTS", "~/models")
    assert weights_files.weights_folder() == Path.home() / "models"


def test_reads_safetensors_and_plain_checkpoints(tmp_path: Path) -> None:
    safe, plain = tmp_path / "a.safetensors", tmp_path / "a.pt"
    save_file({"w": torch.tensor([1.5])}, safe)
    torch.save({"epoch": 3, "state_dict": {"module.w": torch.tensor([2.5])}}, plain)
    assert state_of(read_checkpoint(safe), safe)["w"].item() == 1.5
    assert {name: t.item() for name, t in state_of(read_checkpoint(plain), plain).items()} == {
        "w": 2.5
    }


def test_only_a_prefix_of_every_name_is_taken_off() -> None:
    state = {"module.w": torch.tensor(1.0), "w": torch.tensor(2.0)}
    assert state_of({"state_dict": state}, Path("a.pt")) == state


class Call:
    """Pickles as a call of os.system."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (self.command,)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_that_asks_for_code_is_refused_by_name(tmp_path: Path, zipped: bool) -> None:
    path, marker = tmp_path / "evil.pt", tmp_path / "touched"
    content = {"state_dict": {"w": torch.zeros(1)}, "extra": Call(f"touch {marker}")}
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(EncoderError) as caught:
        read_checkpoint(path)
    assert str(caught.value) == (
        f"{path}: asks to load posix.system, which is code and not weights; refused"
    )
    assert not marker.exists()


def torchscript(path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch advises against it, too
        torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), path)
    return path


def test_torchscript_is_refused_with_what_to_fetch_instead(tmp_path: Path) -> None:
    path = torchscript(tmp_path / "RN50.pt")
    with pytest.raises(EncoderError) as caught:
        read_checkpoint(path)
    assert str(caught.value) == (
        f"{path}: is TorchScript, a program and not a file of weights; refused. OpenAI's weights "
        "are on the hub as safetensors: "
        "`hf download timm/resnet50_clip.openai open_clip_model.safetensors`"
    )
    with pytest.raises(EncoderError, match="Take the same weights as safetensors or as a state_di"):
        read_checkpoint(path.rename(tmp_path / "mine.pt"))


def test_all_files_of_openai_have_a_replacement() -> None:
    found = repositories()
    assert found["RN50.pt"] == "timm/resnet50_clip.openai"
    assert found["ViT-L-14-336px.pt"] == "timm/vit_large_patch14_clip_336.openai"
    assert len(found) == 9


@pytest.mark.parametrize("name", ["broken.pt", "broken.safetensors"])
def test_broken_files(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"<html>quota exceeded</html>")
    with pytest.raises(EncoderError, match="not a"):
        read_checkpoint(path)
    whole = tmp_path / f"whole{path.suffix}"
    if path.suffix == ".pt":
        torch.save({"w": torch.zeros(1000)}, whole)
    else:
        save_file({"w": torch.zeros(1000)}, whole)
    path.write_bytes(whole.read_bytes()[:-500])
    with pytest.raises(EncoderError, match=str(path)):
        read_checkpoint(path)
    path.unlink()
    with pytest.raises(EncoderError, match="no such weights file"):
        read_checkpoint(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([torch.zeros(1)], "holds a list, not a dictionary"),
        ({"state_dict": {}}, "has no tensors in `state_dict`"),
        ({"state_dict": [1]}, "has no tensors in `state_dict`"),
        ({"epoch": 3, "w": torch.zeros(1)}, "'epoch' is a int, not a tensor"),
    ],
)
def test_other_contents(content: Any, message: str, tmp_path: Path) -> None:
    path = tmp_path / "other.pt"
    torch.save(content, path)
    with pytest.raises(EncoderError, match=message):
        state_of(read_checkpoint(path), path)
