"""How signatures go wrong: the table of mistakes, and how a mistake is recognised."""
