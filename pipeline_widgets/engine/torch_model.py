"""The same checkpoint through transformers: for trust, for ``.bin`` weights and for the GPU.

Every number here is transformers' own. The methods and shapes are ``numpy_model``'s.
"""

# torch and transformers are only partly typed
# pyright: standard
# (the two libraries leave most of their own types unknown)

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingExtra, MissingWeights
from ..trace import Embedding, FloatArray, IntArray, Layers, Pooled, QueryKeyValue
from .checkpoints.find import Checkpoint
from .checkpoints.matched import Matched
from .checkpoints.missing import without_masked_head
from .checkpoints.weights import check, check_encoder, decoder_weight, heads

try:
    import torch
    import transformers
    from transformers.activations import ACT2FN
except ImportError as error:
    raise MissingExtra(
        'backend="torch" needs PyTorch and transformers: pip install "pipeline-widgets[torch]". '
        "Without backend=, the same model runs on numpy."
    ) from error


class TorchModel:
    """An encoder with its heads, on the GPU if there is one."""

    backend: ClassVar[str] = "torch"

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.config = checkpoint.config
        self.names = self.config.family.tensors
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._checkpoint = checkpoint
        tensors = checkpoint.tensors(with_torch=True)
        self._source = Matched(tensors, self.config.family)
        found = heads(self._source, self.config.family, checkpoint.name)
        self.classifies, self.fills = found.classifies, found.fills
        task = "ForSequenceClassification" if self.classifies else "ForMaskedLM"
        self.model: Any = _read(checkpoint, self._source, task).to(self.device).eval()
        self.base: Any = self.model.base_model
        self.parameters = sum(parameter.numel() for parameter in self.model.parameters())

    def embed(self, ids: IntArray, types: IntArray | None = None) -> Embedding:
        """See ``NumpyModel.embed``."""
        several = ids.ndim == 2
        with torch.inference_mode():
            batch = self._whole(ids)
            layer = self.base.embeddings
            position_ids = self._position_ids(batch)
            token = layer.word_embeddings(batch)
            position = layer.position_embeddings(position_ids)
            total = token + position
            kinds: tuple[Any, ...] = ()
            if self.config.reads_pairs:
                types = np.zeros_like(ids) if types is None else types
                kind = layer.token_type_embeddings(self._whole(types))
                total = total + kind
                kinds = (_array(kind) if several else _array(kind)[0], types)
            elif self.names.token_type is not None:
                row = layer.token_type_embeddings.weight[0]
                position, total = position + row, total + row
            normalised = layer.LayerNorm(total)
        made = (_array(token), _array(position), _array(position_ids, np.int32), _array(normalised))
        return Embedding(*(one if several else one[0] for one in made), *kinds)

    def _whole(self, ids: IntArray) -> Any:
        return torch.as_tensor(np.atleast_2d(ids), dtype=torch.long, device=self.device)

    def attend(
        self,
        embedding: Embedding,
        mask: NDArray[np.bool_] | None = None,
        *,
        keep: NDArray[np.bool_] | None = None,
    ) -> Layers:
        """See ``NumpyModel.attend``; transformers starts from ``embedding.token`` again."""
        with self._switched_off({} if keep is None else dict(enumerate(keep))):
            output = self._run(embedding, mask, keep=True)
        if output.attentions is None or len(output.attentions) != self.config.layers:
            raise MissingWeights(
                f"transformers {transformers.__version__} gave no attention weights of "
                f"{self.config.layers} layers; update it: pip install -U transformers."
            )
        hidden, attention = _stacked(output.hidden_states), _stacked(output.attentions)
        if embedding.token.ndim == 3:
            return Layers(hidden, attention)
        return Layers(hidden[:, 0], attention[:, 0])

    def encode(self, embedding: Embedding, mask: NDArray[np.bool_] | None = None) -> FloatArray:
        """See ``NumpyModel.encode``."""
        hidden = _array(self._run(embedding, mask, keep=False).last_hidden_state)
        return hidden if embedding.token.ndim == 3 else hidden[0]

    def encode_from(
        self, layer: int, hidden: FloatArray, *, keep: NDArray[np.bool_] | None = None
    ) -> FloatArray:
        """See ``NumpyModel.encode_from``; what transformers makes below ``layer`` is replaced."""
        start = torch.as_tensor(np.ascontiguousarray(hidden), device=self.device)

        def begin(_module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            if args:
                return (start, *args[1:]), kwargs
            return args, kwargs | {next(iter(kwargs)): start}

        module = self.model.get_submodule(self.names.layer.format(layer).removesuffix("."))
        hook = module.register_forward_pre_hook(begin, with_kwargs=True)
        try:
            with self._switched_off({} if keep is None else {layer: keep}), torch.inference_mode():
                last = self.base(inputs_embeds=torch.zeros_like(start)).last_hidden_state
                return _array(last[:, 0])
        finally:
            hook.remove()

    def mix(
        self, layer: int, hidden: FloatArray, gathered: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """See ``NumpyModel.mix``."""
        prefix, names = self.names.layer.format(layer), self.names
        with torch.inference_mode():
            came, seen = (
                torch.as_tensor(np.ascontiguousarray(one), device=self.device)
                for one in (hidden, gathered)
            )
            added = self.model.get_submodule(prefix + names.attention_output)(seen)
            mixed = self.model.get_submodule(prefix + names.attention_norm)(added + came)
            return _array(added), _array(mixed)

    def finish_layer(
        self,
        layer: int,
        hidden: FloatArray,
        gathered: FloatArray,
        *,
        added: FloatArray | None = None,
    ) -> tuple[FloatArray, FloatArray]:
        """See ``NumpyModel.finish_layer``."""
        prefix, names = self.names.layer.format(layer), self.names

        def through(name: str, x: Any) -> Any:
            return self.model.get_submodule(prefix + name)(x)

        def tensor(array: FloatArray) -> Any:
            return torch.as_tensor(np.ascontiguousarray(array), device=self.device)

        with torch.inference_mode():
            mixed = through(names.attention_output, tensor(gathered)) + tensor(hidden)
            mixed = through(names.attention_norm, mixed)
            if added is None:
                active = ACT2FN[self.config.activation]
                wide = through(names.feed_forward_in, mixed)
                half = through(names.feed_forward_out, active(wide))
            else:
                half = tensor(added)
            return _array(through(names.feed_forward_norm, half + mixed)), _array(half)

    @contextmanager
    def _switched_off(self, keep: dict[int, NDArray[np.bool_]]) -> Generator[None]:
        """Zero what some heads gather, by layer: (H,) or (B, H), before the heads are mixed."""

        def zero(on: NDArray[np.bool_]) -> Any:
            columns = np.repeat(on.reshape(-1, 1, self.config.heads), self.config.head_width, -1)
            factor = torch.as_tensor(columns, device=self.device)
            return lambda _module, inputs: (inputs[0] * factor, *inputs[1:])

        prefix, part = self.names.layer, self.names.attention_output
        hooks = [
            self.model.get_submodule(prefix.format(layer) + part).register_forward_pre_hook(
                zero(on)
            )
            for layer, on in keep.items()
        ]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def pool(self, first: FloatArray) -> Pooled:
        """See ``NumpyModel.pool``."""
        layer = self.model.get_submodule(self.names.dense)
        with torch.inference_mode():
            dense = layer(torch.as_tensor(first, device=self.device))
            activation = self.config.family.head_activation
            activated = torch.tanh(dense) if activation == "tanh" else torch.relu(dense)
        return Pooled(first, _array(dense), _array(activated), activation)

    def classify(self, pooled: Pooled) -> FloatArray:
        """See ``NumpyModel.classify``."""
        layer = self.model.get_submodule(self.names.output)
        with torch.inference_mode():
            return _array(layer(torch.as_tensor(pooled.activated, device=self.device)))

    def fill(self, hidden: FloatArray) -> FloatArray:
        """See ``NumpyModel.fill``."""
        if not self.fills:
            raise MissingWeights(without_masked_head(self._checkpoint.name))
        with torch.inference_mode():
            x = torch.as_tensor(np.ascontiguousarray(hidden), device=self.device)
            for part in self._masked_head:
                x = part(x)
        return _array(x)

    @cached_property
    def _masked_head(self) -> tuple[Any, ...]:
        """What a state goes through, in order."""
        model = self.model
        if self.classifies:  # its class has no place for the other head
            model = _read(self._checkpoint, self._source, "ForMaskedLM").to(self.device).eval()
        names = self.config.family.masked
        activation = ACT2FN[names.activation or self.config.activation]
        part = model.get_submodule
        return part(names.dense), activation, part(names.norm), part(names.decoder)

    def query_key_value(self, hidden: FloatArray, *, layer: int, head: int) -> QueryKeyValue:
        """See ``NumpyModel.query_key_value``."""
        prefix = self.names.layer.format(layer)
        rows = slice(head * self.config.head_width, (head + 1) * self.config.head_width)
        parts = (self.names.query, self.names.key, self.names.value)
        with torch.inference_mode():
            start = torch.as_tensor(np.ascontiguousarray(hidden), device=self.device)
            made = (self.model.get_submodule(prefix + part)(start)[:, rows] for part in parts)
            return QueryKeyValue(*(_array(one) for one in made))

    def _run(self, embedding: Embedding, mask: NDArray[np.bool_] | None, *, keep: bool) -> Any:
        token = embedding.token if embedding.token.ndim == 3 else embedding.token[None]
        if mask is None:
            mask = np.ones(token.shape[:2], np.bool_)
        types = embedding.token_type_ids
        more = {} if types is None else {"token_type_ids": self._whole(types)}
        with torch.inference_mode():
            return self.base(
                inputs_embeds=torch.as_tensor(token, device=self.device),
                attention_mask=torch.as_tensor(mask, dtype=torch.long, device=self.device),
                output_attentions=keep,
                output_hidden_states=keep,
                **more,
            )

    def _position_ids(self, ids: Any) -> Any:
        if self.config.family.positions == "from zero":
            return torch.arange(ids.shape[1], device=self.device).expand(ids.shape)
        real = (ids != self.config.padding_id).long()
        return torch.cumsum(real, dim=1) * real + self.config.padding_id


def _read(checkpoint: Checkpoint, source: Matched, task: str) -> Any:
    """The model in float32 with the head for ``task``, its attention computed step by step.

    transformers' default, sdpa, never forms the attention weights. The tensors are found as the
    numpy backend finds them, so that both read the same checkpoints.
    """
    config, family = checkpoint.config, checkpoint.config.family
    check_encoder(source, config, checkpoint.name)  # before torch makes room for it
    own = transformers.AutoConfig.for_model(**_read_alike(checkpoint))
    kind = getattr(transformers, family.torch_class + task)
    with torch.device("meta"):
        shapes = {name: tuple(one.shape) for name, one in kind(own).state_dict().items()}
    names = {name: _named(name, source, checkpoint) for name in shapes}
    check(source, {names[name]: shape for name, shape in shapes.items()}, config, checkpoint.name)
    state = {
        name: torch.from_numpy(np.require(source.float32(own), None, "W"))
        for name, own in names.items()
    }
    with _quiet():
        return kind.from_pretrained(
            None,
            config=own,
            state_dict=state,
            attn_implementation="eager",
            dtype=torch.float32,
        )


def _named(name: str, source: Matched, checkpoint: Checkpoint) -> str:
    """What the file calls a tensor of transformers': tied ones stand there but once."""
    masked = checkpoint.config.family.masked
    if name == masked.decoder + ".weight":
        return decoder_weight(source, checkpoint.config)
    return masked.bias if name == masked.decoder + ".bias" else name


def _read_alike(checkpoint: Checkpoint) -> dict[str, Any]:
    """Of a config.json what the numpy backend reads too, and has checked, and nothing else."""
    family = checkpoint.config.family
    known = {key for key, *_ in family.keys.values()}
    known |= {"max_position_embeddings", "problem_type", "tie_word_embeddings"}
    settings = {key: value for key, value in checkpoint.settings.items() if key in known}
    names = dict(enumerate(checkpoint.config.labels))
    numbers = {label: index for index, label in names.items()}
    return {"model_type": family.name, **settings, "id2label": names, "label2id": numbers}


@contextmanager
def _quiet() -> Generator[None]:
    """Without transformers' progress bars and remarks: what matters here is said as an error."""
    logging = transformers.utils.logging
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _array(tensor: Any, number: type[Any] = np.float32) -> Any:
    return tensor.cpu().numpy().astype(number, copy=False)


def _stacked(tensors: Sequence[torch.Tensor]) -> FloatArray:
    """All layers' tensors in one array; numpy asks for it in large pages, which saves a tenth."""
    out = np.empty((len(tensors), *tensors[0].shape), np.float32)
    with torch.inference_mode():
        torch.stack([tensor.cpu() for tensor in tensors], out=torch.from_numpy(out))
    return out
