"""Regular expressions as automata: read them, combine them, and draw words that match."""
