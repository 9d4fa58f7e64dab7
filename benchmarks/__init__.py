"""Benchmarks: this project beside its neighbours, in one run on one machine."""
