"""MobileBERT Lab's training package: usable without any page (`python -m core --help`)."""

__version__ = "0.1.0"
