import { Bytes } from "../../bytes/bytes";
import * as host from "../imports";
import * as scratch from "../scratch";
import { StreamType } from "../types";
import { writePairs } from "./pairs";

/** What `sendLocalResponse` says when the answer is not one to a gRPC call. */
const NO_GRPC_STATUS: i32 = -1;

/**
 * Answers the request, with names and values of headers in turn; `details` becomes `response.code_details`. Nested callbacks of this
 * stream run before this returns, its last ones possibly among them.
 */
export function sendLocalResponse(status: u32, details: string, headers: string[], body: Bytes): void {
  const pairs = writePairs(headers);
  const text = scratch.encode(details);
  host.proxy_send_local_response(
    status,
    text.at,
    text.size,
    body.address(0),
    body.length,
    pairs.address(0),
    pairs.length,
    NO_GRPC_STATUS,
  );
}

/** Lets a paused direction go on. */
export function continueStream(type: StreamType): void {
  host.proxy_continue_stream(type);
}

/** Resets a direction of the stream. */
export function closeStream(type: StreamType): void {
  host.proxy_close_stream(type);
}
