"""The public app on Starlette."""
