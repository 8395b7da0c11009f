import json
from pathlib import Path

import pytest
import torch

from precompute.tokenizer import CHARACTERS, Tokenizer, TokenizerError, words_of

FIRST_WORD = 3 + len(CHARACTERS)


@pytest.fixture
def tokenizer() -> Tokenizer:
    return Tokenizer(["dog", "a", "hot", "cat"], context_length=6)


def test_ids_are_specials_characters_sorted_words_end(tokenizer: Tokenizer) -> None:
    assert tokenizer.pieces[:3] == ("<padding>", "<start>", "<unknown>")
    assert tokenizer.pieces[FIRST_WORD:] == ("a", "cat", "dog", "hot", "<end>")
    assert tokenizer.vocabulary_size == FIRST_WORD + 5


def test_rows_start_end_and_are_padded(tokenizer: Tokenizer) -> None:
    end = tokenizer.vocabulary_size - 1
    rows = tokenizer(["A hot dog.", ""])
    assert rows.dtype == torch.int64
    assert rows.tolist() == [
        [1, FIRST_WORD, FIRST_WORD + 3, FIRST_WORD + 2, end, 0],
        [1, end, 0, 0, 0, 0],
    ]


def test_end_is_where_open_clip_pools(tokenizer: Tokenizer) -> None:
    rows = tokenizer(["dog", "hot dog", "a zebra in a wood"])
    assert rows.argmax(dim=1).tolist() == [2, 3, 5]


def test_long_text_is_cut_and_keeps_its_end(tokenizer: Tokenizer) -> None:
    (row,) = tokenizer("a dog a cat a dog").tolist()
    end = tokenizer.vocabulary_size - 1
    assert row == [1, FIRST_WORD, FIRST_WORD + 2, FIRST_WORD, FIRST_WORD + 1, end]


def test_unknown_words_are_spelt(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode("Dogs 犬 x2")
    assert [tokenizer.pieces[i] for i in ids] == [
        *("##d", "##o", "##g", "##s"),
        "<unknown>",
        *("##x", "##2"),
    ]
    assert "##a" in tokenizer.pieces
    assert tokenizer.encode("a") == [FIRST_WORD], "the word, not the character"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A Piñata, two CAFÉS!", ["a", "pinata", "two", "cafes"]),
        ("a dog's hot-dog_bun", ["a", "dogs", "hot", "dog", "bun"]),
        ("ﬁsh ①", ["fish", "1"]),
        (" \n… ", []),
    ],
)
def test_words_of(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_decode_shows_words(tokenizer: Tokenizer) -> None:
    assert tokenizer.decode(tokenizer("hot cat")[0].tolist()) == "hot cat"


def test_order_of_words_does_not_matter_but_words_do(tokenizer: Tokenizer) -> None:
    assert Tokenizer(["cat", "hot", "dog", "a"], 6).fingerprint == tokenizer.fingerprint
    assert Tokenizer(["cat", "hot", "dogs", "a"], 6).fingerprint != tokenizer.fingerprint
    assert Tokenizer(["cat", "hot", "dog", "a"], 7).fingerprint != tokenizer.fingerprint


def test_file_holds_sorted_words(tokenizer: Tokenizer, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    tokenizer.write(path)
    assert json.loads(path.read_text())["words"] == ["a", "cat", "dog", "hot"]
    assert Tokenizer.read(path).fingerprint == tokenizer.fingerprint


@pytest.mark.parametrize("word", ["Hot", "hot dog", "naïve", "dog.", ""])
def test_word_list_must_be_normalised(word: str) -> None:
    with pytest.raises(TokenizerError, match="is not one lower-case word"):
        Tokenizer(["dog", word])


def test_vocabulary_must_have_words() -> None:
    with pytest.raises(TokenizerError, match="no words"):
        Tokenizer([])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not JSON"),
        ('{"version": 1}', "expected the keys context_length, version, words"),
        ('{"version": 2, "context_length": 6, "words": ["a"]}', "version 2"),
        ('{"version": 1, "context_length": 6, "words": ["b", "a"]}', "not sorted"),
        ('{"version": 1, "context_length": 6, "words": [1]}', "not a list of texts"),
    ],
)
def test_broken_file_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "words.json"
    path.write_text(content)
    with pytest.raises(TokenizerError, match=rf"words\.json: .*{message}"):
        Tokenizer.read(path)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TokenizerError, match=r"none\.json: no such tokenizer file"):
        Tokenizer.read(tmp_path / "none.json")


def test_committed_tokenizer_knows_every_word_of_the_captions() -> None:
    from precompute.captions import vocabulary
    from precompute.concepts import default_catalog

    assert Tokenizer.read().words == tuple(vocabulary(default_catalog()))


def test_longest_captions_fit_the_context() -> None:
    from precompute.scenes import SceneStream

    tokenizer = Tokenizer.read()
    stream = SceneStream(0, "train")
    captions = [stream.scene(index).caption for index in range(500)]
    lengths = [len(tokenizer.encode(caption)) for caption in captions]
    assert max(lengths) <= tokenizer.context_length - 2
    assert max(lengths) == max(len(caption.split()) for caption in captions), "all words are known"
