"""The benchmark's page keeps what was not measured anew, and a bundle that is not the pinned one is never compared with."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.bench import bundle, document


def test_section_measured_anew_takes_its_old_place_and_leaves_the_others(tmp_path: Path) -> None:
    page = tmp_path / "bench.md"
    for section in ("# Beside\n\nold\n", "# Load\n\n| # | 1 |\n", "# Page\n\nkept\n", "# Beside\n\nnew\n"):
        document.put(page, section)
    assert page.read_text(encoding="utf-8") == "# Beside\n\nnew\n\n# Load\n\n| # | 1 |\n\n# Page\n\nkept\n"


def test_bundle_that_is_not_the_pinned_one_is_refused_and_not_kept(tmp_path: Path) -> None:
    class Another(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"something else")

    with HTTPServer(("127.0.0.1", 0), Another) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(bundle.NoBundle, match="SHA-512 differs"):
            bundle.script(tmp_path, f"http://127.0.0.1:{server.server_port}/x.tgz")
        server.shutdown()
    assert [*tmp_path.iterdir()] == []
    (tmp_path / bundle.TARBALL).write_bytes(b"put there by hand")
    with pytest.raises(bundle.NoBundle, match="not the tarball"):
        bundle.script(tmp_path)


def test_bundle_out_of_reach_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(bundle.NoBundle, match=r"can't be fetched .*Put the file of"):
        bundle.script(tmp_path, "http://127.0.0.1:9/x.tgz")
