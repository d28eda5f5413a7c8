"""The command line's verbs, one file a family. `core/__main__.py` puts them together."""
