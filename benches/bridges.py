#!/usr/bin/env python3
"""How long a call takes through a gateway, and through other programs that stand between a client and an MCP server.

    cargo build --release && cargo build --examples
    npm install --prefix bridges mcp-proxy@6.7.19 supergateway@4.0.0 mcp-remote@0.15.1
    python3 -m venv bridges/py && bridges/py/bin/pip install mcp-proxy==0.13.0
    benches/bridges.py target/release/zoomtok target/debug/examples/stand_in_server bridges

All take turns with the server itself, so that a slowdown of the machine affects them alike. Printed is how much longer the
median call takes: the median of the rounds, with the least and the most.
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS, CALLS = 15, 100

HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
CALL = {"name": "echo", "arguments": {"text": "x" * 100}}


def message(number, method, params):
    whole = {"jsonrpc": "2.0", "method": method, "params": params}
    return json.dumps(whole | ({} if number is None else {"id": number})).encode()


class Stdio:
    """A session with a program over its standard input and output."""

    def __init__(self, command, environment):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment)
        self.number = 0
        self.ask("initialize", HELLO)
        self.send(message(None, "notifications/initialized", {}))

    def send(self, line):
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def ask(self, method, params):
        self.number += 1
        self.send(message(self.number, method, params))
        while True:
            answer = json.loads(self.process.stdout.readline())
            if answer.get("id") == self.number and "method" not in answer:
                assert "result" in answer, answer
                return

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Http:
    """A session over streamable HTTP, on one connection, with a program that listens."""

    def __init__(self, command, environment, port, bearer=None):
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, env=environment)
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        if bearer:
            self.headers["Authorization"] = f"Bearer {bearer}"
        self.number = 0
        self.ask("initialize", HELLO)
        self.post(message(None, "notifications/initialized", {}))

    def post(self, body):
        self.connection.request("POST", "/mcp", body, self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status in (200, 202), (answer.status, text)
        if session := answer.headers.get("Mcp-Session-Id"):
            self.headers["Mcp-Session-Id"] = session
        return text

    def ask(self, method, params):
        self.number += 1
        text = self.post(message(self.number, method, params))
        assert b'"result"' in text, text

    def end(self):
        self.process.terminate()
        self.process.wait()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def sessions(zoomtok, server, bridges, directory):
    """The name of each way to the server, and a session on it."""
    environment = os.environ | {
        "XDG_STATE_HOME": f"{directory}/state",
        "XDG_CONFIG_HOME": f"{directory}/config",
        "HOME": directory,
    }
    policy = f"{directory}/policy.json"
    with open(policy, "w", encoding="utf-8") as file:
        file.write('{"version": "1", "default": "allow"}')
    gateway = [zoomtok, "gateway", "-q", "--no-token", "--policy", policy]
    grant = [zoomtok, "grant", "add", "-q", "bench", "--policy", policy]
    bearer = subprocess.run(grant, env=environment, check=True, capture_output=True, text=True).stdout.strip()
    node, python = f"{bridges}/node_modules/.bin", f"{bridges}/py/bin"

    yield "the server itself", Stdio([server], environment)
    yield "zoomtok gateway", Stdio([*gateway, "--", server], environment)
    port = free_port()
    yield "zoomtok gateway --listen", Http([*gateway, "--listen", str(port), "--", server], environment, port, bearer)
    port = free_port()
    command = [f"{node}/mcp-proxy", "--host", "127.0.0.1", "--port", str(port), "--server", "stream", "--", server]
    proxied = Http(command, environment, port)
    yield "mcp-proxy (npm)", proxied
    address = f"http://127.0.0.1:{port}/mcp"
    port = free_port()
    command = [f"{node}/supergateway", "--stdio", server, "--outputTransport", "streamableHttp", "--stateful"]
    yield "supergateway", Http([*command, "--logLevel", "none", "--port", str(port)], environment, port)
    port = free_port()
    yield "mcp-proxy (PyPI)", Http([f"{python}/mcp-proxy", "--port", str(port), server], environment, port)
    # From standard input and output to a server over HTTP, which is the first mcp-proxy.
    yield "mcp-remote, before mcp-proxy (npm)", Stdio([f"{node}/mcp-remote", address, "--transport", "http-only"], environment)
    command = [zoomtok, "gateway", "-q", "--no-token", "--policy", policy, "--url", address]
    yield "zoomtok gateway --url, before mcp-proxy (npm)", Stdio(command, environment)


def turn(session):
    times = []
    for _ in range(CALLS):
        start = time.perf_counter()
        session.ask("tools/call", CALL)
        times.append((time.perf_counter() - start) * 1e6)
    return statistics.median(times)


def main(zoomtok, server, bridges):
    zoomtok, server, bridges = (os.path.abspath(path) for path in (zoomtok, server, bridges))
    with tempfile.TemporaryDirectory() as directory:
        ways = list(sessions(zoomtok, server, bridges, directory))
        try:
            for _, session in ways:
                turn(session)
            rounds = [[turn(session) for _, session in ways] for _ in range(ROUNDS)]
        finally:
            for _, session in reversed(ways):
                session.end()
    direct = statistics.median(times[0] for times in rounds)
    print(f"{ways[0][0]}: {direct:.0f} us; {ROUNDS} rounds of {CALLS} calls each")
    for at, (name, _) in enumerate(ways[1:], 1):
        added = [times[at] - times[0] for times in rounds]
        print(f"{name:<46} {statistics.median(added):>7.0f} us more ({min(added):.0f} to {max(added):.0f})")


main(*sys.argv[1:])
