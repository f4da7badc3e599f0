"""Two models on one sentence, word by word."""
