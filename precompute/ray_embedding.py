"""The embedding stage on a cluster, by Ray Data: the same vectors, from several machines.

Pairs travel to the workers as what names them (paths, seeds), not as pictures: files must lie at
the same paths on all machines of a cluster. Each worker builds the encoder once. Parts come back as
they are finished, and are told apart by their rows; one whose worker dies is made by another.
Install with `pip install ".[ray]"`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from article.errors import ArticleError
from precompute.cache import pack
from precompute.embedding import embed
from precompute.encoders import Encoder
from precompute.pairs import Pairs
from precompute.study import ModelPlan

if TYPE_CHECKING:
    import ray.data

LOCAL: Final = "local"
"""Instead of an address: a cluster on this machine, for as long as the run."""

_ROOM: Final = 1
"""Processors that workers leave free: where they ask for all, Ray Data waits for ever."""

Build = Callable[[ModelPlan, str, str], Encoder]


class RayError(ArticleError):
    """A cluster that cannot be used: says what is missing."""


@dataclass(frozen=True)
class Part:
    """Vectors of some rows, packed, and the device that they were made on."""

    rows: range
    payload: bytes
    device: str


@dataclass(frozen=True)
class Job:
    """What a worker needs to embed any rows of a data set."""

    plan: ModelPlan
    pairs: Pairs
    build: Build
    device: str
    precision: str
    batch: int


class Worker:
    """An encoder in a process of its own; Ray Data calls it with batches of one part."""

    def __init__(self, job: Job) -> None:
        """Build the encoder."""
        self._job = job
        self._encoder = job.build(job.plan, job.device, job.precision)

    def __call__(self, parts: dict[str, Any]) -> dict[str, list[Any]]:
        """Vectors of the rows from each `start` to its `stop`."""
        starts, stops = parts["start"].tolist(), parts["stop"].tolist()
        packed = [self._embedded(range(*rows)) for rows in zip(starts, stops, strict=True)]
        devices = [self._encoder.device] * len(packed)
        return {"start": starts, "stop": stops, "payload": packed, "device": devices}

    def _embedded(self, rows: range) -> bytes:
        made = embed(self._encoder, self._job.pairs, rows, self._job.batch, _ignore)
        return pack({"images": made.images, "texts": made.texts})


def _ignore(_count: int) -> None:
    """Workers have no bar to move."""


@dataclass(frozen=True)
class RayCluster:
    """A cluster by its address, or `LOCAL`, of which so many processes are used."""

    address: str = LOCAL
    workers: int = 2

    def embed(self, job: Job, parts: Sequence[range]) -> Iterator[Part]:
        """All parts, in the order in which they are finished.

        Raises:
            RayError: no Ray, no cluster, or one that is too small.
        """
        import_ray()
        self._connect()
        for row in self._made(job, parts).iter_rows():
            yield Part(range(row["start"], row["stop"]), row["payload"], row["device"])

    def _made(self, job: Job, parts: Sequence[range]) -> ray.data.Dataset:
        import ray.data

        # It announces each step; the run has a bar of its own.
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.max_errored_blocks = 0
        waiting = ray.data.from_items([{"start": p.start, "stop": p.stop} for p in parts])
        return waiting.repartition(len(parts)).map_batches(
            Worker,
            fn_constructor_args=(job,),
            compute=ray.data.ActorPoolStrategy(size=min(self.workers, len(parts))),
            batch_size=1,
            num_cpus=1,
            num_gpus=1 if self._has_gpus(job) else 0,
        )

    def _has_gpus(self, job: Job) -> bool:
        import ray

        return job.device in ("auto", "cuda") and ray.cluster_resources().get("GPU", 0) > 0

    def _connect(self) -> None:
        import ray

        if not ray.is_initialized():
            quietly: dict[str, Any] = {"log_to_driver": False, "logging_level": "error"}
            if self.address == LOCAL:
                quietly |= {"num_cpus": self.workers + _ROOM, "include_dashboard": False}
            else:
                quietly["address"] = self.address
            try:
                ray.init(**quietly)
            except (ConnectionError, OSError, ValueError) as error:
                raise RayError(f"no Ray cluster at {self.address}: {error}") from error
        self._check_room(ray.cluster_resources().get("CPU", 0))

    def _check_room(self, processors: float) -> None:
        needed = self.workers + _ROOM
        if processors < needed:
            raise RayError(
                f"{self.workers} workers need a cluster of {needed} processors, one of them to "
                f"spare; {self.address} has {processors:g}. Ask for fewer: --ray-workers"
            )


def import_ray() -> None:
    """Raise `RayError`, saying what to install, where there is no Ray."""
    try:
        import ray.data  # noqa: F401
    except ImportError as error:
        message = f'Ray Data is not installed ({error}): pip install ".[ray]"'
        raise RayError(message) from error
