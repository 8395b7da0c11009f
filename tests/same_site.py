"""Compare two built sites: every file byte for byte, pictures by their pixels.

`python -m tests.same_site COMMITTED FRESH` exits with 1 and names each difference.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

PICTURES = {".png", ".webp", ".jpg"}


def files(site: Path) -> set[str]:
    """Paths of all files of a site, relative to it."""
    return {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}


def same(first: Path, second: Path) -> bool:
    """Whether two files have the same content; of pictures, the same pixels."""
    if first.suffix not in PICTURES:
        return first.read_bytes() == second.read_bytes()
    with Image.open(first) as one, Image.open(second) as other:
        return one.size == other.size and np.array_equal(
            np.asarray(one.convert("RGBA")), np.asarray(other.convert("RGBA"))
        )


def differences(committed: Path, fresh: Path) -> list[str]:
    """What differs between two sites, a line each."""
    old, new = files(committed), files(fresh)
    lines = [f"only committed: {name}" for name in sorted(old - new)]
    lines += [f"not committed: {name}" for name in sorted(new - old)]
    lines += [f"differs: {n}" for n in sorted(old & new) if not same(committed / n, fresh / n)]
    return lines


def main() -> int:
    """Print the differences; 1 if there are any."""
    lines = differences(Path(sys.argv[1]), Path(sys.argv[2]))
    for line in lines:
        print(line)
    if lines:
        print("public/ is not what build.py makes: run `python build.py` and commit the result")
        return 1
    print("public/ is what build.py makes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
