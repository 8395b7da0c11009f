"""The preview: the page as it is served, and what an open page hears of each build."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from article import serve
from article.errors import ArticleError
from tests.article.small_article import SmallArticle


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "public"


@pytest.fixture
def builds() -> serve.Builds:
    return serve.Builds()


@pytest.fixture
def connection(out: Path, builds: serve.Builds) -> Iterator[http.client.HTTPConnection]:
    handler = partial(serve.Handler, builds=builds, folder=out)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        with closing(made):
            yield made
        server.shutdown()


def get(connection: http.client.HTTPConnection, path: str) -> tuple[int, str, str]:
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.headers["Content-Type"], response.read().decode()


def event(response: http.client.HTTPResponse) -> dict[str, object]:
    line = response.readline().decode()
    assert response.readline() == b"\n"
    found: dict[str, object] = json.loads(line.removeprefix("data: "))
    return found


def test_the_reload_script_is_added_when_served_only(
    article: SmallArticle, out: Path, builds: serve.Builds, connection: http.client.HTTPConnection
) -> None:
    serve.rebuild(article.folder, out, builds)
    status, kind, html = get(connection, "/")
    assert (status, kind) == (200, "text/html; charset=utf-8")
    assert html.endswith('<script src="/-/reload.js"></script>')
    assert get(connection, "/index.html?fig=1")[2] == html
    assert "reload.js" not in (out / "index.html").read_text()
    status, kind, script = get(connection, "/-/reload.js")
    assert (status, kind) == (200, "text/javascript")
    assert "EventSource" in script


def test_other_files_are_served_with_their_type(
    article: SmallArticle, out: Path, builds: serve.Builds, connection: http.client.HTTPConnection
) -> None:
    serve.rebuild(article.folder, out, builds)
    (main,) = out.glob("assets/js-*/main.js")
    assert get(connection, f"/{main.relative_to(out)}")[:2] == (200, "text/javascript")
    assert get(connection, "/nothing")[0] == 404


def test_an_open_page_hears_of_each_build(
    article: SmallArticle, out: Path, builds: serve.Builds, connection: http.client.HTTPConnection
) -> None:
    connection.request("GET", "/-/events")
    response = connection.getresponse()
    assert event(response) == {"build": 0, "error": ""}
    serve.rebuild(article.folder, out, builds)
    assert event(response) == {"build": 1, "error": ""}
    serve.rebuild(article.text("[@nobody]").folder, out, builds)
    failed = event(response)
    assert failed["build"] == 2
    assert "index.md:1: unknown reference 'nobody'" in str(failed["error"])


def test_a_build_that_fails_keeps_the_page(
    article: SmallArticle, out: Path, builds: serve.Builds, capsys: pytest.CaptureFixture[str]
) -> None:
    serve.rebuild(article.text("Good.").folder, out, builds)
    serve.rebuild(article.text("[@nobody]").folder, out, builds)
    assert "Good." in (out / "index.html").read_text()
    captured = capsys.readouterr()
    assert captured.out == "built\n"
    assert "index.md:1: unknown reference 'nobody'" in captured.err


def test_before_the_first_build_there_is_a_page_that_waits_for_it(
    connection: http.client.HTTPConnection,
) -> None:
    status, _, html = get(connection, "/")
    assert status == 200
    assert "<title>Not built</title>" in html
    assert "/-/reload.js" in html


def test_a_port_that_is_taken(article: SmallArticle, out: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as server:
        port = server.server_address[1]
        with pytest.raises(ArticleError, match=f"cannot listen on port {port}"):
            serve.serve(article.folder, out, port)
    assert not out.exists()


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("public/index.html", True),
        (".public.x1y2.partial", True),
        ("content/index.md", False),
        ("publication.md", False),
    ],
)
def test_what_the_build_writes_is_no_change(tmp_path: Path, path: str, written: bool) -> None:
    assert serve.is_written(str(tmp_path / path), tmp_path / "public") is written
