"""A shop that receives remedies from Amends: python docs/example_shop.py PORT SECRET FILE. docs/webhook.md tells the protocol."""

import hashlib
import hmac
import json
import shelve
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

PORT, SECRET, DONE = int(sys.argv[1]), sys.argv[2].encode(), shelve.open(sys.argv[3])  # what was done, by key; outlives a restart


class Shop(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self.is_from_amends(content):
            act = json.loads(content)
            if act["key"] not in DONE:  # here you pay or ship; keep the key in the same transaction
                DONE[act["key"]] = {"state": "settled", "reference": f"{act['kind']}-{len(DONE) + 1}"}
                DONE.sync()
            self.answer(200, DONE[act["key"]])

    def do_GET(self) -> None:
        query = self.path.partition("?")[2]
        if self.is_from_amends(query.encode()):
            done = DONE.get(parse_qs(query)["key"][0])
            self.answer(200 if done else 404, done or {})

    def is_from_amends(self, content: bytes) -> bool:
        signed = dict(part.partition("=")[::2] for part in self.headers.get("Amends-Signature", "").split(","))
        seal = hmac.new(SECRET, signed.get("t", "").encode() + b"." + content, hashlib.sha256).hexdigest()
        fits = hmac.compare_digest(seal, signed.get("v1", "")) and abs(time.time() - int(signed["t"])) < 300
        if not fits:
            self.answer(401, {"why": "the signature is wrong or old"})
        return fits

    def answer(self, status: int, said: dict) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())


HTTPServer(("127.0.0.1", PORT), Shop).serve_forever()
