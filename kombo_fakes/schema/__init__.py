"""JSON Schemas as they are meant: read, repaired, validated, taken apart into shapes."""
