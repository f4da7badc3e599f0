"""Every attention head of every layer, and what changes without it."""
