// A server with everything that the MCP conformance tests ask a server for: tools, resources and prompts of the names and
// contents that those tests look for. It prints its address, and serves streamable HTTP until it is ended.
//
// Argument: a directory whose node_modules has @modelcontextprotocol/sdk.

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const required = createRequire(`${process.argv[2]}/`);
const { Server } = required("@modelcontextprotocol/sdk/server/index.js");
const { StreamableHTTPServerTransport } = required("@modelcontextprotocol/sdk/server/streamableHttp.js");
const types = required("@modelcontextprotocol/sdk/types.js");

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
const SILENCE = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=";

const text = (text) => ({ type: "text", text });
const image = { type: "image", data: PIXEL, mimeType: "image/png" };
const embedded = (uri, text, mimeType = "text/plain") => ({ type: "resource", resource: { uri, mimeType, text } });
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

const options = (prefix) => [1, 2, 3].map((number) => `${prefix}${number}`);
const titled = options("value").map((value) => ({ const: value, title: `Title of ${value}` }));
const FORMS = {
    test_elicitation: { response: { type: "string", description: "An answer" } },
    test_elicitation_sep1034_defaults: {
        name: { type: "string", default: "John Doe" },
        age: { type: "integer", default: 30 },
        score: { type: "number", default: 95.5 },
        status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
        verified: { type: "boolean", default: true },
    },
    test_elicitation_sep1330_enums: {
        untitledSingle: { type: "string", enum: options("option") },
        titledSingle: { type: "string", oneOf: titled },
        legacyEnum: { type: "string", enum: options("opt"), enumNames: ["One", "Two", "Three"] },
        untitledMulti: { type: "array", minItems: 1, maxItems: 3, items: { type: "string", enum: options("option") } },
        titledMulti: { type: "array", minItems: 1, maxItems: 3, items: { anyOf: titled } },
    },
};

// What each tool answers.
const TOOLS = {
    test_simple_text: () => [text("This is a simple text response for testing.")],
    test_image_content: () => [image],
    test_audio_content: () => [{ type: "audio", data: SILENCE, mimeType: "audio/wav" }],
    test_embedded_resource: () => [embedded("test://embedded-resource", "This is an embedded resource content.")],
    test_multiple_content_types: () => [
        text("Multiple content types test:"),
        image,
        embedded("test://mixed-content-resource", '{"test":"data","value":123}', "application/json"),
    ],
    async test_tool_with_logging(_, { sendNotification }) {
        for (const data of ["Tool execution started", "Tool processing data", "Tool execution completed"]) {
            await sendNotification({ method: "notifications/message", params: { level: "info", data } });
            await pause();
        }
        return [text("Tool with logging executed successfully")];
    },
    async test_tool_with_progress({ _meta }, { sendNotification }) {
        const { progressToken } = _meta;
        for (const progress of [0, 50, 100]) {
            const params = { progressToken, progress, total: 100 };
            await sendNotification({ method: "notifications/progress", params });
            await pause();
        }
        return [text("done")];
    },
    test_error_handling() {
        throw new Error("This tool intentionally returns an error for testing");
    },
    async test_sampling({ arguments: { prompt } }, { sendRequest }) {
        const params = { messages: [{ role: "user", content: text(prompt) }], maxTokens: 100 };
        const said = await sendRequest({ method: "sampling/createMessage", params }, types.CreateMessageResultSchema);
        return [text(`LLM response: ${said.content.text}`)];
    },
};
for (const [name, properties] of Object.entries(FORMS)) {
    TOOLS[name] = async ({ arguments: { message } }, { sendRequest }) => {
        const requestedSchema = { type: "object", properties, required: [] };
        const params = { message: message ?? "Please fill this in", requestedSchema };
        const said = await sendRequest({ method: "elicitation/create", params }, types.ElicitResultSchema);
        const told = `action=${said.action}, content=${JSON.stringify(said.content ?? {})}`;
        return [text(name === "test_elicitation" ? `User response: ${told}` : `Elicitation completed: ${told}`)];
    };
}

const RESOURCES = {
    "test://static-text": { mimeType: "text/plain", text: "This is the content of the static text resource." },
    "test://static-binary": { mimeType: "image/png", blob: PIXEL },
    "test://watched-resource": { mimeType: "text/plain", text: "Watched resource content" },
};
const resource = (uri) => {
    const [, id] = /^test:\/\/template\/(.+)\/data$/.exec(uri) ?? [];
    const filled = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
    return { uri, ...(id ? { mimeType: "application/json", text: filled } : RESOURCES[uri]) };
};

const PROMPTS = {
    test_simple_prompt: () => [text("This is a simple prompt for testing.")],
    test_prompt_with_arguments: ({ arg1, arg2 }) => [text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
    test_prompt_with_embedded_resource: ({ resourceUri }) => [
        embedded(resourceUri, "Embedded resource content for testing."),
        text("Please process the embedded resource above."),
    ],
    test_prompt_with_image: () => [image, text("Please analyze the image above.")],
};
const ARGUMENTS = {
    test_prompt_with_arguments: ["arg1", "arg2"],
    test_prompt_with_embedded_resource: ["resourceUri"],
};

function server() {
    const capabilities = {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        logging: {},
        completions: {},
    };
    const server = new Server({ name: "conformance", version: "1" }, { capabilities });
    const on = (schema, answer) => server.setRequestHandler(schema, answer);
    on(types.ListToolsRequestSchema, () => ({
        tools: Object.keys(TOOLS).map((name) => ({ name, description: name, inputSchema: { type: "object" } })),
    }));
    on(types.CallToolRequestSchema, async ({ params }, extra) => {
        try {
            return { content: await TOOLS[params.name](params, extra) };
        } catch (error) {
            return { content: [text(error.message)], isError: true };
        }
    });
    on(types.ListResourcesRequestSchema, () => ({
        resources: Object.entries(RESOURCES).map(([uri, { mimeType }]) => ({ uri, name: uri, mimeType })),
    }));
    on(types.ListResourceTemplatesRequestSchema, () => ({
        resourceTemplates: [{ uriTemplate: "test://template/{id}/data", name: "template" }],
    }));
    on(types.ReadResourceRequestSchema, ({ params }) => ({ contents: [resource(params.uri)] }));
    on(types.SubscribeRequestSchema, () => ({}));
    on(types.UnsubscribeRequestSchema, () => ({}));
    on(types.ListPromptsRequestSchema, () => ({
        prompts: Object.keys(PROMPTS).map((name) => ({
            name,
            description: name,
            arguments: (ARGUMENTS[name] ?? []).map((name) => ({ name, required: true })),
        })),
    }));
    on(types.GetPromptRequestSchema, ({ params }) => ({
        messages: PROMPTS[params.name](params.arguments).map((content) => ({ role: "user", content })),
    }));
    on(types.CompleteRequestSchema, () => ({ completion: { values: [], total: 0, hasMore: false } }));
    return server;
}

const sessions = new Map();
const http = createServer(async (request, response) => {
    let transport = sessions.get(request.headers["mcp-session-id"]);
    if (!transport) {
        transport = new StreamableHTTPServerTransport({
            sessionIdGenerator: randomUUID,
            enableDnsRebindingProtection: true,
            allowedHosts: [`127.0.0.1:${http.address().port}`, `localhost:${http.address().port}`],
            onsessioninitialized: (id) => sessions.set(id, transport),
        });
        await server().connect(transport);
    }
    await transport.handleRequest(request, response);
});
http.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${http.address().port}/mcp`));
