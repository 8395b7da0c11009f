"""Reads a pickle of haiku parameters without letting it run anything.

A pickle is a program. This reader knows four of the names that such a program may ask for, those
that NumPy's arrays are pickled by, and it answers each with a stand-in of its own: not even NumPy's
own constructors are called with what the file says. Any other name is refused.
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias

import numpy as np
import numpy.typing as npt

from precompute.published.errors import EncoderError

Parameters: TypeAlias = dict[str, dict[str, npt.NDArray[np.floating[Any]]]]

_NUMBERS: Final = ("f2", "f4", "f8", "i4", "i8")
_DTYPE_STATE: Final = 8
_BYTE_ORDERS: Final = ("<", ">")


class _Refused(pickle.UnpicklingError):
    """What the file asks for is not among what arrays are made of."""


class _ArrayType:
    """Stands for `numpy.ndarray`, which an array's pickle only mentions."""

    __slots__ = ()


class _Dtype:
    """Stands for `numpy.dtype(code, align, copy)` of a plain number, and then for its state."""

    __slots__ = ("code", "order")

    def __init__(self, code: str) -> None:
        self.code, self.order = code, "<"

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) != _DTYPE_STATE:
            raise _Refused("a number type with an unknown state")
        _, order, *structure = state
        if order not in _BYTE_ORDERS or any(part is not None for part in structure[:3]):
            raise _Refused("a number type that is not plain")
        self.order = order

    def resolve(self) -> np.dtype[Any]:
        return np.dtype(self.order + self.code)


class _Array:
    """Stands for an array until its state comes: version, shape, dtype, Fortran order, bytes."""

    __slots__ = ("values",)

    def __init__(self) -> None:
        self.values: npt.NDArray[Any] | None = None

    def __setstate__(self, state: object) -> None:
        match state:
            case (int(), tuple() as shape, _Dtype() as dtype, bool(order), bytes() as data):
                self.values = _array(shape, dtype.resolve(), order, data)
            case _:
                raise _Refused("an array with an unknown state")


def _array(
    shape: tuple[object, ...], dtype: np.dtype[Any], fortran: bool, data: bytes
) -> npt.NDArray[Any]:
    sizes = [size for size in shape if isinstance(size, int) and size >= 0]
    if len(sizes) != len(shape) or math.prod(sizes) * dtype.itemsize != len(data):
        raise _Refused(f"an array of shape {shape} with {len(data)} bytes of {dtype}")
    return np.frombuffer(data, dtype).reshape(sizes, order="F" if fortran else "C")


class _Reconstruct:
    """Stands for NumPy's function that starts an empty array."""

    __slots__ = ()

    def __call__(self, kind: object, _shape: object, _code: object) -> _Array:
        if not isinstance(kind, _ArrayType):
            raise _Refused("an array of an unknown class")
        return _Array()


class _MakeDtype:
    """Stands for the class `numpy.dtype`; an object without a state that a file could change."""

    __slots__ = ()

    def __call__(self, code: object, _align: object = False, _copy: object = True) -> _Dtype:
        if code not in _NUMBERS:
            raise _Refused(f"numbers of type {code!r}; only {', '.join(_NUMBERS)} are read")
        return _Dtype(str(code))


_STAND_INS: Final[Mapping[tuple[str, str], object]] = {
    ("numpy", "ndarray"): _ArrayType(),
    ("numpy", "dtype"): _MakeDtype(),
    ("numpy.core.multiarray", "_reconstruct"): _Reconstruct(),
    ("numpy._core.multiarray", "_reconstruct"): _Reconstruct(),
}


class _Reader(pickle.Unpickler):
    """An unpickler that imports nothing."""

    def find_class(self, module: str, name: str, /) -> Any:
        try:
            return _STAND_INS[module, name]
        except KeyError:
            raise _Refused(f"{module}.{name}") from None

    def persistent_load(self, pid: object, /) -> NoReturn:
        raise _Refused(f"an object kept elsewhere, {pid!r}")


def read_haiku_pickle(path: Path) -> tuple[Parameters, Parameters]:
    """Parameters of the image tower and the text tower: arrays by module and parameter name.

    The file is a pickle of `{"params": (image, text), ...}`, both dictionaries of dictionaries.

    Raises:
        EncoderError: no such file, a broken one, something in it that is not dictionaries, numbers
            and arrays (named), or another layout (the place is named).
    """
    try:
        with path.open("rb") as file:
            content = _Reader(file).load()
    except FileNotFoundError:
        raise EncoderError("no such weights file", path) from None
    except _Refused as error:
        raise EncoderError(
            f"asks for {error}; refused, since a checkpoint of weights needs nothing but "
            f"dictionaries, numbers and arrays of them",
            path,
        ) from None
    except Exception as error:  # a broken pickle raises whatever its instructions run into
        raise EncoderError(f"not a pickle, or a broken one ({error})", path) from None
    return _towers(content, path)


def _towers(content: object, path: Path) -> tuple[Parameters, Parameters]:
    params = content.get("params") if isinstance(content, dict) else None
    if not isinstance(params, tuple | list) or len(params) != 2:
        raise EncoderError("has no `params` of two towers, image and text", path)
    image, text = params
    return _parameters(image, "params[0]", path), _parameters(text, "params[1]", path)


def _parameters(tree: object, place: str, path: Path) -> Parameters:
    return {
        module: {
            name: _values(value, f"{place}[{module!r}][{name!r}]", path)
            for name, value in _items(entries, f"{place}[{module!r}]", path)
        }
        for module, entries in _items(tree, place, path)
    }


def _items(value: object, place: str, path: Path) -> list[tuple[str, object]]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise EncoderError(f"{place} is not a dictionary by name", path)
    return list(value.items())


def _values(value: object, place: str, path: Path) -> npt.NDArray[Any]:
    values = value.values if isinstance(value, _Array) else None
    if values is None or not np.issubdtype(values.dtype, np.floating):
        raise EncoderError(f"{place} is not an array of floating-point numbers", path)
    return values
