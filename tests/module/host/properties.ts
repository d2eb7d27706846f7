import type { HeaderMap } from "./header-map.ts";

/** What Envoy knows of a stream by itself, by the path of a property, joined by dots. Integers are bigint. */
export function propertyOf(
  path: string,
  request: HeaderMap | undefined,
  response: HeaderMap | undefined,
  state: ReadonlyMap<string, string>,
): string | bigint | undefined {
  const url = request?.get(":path") ?? "";
  const header = (map: HeaderMap | undefined, prefix: string): string | undefined =>
    map?.get(path.slice(prefix.length));
  if (path.startsWith("request.headers.")) return header(request, "request.headers.");
  if (path.startsWith("response.headers.")) return header(response, "response.headers.");
  if (path.startsWith("filter_state.wasm.")) return state.get(path.slice("filter_state.wasm.".length));
  switch (path) {
    case "request.path":
      return request?.get(":path");
    case "request.url_path":
      return request && url.replace(/\?.*/s, "");
    case "request.query":
      return request && (/\?(.*)/s.exec(url)?.[1] ?? "");
    case "request.host":
      return request?.get(":authority");
    case "request.method":
      return request?.get(":method");
    case "request.scheme":
      return request?.get(":scheme");
    case "request.protocol":
      return "HTTP/1.1";
    case "connection.id":
      return 1n;
    case "plugin_name":
    case "plugin_vm_id":
      return "weir";
    case "plugin_root_id":
    case "xds.route_name":
      return "";
    default:
      return state.get(path);
  }
}
