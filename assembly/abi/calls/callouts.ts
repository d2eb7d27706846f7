import { Bytes } from "../../bytes/bytes";
import * as host from "../imports";
import * as scratch from "../scratch";
import { Status } from "../types";
import { writePairs } from "./pairs";

// A callout's id is the host's and 1: 0 means that there is none.

/** The id of a callout that could not be started. */
export const NO_CALLOUT: u32 = 0;

/**
 * Starts an HTTP call to a cluster, with names and values of headers in turn; returns its id, or `NO_CALLOUT`. Envoy tells of a
 * timeout by a callback that has no headers.
 */
export function httpCall(cluster: string, headers: string[], body: Bytes, timeoutMs: u32): u32 {
  const name = scratch.encode(cluster);
  const pairs = writePairs(headers);
  scratch.clearResults();
  const status = host.proxy_http_call(
    name.at,
    name.size,
    pairs.address(0),
    pairs.length,
    body.address(0),
    body.length,
    0,
    0,
    timeoutMs,
    scratch.resultAddress(),
  );
  return startedCallout(status);
}

/** Starts a unary gRPC call; as `httpCall`. `message` is a serialised protobuf message. */
export function grpcCall(cluster: string, service: string, method: string, message: Bytes, timeoutMs: u32): u32 {
  const name = scratch.encode(cluster);
  const path = scratch.encodeSecond(service);
  const call = scratch.encodeThird(method);
  scratch.clearResults();
  const status = host.proxy_grpc_call(
    name.at,
    name.size,
    path.at,
    path.size,
    call.at,
    call.size,
    0,
    0,
    message.address(0),
    message.length,
    timeoutMs,
    scratch.resultAddress(),
  );
  return startedCallout(status);
}

function startedCallout(status: i32): u32 {
  return status == Status.Ok ? scratch.result() + 1 : NO_CALLOUT;
}
