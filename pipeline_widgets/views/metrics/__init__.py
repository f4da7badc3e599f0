"""Thresholds, errors and curves of a classifier."""
