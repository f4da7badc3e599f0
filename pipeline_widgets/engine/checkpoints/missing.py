"""What is said of a checkpoint that lacks a head or a tensor."""

from __future__ import annotations


def without_head(checkpoint: str, sign: str) -> str:
    """What is wrong with a checkpoint that was never trained to classify; ``sign`` says how so."""
    return (
        f"{checkpoint} has no trained classification head ({sign}), so any label it gave would be "
        "random. Choose a checkpoint that was fine-tuned for classification, or "
        'load("roberta") or load("distilbert"), which are bundled.'
    )


def without_classifier(checkpoint: str) -> str:
    """What is wrong where a label is asked of a model that fills in blanks."""
    return (
        f"{checkpoint} has no classification head: it was trained to fill in blanks, with "
        "pipeline.fill(text) or FillView, and knows no label. For labels, choose a checkpoint that "
        'was fine-tuned for classification, or load("roberta") or load("distilbert"), which are '
        "bundled."
    )


def without_masked_head(checkpoint: str) -> str:
    """What is wrong where a blank is to be filled by a model without a head for it."""
    return (
        f"{checkpoint} has no masked-LM head, so it can't fill in a blank: fine-tuning for "
        "classification leaves that head out. Choose the checkpoint from before fine-tuning, such "
        'as "FacebookAI/roberta-base" or "distilbert/distilbert-base-uncased".'
    )


def without_tensor(checkpoint: str, tensor: str) -> str:
    """What is wrong with a checkpoint that is not whole."""
    return (
        f"{checkpoint} lacks the tensor {tensor}, which its config.json promises. Save the whole "
        "model again with save_pretrained()."
    )
