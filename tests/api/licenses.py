"""A web server for tests/api/licenses.t: files of a folder, whatever it is told.

python3 licenses.py FOLDER PORTFILE: serves FOLDER/<path> as text/plain, and
/loop (redirects to itself), /large (more than 1 MiB), /picture (no text).
"""
import http.server
import os
import sys

FOLDER, PORTFILE = sys.argv[1:]


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, headers, body=b""):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/loop":
            return self.answer(302, {"Location": "/loop"})
        if self.path == "/large":
            return self.answer(200, {"Content-Type": "text/plain"}, b"x" * (1 << 20) + b"y")
        if self.path == "/picture":
            return self.answer(200, {"Content-Type": "image/png"}, b"PNG")
        if self.path == "/moved":
            return self.answer(301, {"Location": "/terms"})
        try:
            with open(os.path.join(FOLDER, os.path.basename(self.path)), "rb") as file:
                return self.answer(200, {"Content-Type": "text/plain"}, file.read())
        except OSError:
            return self.answer(404, {"Content-Type": "text/plain"}, b"not here")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(PORTFILE + ".new", "w") as file:
    file.write(str(server.server_address[1]))
os.rename(PORTFILE + ".new", PORTFILE)
server.serve_forever()
