import { Bytes } from "../bytes/bytes";
import { ProtobufWriter } from "./protobuf-writer";

/** The gRPC service of envoyproxy/ratelimit, and its one method. */
export const RATE_LIMIT_SERVICE = "envoy.service.ratelimit.v3.RateLimitService";
/** See `RATE_LIMIT_SERVICE`. */
export const SHOULD_RATE_LIMIT = "ShouldRateLimit";

/** What the hits of a descriptor do. */
export enum Hits {
  /** They are counted, and the answer is about what was left before and is left after. 0 only asks. */
  Add,
  /** They are given back (`is_negative_hits`): a service that does not know the field counts them instead. */
  GiveBack,
}

/**
 * A question to the rate limit service: envoy.service.ratelimit.v3.RateLimitRequest, with
 * envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.
 *
 *     request.entry("limit", "minute");
 *     request.entry("consumer", "team-red");
 *     request.descriptor(120, Hits.Add);
 *
 * The hits stand in the descriptors, not in the request, where 0 would mean 1.
 */
@final
export class RateLimitRequest {
  private readonly request: ProtobufWriter = new ProtobufWriter();
  private readonly current: ProtobufWriter = new ProtobufWriter();
  private readonly inner: ProtobufWriter = new ProtobufWriter();

  /** In a domain, which is the first thing that the service's configuration tells apart. */
  constructor(domain: string) {
    this.request.text(1, domain);
  }

  /** Adds an entry to the descriptor that is being made. Keys and values are not empty, or the service refuses them. */
  entry(key: string, value: string): void {
    this.inner.clear();
    this.inner.text(1, key);
    this.inner.text(2, value);
    this.current.message(1, this.inner.toBytes());
  }

  /** Ends a descriptor: the entries so far, for so many hits. */
  descriptor(hits: u64, what: Hits): void {
    this.inner.clear();
    this.inner.integer(1, hits);
    this.current.message(3, this.inner.toBytes());
    this.current.integer(4, u64(what == Hits.GiveBack));
    this.request.message(2, this.current.toBytes());
    this.current.clear();
  }

  /** The serialised message: good until the next call. */
  toBytes(): Bytes {
    return this.request.toBytes();
  }
}
