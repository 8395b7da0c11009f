"""Contrastive objectives, each a function of a batch.

Notation: images x (N, d) and texts y (N, d) are unit vectors, row i of both being pair i; s is the
logit scale, the inverse of the temperature. Every function returns a scalar in nats, differentiable
in all of its arguments.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

Objective = Callable[[Tensor, Tensor, Tensor], Tensor]


def cross_entropy(anchors: Tensor, candidates: Tensor, logit_scale: Tensor) -> Tensor:
    """Mean over i of `-s <a_i, b_i> + log sum_j exp(s <a_i, b_j>)`."""
    logits = logit_scale * anchors @ candidates.T
    return functional.cross_entropy(logits, torch.arange(len(logits), device=logits.device))


def leave_one_out(anchors: Tensor, candidates: Tensor, logit_scale: Tensor) -> Tensor:
    """InfoLOOB: `(1/s) mean_i [-s <a_i, b_i> + log sum_{j != i} exp(s <a_i, b_j>)]`.

    Unlike in the cross-entropy, the pair itself is not among what it is compared with. Source:
    Fürst et al. 2022, arXiv 2110.11316, eq. 1, times 1/s as in ml-jku/cloob.
    """
    logits = logit_scale * anchors @ candidates.T
    pairs = torch.eye(len(logits), dtype=torch.bool, device=logits.device)
    others = torch.logsumexp(logits.masked_fill(pairs, -torch.inf), dim=1)
    return (others - logits.diagonal()).mean() / logit_scale


def retrieve(queries: Tensor, stored: Tensor, beta: float) -> Tensor:
    """Hopfield retrieval: `normalise(softmax(beta q S^T) S)`, stored patterns as keys and values.

    Source: Fürst et al. 2022, arXiv 2110.11316, eq. 3 and 4; Ramsauer et al. 2021.
    """
    return functional.normalize(torch.softmax(beta * queries @ stored.T, dim=1) @ stored, dim=1)


def retrieve_all(images: Tensor, texts: Tensor, beta: float) -> tuple[Tensor, ...]:
    """U_x, U_y, V_x, V_y: images and texts retrieved from the images, then from the texts."""
    return tuple(
        retrieve(queries, stored, beta) for stored in (images, texts) for queries in (images, texts)
    )


def infonce(images: Tensor, texts: Tensor, logit_scale: Tensor) -> Tensor:
    """CLIP: the mean of the cross-entropies of both directions (Radford et al. 2021)."""
    forward = cross_entropy(images, texts, logit_scale)
    return (forward + cross_entropy(texts, images, logit_scale)) / 2


def cyclip(
    images: Tensor,
    texts: Tensor,
    logit_scale: Tensor,
    in_modal: float = 0.25,
    cross_modal: float = 0.25,
) -> Tensor:
    """CyCLIP: InfoNCE + in_modal L_I + cross_modal L_C (Goel et al. 2022, arXiv 2205.14459).

    `L_I = (1/N) sum_jk (<x_j, x_k> - <y_j, y_k>)²`,
    `L_C = (1/N) sum_jk (<x_j, y_k> - <x_k, y_j>)²`.
    Both are of similarities, not of logits: with s² left in, training collapses.
    """
    in_modal_loss = (images @ images.T - texts @ texts.T).square().sum() / len(images)
    cross = images @ texts.T
    cross_modal_loss = (cross - cross.T).square().sum() / len(images)
    return (
        infonce(images, texts, logit_scale)
        + in_modal * in_modal_loss
        + cross_modal * cross_modal_loss
    )


def infoloob(images: Tensor, texts: Tensor, logit_scale: Tensor) -> Tensor:
    """InfoLOOB of both directions, summed; CLOOB without its retrieval."""
    forward = leave_one_out(images, texts, logit_scale)
    return forward + leave_one_out(texts, images, logit_scale)


def cloob(images: Tensor, texts: Tensor, logit_scale: Tensor, beta: float = 8.0) -> Tensor:
    """CLOOB: InfoLOOB(U_x, U_y) + InfoLOOB(V_y, V_x) (Fürst et al. 2022, arXiv 2110.11316).

    U is retrieved from the stored images, V from the stored texts.
    """
    u_x, u_y, v_x, v_y = retrieve_all(images, texts, beta)
    return leave_one_out(u_x, u_y, logit_scale) + leave_one_out(v_y, v_x, logit_scale)


def infonce_with_retrieval(
    images: Tensor, texts: Tensor, logit_scale: Tensor, beta: float = 8.0
) -> Tensor:
    """CE(U_x, U_y) + CE(V_y, V_x): CLOOB's retrieval with CLIP's cross-entropy, its ablation."""
    u_x, u_y, v_x, v_y = retrieve_all(images, texts, beta)
    return cross_entropy(u_x, u_y, logit_scale) + cross_entropy(v_y, v_x, logit_scale)


OBJECTIVES: dict[str, Callable[..., Tensor]] = {
    "infonce": infonce,
    "cyclip": cyclip,
    "infoloob": infoloob,
    "cloob": cloob,
    "infonce-with-retrieval": infonce_with_retrieval,
}


def objective(name: str, **settings: float) -> Objective:
    """The objective of a name, its settings filled in.

    Raises:
        ValueError: no such objective, or a setting that it does not have.
    """
    if name not in OBJECTIVES:
        raise ValueError(f"unknown objective {name!r}; known: {', '.join(OBJECTIVES)}")
    function = OBJECTIVES[name]
    known = list(inspect.signature(function).parameters)[3:]
    for setting in settings:
        if setting not in known:
            has = ", ".join(known) or "none"
            raise ValueError(f"objective {name!r} has no setting {setting!r}; it has: {has}")
    return partial(function, **settings)
