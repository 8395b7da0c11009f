"""Files of the page, named by what they hold so that a browser may keep them for ever."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from PIL import Image, UnidentifiedImageError

from article.errors import ArticleError


@dataclass
class Assets:
    """Files beside the text that the page needs; `files` maps their address to their bytes."""

    folder: Path
    files: dict[str, bytes] = field(default_factory=dict)

    def add(self, address: str) -> str:
        """Take a file along; its address in the page. Raises when there is no such file."""
        data = self._read(address)
        parts = urlsplit(address)
        name = f"assets/{hashed_name(PurePosixPath(unquote(parts.path)).name, data)}"
        self.files[name] = data
        return quote(name) + (f"#{parts.fragment}" if parts.fragment else "")

    def picture_size(self, address: str) -> dict[str, int]:
        """Width and height in pixels of a picture; nothing for SVG, which has a size of its own."""
        if address.lower().endswith(".svg"):
            return {}
        try:
            with Image.open(io.BytesIO(self._read(address))) as picture:
                return {"width": picture.width, "height": picture.height}
        except UnidentifiedImageError:
            raise ArticleError(f"{address!r} is not a picture") from None

    def _read(self, address: str) -> bytes:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            raise ArticleError(f"{address!r} is not a file of the article")
        path = self.folder / unquote(parts.path)
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise ArticleError(f"{address!r} is outside of {self.folder}")
        if not path.is_file():
            raise ArticleError(f"missing file {path}")
        return path.read_bytes()


def hashed_name(name: str, data: bytes) -> str:
    """`stem.1a2b3c4d.ext`: the first 8 hexadecimal digits of the SHA-256 of the data."""
    path = PurePosixPath(name)
    digest = hashlib.sha256(data).hexdigest()[:8]
    return str(path.with_name(f"{path.stem}.{digest}{path.suffix}"))
