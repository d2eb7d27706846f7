import { parseArgs } from "node:util";
import { startProvider } from "./provider.ts";

/** Serves the demo provider by itself: `npx tsx demo/main.ts [--port 8081] [--http2]`. */
const { values } = parseArgs({
  options: { port: { type: "string", default: "8081" }, http2: { type: "boolean", default: false } },
});
const provider = await startProvider({
  port: Number(values.port),
  protocol: values.http2 ? "HTTP/2" : "HTTP/1.1",
});
console.log(`The demo provider serves http://127.0.0.1:${provider.port}/v1`);
