"""OpenAI's own files of CLIP are TorchScript; the hub has the same weights as safetensors."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Final

from open_clip.pretrained import get_pretrained_cfg, list_pretrained_models_by_tag

from precompute.published import hub

TAG: Final = "openai"


def repositories() -> dict[str, str]:
    """The hub's repositories by the names of OpenAI's files ("RN50.pt")."""
    entries = [get_pretrained_cfg(name, TAG) for name in list_pretrained_models_by_tag(TAG)]
    return {PurePosixPath(cfg["url"]).name: cfg["hf_hub"].strip("/") for cfg in entries}


def torchscript_refusal(path: Path) -> str:
    """Why a TorchScript file is not read, and what to take instead."""
    refusal = "is TorchScript, a program and not a file of weights; refused. "
    repository = repositories().get(path.name)
    if repository is None:
        return f"{refusal}Take the same weights as safetensors or as a state_dict"
    return (
        f"{refusal}OpenAI's weights are on the hub as safetensors: "
        f"`hf download {repository} {hub.WEIGHTS[0]}`"
    )
