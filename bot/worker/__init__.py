"""What no request waits for."""
