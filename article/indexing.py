"""Files for search engines, where it is known where the page will stand."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from markupsafe import Markup

from article.settings import Settings

_SITEMAP = Markup("""\
<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>{}</loc><lastmod>{}</lastmod></url>
</urlset>
""")


def indexing_files(settings: Settings) -> dict[str, bytes]:
    """`sitemap.xml`; `robots.txt` names it where the page is a site of its own.

    Elsewhere robots would not look for one: they ask for it at the root of a host only.
    """
    if not settings.canonical:
        return {}
    sitemap = _SITEMAP.format(settings.canonical, settings.date.isoformat())
    files = {"sitemap.xml": sitemap.encode()}
    if urlsplit(settings.canonical).path in ("", "/"):
        address = urljoin(settings.canonical, "/sitemap.xml")
        files["robots.txt"] = f"User-agent: *\nAllow: /\nSitemap: {address}\n".encode()
    return files
