// Loaded before the MCP conformance tests, which have no way to send a bearer token: adds the one in
// ZOOMTOK_TEST_BEARER to each of their requests, whether by fetch or by undici.

import { createRequire } from "node:module";
import { realpathSync } from "node:fs";

const { getGlobalDispatcher, setGlobalDispatcher } = createRequire(realpathSync(process.argv[1]))("undici");
const authorization = `Bearer ${process.env.ZOOMTOK_TEST_BEARER}`;
const plain = globalThis.fetch;
globalThis.fetch = (url, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set("authorization", authorization);
    return plain(url, { ...init, headers });
};
const adding = (next) => (options, handler) => {
    const { headers } = options;
    // Those of fetch come as an array, and have it.
    const more = Array.isArray(headers) ? headers : { ...headers, authorization };
    return next({ ...options, headers: more }, handler);
};
setGlobalDispatcher(getGlobalDispatcher().compose(adding));
