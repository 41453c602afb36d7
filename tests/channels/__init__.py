"""Messaging channels: each by itself, and all of them before the running product."""
