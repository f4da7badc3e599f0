"""Checkpoints: found, fetched, and read into arrays."""
