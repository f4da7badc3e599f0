"""The six stages for a whole data set."""
