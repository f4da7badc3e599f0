"""Checkpoints with random weights, made and saved by transformers, for the engine to read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
tokenizers = pytest.importorskip("tokenizers")

PROSE = (
    "The cat sat on the mat. A slow start, a superb ending; I don't think anyone enjoyed the "
    "concert, although the queue was long. Nothing about the hotel disappointed us."
)
SMALL = {
    "roberta": {
        "vocab_size": 400,
        "hidden_size": 48,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "intermediate_size": 96,
        "max_position_embeddings": 42,
        "type_vocab_size": 1,
        "layer_norm_eps": 1e-5,
    },
    "distilbert": {
        "vocab_size": 400,
        "dim": 48,
        "n_layers": 2,
        "n_heads": 4,
        "hidden_dim": 96,
        "max_position_embeddings": 40,
    },
}
# What config.json of roberta-base and distilbert-base-uncased says, where it differs from the
# classes' own defaults.
FULL = {
    "roberta": {"max_position_embeddings": 514, "type_vocab_size": 1, "layer_norm_eps": 1e-5},
    "distilbert": {},
}


def _classes(architecture: str) -> tuple[Any, Any]:
    name = {"roberta": "Roberta", "distilbert": "DistilBert"}[architecture]
    return (
        getattr(transformers, f"{name}Config"),
        getattr(transformers, f"{name}ForSequenceClassification"),
    )


def save_classifier(
    folder: Path, architecture: str, *, seed: int = 0, sizes: dict[str, Any], **saving: Any
) -> Path:
    """Save a classifier whose biases and LayerNorms are random too, so that none goes unnoticed."""
    config_class, model_class = _classes(architecture)
    torch.manual_seed(seed)
    number = saving.pop("dtype", torch.float32)
    model = model_class(config_class(**sizes))
    for name, parameter in model.named_parameters():
        if parameter.ndim == 1:
            centre = 1.0 if name.endswith("orm.weight") else 0.0
            torch.nn.init.normal_(parameter, centre, 0.1)
    model.to(number).save_pretrained(folder, **saving)
    save_tokenizer(folder, architecture)
    return folder


def save_tokenizer(folder: Path, architecture: str) -> None:
    """Save a small tokenizer of the architecture's own kind, as ``tokenizer.json``."""
    if architecture == "roberta":
        trained = tokenizers.ByteLevelBPETokenizer()
        specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
        trained.train_from_iterator([PROSE] * 3, vocab_size=380, special_tokens=specials)
        trained.save_model(str(folder))
        whole = transformers.RobertaTokenizerFast.from_pretrained(folder)
    else:
        trained = tokenizers.BertWordPieceTokenizer(lowercase=True)
        trained.train_from_iterator([PROSE] * 3, vocab_size=380)
        trained.save_model(str(folder))
        whole = transformers.DistilBertTokenizerFast.from_pretrained(folder)
    whole.save_pretrained(folder)


def reference(folder: Path) -> Any:
    """transformers' own classifier of a folder."""
    return transformers.AutoModelForSequenceClassification.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32
    ).eval()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """No progress bars, and two threads at most."""
    transformers.utils.logging.disable_progress_bar()
    before = torch.get_num_threads()
    torch.set_num_threads(min(2, before))
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session", params=["roberta", "distilbert"])
def small(request, tmp_path_factory) -> Path:
    """A small classifier's folder, once for each architecture."""
    folder = tmp_path_factory.mktemp(f"small-{request.param}")
    return save_classifier(folder, request.param, sizes=SMALL[request.param])


@pytest.fixture(scope="module", params=["roberta", "distilbert"])
def full(request, tmp_path_factory) -> Iterator[Path]:
    """A classifier of the published size (500 and 270 MB), deleted when its tests are done."""
    folder = tmp_path_factory.mktemp(f"full-{request.param}")
    yield save_classifier(folder, request.param, sizes=FULL[request.param])
    for file in folder.glob("*.safetensors"):
        file.unlink()
