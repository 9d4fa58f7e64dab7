"""What a reply means, and which bug it shows."""
