"""Where each row of a log stands: epochs done by then, counted from 1, exact between epochs."""

from __future__ import annotations

import numpy as np

from .log_table import Column, Mask, Table


def epochs_of(table: Table) -> Column:
    """Epochs done after each row; nan where nobody can know. Decided for the whole log.

    Keras, Lightning and fastai number epochs from 0 while they train in them; a Trainer's epoch is
    a share, such as 0.32, and its epoch 0 is before the first step.
    """
    if table.epoch is None or np.isnan(table.epoch).all():
        unplaced = table.step is None
        return np.arange(1.0, table.rows + 1) if unplaced else np.full(table.rows, np.nan)
    epoch, step = table.epoch.copy(), table.step
    known = epoch[~np.isnan(epoch)]
    whole = bool((known == np.floor(known)).all())
    if whole and known.min() == 0 and _trained_in_0(table, epoch):
        epoch += 1
    if step is None:
        return epoch
    if whole and _several_steps(epoch, step):
        epoch = _inside(epoch, step, table)
    both = ~np.isnan(epoch) & ~np.isnan(step)
    missing = np.isnan(epoch) & ~np.isnan(step)
    if missing.any() and both.sum() > 1:
        epoch[missing] = np.interp(step[missing], step[both], epoch[both])
    return epoch


def training_rows(table: Table) -> Mask:
    """Rows that say something of the training sentences."""
    return _any(table, validation=False)


def validation_rows(table: Table) -> Mask:
    """Rows that say something of other sentences."""
    return _any(table, validation=True)


def _any(table: Table, *, validation: bool) -> Mask:
    rows = np.zeros(table.rows, bool)
    for key, mask in table.measured.items():
        if table.names.series[key].startswith("validation_") == validation:
            rows |= mask
    return rows


def _trained_in_0(table: Table, epoch: Column) -> bool:
    """Whether epoch 0 is one of training: it has training numbers, or no epoch has."""
    trained = training_rows(table)
    return bool(trained[epoch == 0].any() or not trained.any())


def _several_steps(epoch: Column, step: Column) -> bool:
    both = ~np.isnan(epoch) & ~np.isnan(step)
    places = np.unique(np.stack([epoch[both], step[both]]), axis=1)
    return places.shape[1] > len(np.unique(epoch[both]))


def _inside(epoch: Column, step: Column, table: Table) -> Column:
    """The share of an epoch that was done at a step, where a log only says in which epoch it was.

    An epoch ends with its last row.
    """
    known = ~np.isnan(epoch) & ~np.isnan(step)
    numbers, place = np.unique(epoch[known], return_inverse=True)
    ends = np.full(len(numbers), -np.inf)
    np.maximum.at(ends, place, step[known])
    usual = float(np.median(np.diff(ends))) if len(ends) > 1 else 0.0
    first = ends[0] - usual if usual and -1 <= ends[0] - usual <= 0 else 0.0
    first = -1.0 if np.nanmin(step) == 0 else first
    begins = np.concatenate([[first], ends[:-1]])
    last_rows = (epoch == numbers[-1]) & (step == ends[-1])
    if ends[-1] - begins[-1] < 0.9 * usual and not validation_rows(table)[last_rows].any():
        ends[-1] = begins[-1] + usual  # cut off in mid-epoch
    at = np.searchsorted(numbers, epoch)
    at = np.minimum(at, len(numbers) - 1)
    share = (step - begins[at]) / np.maximum(ends[at] - begins[at], 1e-9)
    return np.where(np.isnan(step), epoch, epoch - 1 + np.clip(share, 0, 1))
