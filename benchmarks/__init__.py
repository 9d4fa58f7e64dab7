"""Benchmarks that compare this project with similar ones, in one run on one machine."""
