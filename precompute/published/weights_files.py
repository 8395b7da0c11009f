"""Files of published weights: where they lie, and how they are read without running them."""

from __future__ import annotations

import os
import pickle
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from precompute.miniatures import WeightsError
from precompute.published.errors import EncoderError
from precompute.published.openai import torchscript_refusal

FOLDER_VARIABLE: Final = "PAIRSPACE_WEIGHTS"
DEFAULT_FOLDER: Final = Path("~/.cache/pairspace/weights")

_REFUSED_GLOBAL: Final = re.compile(r"GLOBAL (\S+)")
_DATA_PARALLEL: Final = "module."


@dataclass(frozen=True)
class PublishedFile:
    """A weights file that its authors offer for download, and where."""

    name: str
    address: str

    def locate(self, given: Path | None) -> Path:
        """The file where the user says it is, or else in the folder of published weights.

        Raises:
            EncoderError: it is not there; says what to fetch and where to put it.
        """
        path = given if given is not None else weights_folder() / self.name
        if not path.is_file():
            raise EncoderError(
                f"no such weights file; fetch {self.name} from {self.address} and save it there, "
                f"or say with `weights` where it is",
                path,
            )
        return path


def weights_folder() -> Path:
    """Where published weights are looked for: $PAIRSPACE_WEIGHTS, or a folder in the home."""
    return Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER).expanduser()


def refuse_torchscript(path: Path) -> None:
    """Raise `EncoderError` for a TorchScript archive, which has source code beside its tensors."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        entries = [PurePosixPath(name).parts for name in archive.namelist()]
    if any("code" in parts[:-1] or parts[-1:] == ("constants.pkl",) for parts in entries):
        raise EncoderError(torchscript_refusal(path), path)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what goes wrong while weights are read into one line that names the file."""
    try:
        yield
    except FileNotFoundError:
        raise EncoderError("no such weights file", path) from None
    except pickle.UnpicklingError as error:
        raise EncoderError(_refusal(str(error)), path) from None
    except SafetensorError as error:
        raise EncoderError(f"not a safetensors file ({error})", path) from None
    except WeightsError as error:
        raise EncoderError(str(error).removeprefix(f"{path}: "), path) from None
    except (RuntimeError, ValueError, KeyError, EOFError, OSError) as error:
        raise EncoderError(f"cannot be loaded: {' '.join(str(error).split())}", path) from None


def _refusal(message: str) -> str:
    # torch's own message advises to load with weights_only=False, which would run the file.
    found = _REFUSED_GLOBAL.search(message)
    if found is None:
        return "not a file of weights, or a broken one"
    return f"asks to load {found[1]}, which is code and not weights; refused"


def read_checkpoint(path: Path) -> Mapping[str, Any]:
    """A checkpoint as it was saved: safetensors, or torch's format without anything to run.

    Raises:
        EncoderError: no such file, a broken one, TorchScript, or more in it than weights.
    """
    refuse_torchscript(path)
    with reading(path):
        if path.suffix == ".safetensors":
            return load_file(path)
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(checkpoint, dict):
        raise EncoderError(f"holds a {type(checkpoint).__name__}, not a dictionary", path)
    return checkpoint


def state_of(checkpoint: Mapping[str, Any], path: Path) -> dict[str, Tensor]:
    """The tensors of a checkpoint by name: out of `state_dict` where it has one, plain otherwise.

    The prefix that parallel training puts before every name is taken off.

    Raises:
        EncoderError: something else than tensors is among them, named.
    """
    state = checkpoint.get("state_dict", checkpoint)
    if not isinstance(state, Mapping) or not state:
        raise EncoderError("has no tensors in `state_dict`", path)
    for name, value in state.items():
        if not isinstance(value, Tensor):
            raise EncoderError(f"{name!r} is a {type(value).__name__}, not a tensor", path)
    if all(name.startswith(_DATA_PARALLEL) for name in state):
        return {name.removeprefix(_DATA_PARALLEL): tensor for name, tensor in state.items()}
    return dict(state)
