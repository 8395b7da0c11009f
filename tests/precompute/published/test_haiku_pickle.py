"""The restricted reader: what it reads, and that nothing else happens."""

from __future__ import annotations

import copyreg
import os
import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from precompute.published.errors import EncoderError
from precompute.published.haiku_pickle import Parameters, read_haiku_pickle

IMAGE = {"vi_t_image_encoder/proj": {"w": np.arange(6, dtype=np.float32).reshape(2, 3)}}
TEXT = {"text_encoder/proj": {"b": np.array([0.5, -1.5], dtype=np.float32)}}


def written(content: object, folder: Path, protocol: int = 4) -> Path:
    path = folder / "cloob.pkl"
    path.write_bytes(pickle.dumps(content, protocol=protocol))
    return path


def read_one(values: Any, folder: Path) -> Any:
    path = written({"params": ({"m": {"w": values}}, TEXT), "epoch": 32}, folder)
    return read_haiku_pickle(path)[0]["m"]["w"]


@pytest.mark.parametrize("protocol", [3, 4])
def test_reads_arrays_by_module_and_name(tmp_path: Path, protocol: int) -> None:
    path = written({"params": (IMAGE, TEXT), "epoch": 32}, tmp_path, protocol)
    image, text = read_haiku_pickle(path)
    assert image["vi_t_image_encoder/proj"]["w"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert text["text_encoder/proj"]["b"].tolist() == [0.5, -1.5]


def test_reads_arrays_of_older_numpy(tmp_path: Path) -> None:
    data = pickle.dumps({"params": [IMAGE, TEXT]}, protocol=3)
    assert b"numpy._core.multiarray\n" in data
    path = tmp_path / "old.pkl"
    path.write_bytes(data.replace(b"numpy._core.multiarray\n", b"numpy.core.multiarray\n"))
    assert read_haiku_pickle(path)[0]["vi_t_image_encoder/proj"]["w"][1, 2] == 5


@pytest.mark.parametrize(
    "values",
    [
        np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
        np.arange(6, dtype=">f4").reshape(2, 3),
        np.arange(6, dtype=np.float16).reshape(2, 3),
        np.arange(6, dtype=np.float64).reshape(2, 3),
        np.array(1.25, dtype=np.float32),
        np.zeros((0, 4), dtype=np.float32),
    ],
    ids=["Fortran order", "big-endian", "half", "double", "no axes", "empty"],
)
def test_reads_arrays_of_every_layout(values: Any, tmp_path: Path) -> None:
    found = read_one(values, tmp_path)
    assert found.shape == values.shape
    assert found.dtype == values.dtype
    assert np.array_equal(found, values)


class Calls:
    """Pickles as a call of a function."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.call


ATTACKS = {
    "os.system": (lambda marker: Calls(os.system, f"touch {marker}"), "posix.system"),
    "eval": (lambda marker: Calls(eval, f"open({str(marker)!r}, 'w')"), "builtins.eval"),
    "exec": (lambda marker: Calls(exec, f"open({str(marker)!r}, 'w')"), "builtins.exec"),
    "open": (lambda marker: Calls(open, str(marker), "w"), "io.open"),
    "getattr": (lambda marker: Calls(getattr, "", "format"), "builtins.getattr"),
    "numpy function": (lambda marker: Calls(np.save, str(marker), [1]), "numpy.save"),
    "numpy object": (lambda marker: Calls(np.array, [1]), r"numpy\.array"),
    "class": (lambda marker: marker, r"pathlib\.PosixPath"),
    "set": (lambda marker: Calls(set, [1]), "builtins.set"),
    "object array": (
        lambda marker: np.array([Calls(os.system, f"touch {marker}")], dtype=object),
        "numbers of type 'O8'",
    ),
    "structured array": (lambda marker: np.zeros(2, dtype="f4,i4"), "numbers of type 'V8'"),
    "text array": (lambda marker: np.array(["a"]), "numbers of type 'U1'"),
    "array called": (lambda marker: Calls(np.ndarray, (2, 3)), "broken one"),
}


@pytest.mark.parametrize(("attack", "named"), ATTACKS.values(), ids=ATTACKS.keys())
@pytest.mark.parametrize("protocol", [3, 4])
def test_refuses_by_name_and_runs_nothing(
    attack: Callable[[Path], Any], named: str, tmp_path: Path, protocol: int
) -> None:
    marker = tmp_path / "touched"
    path = written({"params": (IMAGE, TEXT), "extra": attack(marker)}, tmp_path, protocol)
    with pytest.raises(EncoderError, match=named) as caught:
        read_haiku_pickle(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert not marker.exists()


DTYPE = b"cnumpy\ndtype\n(X\x02\x00\x00\x00f4I00\nI01\ntR"
PLAIN_STATE = b"(I3\nX\x01\x00\x00\x00<NNNI-1\nI-1\nI0\ntb"
ARRAY = b"cnumpy._core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntC\x01btR"


def array_state(shape: bytes, data: bytes, dtype: bytes = DTYPE + PLAIN_STATE) -> bytes:
    return b"(I1\n" + shape + dtype + b"I00\nC" + bytes([len(data)]) + data + b"tb"


def test_the_hand_written_array_is_one(tmp_path: Path) -> None:
    path = tmp_path / "hand.pkl"
    array = ARRAY + array_state(b"(I2\nt", struct.pack("<2f", 0.5, 2))
    image = b"}X\x01\x00\x00\x00m}X\x01\x00\x00\x00w" + array + b"ss"
    path.write_bytes(b"\x80\x03}X\x06\x00\x00\x00params(" + image + b"}ts.")
    read, text = read_haiku_pickle(path)
    assert read["m"]["w"].tolist() == [0.5, 2]
    assert text == {}


FORGERIES = {
    "too few bytes": (ARRAY + array_state(b"(I9\nt", b"\x00" * 8), r"shape \(9,\) with 8 bytes"),
    "negative sizes": (
        ARRAY + array_state(b"(I-1\nI-2\nt", b"\x00" * 8),
        r"shape \(-1, -2\) with 8 bytes",
    ),
    "sizes that are no numbers": (ARRAY + array_state(b"(Nt", b""), r"shape \(None,\)"),
    "an array of another class": (
        b"cnumpy._core.multiarray\n_reconstruct\n(cnumpy\ndtype\n(I0\ntC\x01btR",
        "an array of an unknown class",
    ),
    "a number type with fields": (
        DTYPE + b"(I3\nX\x01\x00\x00\x00<N(X\x01\x00\x00\x00at}I8\nI1\nI0\ntb",
        "a number type that is not plain",
    ),
    "a number type with too little state": (DTYPE + b"(I3\ntb", "unknown state"),
    "an array with state of a dictionary": (ARRAY + b"}b", "an array with an unknown state"),
    "attributes of a stand-in": (
        b"cnumpy\ndtype\n(N}X\x08\x00\x00\x00__call__cnumpy\nndarray\nstb",
        "broken one",
    ),
    "attributes of a stand-in's dictionary": (
        b"cnumpy\ndtype\n}X\x01\x00\x00\x00aI1\nsb",
        "broken one",
    ),
    "an object kept elsewhere": (b"Pfile\n", "an object kept elsewhere, 'file'"),
    "an instance": (b"(cnumpy\nndarray\no", "broken one"),
    "a dotted name": (b"\x8c\x05numpy\x8c\x0dndarray.dumps\x93", r"numpy\.ndarray\.dumps"),
}


@pytest.mark.parametrize(("program", "named"), FORGERIES.values(), ids=FORGERIES.keys())
def test_refuses_forged_pickles(program: bytes, named: str, tmp_path: Path) -> None:
    path = tmp_path / "forged.pkl"
    path.write_bytes(b"\x80\x04" + program + b".")
    with pytest.raises(EncoderError, match=named):
        read_haiku_pickle(path)


def test_names_registered_for_pickles_are_refused_too(tmp_path: Path) -> None:
    code = 0x7FFF_FF01
    copyreg.add_extension("posix", "system", code)
    try:
        path = tmp_path / "extension.pkl"
        path.write_bytes(b"\x80\x04\x84" + struct.pack("<i", code) + b"X\x04\x00\x00\x00true\x85R.")
        with pytest.raises(EncoderError, match=r"posix\.system"):
            read_haiku_pickle(path)
    finally:
        copyreg.remove_extension("posix", "system", code)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([1, 2], "has no `params` of two towers"),
        ({"params": (IMAGE,)}, "has no `params` of two towers"),
        ({"params": (IMAGE, 3)}, r"params\[1\] is not a dictionary by name"),
        ({"params": ({1: {}}, TEXT)}, r"params\[0\] is not a dictionary by name"),
        ({"params": ({"m": 3}, TEXT)}, r"params\[0\]\['m'\] is not a dictionary by name"),
        ({"params": ({"m": {"w": 3}}, TEXT)}, r"params\[0\]\['m'\]\['w'\] is not an array of fl"),
        ({"params": ({"m": {"w": np.arange(3)}}, TEXT)}, r"\['w'\] is not an array of floating"),
    ],
)
def test_names_the_place_of_another_layout(content: object, message: str, tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=message):
        read_haiku_pickle(written(content, tmp_path))


def test_broken_and_missing_files(tmp_path: Path) -> None:
    path = written({"params": (IMAGE, TEXT)}, tmp_path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(EncoderError, match="not a pickle, or a broken one"):
        read_haiku_pickle(path)
    with pytest.raises(EncoderError, match="no such weights file"):
        read_haiku_pickle(tmp_path / "absent.pkl")
    path.write_bytes(b"<html>not found</html>")
    with pytest.raises(EncoderError, match="not a pickle, or a broken one"):
        read_haiku_pickle(path)


def test_what_it_reads_can_be_computed_with(tmp_path: Path) -> None:
    parameters: Parameters = read_haiku_pickle(written({"params": (IMAGE, TEXT)}, tmp_path))[0]
    assert parameters["vi_t_image_encoder/proj"]["w"].sum() == 15
