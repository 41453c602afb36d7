"""Has customers' files written anew by a process of its own: what breaks or exhausts it breaks nothing else."""

import json
import subprocess
import sys
from pathlib import Path

from bot.errors import FileRefused
from bot.ports import Remade

ROOT = Path(__file__).resolve().parents[2]
LONGEST_S = 20.0


class SeparateFileMaker:
    """Runs `bot.providers.remaking`, which gets the file and neither settings nor secrets."""

    def __init__(self, longest: float = LONGEST_S) -> None:
        self.longest = longest

    def remake(self, raw: bytes, looks: str) -> Remade:
        """A `picture` or `pdf` written anew. Raises FileRefused, also where it took too long or too much memory."""
        command = [sys.executable, "-m", "bot.providers.remaking", looks]
        try:
            done = subprocess.run(command, input=raw, capture_output=True, cwd=ROOT, env={}, timeout=self.longest, check=False)
        except subprocess.TimeoutExpired as error:
            raise FileRefused("too_hard") from error
        head, _, content = done.stdout.partition(b"\n")
        if done.returncode or not head:
            raise FileRefused("too_hard")
        said = json.loads(head)
        if said.get("refused"):
            raise FileRefused(said["refused"])
        return Remade(content, said["media_type"], said["width"], said["height"])
