"""What goes wrong with encoders, for people who can mend it."""

from __future__ import annotations

from article.errors import ArticleError


class EncoderError(ArticleError):
    """An encoder that cannot be had: names the file or the setting, and what to do about it."""
