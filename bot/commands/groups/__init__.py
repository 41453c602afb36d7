"""Groups of `amends` commands, one file a group. Each is light to load: what is heavy is imported inside its commands."""
