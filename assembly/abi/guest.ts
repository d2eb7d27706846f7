import { Action, CloseType } from "./types";

/**
 * What the module does at each callback of the proxy. The defaults let everything pass and allow every end.
 *
 * Callbacks may come in any order, inside of each other, and for contexts that the guest never heard of.
 */
export abstract class Guest {
  // ---- contexts ----

  /** The VM starts, with a configuration of `size` bytes; false refuses it. */
  onVmStart(_size: i32): bool {
    return true;
  }
  /** A root context (`parent` 0) or a stream of root context `parent` is created. */
  onContextCreate(_id: u32, _parent: u32): void {}
  /** The root context's configuration, of `size` bytes, is there; false refuses it. */
  onConfigure(_id: u32, _size: i32): bool {
    return true;
  }
  /** The timer of a root context fired. */
  onTick(_id: u32): void {}
  /** Something is in a shared queue of a root context. */
  onQueueReady(_id: u32, _queue: u32): void {}
  /** The proxy's function `which` calls, with an argument of `size` bytes in the buffer `CallData`. */
  onForeignFunction(_id: u32, _which: u32, _size: i32): void {}
  /** The stream is over; its access log is being written. */
  onLog(_id: u32): void {}
  /** The context is gone. */
  onDelete(_id: u32): void {}

  // ---- HTTP streams ----

  /** `count` request headers came; `isLast`: and no body. */
  onRequestHeaders(_id: u32, _count: i32, _isLast: bool): Action {
    return Action.Continue;
  }
  /** The buffer `RequestBody` holds `size` bytes. */
  onRequestBody(_id: u32, _size: i32, _isLast: bool): Action {
    return Action.Continue;
  }
  /** `count` request trailers came. */
  onRequestTrailers(_id: u32, _count: i32): Action {
    return Action.Continue;
  }
  /** `count` entries of HTTP/2 metadata came with the request. */
  onRequestMetadata(_id: u32, _count: i32): Action {
    return Action.Continue;
  }
  /** `count` response headers came; `isLast`: and no body. */
  onResponseHeaders(_id: u32, _count: i32, _isLast: bool): Action {
    return Action.Continue;
  }
  /** The buffer `ResponseBody` holds `size` bytes. */
  onResponseBody(_id: u32, _size: i32, _isLast: bool): Action {
    return Action.Continue;
  }
  /** `count` response trailers came. */
  onResponseTrailers(_id: u32, _count: i32): Action {
    return Action.Continue;
  }
  /** `count` entries of HTTP/2 metadata came with the response. */
  onResponseMetadata(_id: u32, _count: i32): Action {
    return Action.Continue;
  }

  // ---- callouts ----

  /** An HTTP call of context `id` has ended; `headers` is 0 if it failed or timed out. */
  onHttpCallResponse(_id: u32, _callout: u32, _headers: i32, _bodySize: i32): void {}
  /** A gRPC call of context `id` brought `count` entries of metadata. */
  onGrpcInitialMetadata(_id: u32, _callout: u32, _count: i32): void {}
  /** A gRPC call of context `id` brought a message of `size` bytes. */
  onGrpcReceive(_id: u32, _callout: u32, _size: i32): void {}
  /** A gRPC call of context `id` brought `count` trailers. */
  onGrpcTrailingMetadata(_id: u32, _callout: u32, _count: i32): void {}
  /** A gRPC call of context `id` has ended, before or after its message. */
  onGrpcClose(_id: u32, _callout: u32, _status: i32): void {}

  // ---- TCP connections, when the module is a network filter ----

  /** A connection is there. */
  onNewConnection(_id: u32): Action {
    return Action.Continue;
  }
  /** The buffer `DownstreamData` holds `size` bytes. */
  onDownstreamData(_id: u32, _size: i32, _isLast: bool): Action {
    return Action.Continue;
  }
  /** The client's side is closed. */
  onDownstreamClose(_id: u32, _by: CloseType): void {}
  /** The buffer `UpstreamData` holds `size` bytes. */
  onUpstreamData(_id: u32, _size: i32, _isLast: bool): Action {
    return Action.Continue;
  }
  /** The upstream's side is closed. */
  onUpstreamClose(_id: u32, _by: CloseType): void {}
}

/** A guest that lets everything pass. */
@final
export class SilentGuest extends Guest {}
