"""The secret in all its forms, and how it is kept out of reports."""
