"""Deliveries: signed requests, their styles and faults, and how they are sent."""
