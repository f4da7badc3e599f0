"""What a run starts from: a checkpoint as a transformers model. torch enters inside functions."""

# torch and transformers are only partly typed
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

import signal
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..engine.checkpoints.damage import damage_named
from ..engine.checkpoints.find import Checkpoint, find
from ..engine.checkpoints.matched import Matched
from ..engine.checkpoints.weights import check_encoder
from ..engine.pipeline import Pipeline
from ..engine.tokenizers import read_tokenizer
from ..errors import MissingExtra, MissingWeights
from ..rounding import fixed
from ..trace import FloatArray
from .history import History
from .settings import Settings

if TYPE_CHECKING:
    import torch

_random = threading.RLock()  # held by whoever draws torch's random numbers

_TITLES = {"roberta-encoder": "RoBERTa mini", "distilbert-encoder": "DistilBERT mini"}


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """A classifier before its training."""

    checkpoint: Checkpoint
    config: dict[str, Any]  # config.json
    model: torch.nn.Module
    tokenizer: Any

    @property
    def name(self) -> str:
        """What it was loaded by."""
        return self.checkpoint.name

    @property
    def title(self) -> str:
        """What a chart calls it."""
        return _TITLES.get(self.name, self.name.rsplit("/", 1)[-1])

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes by number."""
        return self.checkpoint.config.labels

    @property
    def limit(self) -> int:
        """Tokens a text may have, special tokens included."""
        return self.checkpoint.config.max_length

    @property
    def padding_id(self) -> int:
        """The id that fills short rows."""
        return self.checkpoint.config.padding_id

    @property
    def layers(self) -> int:
        """How many layers it has."""
        return self.checkpoint.config.layers

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return next(self.model.parameters()).device

    @property
    def cuda_devices(self) -> list[int]:
        """The GPU whose random numbers a step draws, if there is one."""
        return [self.device.index or 0] if self.device.type == "cuda" else []

    @property
    def dropout(self) -> float:
        """The share of numbers that the checkpoint's layers drop while training."""
        first = self.checkpoint.config.family.dropouts[0]
        return float(self.config.get(first, 0.1))

    def trained(self) -> Iterator[tuple[str, FloatArray]]:
        """The tensors that training may change, as arrays that share their memory on a CPU."""
        for name, parameter in self.model.named_parameters():
            if parameter.requires_grad:
                yield name, parameter.detach().cpu().numpy()

    def tensors(self) -> dict[str, FloatArray]:
        """All tensors as they are now; those that training changes are copied."""
        trained = {name: array.copy() for name, array in self.trained()}
        state = self.model.state_dict()
        frozen = {n: t.cpu().numpy() for n, t in state.items() if n not in trained}
        return {name: trained.get(name, frozen.get(name)) for name in state}  # pyright: ignore

    def card(self, history: History, when: str) -> str:
        """A short README of what training made of it."""
        best = history.best
        score = {} if best is None else best.values
        lines = [f"# {history.name}", "", f"Fine-tuned from {self.name}; weights after {when}.", ""]
        lines += [f"- {name}: {value}" for name, value in history.settings.items()]
        lines += [f"- best epoch {best.epoch}, {n} {fixed(v, 4)}" for n, v in score.items() if best]
        return "\n".join(lines) + "\n"


def find_start(start: str | Path | Pipeline, settings: Settings) -> Start:
    """Load what a run starts from, and freeze what stays.

    Raises:
        UnknownModel, UnsupportedArchitecture, MissingWeights, NoNetwork: see ``load``.
        MissingExtra: transformers is not installed.
    """
    if isinstance(start, Pipeline):
        return _start(start.checkpoint, settings)
    with damage_named(start):
        return _start(find(start, backend="torch"), settings)


def _start(checkpoint: Checkpoint, settings: Settings) -> Start:
    config = _config(checkpoint)
    tensors = Matched(checkpoint.tensors(with_torch=True), checkpoint.config.family)
    check_encoder(tensors, checkpoint.config, checkpoint.name)
    model = _model(checkpoint, config, settings)
    _freeze(model, settings.freeze)
    return Start(checkpoint, config, model, read_tokenizer(checkpoint.tokenizer_folder))


def _config(checkpoint: Checkpoint) -> dict[str, Any]:
    config = dict(checkpoint.settings)
    config.pop("difference", None)
    return config


def _model(checkpoint: Checkpoint, config: dict[str, Any], settings: Settings) -> torch.nn.Module:
    try:
        import torch
        from transformers import AutoConfig, AutoModelForSequenceClassification
    except ImportError as error:
        raise MissingExtra(
            'Fine-tuning needs PyTorch and transformers: pip install "pipeline-widgets[torch]".'
        ) from error
    own = AutoConfig.for_model(**config)
    for key in checkpoint.config.family.dropouts:
        if settings.dropout is not None:
            setattr(own, key, settings.dropout)
    with seeded(settings.seed):  # the head of a checkpoint that has none yet
        model: Any = AutoModelForSequenceClassification.from_config(own)
        if not _filled(model, checkpoint):
            model = _from_pretrained(checkpoint, own)
    return model.to("cuda" if torch.cuda.is_available() else "cpu")


def _filled(model: torch.nn.Module, checkpoint: Checkpoint) -> bool:
    """Whether the checkpoint's own tensors are all the model needs; then it has them."""
    import torch

    try:
        source = checkpoint.tensors()
    except MissingWeights:  # .bin files, which transformers reads
        return False
    state = model.state_dict()
    if not all(name in source and source.shape(name) == state[name].shape for name in state):
        return False
    model.load_state_dict({n: torch.from_numpy(source.float32(n).copy()) for n in state})
    return True


def _from_pretrained(checkpoint: Checkpoint, config: Any) -> Any:
    """A checkpoint without a head, or with older names: transformers knows how."""
    import torch
    from transformers import AutoModelForSequenceClassification
    from transformers.utils import logging

    shown, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()  # that the head is new is known
    try:
        return AutoModelForSequenceClassification.from_pretrained(
            checkpoint.folder, config=config, dtype=torch.float32, local_files_only=True
        )
    finally:
        logging.set_verbosity(level)
        if shown:
            logging.enable_progress_bar()


def _freeze(model: torch.nn.Module, freeze: int | None) -> None:
    """None: nothing; 0: the embeddings; n: also the layers below n."""
    if freeze is None:
        return
    body: Any = model.base_model
    layers = (body.encoder if hasattr(body, "encoder") else body.transformer).layer
    for part in (body.embeddings, *layers[:freeze]):
        part.requires_grad_(False)


@contextmanager
def seeded(seed: int, cuda_devices: Sequence[int] | None = None) -> Generator[None]:
    """Random numbers of torch from this seed; the caller's own go on afterwards as if untouched.

    They belong to the whole process: a run that begins while another's step is under way waits.
    """
    import torch

    with _random, torch.random.fork_rng(devices=cuda_devices):
        torch.manual_seed(seed)
        yield


@contextmanager
def uninterrupted() -> Generator[None]:
    """Let Ctrl-C wait until a weight update is whole; only the main thread gets it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[tuple[Any, ...]] = []
    usual = signal.signal(signal.SIGINT, lambda *arguments: came.append(arguments))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
    if came and callable(usual):
        usual(*came[0])
