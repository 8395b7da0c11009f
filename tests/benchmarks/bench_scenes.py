"""Prints how fast scenes are drawn, on one thread: ``python -m tests.benchmarks.bench_scenes``."""

from collections.abc import Callable
from time import perf_counter

from precompute.scenes import SceneStream

BATCH = 256
BATCHES = 40


def rate(draw: Callable[[int], object]) -> float:
    """Scenes a second over ``BATCHES`` batches, ``draw`` being given where each begins."""
    start = perf_counter()
    for batch in range(BATCHES):
        draw(batch * BATCH)
    return BATCH * BATCHES / (perf_counter() - start)


def main() -> None:
    """Measure streams that have and have not scaled their sprites, and scenes unpainted."""
    stream = SceneStream(0, "train")
    first = rate(lambda begin: stream.pairs(begin, BATCH))
    again = rate(lambda begin: stream.pairs(begin, BATCH))
    unpainted = rate(lambda begin: [stream.scene(begin + i) for i in range(BATCH)])
    print(f"pairs at 64 px, sprites scaled as they come: {first:7,.0f} a second")
    print(f"pairs at 64 px, sprites scaled before:       {again:7,.0f} a second")
    print(f"scenes and captions alone:                   {unpainted:7,.0f} a second")


if __name__ == "__main__":
    main()
