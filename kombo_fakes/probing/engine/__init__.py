"""A probe at work: it sends, observes and goes on."""
