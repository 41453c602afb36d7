"""Trains the assistant where no model fits, while the tests run that need no running product: python -m tests.train_ahead."""

from rich.console import Console

from bot import settings
from bot.up import ensure_model

if __name__ == "__main__":
    ensure_model(settings.read(), Console(stderr=True, quiet=True))
