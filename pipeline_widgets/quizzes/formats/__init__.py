"""Question banks as files: our Markdown and JSON, GIFT, jupyterquiz."""
