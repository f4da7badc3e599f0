"""Foreign files by the thousand: ``python -m tests.fuzz --minutes 10``, see ``__main__``."""
