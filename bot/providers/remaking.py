"""Writes one file anew: python -m bot.providers.remaking picture|pdf, from standard input to standard output.

Out comes a line of JSON, {media_type, width, height} or {refused}, and after it the bytes. It runs in a process of its own
because what it reads was made by strangers.
"""

import json
import resource
import sys

from bot.errors import FileRefused
from bot.ports import Remade

MEMORY = 1536 * 1024 * 1024  # bytes of address space
CPU_S = 15


def main(looks: str) -> None:
    """Reads, writes, ends."""
    _bound()
    raw = sys.stdin.buffer.read()
    try:
        made = _remake(raw, looks)
    except FileRefused as refusal:
        print(json.dumps({"refused": refusal.why}))
        return
    head = {"media_type": made.media_type, "width": made.width, "height": made.height}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + made.content)


def _remake(raw: bytes, looks: str) -> Remade:
    """Only what this file needs is imported: it is most of the time that this process takes."""
    if looks == "pdf":
        from bot.providers.documents import remade_pdf

        return remade_pdf(raw)
    from bot.providers.pictures import remade_picture

    return remade_picture(raw)


def _bound() -> None:
    """No more time and memory than an honest file needs, and no file of its own."""
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            pass  # macOS bounds no address space


if __name__ == "__main__":
    main(sys.argv[1])
