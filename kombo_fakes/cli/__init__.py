"""The command line, ``kombo-fakes``."""
