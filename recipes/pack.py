"""Step 7: the bundled layout, and the rule that merges it.

    bundled/NAME/encoder/     config.json, model.safetensors (float16), tokenizer files: an ordinary
                              Hugging Face folder with a fresh head, where live training starts
    bundled/NAME/classifier/  config.json and difference.safetensors (float16)
    bundled/NAME/masked/      the same two files, matrices in float8: a masked-LM head, and what
                              it needs of the encoder changed (`fill.py`)
    bundled/NAME/README.md    the card; log.json: the figures of the run that made it

`difference.safetensors` names tensors as the model's state does. A plain NAME replaces the
encoder's tensor. A pair NAME.up (out, rank) and NAME.down (rank, in) adds to it. Merge rule, all in
float32: W = float32(encoder's NAME) + float32(NAME.up) @ float32(NAME.down), then rounded to
float16. What the file does not name is the encoder's, but what begins with one of the config's
`without` is left out. The tokenizer is the encoder's.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import PreTrainedTokenizerFast

from recipes.low_rank import Difference
from recipes.transfer import Mini

BUNDLED = Path(__file__).resolve().parent.parent / "pipeline_widgets" / "bundled"
NAMES = ("roberta-mini", "distilbert-mini")


def merge(folder: Path, part: str = "classifier") -> dict[str, Tensor]:
    """The whole float32 state of a bundled folder's classifier, or of its `masked` model."""
    config = json.loads((folder / part / "config.json").read_text("utf-8"))
    without = tuple(config["difference"].get("without", ()))
    state = {
        name: value.float()
        for name, value in load_file(folder / "encoder" / "model.safetensors").items()
        if not name.startswith(without)
    }
    difference = load_file(folder / part / "difference.safetensors")
    for name, value in difference.items():
        if name.endswith(".up"):
            target = name.removesuffix(".up")
            added = value.float() @ difference[f"{target}.down"].float()
            state[target] = (state[target] + added).half().float()
        elif not name.endswith(".down"):
            state[name] = value.float()
    return state


def merge_to(folder: Path, target: Path) -> Path:
    """Write the merged classifier as an ordinary Hugging Face folder (float32)."""
    target.mkdir(parents=True, exist_ok=True)
    for path in (folder / "encoder").iterdir():
        if path.name not in ("config.json", "model.safetensors"):
            shutil.copy2(path, target / path.name)
    config = json.loads((folder / "classifier" / "config.json").read_text("utf-8"))
    config.pop("difference", None)
    write_json(target / "config.json", config)
    save_file(merge(folder), target / "model.safetensors", metadata={"format": "pt"})
    return target


def write_json(path: Path, content: object) -> None:
    """A JSON file as the bundled ones are written."""
    text = json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def pack(
    name: str,
    encoder: Mini,
    words: PreTrainedTokenizerFast,
    difference: Difference,
    *,
    bundled: Path = BUNDLED,
) -> Path:
    """Write encoder, tokenizer and difference of one model; the card is written apart."""
    folder = bundled / name
    for part in ("encoder", "classifier"):
        shutil.rmtree(folder / part, ignore_errors=True)
        (folder / part).mkdir(parents=True)
    nn.Module.to(encoder, "cpu")
    encoder.half().save_pretrained(folder / "encoder")
    encoder.float()
    words.save_pretrained(folder / "encoder")
    config = json.loads((folder / "encoder" / "config.json").read_text("utf-8"))
    config["dtype"] = "float32"  # stored in float16, computed in float32
    config.pop("_name_or_path", None)
    write_json(folder / "encoder" / "config.json", config)
    config["difference"] = {
        "base": "../encoder",
        "file": "difference.safetensors",
        "rank": difference.rank,
    }
    write_json(folder / "classifier" / "config.json", config)
    target = folder / "classifier" / "difference.safetensors"
    save_file(difference.tensors(), target, metadata={"format": "pt"})
    words_file = folder / "encoder" / "tokenizer.json"
    text = json.loads(words_file.read_text("utf-8"))
    words_file.write_text(json.dumps(text, ensure_ascii=False), "utf-8")
    for path in folder.rglob("*.*"):
        path.chmod(0o644)
    return folder


def megabytes(folder: Path) -> float:
    """Size of all files under a folder, in MB of 10^6 bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def float32(folder: Path) -> Mini:
    """The merged classifier as a transformers model."""
    from transformers import AutoConfig, AutoModelForSequenceClassification

    config = AutoConfig.from_pretrained(folder / "encoder")
    model = AutoModelForSequenceClassification.from_config(config, dtype=torch.float32)
    model.load_state_dict(merge(folder))
    return model.eval()
