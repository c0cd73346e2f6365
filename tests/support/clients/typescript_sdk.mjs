// The MCP SDK for TypeScript as a client of `zoomtok gateway` before the stand-in server.
//
// Arguments: a directory whose node_modules has the SDK; then an address, whose bearer token is in ZOOMTOK_TEST_BEARER, or a
// command. The first thing that is not as it must be ends it with an exception. It prints what it was told.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const [modules, program, ...args] = process.argv.slice(2);
const required = createRequire(`${modules}/`);
const { Client } = required("@modelcontextprotocol/sdk/client/index.js");
const { StdioClientTransport } = required("@modelcontextprotocol/sdk/client/stdio.js");
const { StreamableHTTPClientTransport } = required("@modelcontextprotocol/sdk/client/streamableHttp.js");
const { ElicitRequestSchema, ToolListChangedNotificationSchema } = required("@modelcontextprotocol/sdk/types.js");

const capabilities = { elicitation: { form: {} } };
const client = new Client({ name: "typescript", version: "1" }, { capabilities });
let asked = 0;
client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    asked += 1;
    assert.equal(params.message, "May I?");
    return { action: "accept", content: {} };
});
let changes = 0;
client.setNotificationHandler(ToolListChangedNotificationSchema, () => void (changes += 1));

const headers = { Authorization: `Bearer ${process.env.ZOOMTOK_TEST_BEARER}` };
const transport = program.startsWith("http://")
    ? new StreamableHTTPClientTransport(new URL(program), { requestInit: { headers } })
    : new StdioClientTransport({ command: program, args, env: process.env });
await client.connect(transport);
assert.equal(client.getServerVersion().name, "stand-in");

const told = [];
const call = async (name, args = {}, options = {}) => {
    const result = await client.callTool({ name, arguments: args }, undefined, options);
    told.push(result);
    return result;
};

const { tools } = await client.listTools();
const names = tools.map(({ name }) => name);
assert(names.includes("echo") && !names.includes("danger"), names.join());

const echoed = await call("echo", { n: 1, text: "ä\u2028\"" });
assert.deepEqual(echoed.structuredContent, { n: 1, text: "ä\u2028\"" });
const denied = await call("danger");
assert(denied.isError && denied.content[0].text.startsWith("[POLICY DENIED] danger"), JSON.stringify(denied));

const progress = [];
// The SDK drops progress that it reads together with the answer.
await call("progress", { ms: 50 }, { onprogress: ({ progress: at, total }) => progress.push([at, total]) });
assert.deepEqual(progress, [[1, 3], [2, 3], [3, 3]]);

const stop = new AbortController();
setTimeout(() => stop.abort("changed my mind"), 200);
await assert.rejects(call("slow", { ms: 20_000 }, { signal: stop.signal }), /changed my mind/);
// The session goes on.
const after = await call("echo", { n: 2 });
assert.equal(after.structuredContent.n, 2);

const said = await call("ask");
assert.equal(JSON.parse(said.content[0].text).action, "accept");
assert.equal(asked, 1);

await call("change");
for (let waited = 0; changes === 0; waited += 20) {
    assert(waited < 20_000, "nobody has said that the tools have changed");
    await new Promise((resolve) => setTimeout(resolve, 20));
}
const later = (await client.listTools()).tools.map(({ name }) => name);
assert(!later.includes("write"), "the tool that has changed is held back");

await client.close();
console.log(JSON.stringify(told));
