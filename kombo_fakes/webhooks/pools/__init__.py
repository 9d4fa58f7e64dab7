"""The pools that realistic names are picked from: drawn from Faker once, and stored.

``make pools`` draws them again.
"""
