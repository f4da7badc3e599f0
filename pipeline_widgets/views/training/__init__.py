"""Fine-tuning as it runs, or a recorded run."""
