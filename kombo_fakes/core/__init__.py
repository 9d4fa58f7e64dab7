"""What everything stands on: JSON and YAML in and out, pointers, instants, seeded choices."""
