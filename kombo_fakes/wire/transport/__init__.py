"""Sending deliveries over HTTP: URLs, connections, the client, and failures."""
