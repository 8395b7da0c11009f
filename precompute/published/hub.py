"""Files of the Hugging Face hub: from its cache on this machine, or else from the network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from huggingface_hub import hf_hub_download, try_to_load_from_cache
from huggingface_hub.constants import HF_HUB_CACHE
from huggingface_hub.errors import (
    EntryNotFoundError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
)

from precompute.published.errors import EncoderError

WEIGHTS: Final = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
CONFIG: Final = "open_clip_config.json"


def fetch(repository: str, *names: str) -> Path:
    """A file of a repository, under the first of `names` that there is.

    What lies in the cache is taken as it is, so that a run needs no network and always sees the
    same file.

    Raises:
        EncoderError: not in the cache and out of reach; says what to fetch and where to put it.
    """
    try:
        return _cached(repository, names) or _downloaded(repository, names)
    except HFValidationError as error:
        raise EncoderError(f"{repository!r} is no repository of the hub: {error}") from None


def _cached(repository: str, names: Sequence[str]) -> Path | None:
    found = (try_to_load_from_cache(repository, name) for name in names)
    return next((Path(path) for path in found if isinstance(path, str)), None)


def _downloaded(repository: str, names: Sequence[str]) -> Path:
    for name in names:
        try:
            return Path(hf_hub_download(repository, name))
        except LocalEntryNotFoundError as error:  # no answer, whatever the repository has
            raise unreachable(f"{repository} {name}", error) from None
        except EntryNotFoundError:
            continue
        except (OSError, HfHubHTTPError) as error:
            raise unreachable(f"{repository} {name}", error) from None
    raise EncoderError(f"{repository} on the hub has no {' and no '.join(names)}")


def unreachable(what: str, reason: Exception) -> EncoderError:
    """The error for what is neither here nor can be fetched: a repository, and a file of it."""
    return EncoderError(
        f"cannot be fetched from the hub, and is not in its cache here: {what} "
        f"({' '.join(str(reason).split())}). Run `hf download {what}` where there is a network and "
        f"copy the folder of the cache there to {HF_HUB_CACHE}"
    )
