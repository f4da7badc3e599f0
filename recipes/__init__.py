"""How the bundled models were made: `python -m recipes all`. Never imported by the package."""
