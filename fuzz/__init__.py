"""Fuzzing of everything that reads outside input: it is accepted or rejected, and never crashes."""
