"""From failures to diagnoses: one bug is one diagnosis, however many deliveries show it."""
