"""Events over time: stories, timelines, and the state that a receiver should end in."""
