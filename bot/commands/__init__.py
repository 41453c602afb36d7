"""What the `amends` command does, by subject."""
