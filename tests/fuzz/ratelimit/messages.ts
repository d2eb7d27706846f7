import protobuf from "protobufjs";

/**
 * The messages between a proxy and envoyproxy/ratelimit, their fields and numbers as in envoy/service/ratelimit/v3/rls.proto and
 * envoy/extensions/common/ratelimit/v3/ratelimit.proto of Envoy 1.40.
 */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Entry { string key = 1; string value = 2; }
  message UInt64Value { uint64 value = 1; }
  message Descriptor { repeated Entry entries = 1; UInt64Value hits_addend = 3; bool is_negative_hits = 4; }
  message Request { string domain = 1; repeated Descriptor descriptors = 2; uint32 hits_addend = 3; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message Limit { uint32 requests_per_unit = 1; int32 unit = 2; string name = 3; }
  message Status { int32 code = 1; Limit current_limit = 2; uint32 limit_remaining = 3; Duration duration_until_reset = 4; Quota quota = 5; }
  message Quota { uint32 requests = 1; string id = 3; }
  message Header { string key = 1; string value = 2; }
  message Response { int32 overall_code = 1; repeated Status statuses = 2; repeated Header response_headers_to_add = 3; bytes raw_body = 5;
    fixed64 unknown_fixed64 = 100; fixed32 unknown_fixed32 = 101; }
`);

export const Request = root.lookupType("Request");
export const Response = root.lookupType("Response");

/** What is read of a response. */
export interface ResponseView {
  overallCode: number;
  statuses: {
    code: number;
    currentLimit?: { requestsPerUnit: number; unit: number } | null;
    limitRemaining: number;
    durationUntilReset?: { seconds: string; nanos: number } | null;
  }[];
}
