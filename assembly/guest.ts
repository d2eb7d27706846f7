import { pluginConfiguration } from "./abi/calls";
import { Guest } from "./abi/guest";
import { Action } from "./abi/types";
import { CalloutBody, Host } from "./host/host";
import { Flow } from "./pipeline/flow";
import { Weir } from "./pipeline/weir";
import { ReplyStatus } from "./processors/processor";

const GRPC_OK = 0;

/** The proxy's callbacks, led to the pipeline. */
export class WeirGuest extends Guest {
  constructor(
    private readonly host: Host,
    private readonly weir: Weir,
  ) {
    super();
  }

  onContextCreate(id: u32, parent: u32): void {
    if (parent == 0) this.weir.createPlugin(id);
    else this.weir.createStream(id, parent);
  }

  onConfigure(id: u32, size: i32): bool {
    return this.weir.configure(id, pluginConfiguration(size));
  }

  onTick(id: u32): void {
    this.weir.onTick(id);
  }

  onRequestHeaders(id: u32, _count: i32, isLast: bool): Action {
    return actionOf(this.weir.onRequestHeaders(id, isLast));
  }

  onRequestBody(id: u32, size: i32, isLast: bool): Action {
    return actionOf(this.weir.onRequestBody(id, size, isLast));
  }

  onRequestTrailers(id: u32, _count: i32): Action {
    return actionOf(this.weir.onRequestTrailers(id));
  }

  onResponseHeaders(id: u32, _count: i32, isLast: bool): Action {
    return actionOf(this.weir.onResponseHeaders(id, isLast));
  }

  onResponseBody(id: u32, size: i32, isLast: bool): Action {
    return actionOf(this.weir.onResponseBody(id, size, isLast));
  }

  onResponseTrailers(id: u32, _count: i32): Action {
    return actionOf(this.weir.onResponseTrailers(id));
  }

  /** Envoy answers a call that times out or finds nobody with a 504 or 503 of its own, so every 5xx is a failure. */
  onHttpCallResponse(_id: u32, callout: u32, _headers: i32, bodySize: i32): void {
    const status = this.host.calloutHeader(":status");
    const code = status ? <i32>parseInt(status) : 0;
    const how = code > 0 && code < 500 ? ReplyStatus.Answered : ReplyStatus.Failed;
    this.weir.onReply(callout, how, code, CalloutBody.Http, bodySize);
  }

  onGrpcReceive(_id: u32, callout: u32, size: i32): void {
    this.weir.onReply(callout, ReplyStatus.Answered, GRPC_OK, CalloutBody.Grpc, size);
  }

  /** After a message the reply was given already, and nobody waits any more. */
  onGrpcClose(_id: u32, callout: u32, status: i32): void {
    if (status != GRPC_OK) this.weir.onReply(callout, ReplyStatus.Failed, status, CalloutBody.Grpc, 0);
  }

  onLog(id: u32): void {
    this.weir.onEnd(id);
  }

  onDelete(id: u32): void {
    this.weir.delete(id);
  }
}

function actionOf(flow: Flow): Action {
  return flow == Flow.Continue ? Action.Continue : Action.Pause;
}
