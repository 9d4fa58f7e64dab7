"""What a probe sends: single deliveries and short histories."""
