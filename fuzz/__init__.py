"""Outside input, byte by byte: what is read must be read or refused, and never crash or hang."""
