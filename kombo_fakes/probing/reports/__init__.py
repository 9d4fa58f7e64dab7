"""The result of a probe as text, JSON, JUnit XML and a page."""
