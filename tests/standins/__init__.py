"""Providers of messaging, as their documentation says they behave: the world outside, on ports of this machine."""
