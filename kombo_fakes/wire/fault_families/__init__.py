"""The rows of the wire faults, by family: signature, body and HTTP."""
