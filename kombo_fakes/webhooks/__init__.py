"""What is known of Kombo's webhooks: the events, their fields, tools, and names."""
