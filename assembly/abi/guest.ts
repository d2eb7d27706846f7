import { Action } from "./types";

/** What the module does at each callback of the proxy. The defaults let everything pass. */
export abstract class Guest {
  /** A root context (`parent` 0) or a stream of root context `parent` is created. */
  onContextCreate(_id: u32, _parent: u32): void {}
  /** The root context's configuration, of `size` bytes, is there; false refuses it. */
  onConfigure(_id: u32, _size: i32): bool {
    return true;
  }
  /** The timer of a root context fired. */
  onTick(_id: u32): void {}

  onRequestHeaders(_id: u32, _count: i32, _isLast: bool): Action {
    return Action.Continue;
  }
  onRequestBody(_id: u32, _size: i32, _isLast: bool): Action {
    return Action.Continue;
  }
  onRequestTrailers(_id: u32, _count: i32): Action {
    return Action.Continue;
  }
  onResponseHeaders(_id: u32, _count: i32, _isLast: bool): Action {
    return Action.Continue;
  }
  onResponseBody(_id: u32, _size: i32, _isLast: bool): Action {
    return Action.Continue;
  }
  onResponseTrailers(_id: u32, _count: i32): Action {
    return Action.Continue;
  }

  /** An HTTP call of context `id` has ended; `headers` is 0 if it failed or timed out. */
  onHttpCallResponse(_id: u32, _callout: u32, _headers: i32, _bodySize: i32): void {}
  /** A gRPC call of context `id` brought a message. */
  onGrpcReceive(_id: u32, _callout: u32, _size: i32): void {}
  /** A gRPC call of context `id` has ended, before or after its message. */
  onGrpcClose(_id: u32, _callout: u32, _status: i32): void {}

  /** The stream is over; its access log is being written. */
  onLog(_id: u32): void {}
  /** The context is over. */
  onDone(_id: u32): void {}
  /** The context is gone. */
  onDelete(_id: u32): void {}
}
