"""Where a model's files are: bundled, in a local folder, or on the hub; and what is missing."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ...errors import MissingExtra, MissingWeights, NoNetwork, UnknownModel
from ...text_files import read_bytes
from ..tokenizers.files import TOKENIZER_FILES, read_json
from .adapter import AdaptedTensors, LoraTensors, read_lora
from .bin_files import read_bin
from .config import ModelConfig, read_config
from .matched import Matched, TensorSource
from .safetensors_files import Tensors, named_files, safetensors_files

BUNDLED_FOLDER = Path(__file__).parents[2] / "bundled"

# "owner/name", or a name alone as the hub's oldest models have: "roberta-base".
_HUB_ID = re.compile(r"(?:[\w-][\w.-]*/)?[\w-][\w.-]*")

_RUN = re.compile(r"checkpoint-([0-9]{1,15})")

# A bundled classifier is an encoder and the difference that sentiment training made to it; the
# masked-LM head comes with a difference of its own.
BUNDLED = {
    "roberta": "roberta-mini/classifier",
    "distilbert": "distilbert-mini/classifier",
    "roberta-encoder": "roberta-mini/encoder",
    "distilbert-encoder": "distilbert-mini/encoder",
    "roberta-masked": "roberta-mini/masked",
    "distilbert-masked": "distilbert-mini/masked",
}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The files of one model."""

    name: str
    folder: Path  # has config.json
    tokenizer_folder: Path
    config: ModelConfig
    card: str  # README.md, or ""
    settings: Mapping[str, Any]  # config.json
    source: TensorSource | None = None  # the weights, where they are no files of this folder
    held: object = None  # what must live as long as this, such as a folder made for it

    @property
    def has_difference(self) -> bool:
        """Whether it is an encoder's difference rather than weights of its own."""
        return (self.folder / "difference.safetensors").is_file()

    @property
    def bundled(self) -> bool:
        """Whether it came with the package."""
        return self.folder.is_relative_to(BUNDLED_FOLDER)

    @property
    def bin_files(self) -> list[Path]:
        """The weights that torch alone can read; none where there are others."""
        if self.source is not None or self.has_difference or safetensors_files(self.folder):
            return []
        return named_files(self.folder, "pytorch_model.bin")

    def tensors(self, *, with_torch: bool = False) -> TensorSource:
        """The weights, memory-mapped where they are in safetensors.

        Raises ``MissingWeights`` if there are none, or only ``.bin`` and not ``with_torch``.
        """
        if self.source is not None:
            return self.source
        if self.has_difference:
            file = self.tokenizer_folder / "model.safetensors"
            encoder = _bundled_encoder(file) if self.bundled else Tensors([file])
            difference = Tensors([self.folder / "difference.safetensors"])
            settings: Mapping[str, Any] = self.settings.get("difference") or {}
            return AdaptedTensors(encoder, difference, settings.get("without") or ())
        if files := safetensors_files(self.folder):
            return Tensors(files)
        if with_torch and (files := self.bin_files):
            return read_bin(files)
        raise MissingWeights(self.without_weights())

    def without_weights(self) -> str:
        """What is missing, and what to do."""
        if self.bin_files:
            return (
                f"{self.name} has only .bin weights, which need PyTorch: load({self.name!r}, "
                'backend="torch"), after pip install "pipeline-widgets[torch]".'
            )
        others = sorted(
            file.name for file in self.folder.iterdir() if file.suffix in (".safetensors", ".bin")
        )
        if any(name.startswith("adapter_model") for name in others):
            return (
                f"{self.folder} has an adapter's weights without adapter_config.json, which says "
                "what they change. Copy the whole folder that PEFT's save_pretrained() wrote."
            )
        there = f" ({', '.join(others)} is something else)" if others else ""
        return (
            f"{self.name} has no weights: there is no model.safetensors in {self.folder}{there}. "
            "Copy the whole folder that save_pretrained() wrote."
        )


@cache
def _bundled_encoder(file: Path) -> Tensors:
    """Mapped once, as the classifier and the masked-LM head are made of the same one."""
    return Tensors([file])


def find(name: str | Path, *, revision: str | None = None, backend: str = "numpy") -> Checkpoint:
    """Find a model by its bundled name, its folder or its hub id.

    Raises:
        UnknownModel: there is nothing of that name.
        UnsupportedArchitecture: it is of no family that is read here.
        NoNetwork: the hub could not be reached and nothing is cached.
        MissingExtra: it is on the hub and huggingface_hub is not installed.
    """
    text = str(name)
    if text in BUNDLED:
        folder = BUNDLED_FOLDER / BUNDLED[text]
        return _read(text, folder, tokenizer_folder=folder.parent / "encoder", card=folder.parent)
    folder = Path(name).expanduser()
    if text and folder.is_dir():
        return _read(text, folder, backend=backend)
    near = "/" not in text and _close(text)  # an owner's model may be called as it likes
    if isinstance(name, Path) or not _HUB_ID.fullmatch(text) or near:
        raise UnknownModel(_unknown(text))
    from . import hub

    return _read(text, hub.fetch(text, revision=revision, backend=backend), backend=backend)


