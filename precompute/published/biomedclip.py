"""BiomedCLIP: a ViT-B/16 and PubMedBERT, trained on figures of biomedical articles.

Zhang et al. 2023, arXiv 2303.00915. Its model card puts labels into the template below, and reads
texts of up to 256 tokens, which its config says.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from precompute.published.open_clip_models import FOLDER, HUB, PackagedModel

REPOSITORY: Final = "microsoft/BiomedCLIP-PubMedBERT_256-vit_base_patch16_224"
TEMPLATE: Final = "this is a photo of {}"


def biomedclip(folder: Path | None = None, template: str = TEMPLATE) -> PackagedModel:
    """BiomedCLIP from the hub, or from a folder that the repository was fetched into."""
    return PackagedModel(HUB + REPOSITORY if folder is None else f"{FOLDER}{folder}", template)
