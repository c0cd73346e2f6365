// A server that writes down how Node reads each message: a line of JSON, or "broken". Argument: the file.

import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";

const RESULT = { protocolVersion: "2025-11-25", capabilities: {}, serverInfo: { name: "reader", version: "1" }, tools: [], content: [] };

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    let message = "broken";
    try {
        message = JSON.parse(line);
    } catch {}
    appendFileSync(process.argv[2], `${JSON.stringify(message)}\n`);
    if (message.id !== undefined && message.method !== undefined) {
        console.log(JSON.stringify({ jsonrpc: "2.0", id: message.id, result: RESULT }));
    }
}
