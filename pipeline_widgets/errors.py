"""What can go wrong, each with the way out in its message."""

from __future__ import annotations


class PipelineError(Exception):
    """Anything this package refuses to do; the message says why and what to do instead."""


class UnknownModel(PipelineError):
    """No bundled model, folder or hub checkpoint of that name."""


class UnsupportedArchitecture(PipelineError):
    """A checkpoint whose architecture is neither RoBERTa nor DistilBERT."""


class MissingWeights(PipelineError):
    """A checkpoint without the files or tensors that its architecture needs."""


class MissingExtra(PipelineError, ImportError):
    """An optional dependency is not installed; the message names the ``pip install``."""


class NoNetwork(PipelineError):
    """The hub could not be reached and nothing is cached."""


class BadInput(PipelineError, ValueError):
    """A value given by the caller that cannot be used."""
