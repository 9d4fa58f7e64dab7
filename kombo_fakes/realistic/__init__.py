"""Realistic payloads, from a schema and what is known of its fields."""
