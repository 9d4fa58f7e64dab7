"""Reads, repairs and validates JSON Schemas, and reads them into shapes."""
