"""Questions as plain data, their grading, their files, and where answers are kept; no Jupyter."""
