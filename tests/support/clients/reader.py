"""A server that writes down how Python reads each message: a line of JSON, or "broken". Argument: the file."""

import json
import sys

RESULT = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "serverInfo": {"name": "reader", "version": "1"},
    "tools": [],
    "content": [],
}

with open(sys.argv[1], "a", encoding="utf-8") as record:
    for line in sys.stdin.buffer:
        try:
            message = json.loads(line.decode("utf-8"))
        except ValueError:
            message = "broken"
        print(json.dumps(message), file=record, flush=True)
        if isinstance(message, dict) and "id" in message and "method" in message:
            print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": RESULT}), flush=True)
