"""Has reports worked out by a process of its own: very many cases take seconds, and no customer waits for a report."""

import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Timer
from typing import IO, Any

from bot.cases.measured import Earlier
from bot.cases.periods import Period
from bot.cases.report import Report
from bot.errors import ReportFailed

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "bot.commands.report_part")
LONGEST_S = 300.0


@dataclass(frozen=True)
class Helper:
    """A process that answers one question after another over pipes that nobody else can reach."""

    process: "subprocess.Popen[bytes]"
    said: IO[bytes]  # what it writes about errors

    def earlier(self, period: Period, now: datetime) -> Earlier:
        found: Earlier = self._asked("earlier", period, now)
        return found

    def report(self, period: Period, now: datetime) -> Report:
        found: Report = self._asked("report", period, now)
        return found

    def _asked(self, *question: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        try:
            pickle.dump(question, self.process.stdin)
            self.process.stdin.flush()
            return pickle.load(self.process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.process.wait()
            self.said.seek(0)
            told = self.said.read().decode(errors="replace").strip().splitlines()[-1:]
            raise ReportFailed(f"The report could not be worked out: {told[0] if told else 'its process was ended.'}") from error


class SeparateReporter:
    """Runs `bot.commands.report_part`, which reads the same settings as this process."""

    def __init__(self, longest: float = LONGEST_S) -> None:
        self.longest = longest

    @contextmanager
    def helper(self) -> Iterator[Helper]:
        """It ends with the block, and after `longest` seconds at the latest."""
        with tempfile.TemporaryFile() as said:
            with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, cwd=ROOT) as process:
                watch = Timer(self.longest, process.kill)
                watch.daemon = True
                watch.start()
                try:
                    yield Helper(process, said)
                finally:
                    watch.cancel()
                    process.kill()
