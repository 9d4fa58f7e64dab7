"""JSON and YAML in and out, JSON Pointers, instants, seeded choices, parts of error messages."""
