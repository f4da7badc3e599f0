"""Two sentences in one model: where they differ, how the difference travels, what carries it."""