def runs(folder: Path) -> list[Path]:
    """The checkpoints in a Trainer's output folder, the newest first."""
    found = [
        (int(step[1]), one)
        for one in folder.glob("checkpoint-*")
        if (step := _RUN.fullmatch(one.name))
        and any((one / name).is_file() for name in ("config.json", "adapter_config.json"))
    ]
    return [one for _, one in sorted(found, reverse=True)]


def _read(
    name: str,
    folder: Path,
    *,
    tokenizer_folder: Path | None = None,
    card: Path | None = None,
    backend: str = "numpy",
) -> Checkpoint:
    if (folder / "adapter_config.json").is_file() and not safetensors_files(folder):
        return _adapted(name, folder, backend)
    file = folder / "config.json"
    if not file.is_file():
        if newest := runs(folder)[:1]:
            return _read(str(Path(name) / newest[0].name), newest[0], backend=backend)
        raise UnknownModel(
            f"{folder} has no config.json, so it is not a checkpoint. Give the folder that "
            "save_pretrained() wrote."
        )
    settings = read_json(file)
    config = read_config(settings, name=name)
    text = _card(card or folder)
    return Checkpoint(name, folder, tokenizer_folder or folder, config, text, settings)


def _card(folder: Path) -> str:
    try:
        return read_bytes(folder / "README.md").decode("utf-8", "replace")
    except OSError:
        return ""


def _adapted(name: str, folder: Path, backend: str) -> Checkpoint:
    """A LoRA adapter merged into the base model that it names."""
    config = read_json(folder / "adapter_config.json")
    lora = read_lora(config, name=name)
    base = _base(config, folder, name, backend)
    files = named_files(folder, "adapter_model.safetensors")
    with_torch = backend == "torch"
    adapter: TensorSource
    if files:
        adapter = Tensors(files)
    elif with_torch and (files := named_files(folder, "adapter_model.bin")):
        adapter = read_bin(files)
    else:
        raise MissingWeights(
            f"{name} is an adapter without adapter_model.safetensors. Save it again with PEFT's "
            'save_pretrained(), or, if it has adapter_model.bin, load it with backend="torch".'
        )
    family = base.config.family
    source = LoraTensors(Matched(base.tensors(with_torch=with_torch), family), adapter, lora)
    settings = dict(base.settings)
    if (folder / "config.json").is_file():
        settings |= read_json(folder / "config.json")
    output = family.tensors.output + ".weight"
    labels = source.shape(output)[0] if output in source else 0
    if labels and labels != len(read_config(settings, name=name).labels):
        settings |= {"id2label": None, "label2id": None, "num_labels": labels}
    own = any((folder / file).is_file() for file in TOKENIZER_FILES)
    return Checkpoint(
        name=name,
        folder=folder,
        tokenizer_folder=folder if own else base.tokenizer_folder,
        config=read_config(settings, name=name),
        card=_card(folder),
        settings=settings,
        source=source,
    )


def _base(config: Mapping[str, Any], folder: Path, name: str, backend: str) -> Checkpoint:
    """The model that an adapter was trained on."""
    given = str(config.get("base_model_name_or_path") or "")
    beside = folder.parent / given
    try:
        if given and not Path(given).is_dir() and beside.is_dir():
            return find(beside, backend=backend)
        revision = config.get("revision")
        return find(given, backend=backend, revision=str(revision) if revision else None)
    except (UnknownModel, NoNetwork, MissingExtra) as error:
        raise UnknownModel(
            f"{name} is an adapter: it changes the model {given!r}, which is needed beside it and "
            f"can't be had. {error} Or write in adapter_config.json, as "
            '"base_model_name_or_path", the folder where it is.'
        ) from error


def _close(text: str) -> list[str]:
    """The bundled name that was meant, if one was nearly typed."""
    return difflib.get_close_matches(text.lower(), BUNDLED, n=1, cutoff=0.75)


def _unknown(text: str) -> str:
    hint = "".join(f' Did you mean "{name}"?' for name in _close(text))
    names = ", ".join(f'"{name}"' for name in BUNDLED)
    return (
        f"There is no model {text!r}: it is no bundled name ({names}), no folder here, and no hub "
        f'id ("owner/name").{hint}'
    )
