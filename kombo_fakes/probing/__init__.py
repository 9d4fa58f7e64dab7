"""The probe: plays deliveries at a receiver, and says what is wrong with it."""
