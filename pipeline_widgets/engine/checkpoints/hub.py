"""A checkpoint from the Hugging Face hub, or from the copy that an earlier visit left behind."""

from __future__ import annotations

import errno
import importlib
import json
from pathlib import Path
from typing import Any

from ...errors import MissingExtra, MissingWeights, NoNetwork, UnknownModel
from ..tokenizers.files import read_json
from .config import read_config
from .missing import without_head

# What a checkpoint is read from; nothing else is fetched.
TEXTS = (
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "vocab.txt",
    "bpe.codes",
)
READ = ("ForSequenceClassification", "ForMaskedLM", "ForPreTraining")  # ends of classes
_NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)
BUNDLED_INSTEAD = 'load("roberta") and load("distilbert") are bundled and need no network.'


def fetch(name: str, *, revision: str | None, backend: str) -> Path:
    """The folder of a hub checkpoint, fetched if need be; ``HF_ENDPOINT`` and the cache are used.

    Raises ``MissingExtra`` without huggingface_hub, ``UnknownModel`` if the hub has no such model
    or revision or asks for a login, ``NoNetwork`` if it can't be reached and nothing is cached,
    ``UnsupportedArchitecture`` and ``MissingWeights`` before any weights are fetched.
    """
    hub = _library(name)
    try:
        return _newest(hub, name, revision, backend)
    except NoNetwork:  # or a newer one that can't be put into a read-only cache
        if cached := _cached(hub, name, revision):
            return cached
        raise


def _newest(hub: Any, name: str, revision: str | None, backend: str) -> Path:
    """The folder of the checkpoint as the hub has it now."""
    files = _files(hub, name, revision)
    if "config.json" not in files:
        raise UnknownModel(
            f"{name} on the hub has no config.json, so it is not a transformers checkpoint. Choose "
            "a RoBERTa or DistilBERT text classifier."
        )
    folder = _fetch(hub, name, revision, ["config.json"])
    config = read_json(folder / "config.json")
    read_config(config, name=name)
    classes: list[str] = config.get("architectures") or []
    if classes and not any(one.endswith(READ) for one in classes):
        raise MissingWeights(without_head(name, f"its config.json names {', '.join(classes)}"))
    _fetch(hub, name, revision, [file for file in TEXTS if file in files])
    index = _fetch(hub, name, revision, _weight_files(files, name, backend))
    if shards := _shards(index, backend):
        _fetch(hub, name, revision, shards)
    return folder


def _library(name: str) -> Any:
    try:
        import huggingface_hub
    except ImportError as error:
        raise MissingExtra(
            f"{name!r} is no bundled model and no folder here; to look for it on the hub, "
            f'pip install "pipeline-widgets[hub]". {BUNDLED_INSTEAD}'
        ) from error
    return huggingface_hub


def _files(hub: Any, name: str, revision: str | None) -> set[str]:
    """The names of a checkpoint's files, asked of the hub."""
    errors: Any = importlib.import_module("huggingface_hub.errors")
    try:
        found = hub.HfApi().model_info(name, revision=revision)
    except errors.GatedRepoError as error:
        raise UnknownModel(
            f"{name} is on the hub, but its owner asks for a login: accept its terms there and run "
            f"huggingface_hub.login(). {BUNDLED_INSTEAD}"
        ) from error
    except errors.RevisionNotFoundError as error:
        raise UnknownModel(
            f"{name} on the hub has no revision {revision!r}. Leave revision= out for the newest, "
            "or give a branch, tag or commit that is listed there."
        ) from error
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as error:
        raise UnknownModel(_unknown(name)) from error
    except errors.HfHubHTTPError as error:
        if getattr(error.response, "status_code", 0) in (401, 403, 404):
            raise UnknownModel(_unknown(name)) from error
        raise NoNetwork(_unreachable(name)) from error
    except Exception as error:  # each version of the library has its own errors for no connection
        raise NoNetwork(_unreachable(name)) from error
    return {one.rfilename for one in found.siblings or ()}


def _fetch(hub: Any, name: str, revision: str | None, files: list[str]) -> Path:
    """Fetch some files; all lie in the folder that comes back."""
    path = Path()
    for file in files:
        try:
            path = Path(hub.hf_hub_download(name, file, revision=revision))
        except Exception as error:  # as above
            raise NoNetwork(_broken_off(name, file, error)) from error
    return path.parent


def _weight_files(files: set[str], name: str, backend: str) -> list[str]:
    """The weights, or the index that names them."""
    wanted = ["model.safetensors", "model.safetensors.index.json"]
    if backend == "torch":
        wanted += ["pytorch_model.bin", "pytorch_model.bin.index.json"]
    for file in wanted:
        if file in files:
            return [file]
    if any(file.endswith(".bin") for file in files):
        raise MissingWeights(
            f"{name} on the hub has only .bin weights, which need PyTorch: "
            f'load({name!r}, backend="torch"), after pip install "pipeline-widgets[torch]".'
        )
    raise MissingWeights(
        f"{name} on the hub has no PyTorch weights (model.safetensors). Choose another checkpoint, "
        'or load("roberta"), which is bundled.'
    )


def _shards(folder: Path, backend: str) -> list[str]:
    names = ["model.safetensors.index.json"]
    if backend == "torch":
        names.append("pytorch_model.bin.index.json")
    for name in names:
        if (index := folder / name).is_file():
            weight_map = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
            return sorted(set(weight_map.values()))
    return []


def _cached(hub: Any, name: str, revision: str | None) -> Path | None:
    """The folder of an earlier visit that fetched the weights too, if there was one."""
    config = hub.try_to_load_from_cache(name, "config.json", revision=revision)
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    has_weights = any(any(folder.glob(ending)) for ending in ("*.safetensors", "*.bin"))
    return folder if has_weights else None


def _unknown(name: str) -> str:
    return (
        f"There is no model {name!r}: it is no bundled name, no folder here and not on the hub, "
        f"unless it is private and needs huggingface_hub.login(). {BUNDLED_INSTEAD}"
    )


def _broken_off(name: str, file: str, error: Exception) -> str:
    if getattr(error, "errno", None) in _NO_RIGHT:
        return (
            f"{file} of {name} can't be put into the model cache, which is read-only. Set "
            "HF_HUB_CACHE to a folder of your own, or have whoever looks after this one run: "
            f"pipeline-widgets models fetch {name}. {BUNDLED_INSTEAD}"
        )
    return (
        f"Fetching {file} of {name} from the hub broke off. Call load() again: what has arrived "
        "is kept."
    )


def _unreachable(name: str) -> str:
    return (
        f"{name!r} is no bundled model and no folder here, the hub could not be reached, and there "
        f"is no copy from an earlier visit. Connect to the network and try again. {BUNDLED_INSTEAD}"
    )
