"""What is known of Kombo's webhooks: how fields look, names, tools."""
