"""A log that lies, for tests/api/openness.t: passes questions on, and tells what it
is told to.

python3 liar.py URL FOLDER: FOLDER/lie has one line, `MODE ARGUMENT…`; FOLDER/port
gets the port.
    honest
    proof FROM TO   the proof of record FROM is that of TO
    damage ID       one byte of the entry in its proof is another one
    list ID         whatever is asked for by subject, it is record ID
"""
import http.server
import json
import os
import sys
import urllib.error
import urllib.request

URL, FOLDER = sys.argv[1:]


def lie():
    with open(os.path.join(FOLDER, "lie")) as file:
        return file.read().split()


def ask(path):
    try:
        with urllib.request.urlopen(URL + path) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def damage(body):
    lines = body.split(b"\n")
    for at, line in enumerate(lines):
        if line.startswith(b"extra "):
            middle = len(line) // 2
            other = b"B" if line[middle : middle + 1] == b"A" else b"A"
            lines[at] = line[:middle] + other + line[middle + 1 :]
    return b"\n".join(lines)


def only(body, record):
    page = json.loads(body)
    _, _, whole = ask("/v1/records?limit=1000")
    page["records"] = [one for one in json.loads(whole)["records"] if one["id"] == record]
    page["next"] = None
    return json.dumps(page).encode()


def answer(path):
    mode, *words = lie()
    if mode == "proof":
        path = path.replace(f"/{words[0]}/proof", f"/{words[1]}/proof")
    status, headers, body = ask(path)
    if mode == "damage" and path.endswith(f"/{words[0]}/proof"):
        body = damage(body)
    if mode == "list" and path.startswith("/v1/records?subject=sha256:"):
        body = only(body, words[0])
    return status, headers, body


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status, headers, body = answer(self.path)
        self.send_response(status)
        self.send_header("Content-Type", headers.get("Content-Type", "text/plain"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(os.path.join(FOLDER, "port.new"), "w") as file:
    file.write(str(server.server_address[1]))
os.rename(os.path.join(FOLDER, "port.new"), os.path.join(FOLDER, "port"))
server.serve_forever()
