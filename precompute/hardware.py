"""What a training computes on, and in which precision."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from precompute.processor import processor_name


class HardwareError(ValueError):
    """A device or precision that this machine does not have."""


@dataclass(frozen=True)
class Hardware:
    """A device, a precision, and how many threads and loader processes work for it."""

    device: torch.device
    precision: str
    threads: int
    workers: int

    def describe(self) -> str:
        """In words, for a card."""
        with_threads = f"{self.threads} thread{'s' if self.threads > 1 else ''}"
        name = (
            torch.cuda.get_device_name(self.device)
            if self.device.type == "cuda"
            else f"{processor_name()}, {with_threads}"
        )
        return f"{name}, {self.precision}"


def choose_hardware(
    device: str = "auto", precision: str = "auto", threads: int = 1, workers: int | None = None
) -> Hardware:
    """The hardware for a wish: "auto" takes the fastest that the machine has.

    One thread for each training makes best use of a processor when several trainings run. A CPU has
    no use for loader processes; a GPU is faster than one process can draw scenes.

    Raises:
        HardwareError: the machine lacks the device, or the device the precision.
    """
    chosen = _choose_device(device)
    if precision == "bf16" and chosen.type == "mps":
        raise HardwareError("bf16 is not used on mps; choose fp32")
    if precision == "auto":
        precision = "bf16" if _multiplies_bf16(chosen) else "fp32"
    if workers is None:
        workers = max(1, (os.cpu_count() or 1) - 1) if chosen.type == "cuda" else 0
    return Hardware(chosen, precision, threads, workers)


def _choose_device(wish: str) -> torch.device:
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wish == "auto":
        return torch.device(next(name for name, is_there in available.items() if is_there))
    if not available.get(wish, False):
        there = ", ".join(name for name, is_there in available.items() if is_there)
        raise HardwareError(f"device {wish!r} is not available here; available: {there}")
    return torch.device(wish)


def _multiplies_bf16(device: torch.device) -> bool:
    """Whether bf16 is faster than fp32: on GPUs, and on processors with an instruction for it."""
    if device.type == "cpu":
        return bool(torch.cpu.get_capabilities().get("avx512_bf16", False))
    return device.type == "cuda"


@contextmanager
def computing(hardware: Hardware) -> Iterator[None]:
    """Run what is within in the hardware's precision.

    On a CPU attention over a few dozen tokens is fastest written out (its fused backward pass takes
    a sixth of a whole step); elsewhere torch chooses.
    """
    device = hardware.device.type
    every_backend = [
        SDPBackend.FLASH_ATTENTION,
        SDPBackend.EFFICIENT_ATTENTION,
        SDPBackend.CUDNN_ATTENTION,
        SDPBackend.MATH,
    ]
    with (
        torch.autocast(device, torch.bfloat16, enabled=hardware.precision == "bf16"),
        sdpa_kernel([SDPBackend.MATH] if device == "cpu" else every_backend),
    ):
        yield
