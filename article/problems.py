"""All errors of one article, gathered so that an author sees every one of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from article.errors import ArticleError, GeometryError


class BrokenArticleError(Exception):
    """An article that cannot be built; `errors` holds everything that is wrong with it."""

    def __init__(self, errors: list[ArticleError]):
        self.errors = errors
        super().__init__("\n".join(str(error) for error in errors))


@dataclass
class Problems:
    """What has been found wrong so far."""

    errors: list[ArticleError] = field(default_factory=list)

    def add(self, message: str, file: Path | str | None = None, line: int | None = None) -> None:
        """Note an error of the author."""
        self.errors.append(ArticleError(message, file, line))

    @contextmanager
    def noted(self, file: Path | str | None = None, line: int | None = None) -> Iterator[None]:
        """Note an error raised inside and go on; `file` and `line` say where it was caused.

        An error that names a file of its own (a broken data file, say) keeps it in the message.
        """
        try:
            yield
        except BrokenArticleError as broken:
            self.errors.extend(broken.errors)
        except ArticleError as error:
            self.errors.append(_placed(error, file, line))
        except GeometryError as error:
            self.add(str(error), file, line)

    def stop_if_any(self) -> None:
        """Raise `BrokenArticleError` when something has been noted, in order of file and line."""
        if self.errors:
            once = {str(error): error for error in self.errors}
            raise BrokenArticleError(sorted(once.values(), key=_place))


def _placed(error: ArticleError, file: Path | str | None, line: int | None) -> ArticleError:
    if file is None:
        return error
    if error.file is None:
        return ArticleError(error.message, file, error.line or line)
    if error.line is None and line is not None:
        return ArticleError(str(error), file, line)
    return error


def _place(error: ArticleError) -> tuple[str, int]:
    return (str(error.file or ""), error.line or 0)
