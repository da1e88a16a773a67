"""The least that the stack takes for a service: ready at once, behind by seven. TINY_ENDS makes it end instead."""

from __future__ import annotations

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

METRICS = 'baton_consumer_lag_records{partition="0"} 3\nbaton_consumer_lag_records{partition="1"} 4\n'


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(METRICS.encode() if self.path == "/metrics" else b"{}")


if __name__ == "__main__":
    if "TINY_ENDS" in os.environ:
        sys.exit("no database today")
    ThreadingHTTPServer((os.environ["BATON_HOST"], int(os.environ["BATON_PORT"])), Answer).serve_forever()
