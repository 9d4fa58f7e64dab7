"""Deliveries: signed requests, their spellings and faults, and how they are sent."""
