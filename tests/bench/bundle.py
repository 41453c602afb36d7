"""The published bundle of npm's rasa-webchat: fetched once, kept in `.bench/`, and used only where it is the very one that was pinned."""

import base64
import hashlib
import io
import shutil
import subprocess
import tarfile
from pathlib import Path

import httpx

from bot.errors import AmendsError
from tests.bench.contestants import HOME

VERSION = "1.0.1"
TARBALL = f"rasa-webchat-{VERSION}.tgz"
ADDRESS = f"https://registry.npmjs.org/rasa-webchat/-/{TARBALL}"
# What the registry says of this version (`npm view rasa-webchat@1.0.1 dist.integrity`): SHA-512 of the tarball, base64.
INTEGRITY = "Ld1zVJvTAaTrs6A5p8t70agNNrKYRyXlvqXZRgBoDvKKUXbA0jhJKECi5bdPGlaR6jsmqWtVylHS+YqIqo0x8w=="
SCRIPT = "package/lib/index.js"
PATIENCE_S = 60.0


class NoBundle(AmendsError):
    """The published bundle is not here and could not be fetched."""


def script(home: Path = HOME, address: str = ADDRESS) -> bytes:
    """The script that a page with rasa-webchat loads. Raises NoBundle, saying why and where it may be put by hand."""
    kept = home / TARBALL
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        raw = _fetched(kept, address)
        kept.write_bytes(_as_pinned(raw, f"What {address} gave"))
    with tarfile.open(fileobj=io.BytesIO(_as_pinned(kept.read_bytes(), str(kept)))) as tarball:
        member = tarball.extractfile(SCRIPT)
        assert member, "the pinned tarball holds its script"
        return member.read()


def _fetched(kept: Path, address: str) -> bytes:
    """By npm where it is, with whatever mirror it is set to; else from the registry itself."""
    npm = shutil.which("npm") if address == ADDRESS else None
    try:
        if npm:
            command = [npm, "pack", "--silent", f"rasa-webchat@{VERSION}", "--pack-destination", str(kept.parent)]
            subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_S)
            return kept.read_bytes()
        answer = httpx.get(address, timeout=PATIENCE_S)
        answer.raise_for_status()
        return answer.content
    except (httpx.HTTPError, OSError, subprocess.SubprocessError) as error:
        kept.unlink(missing_ok=True)
        words = f"rasa-webchat {VERSION} can't be fetched ({error}). Put the file of {address} at {kept}, or leave this comparison out."
        raise NoBundle(words) from error


def _as_pinned(raw: bytes, where: str) -> bytes:
    if base64.b64encode(hashlib.sha512(raw).digest()).decode() != INTEGRITY:
        raise NoBundle(f"{where} is not the tarball of rasa-webchat {VERSION} that was pinned: its SHA-512 differs. It is not used.")
    return raw
