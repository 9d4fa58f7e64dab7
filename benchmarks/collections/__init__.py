"""Collections of real schemas, and what this project and others make of each schema."""
