"""A page with no kernel: the engine in the browser behind a view, in one file."""
