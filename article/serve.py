"""Shows a built article while it is written: builds again on every change, and reloads the page.

The reload script is added to the page as it is served, never to what is written. An error is shown
in the terminal and over the page, which stays as it last was.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import click
import orjson
import watchfiles

from article import site
from article.errors import ArticleError
from article.problems import BrokenArticleError

PORT: Final = 8000
_SCRIPT: Final = "/-/reload.js"
_EVENTS: Final = "/-/events"
_SCRIPT_FILE: Final = site.TEMPLATES / "reload.js"
_SCRIPT_TAG: Final = f'<script src="{_SCRIPT}"></script>'.encode()
_HEARTBEAT_SECONDS: Final = 15.0


class Builds:
    """The latest build: its number, and what was wrong with it; waits for the next."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.number = 0
        self.error = ""

    def announce(self, error: str) -> None:
        """A build has ended."""
        with self._changed:
            self.number += 1
            self.error = error
            self._changed.notify_all()

    def wait(self, seen: int, timeout: float) -> tuple[int, str]:
        """The latest build, once it is another than the one seen, or when time is up."""
        with self._changed:
            self._changed.wait_for(lambda: self.number != seen, timeout)
            return self.number, self.error


class Handler(SimpleHTTPRequestHandler):
    """Serves the built files, the reload script, and the stream of builds."""

    def __init__(self, *arguments: Any, builds: Builds, folder: Path):
        self._builds = builds
        # What a system registers for these is not always right.
        self.extensions_map = self.extensions_map | {
            ".js": "text/javascript",
            ".webp": "image/webp",
        }
        super().__init__(*arguments, directory=str(folder))

    def do_GET(self) -> None:
        """Answer a request."""
        path = self.path.partition("?")[0]
        if path == _EVENTS:
            self._stream()
        elif path == _SCRIPT:
            self._send(_SCRIPT_FILE.read_bytes(), "text/javascript")
        elif path in ("/", f"/{site.INDEX}"):
            self._send_page()
        else:
            super().do_GET()

    def end_headers(self) -> None:
        """Never let the browser keep what may change."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Requests are not worth a line each."""

    def _send_page(self) -> None:
        index = Path(self.directory) / site.INDEX
        html = index.read_bytes() if index.is_file() else b"<!DOCTYPE html><title>Not built</title>"
        self._send(html + _SCRIPT_TAG, "text/html; charset=utf-8")

    def _send(self, data: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self) -> None:
        """Server-sent events: the number of the latest build, and its errors."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        seen = -1
        try:
            while True:
                seen, error = self._builds.wait(seen, _HEARTBEAT_SECONDS)
                event = orjson.dumps({"build": seen, "error": error})
                self.wfile.write(b"data: " + event + b"\n\n")
                self.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):
            return


def serve(article: Path, out: Path, port: int) -> None:
    """Build, show, and build again on every change, until interrupted."""
    site.check_replaceable(out)
    builds = Builds()
    handler = partial(Handler, builds=builds, folder=out)
    with _listen(port, handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        rebuild(article, out, builds)
        click.echo(f"http://localhost:{server.server_address[1]}/ shows {out}; Ctrl+C ends it")
        for _ in watchfiles.watch(
            article,
            site.TEMPLATES,
            watch_filter=lambda change, path: not is_written(path, out),
            raise_interrupt=False,
        ):
            rebuild(article, out, builds)


def _listen(port: int, handler: Callable[..., Handler]) -> ThreadingHTTPServer:
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise ArticleError(f"cannot listen on port {port}: {error.strerror}") from None
    server.daemon_threads = True
    return server


def is_written(path: str, out: Path) -> bool:
    """Whether a path belongs to what the build writes, beside or below the text."""
    written = out.resolve()
    return Path(path).is_relative_to(written) or Path(path).name.startswith(f".{written.name}.")


def rebuild(article: Path, out: Path, builds: Builds) -> None:
    """Build once, and tell the terminal and the pages that are open."""
    try:
        site.write(site.build(article), out)
        message = ""
    except (BrokenArticleError, ArticleError) as error:
        message = str(error)
    click.echo(message or "built", err=bool(message))
    builds.announce(message)
