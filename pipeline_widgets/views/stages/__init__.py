"""The six stages of one sentence, live or from a Trace; the explorer and its single stages."""
