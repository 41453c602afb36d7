"""Scores the trained model: on our own held-out sentences always, on the sets of ../shared/eval where they are there."""

import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table
from ruamel.yaml import YAML

from bot import settings, supervision
from bot.up import ensure_model
from tests.product import free_ports, wait_until

ROOT = Path(__file__).resolve().parents[2]
HELD_OUT = ROOT / "tests" / "nlu" / "test_nlu.yml"
SHARED = ROOT.parent / "shared" / "eval"
SETS = (("intents", "dev.jsonl"), ("facts", "facts_dev.jsonl"), ("severity", "severity_dev.jsonl"))


def main() -> None:
    console = Console()
    model = ensure_model(settings.read(), console)
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "rasa", "run", "--enable-api", "-i", "127.0.0.1", "-p", str(port), "-m", str(model)]
    with subprocess.Popen(command, cwd=ROOT, env=supervision.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_until(lambda: _is_up(url), 120, "the assistant to load its model")
            console.print(_held_out(url))
            for what, file in SETS:
                if (SHARED / file).exists():
                    subprocess.run([sys.executable, str(SHARED / "score_nlu.py"), what, str(SHARED / file), "--url", url], check=True)
        finally:
            server.terminate()


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/status").status_code == 200
    except httpx.HTTPError:
        return False


def _held_out(url: str) -> Table:
    """F1 of every intent on sentences that no training file holds."""
    pairs = Counter((intent, _intent(url, text)) for intent, text in sentences(HELD_OUT))
    hits, wanted, guessed = Counter[str](), Counter[str](), Counter[str]()
    wrong: dict[str, Counter[str]] = defaultdict(Counter)
    for (gold, heard), count in pairs.items():
        wanted[gold] += count
        guessed[heard] += count
        hits[gold] += count * (gold == heard)
        if gold != heard:
            wrong[gold][heard] += count
    scores = {name: 2 * hits[name] / (wanted[name] + guessed[name]) for name in wanted}
    table = Table(title=f"Our held-out sentences: macro F1 {sum(scores.values()) / len(scores):.3f} over {sum(wanted.values())}")
    for heading in ("intent", "F1", "most often taken for"):
        table.add_column(heading)
    for name in sorted(scores, key=lambda one: scores[one]):
        table.add_row(name, f"{scores[name]:.3f}", ", ".join(f"{other} {count}" for other, count in wrong[name].most_common(3)))
    return table


def _intent(url: str, text: str) -> str:
    return str(httpx.post(f"{url}/model/parse", json={"text": text}, timeout=30).json()["intent"]["name"])


def sentences(path: Path) -> list[tuple[str, str]]:
    """The (intent, sentence) pairs of a file in Rasa's training format."""
    blocks = YAML(typ="safe").load(path.read_text(encoding="utf-8"))["nlu"]
    return [(block["intent"], line[2:].strip()) for block in blocks for line in block["examples"].splitlines() if line.startswith("- ")]


if __name__ == "__main__":
    main()
