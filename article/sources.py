"""What an article is made of: its files, read but not yet resolved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from article import markdown
from article.bibliography import Bibliography
from article.markdown import Passage
from article.problems import BrokenArticleError, Problems
from article.published import Published
from article.settings import Settings
from article.study import Study

CONTENT: Final = "content"
DATA: Final = "data"


@dataclass(frozen=True)
class Sources:
    """What an article is made of, as read: nothing resolved yet. Broken settings are none."""

    folder: Path
    settings: Settings | None
    bibliography: Bibliography
    published: Published
    study: Study
    passages: tuple[Passage, ...]

    @classmethod
    def load(cls, folder: Path, problems: Problems) -> Sources:
        """Read all files of an article.

        Notes what is wrong with them, and raises all of it where nothing more could be judged.
        """
        content = folder / CONTENT
        settings = bibliography = published = study = None
        passages: list[Passage] = []
        with problems.noted():
            settings = Settings.read(content)
        with problems.noted():
            bibliography = Bibliography.read(content)
            published = Published.read(content, bibliography)
        with problems.noted():
            study = Study.open(folder / DATA)
        for name in settings.text if settings else Settings.text:
            with problems.noted():
                passages.append(markdown.read(content / name))
        if bibliography is None or published is None or study is None:
            raise BrokenArticleError(problems.errors)
        study.published = published
        return cls(folder, settings, bibliography, published, study, tuple(passages))
