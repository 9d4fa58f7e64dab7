"""Mutants of the core modules: small changes of the code, each of which some test should notice."""
