"""What a backend does: the forward pass, stage by stage."""

from __future__ import annotations

from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from ..trace import Embedding, FloatArray, IntArray, Layers, Pooled, QueryKeyValue
from .checkpoints.config import ModelConfig


class Model(Protocol):
    """What a backend does; each takes one text, as written, or a batch of B texts in front of T."""

    backend: ClassVar[str]
    config: ModelConfig
    parameters: int
    classifies: bool  # whether it has a classification head
    fills: bool  # whether it has a masked-LM head

    def embed(self, ids: IntArray, types: IntArray | None = None) -> Embedding:
        """(T,) to (T, D); ``types`` (T,) says which sentence a token is of, for BERT."""
        ...

    def attend(
        self,
        embedding: Embedding,
        mask: NDArray[np.bool_] | None = None,
        *,
        keep: NDArray[np.bool_] | None = None,
    ) -> Layers:
        """(T, D) to (L + 1, T, D) and (L, H, T, T).

        ``mask`` (B, T) is false for padding, ``keep`` (L, H) for heads that are switched off.
        """
        ...

    def encode_from(
        self, layer: int, hidden: FloatArray, *, keep: NDArray[np.bool_] | None = None
    ) -> FloatArray:
        """States before ``layer`` (B, T, D) to the first token's last state (B, D).

        ``keep`` (B, H) is for that layer alone.
        """
        ...

    def encode(self, embedding: Embedding, mask: NDArray[np.bool_] | None = None) -> FloatArray:
        """(T, D) to the last hidden state (T, D)."""
        ...

    def mix(
        self, layer: int, hidden: FloatArray, gathered: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """What the heads gathered (T, D) to what it adds, and to the states with it added."""
        ...

    def finish_layer(
        self,
        layer: int,
        hidden: FloatArray,
        gathered: FloatArray,
        *,
        added: FloatArray | None = None,
    ) -> tuple[FloatArray, FloatArray]:
        """What the heads gathered (T, D) to the layer's states and its feed-forward half."""
        ...

    def pool(self, first: FloatArray) -> Pooled:
        """(D,) to (D,)."""
        ...

    def classify(self, pooled: Pooled) -> FloatArray:
        """(D,) to logits (C,)."""
        ...

    def fill(self, hidden: FloatArray) -> FloatArray:
        """(N, D) to logits over the vocabulary (N, V)."""
        ...

    def query_key_value(self, hidden: FloatArray, *, layer: int, head: int) -> QueryKeyValue:
        """(T, D) to three times (T, D / H)."""
        ...
