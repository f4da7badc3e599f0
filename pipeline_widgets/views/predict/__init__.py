"""A guess, made before the result is shown."""
