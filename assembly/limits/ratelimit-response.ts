import { Bytes } from "../bytes/bytes";
import { ProtobufReader } from "./protobuf-reader";

/** What the service says about the request, or about a descriptor. */
export enum RateLimitCode {
  Unknown,
  Ok,
  OverLimit,
}

/** The unit of time of a limit. */
export enum RateLimitUnit {
  Unknown,
  Second,
  Minute,
  Hour,
  Day,
  Month,
  Year,
}

/** More milliseconds than any limit waits: what is longer is cut. */
const MOST_MS: i64 = 1 << 50;

/** How one descriptor stands; of a descriptor that the service has no limit for, only the code is known. */
@final
export class DescriptorStatus {
  code: RateLimitCode = RateLimitCode.Unknown;
  /** Hits that the limit allows in each unit. */
  requestsPerUnit: u32 = 0;
  unit: RateLimitUnit = RateLimitUnit.Unknown;
  /** Hits that are left in the unit. */
  limitRemaining: u32 = 0;
  /** Milliseconds until the unit is over, rounded up. */
  msUntilReset: i64 = 0;
}

/** The answer of the rate limit service: envoy.service.ratelimit.v3.RateLimitResponse. Headers, body and metadata are left out. */
@final
export class RateLimitResponse {
  code: RateLimitCode = RateLimitCode.Unknown;
  /** One for each descriptor of the request, in its order. */
  readonly statuses: DescriptorStatus[] = [];
}

/** Reads a serialised message; null if it is none. */
export function readRateLimitResponse(bytes: Bytes): RateLimitResponse | null {
  const response = new RateLimitResponse();
  const reader = new ProtobufReader(bytes);
  while (reader.next()) {
    if (reader.field == 1) response.code = codeOf(reader.integer());
    else if (reader.field == 2) {
      const status = new DescriptorStatus();
      if (!readStatus(reader.message(), status)) return null;
      response.statuses.push(status);
    }
  }
  return reader.isBroken ? null : response;
}

function readStatus(bytes: Bytes, status: DescriptorStatus): bool {
  const reader = new ProtobufReader(bytes);
  while (reader.next()) {
    if (reader.field == 1) status.code = codeOf(reader.integer());
    else if (reader.field == 2 && !readLimit(reader.message(), status)) return false;
    else if (reader.field == 3) status.limitRemaining = <u32>reader.integer();
    else if (reader.field == 4 && !readDuration(reader.message(), status)) return false;
  }
  return !reader.isBroken;
}

function readLimit(bytes: Bytes, status: DescriptorStatus): bool {
  const reader = new ProtobufReader(bytes);
  while (reader.next()) {
    if (reader.field == 1) status.requestsPerUnit = <u32>reader.integer();
    else if (reader.field == 2) {
      const unit = reader.integer();
      status.unit = unit <= <u64>RateLimitUnit.Year ? <RateLimitUnit>unit : RateLimitUnit.Unknown;
    }
  }
  return !reader.isBroken;
}

/** A google.protobuf.Duration: seconds and nanoseconds. */
function readDuration(bytes: Bytes, status: DescriptorStatus): bool {
  const reader = new ProtobufReader(bytes);
  let seconds: i64 = 0;
  let nanoseconds: i32 = 0;
  while (reader.next()) {
    if (reader.field == 1) seconds = <i64>reader.integer();
    else if (reader.field == 2) nanoseconds = <i32>reader.integer();
  }
  const ms = min(max<i64>(seconds, 0), MOST_MS / 1000) * 1000;
  status.msUntilReset = ms + (max(nanoseconds, 0) + 999999) / 1000000;
  return !reader.isBroken;
}

function codeOf(value: u64): RateLimitCode {
  return value <= <u64>RateLimitCode.OverLimit ? <RateLimitCode>value : RateLimitCode.Unknown;
}
