"""References: how they are named and listed, and what is wrong with a file of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from article.bibliography import Bibliography, Reference
from article.errors import ArticleError
from article.problems import BrokenArticleError


def bibliography(folder: Path, source: str) -> Bibliography:
    (folder / "references.bib").write_text(source, encoding="utf-8")
    return Bibliography.read(folder)


def reference(folder: Path, fields: str) -> Reference:
    return bibliography(folder, f"@article{{key, {fields}}}").cite("key")


@pytest.mark.parametrize(
    ("authors", "label", "listed"),
    [
        ("Lovelace, Ada", "Lovelace, 1843", "A. Lovelace"),
        (
            "Shannon, Claude Elwood and Weaver, Warren",
            "Shannon and Weaver, 1843",
            "C. E. Shannon and W. Weaver",
        ),
        (
            "van den Oord, Aaron and Li, Yazhe and Vinyals, Oriol",
            "van den Oord et al., 1843",
            "A. van den Oord, Y. Li and O. Vinyals",
        ),
        (r"F{\"u}rst, Andreas", "Fürst, 1843", "A. Fürst"),
        ("Lin, Tsung-Yi", "Lin, 1843", "T.-Y. Lin"),
        ("{OpenAI}", "OpenAI, 1843", "OpenAI"),
    ],
)
def test_names(tmp_path: Path, authors: str, label: str, listed: str) -> None:
    found = reference(tmp_path, f"author = {{{authors}}}, title = {{T}}, year = {{1843}}")
    assert (found.label, found.listed_authors) == (label, listed)


@pytest.mark.parametrize(
    ("fields", "address", "text"),
    [
        ("doi = {10.1/2}, eprint = {2103.1}", "https://doi.org/10.1/2", "doi:10.1/2"),
        (
            "eprint = {2103.1}, url = {https://x.org}",
            "https://arxiv.org/abs/2103.1",
            "arXiv:2103.1",
        ),
        ("url = {https://www.x.org/a/}", "https://www.x.org/a/", "x.org/a"),
    ],
)
def test_addresses(tmp_path: Path, fields: str, address: str, text: str) -> None:
    found = reference(tmp_path, f"author = {{A}}, title = {{T}}, year = {{2020}}, {fields}")
    assert (found.address, found.address_text) == (address, text)


def test_the_same_authors_in_one_year_are_told_apart(tmp_path: Path) -> None:
    entry = "@article{%s, author = {Lovelace, Ada}, title = {%s}, year = {1843}}"
    found = bibliography(tmp_path, f"{entry % ('one', 'A')}\n{entry % ('two', 'B')}")
    assert found.cite("one").label == "Lovelace, 1843a"
    assert found.cite("two").label == "Lovelace, 1843b"


def test_only_what_is_cited_is_listed_by_first_author(tmp_path: Path) -> None:
    entry = "@article{%s, author = {%s}, title = {T}, year = {2000}}"
    names = (("z", "Zuse"), ("a", "Abel"), ("m", "Moore"))
    found = bibliography(tmp_path, "\n".join(entry % pair for pair in names))
    found.cite("z")
    found.cite("a")
    assert [one.key for one in found.listed] == ["a", "z"]


def test_an_unknown_key_suggests_one(tmp_path: Path) -> None:
    found = bibliography(tmp_path, "@article{liang2022, author={L}, title={T}, year={2022}}")
    with pytest.raises(
        ArticleError, match=r"unknown reference 'lang2022'; did you mean 'liang2022'"
    ):
        found.cite("lang2022")


def test_no_file_means_no_references(tmp_path: Path) -> None:
    assert Bibliography.read(tmp_path).references == {}


GOOD = "@article{good, author={A}, title={T}, year={2000}}\n"


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        (GOOD + "@article{x,\n title={T}, year={2000}}", 2, "reference 'x' has no author"),
        (GOOD + "\n@article{x, author={A}, year={2000}}", 3, "reference 'x' has no title"),
        ("@article{x, author={A}, title={T}, year={soon}}", 1, "needs a year of four digits"),
        ("@misc{x, author={A}, title={T}, year={2000}, url={javascript:x}}", 1, "no web address"),
        (GOOD + "@article{good, author={A}, title={T}, year={2000}}", 2, "repeated"),
        (GOOD + "@article{x,\n title={T}\n\n author", 5, "not BibTeX: '}' expected"),
        (GOOD + "@article{x, title={T},\n author={A, B, C, D}}", 3, "Too many commas"),
    ],
)
def test_broken_files_name_the_line(tmp_path: Path, source: str, line: int, message: str) -> None:
    with pytest.raises((ArticleError, BrokenArticleError)) as caught:
        bibliography(tmp_path, source)
    assert str(caught.value).startswith(f"{tmp_path / 'references.bib'}:{line}: ")
    assert message in str(caught.value)
