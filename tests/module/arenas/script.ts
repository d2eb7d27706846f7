import type { Random } from "./random.ts";
import type { TestProxy } from "./host.ts";

/**
 * Runs so many random steps of plugins and streams, ends all of them, and returns what the module logged and what each stream's
 * body and replies became.
 */
export function playScript(proxy: TestProxy, random: Random, steps: number): string[] {
  const results: string[] = [];
  const plugins = [1];
  const open: number[] = [];
  let next = 10;
  const note = (): void => void results.push(...proxy.logs.splice(0));
  const text = (length: number): string => Array.from({ length }, () => "abc,é€😀".charAt(random.below(8))).join("");

  const openStream = (): void => {
    const id = next++;
    const stream = proxy.open(id, plugins[random.below(plugins.length)] ?? 1);
    open.push(id);
    const headers: [string, string][] = [[":path", `/${id}/${"p".repeat(random.below(200))}`]];
    for (let i = random.below(12); i > 0; i--) headers.push([`x-${i}`, "v".repeat(random.below(40))]);
    if (random.below(6) === 0) headers.push(["x-refuse", "yes"]);
    if (random.below(6) === 0) headers.push(["x-discard", "yes"]);
    proxy.endsOnReply = random.below(2) === 0;
    results.push(`headers ${proxy.requestHeaders(id, headers)} ${JSON.stringify(stream.requestHeaders.at(-1))}`);
    results.push(JSON.stringify(stream.replies));
  };

  const use = (id: number): void => {
    const stream = proxy.streams.get(id);
    if (!stream || stream.isGone) return;
    const bytes = Buffer.from(text(random.below(3000)));
    switch (random.below(4)) {
      case 0:
        results.push(`response ${proxy.responseHeaders(id, [[":status", String(200 + random.below(300))]])}`);
        break;
      case 1:
        results.push(`answer ${proxy.responseBody(id, bytes, random.below(3) === 0)} ${stream.responseBody.length}`);
        break;
      default:
        results.push(`body ${proxy.requestBody(id, bytes, random.below(9) === 0)}`);
    }
  };

  for (let i = 0; i < steps; i++) {
    const at = random.below(open.length + 8);
    const id = open[at];
    if (id === undefined) openStream();
    else if (random.below(5) === 0) {
      proxy.close(id);
      open.splice(at, 1);
    } else use(id);
    if (random.below(100) === 0) {
      plugins.push(next);
      results.push(`plugin ${proxy.startPlugin(next++, `0 ${text(random.below(300))}`)}`);
    }
    if (plugins.length > 1 && random.below(150) === 0) {
      const [plugin = 0] = plugins.splice(1 + random.below(plugins.length - 1), 1);
      proxy.on("delete", plugin);
    }
    note();
  }
  for (const id of open) proxy.close(id);
  for (const id of plugins) proxy.on("delete", id);
  note();
  return results;
}
