"""Amends: hears what went wrong for a customer, and puts it right or brings a person."""
