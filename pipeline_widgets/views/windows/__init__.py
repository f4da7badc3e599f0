"""A long text in windows."""
