import { LEVELS, Status } from "./abi.ts";
import type { Envoy } from "./envoy.ts";
import type { HeaderMap } from "./header-map.ts";
import { serialise } from "./memory.ts";

type HostFunction = (...args: never[]) => number;

/** The host functions of proxy-wasm 0.2.1, as Envoy understands them. */
export function hostFunctions(envoy: Envoy): Record<string, HostFunction> {
  const { trace } = envoy;
  const memory = () => envoy.memory;
  const text = (at: number, size: number): string => envoy.memory.text(at, size);
  const changeHeader = (what: string, type: number, change: (headers: HeaderMap) => string): number => {
    const headers = envoy.context.areHeadersReadOnly ? undefined : envoy.context.headers(type);
    const changed = headers ? change(headers) : "lost: the headers are gone";
    trace.call(`${what} ${MAP_NAMES[type] ?? type} ${changed}`);
    return headers ? Status.Ok : Status.BadArgument;
  };
  return {
    // ---- the VM and its contexts ----
    proxy_log: (level: number, at: number, size: number) => {
      const line = { level: LEVELS[level] ?? String(level), text: text(at, size) };
      envoy.logs.push(line);
      trace.call(`log ${line.level}: ${line.text}`);
      return Status.Ok;
    },
    proxy_get_log_level: (level: number) => (memory().setU32(level, 0), Status.Ok),
    proxy_get_current_time_nanoseconds: (time: number) => (memory().setU64(time, envoy.nowNanoseconds), Status.Ok),
    proxy_set_tick_period_milliseconds: (period: number) => {
      trace.call(`tick every ${period} ms`);
      envoy.setTickPeriod(envoy.context.rootId, period);
      return Status.Ok;
    },
    proxy_set_effective_context: (id: number) => envoy.setEffectiveContext(id),
    proxy_done: () => envoy.done(),
    proxy_get_status: (code: number, message: number, messageSize: number) => {
      memory().setU32(code, envoy.calloutStatus.code);
      return memory().give(Buffer.from(envoy.calloutStatus.message), message, messageSize);
    },
    proxy_call_foreign_function: (
      name: number,
      nameSize: number,
      argument: number,
      argumentSize: number,
      result: number,
      resultSize: number,
    ) => {
      trace.call(`foreign function ${text(name, nameSize)}`);
      const found = envoy.foreignFunctions.get(text(name, nameSize));
      if (!found) return Status.NotFound;
      const given = found(memory().copy(argument, argumentSize));
      return given.length > 0 ? memory().give(given, result, resultSize) : Status.Ok;
    },

    // ---- headers ----
    proxy_get_header_map_value: (type: number, key: number, keySize: number, value: number, valueSize: number) => {
      const headers = envoy.context.headers(type);
      if (!headers) return Status.BadArgument;
      const found = headers.get(text(key, keySize));
      return found === undefined ? Status.NotFound : memory().give(Buffer.from(found), value, valueSize);
    },
    proxy_get_header_map_pairs: (type: number, pairs: number, size: number) => {
      const headers = envoy.context.headers(type);
      return headers ? memory().give(serialise(headers), pairs, size) : Status.BadArgument;
    },
    proxy_get_header_map_size: (type: number, size: number) => {
      const headers = envoy.context.headers(type);
      if (headers) memory().setU32(size, serialise(headers).length);
      return headers ? Status.Ok : Status.BadArgument;
    },
    proxy_set_header_map_pairs: (type: number, pairs: number, size: number) =>
      changeHeader("replace", type, (headers) => {
        headers.replaceAll(memory().pairs(pairs, size));
        return JSON.stringify(headers);
      }),
    proxy_add_header_map_value: (type: number, key: number, keySize: number, value: number, valueSize: number) =>
      changeHeader("add", type, (headers) => {
        headers.add(text(key, keySize), text(value, valueSize));
        return `${text(key, keySize)}: ${text(value, valueSize)}`;
      }),
    proxy_replace_header_map_value: (type: number, key: number, keySize: number, value: number, valueSize: number) =>
      changeHeader("set", type, (headers) => {
        headers.set(text(key, keySize), text(value, valueSize));
        return `${text(key, keySize)}: ${text(value, valueSize)}`;
      }),
    proxy_remove_header_map_value: (type: number, key: number, keySize: number) =>
      changeHeader("remove", type, (headers) => {
        headers.remove(text(key, keySize));
        return text(key, keySize);
      }),

    // ---- buffers ----
    proxy_get_buffer_status: (type: number, size: number, flags: number) => {
      const buffer = envoy.context.buffer(type);
      if (!buffer) return Status.NotFound;
      memory().setU32(size, buffer.bytes.length);
      memory().setU32(flags, 0);
      return Status.Ok;
    },
    proxy_get_buffer_bytes: (type: number, start: number, length: number, bytes: number, size: number) => {
      const buffer = envoy.context.buffer(type);
      if (!buffer) return envoy.context.hasBuffer(type) ? Status.Ok : Status.NotFound;
      const at = start >>> 0;
      if (at + (length >>> 0) > 0xffffffff) return Status.BadArgument;
      const part = buffer.bytes.subarray(at, at + (length >>> 0));
      return part.length === 0 ? Status.Ok : memory().give(part, bytes, size);
    },
    proxy_set_buffer_bytes: (type: number, start: number, length: number, bytes: number, size: number) => {
      const { context } = envoy;
      const buffer = context.buffer(type);
      if (!buffer) return context.hasBuffer(type) ? Status.BadArgument : Status.NotFound;
      const status = context.canChange(type)
        ? setBuffer(buffer, start >>> 0, length >>> 0, memory().copy(bytes, size))
        : Status.BadArgument;
      const now = status === Status.Ok ? envoy.trace.bytes(buffer.bytes) : `lost: status ${status}`;
      trace.call(`set ${type === 0 ? "request" : "response"} body ${now}`);
      return status;
    },

    // ---- properties, shared data ----
    proxy_get_property: (path: number, pathSize: number, value: number, valueSize: number) => {
      const found = envoy.context.property(text(path, pathSize).replaceAll("\0", "."));
      return found ? memory().give(found, value, valueSize) : Status.NotFound;
    },
    proxy_set_property: (path: number, pathSize: number, value: number, valueSize: number) => {
      const [name, state] = [text(path, pathSize), text(value, valueSize)];
      const isSet = envoy.context.setFilterState(name, state);
      trace.call(`filter state ${name} = ${state}${isSet ? "" : " (lost)"}`);
      return isSet ? Status.Ok : Status.NotFound;
    },
    proxy_get_shared_data: (key: number, keySize: number, value: number, valueSize: number, cas: number) => {
      const found = envoy.sharedData.get(text(key, keySize));
      if (!found) return Status.NotFound;
      memory().setU32(cas, found.cas);
      return memory().give(found.bytes, value, valueSize);
    },
    proxy_set_shared_data: (key: number, keySize: number, value: number, valueSize: number, cas: number) => {
      const name = text(key, keySize);
      const before = envoy.sharedData.get(name);
      if (envoy.refusesSharedData || (cas !== 0 && before && before.cas !== cas)) return Status.CasMismatch;
      envoy.sharedData.set(name, { bytes: memory().copy(value, valueSize), cas: (before?.cas ?? 0) + 1 });
      return Status.Ok;
    },

    // ---- streams ----
    proxy_send_local_response: (
      status: number,
      details: number,
      detailsSize: number,
      body: number,
      bodySize: number,
      headers: number,
      headersSize: number,
    ) => {
      const map = memory().pairs(headers, headersSize);
      const [why, bytes] = [text(details, detailsSize), memory().copy(body, bodySize)];
      trace.call(`reply ${status} ${why} ${JSON.stringify(map)} ${envoy.trace.bytes(bytes)}`);
      return envoy.context.reply(status, why, map, bytes);
    },
    proxy_continue_stream: (type: number) => {
      trace.call(`resume ${type === 0 ? "request" : "response"}`);
      return envoy.context.resume(type === 1);
    },
    proxy_close_stream: (type: number) => {
      trace.call(`close ${type === 0 ? "request" : "response"}`);
      return envoy.context.close(type === 1);
    },

    // ---- metrics ----
    proxy_define_metric: (type: number, name: number, nameSize: number, handle: number) => {
      if (type < 0 || type > 2) return Status.BadArgument;
      memory().setU32(handle, envoy.metrics.define(type, text(name, nameSize)));
      return Status.Ok;
    },
    proxy_increment_metric: (handle: number, by: bigint) => {
      trace.call(`count ${envoy.metrics.nameOf(handle)} by ${by}`);
      return envoy.metrics.add(handle, Number(by));
    },
    proxy_record_metric: (handle: number, value: bigint) => {
      trace.call(`record ${envoy.metrics.nameOf(handle)} ${value}`);
      return envoy.metrics.record(handle, Number(value));
    },
    proxy_get_metric: (handle: number, value: number) => {
      const found = envoy.metrics.valueOf(handle);
      if (found === undefined) return Status.NotFound;
      memory().setU64(value, BigInt(found));
      return Status.Ok;
    },

    // ---- callouts ----
    proxy_http_call: (
      cluster: number,
      clusterSize: number,
      headers: number,
      headersSize: number,
      body: number,
      bodySize: number,
      _trailers: number,
      _trailersSize: number,
      timeoutMs: number,
      callout: number,
    ) => {
      const call = envoy.callouts.startHttp(
        envoy.context,
        text(cluster, clusterSize),
        memory().pairs(headers, headersSize),
        memory().copy(body, bodySize),
        timeoutMs,
      );
      if (call) memory().setU32(callout, call.id);
      return call ? Status.Ok : Status.BadArgument;
    },
    proxy_grpc_call: (
      cluster: number,
      clusterSize: number,
      service: number,
      serviceSize: number,
      method: number,
      methodSize: number,
      _metadata: number,
      _metadataSize: number,
      message: number,
      messageSize: number,
      timeoutMs: number,
      callout: number,
    ) => {
      const path = `${text(service, serviceSize)}/${text(method, methodSize)}`;
      const bytes = memory().copy(message, messageSize);
      const call = envoy.callouts.startGrpc(envoy.context, text(cluster, clusterSize), path, bytes, timeoutMs);
      if (call) memory().setU32(callout, call.id);
      // What is no name of a cluster is read as a serialised GrpcService.
      return call ? Status.Ok : Status.ParseFailure;
    },
    proxy_grpc_cancel: (callout: number) => (envoy.callouts.cancel(callout) ? Status.Ok : Status.NotFound),
    proxy_grpc_close: (callout: number) => (envoy.callouts.cancel(callout) ? Status.Ok : Status.NotFound),
    proxy_grpc_stream: () => Status.Unimplemented,
    proxy_grpc_send: () => Status.Unimplemented,
  };
}

const MAP_NAMES = [
  "request header",
  "request trailer",
  "response header",
  "response trailer",
  "gRPC metadata",
  "gRPC trailer",
  "callout header",
  "callout trailer",
];

/** Envoy's own rules: what begins at 0 takes the place of so many bytes, and what begins at the end is appended. */
function setBuffer(buffer: { bytes: Buffer }, at: number, length: number, bytes: Buffer): number {
  if (at === 0) buffer.bytes = Buffer.concat([bytes, buffer.bytes.subarray(length)]);
  else if (at >= buffer.bytes.length) buffer.bytes = Buffer.concat([buffer.bytes, bytes]);
  else return Status.BadArgument;
  return Status.Ok;
}
