import type { Driver, Scenario } from "./driver.ts";

/** Each of these is run in a real Envoy and in the miniature; tests/golden/like-envoy holds what the real one did. */
export const SCENARIOS: Record<string, Scenario> = {
  "headers-held": {
    title: "Headers that are held while the body comes can be changed at its end",
    script: [
      "request_headers pause",
      "request_body#1 pause",
      "request_body#2 pause",
      "request_body#2 body 0",
      "request_body#3 set-header 0 x-a late",
      "request_body#3 body 0",
    ],
    run: exchange,
  },
  "headers-held-without-flag": {
    title: "Without the flag a pause at the headers stops the body, too, and the stream hangs",
    listener: "withoutFlag",
    script: ["request_headers pause", "log property response/code_details", "log property response/flags integer"],
    run: async (d) => {
      await d.request();
      await d.requestBody("ab");
      await d.requestEnd();
      await d.idle();
    },
  },
  "headers-held-twice": {
    title: "Headers that go on by a resume go on with all of the body that was held",
    script: [
      "request_headers http-call provider /callout/ok 2000",
      "request_headers pause",
      "request_body pause",
      "http_call_response effective",
      "http_call_response body 0",
      "http_call_response set-header 0 x-a held",
      "http_call_response resume 0",
    ],
    run: async (d) => {
      await question(d);
      await d.callout("ok");
      await answer(d);
    },
  },
  "headers-held-until-callout-without-flag": {
    title: "Without the flag all of a body that was stopped comes when the stream goes on",
    listener: "withoutFlag",
    script: [
      "request_headers http-call provider /callout/ok 2000",
      "request_headers pause",
      "http_call_response effective",
      "http_call_response set-header 0 x-a held",
      "http_call_response resume 0",
      "request_body body 0",
    ],
    run: async (d) => {
      await question(d);
      await d.callout("ok");
      await answer(d);
    },
  },
  "headers-gone": {
    title: "What is done to headers that have been passed on is lost",
    script: [
      "request_headers set-header 0 x-a first",
      "request_body#1 set-header 0 x-a lost",
      "request_body#1 header 0 x-a",
      "response_headers set-header 2 x-b first",
      "response_body#1 remove-header 2 x-b",
      "response_body#1 header 2 x-b",
    ],
    run: exchange,
  },
  "body-held": {
    title: "A paused body accumulates, and can be replaced",
    script: [
      "request_headers header 0 x-a",
      "request_body#1 pause",
      "request_body#1 body 0",
      "request_body#2 pause",
      "request_body#2 body 0",
      "request_body#3 set-body 0 0 100 replaced",
      "request_body#3 body 0",
    ],
    listener: "withoutFlag",
    run: exchange,
  },
  "held-headers-go-with-a-body": {
    title: "A body callback that continues lets held headers go, too",
    script: ["request_headers pause", "request_body#1 set-header 0 x-a one"],
    run: exchange,
  },
  "body-changed-in-passing": {
    title: "Chunks can be changed while they pass",
    script: [
      "request_body#1 set-body 0 0 100 x",
      "request_body#2 set-body 0 0 100",
      "response_body#1 set-body 1 0 0 <",
      "response_body#2 set-body 1 0 100 >>",
    ],
    run: exchange,
  },
  "body-changed-anyhow": {
    title: "A buffer is prepended to, replaced or appended to, and nothing else",
    script: [
      "request_body#1 pause",
      "request_body#2 pause",
      "request_body#2 set-body 0 1 1 no",
      "request_body#2 set-body 0 1 0 no",
      "request_body#2 set-body 0 0 3 no",
      "request_body#2 set-body 0 0 0 <",
      "request_body#2 set-body 0 5 0 >",
      "request_body#2 set-body 0 1000 0 >",
      "request_body#2 body 0",
      "request_body#3 set-body 0 0 4294967295 all",
      "request_body#3 body 0",
    ],
    run: exchange,
  },
  "body-appended-at-the-end": {
    title: "Something can be appended on the empty last piece",
    script: ["response_headers remove-header 2 content-length", "response_body#3 set-body 1 0 0 tail"],
    run: exchange,
  },
  "no-body": {
    title: "A request of headers only, and an answer of headers only, have no body callbacks",
    script: ["request_headers header 0 :method"],
    run: async (d) => {
      await d.request("last");
      await d.response("last");
    },
  },
  trailers: {
    title: "Trailers come last, and can be held",
    script: [
      "request_body pause",
      "request_trailers body 0",
      "request_trailers header 1 x-a",
      "request_trailers set-header 1 x-a changed",
      "response_trailers set-header 3 x-b changed",
      "response_trailers header 2 x-a",
    ],
    run: async (d) => {
      await d.request();
      await d.requestBody("ab");
      await d.requestTrailers();
      await d.response();
      await d.responseBody("one");
      await d.responseTrailers();
    },
  },
  "reply-at-headers": {
    title: "A local reply runs the response callbacks inside of the host call",
    script: [
      "request_headers reply 403 no_entry No.",
      "request_headers pause",
      "response_headers property response/code_details",
      "response_headers set-header 2 x-b seen",
      "response_body body 1",
      "log property response/code_details",
      "log property response/code integer",
    ],
    run: async (d) => {
      await d.request();
    },
  },
  "reply-at-body": {
    title: "A held body can be refused",
    script: [
      "request_headers pause",
      "request_body#1 pause",
      "request_body#2 reply 403 no_entry No.",
      "request_body#2 header 0 x-a",
      "request_body#2 pause",
    ],
    run: async (d) => {
      await d.request();
      await d.requestBody("ab");
      await d.requestBody("cd");
    },
  },
  "reply-after-headers-went": {
    title: "A body can be refused when its headers have gone upstream",
    script: ["request_body#1 pause", "request_body#2 reply 403 no_entry No.", "request_body#2 pause"],
    run: async (d) => {
      await d.request();
      await d.requestBody("ab");
      await d.requestBody("cd");
    },
  },
  "reply-twice": {
    title: "A second local reply is not taken",
    script: [
      "request_headers reply 403 no_entry No.",
      "request_headers reply 404 no_more Nothing.",
      "request_headers pause",
    ],
    run: async (d) => {
      await d.request();
    },
  },
  "reply-to-a-reply": {
    title: "A local reply to a local reply",
    script: [
      "request_headers reply 403 no_entry No.",
      "request_headers pause",
      "response_headers reply 502 refused Refused.",
      "response_headers pause",
      "log property response/code_details",
    ],
    run: async (d) => {
      await d.request();
    },
  },
  "reply-to-the-proxy": {
    title: "A local reply to the proxy's own",
    script: [
      "response_headers reply 502 refused Refused.",
      "response_headers pause",
      "log property response/code_details",
    ],
    run: async (d) => {
      await question(d);
      await d.upstreamReset();
    },
  },
  "reply-to-the-proxys-body": {
    title: "A local reply to the body of the proxy's own, whose headers are held",
    script: [
      "response_headers pause",
      "response_body reply 502 refused Refused.",
      "response_body pause",
      "log property response/code_details",
    ],
    run: async (d) => {
      await question(d);
      await d.upstreamReset();
    },
  },
  "reply-to-an-answer": {
    title: "A local reply at the headers of an answer, without callbacks for that one",
    script: ["response_headers reply 502 refused Refused.", "response_headers pause"],
    run: async (d) => {
      await question(d);
      await d.response();
    },
  },
  "reply-without-body": {
    title: "A local reply without a body is headers only",
    script: ["request_headers reply 403 no_entry ", "request_headers pause"],
    run: async (d) => {
      await d.request();
    },
  },
  "reply-instead-of-held-answer": {
    title: "An answer whose headers are held can be replaced by a local reply, without callbacks for that one",
    script: ["response_headers pause", "response_body#1 reply 502 refused No.", "response_body#1 pause"],
    run: async (d) => {
      await question(d);
      await d.response();
      await d.responseBody("one");
    },
  },
  "reply-in-the-middle": {
    title: "A local reply in the middle of an answer resets the stream",
    script: ["response_body#2 reply 502 refused No.", "response_body#2 pause"],
    run: async (d) => {
      await question(d);
      await d.response();
      await d.responseBody("one");
      await d.responseBody("two");
    },
  },
  "answer-held": {
    title: "An answer that is held can be changed, its status too",
    script: [
      "response_headers pause",
      "response_body#1 pause",
      "response_body#2 pause",
      "response_body#3 set-header 2 :status 502",
      "response_body#3 remove-header 2 content-length",
      "response_body#3 set-body 1 0 100 changed",
    ],
    run: exchange,
  },
  "answer-held-without-flag": {
    title: "Without the flag a pause at the response headers hangs",
    listener: "withoutFlag",
    script: ["response_headers pause", "log property response/code_details"],
    run: async (d) => {
      await question(d);
      await d.response();
      await d.responseBody("one");
      await d.responseEnd();
      await d.idle();
    },
  },
  "stream-closed": {
    title: "Closing a stream resets it, with what the same callback has set",
    script: ["response_body#2 set-body 1 0 100 lost", "response_body#2 close 1", "log property response/code_details"],
    run: async (d) => {
      await question(d);
      await d.response();
      await d.responseBody("one");
      await d.responseBody("two");
    },
  },
  "client-gone-in-request": {
    title: "A client that goes away in its request ends the stream: log, done, delete",
    script: ["request_body pause", "log property response/code_details", "log header 0 :path"],
    run: async (d) => {
      await d.request();
      await d.requestBody("ab");
      await d.clientReset();
    },
  },
  "client-gone-in-answer": {
    title: "A client that goes away in the answer ends the stream",
    script: ["log property response/code_details", "log property response/code integer"],
    run: async (d) => {
      await question(d);
      await d.response();
      await d.responseBody("one");
      await d.clientReset();
    },
  },
  "upstream-gone-before-answer": {
    title: "An upstream that goes away before it answers becomes a 503 that passes the response callbacks",
    script: [
      "response_headers header 2 :status",
      "log property response/code_details",
      "log property response/flags integer",
    ],
    run: async (d) => {
      await question(d);
      await d.upstreamReset();
    },
  },
  "upstream-gone-in-answer": {
    title: "An upstream that goes away in its answer resets the client",
    script: ["log property response/code_details", "log property response/flags integer"],
    run: async (d) => {
      await question(d);
      await d.response();
      await d.responseBody("one");
      await d.upstreamReset();
    },
  },
  "too-large": {
    title: "A held body over the limit is refused by the proxy, through the response callbacks",
    listener: "small",
    script: [
      "request_headers pause",
      "request_body pause",
      "response_headers header 2 :status",
      "log property response/code_details",
    ],
    run: async (d) => {
      await d.request();
      await d.requestBody("x".repeat(400));
      await d.requestBody("y".repeat(3000));
    },
  },
  "early-answer": {
    title: "An answer that ends before its request ends the stream",
    script: ["log property response/code_details"],
    run: async (d) => {
      await d.request();
      await d.requestBody("ab");
      await answer(d);
    },
  },
  "http-call": {
    title: "The answer to a callout comes to the plugin, which goes on with the stream",
    script: [
      "request_headers http-call provider /callout/ok 2000",
      "request_headers pause",
      "http_call_response header 6 :status",
      "http_call_response body 4",
      "http_call_response header 0 :path",
      "http_call_response effective",
      "http_call_response header 0 :path",
      "http_call_response set-header 0 x-a checked",
      "http_call_response resume 0",
    ],
    run: async (d) => {
      await d.request("last");
      await d.callout("ok");
      await answer(d);
    },
  },
  "http-call-out-of-time": {
    title: "A callout that is out of time is answered by the proxy with a 504",
    script: [
      "request_headers http-call provider /callout/never 100",
      "request_headers pause",
      "http_call_response header 6 :status",
      "http_call_response effective",
      "http_call_response resume 0",
    ],
    run: async (d) => {
      await d.request("last");
      await d.callout("never");
      await answer(d);
    },
  },
  "http-call-reset": {
    title: "A callout whose connection breaks is answered by the proxy with a 503",
    script: [
      "request_headers http-call provider /callout/reset 2000",
      "request_headers pause",
      "http_call_response header 6 :status",
      "http_call_response effective",
      "http_call_response reply 503 no_answer No.",
    ],
    run: async (d) => {
      await d.request("last");
      await d.callout("reset");
    },
  },
  "http-call-refused": {
    title: "A callout that cannot connect is answered by the proxy with a 503",
    script: [
      "request_headers http-call nobody /callout/refused 2000",
      "request_headers pause",
      "http_call_response header 6 :status",
      "http_call_response effective",
      "http_call_response resume 0",
    ],
    run: async (d) => {
      await d.request("last");
      await d.callout("refused");
      await answer(d);
    },
  },
  "http-call-to-no-cluster": {
    title: "A callout to a cluster that does not exist fails at once",
    script: ["request_headers http-call nowhere / 100", "request_headers grpc-call nowhere 100"],
    run: async (d) => {
      await d.request("last");
      await answer(d);
    },
  },
  "grpc-call-refused": {
    title:
      "A gRPC call that cannot connect is closed with 14; a reply from there runs all of the stream's last callbacks",
    script: [
      "request_headers grpc-call nobody 2000",
      "request_headers pause",
      "grpc_close effective",
      "grpc_close reply 429 too_much No.",
      "log property response/code_details",
      "grpc_close effective",
    ],
    run: async (d) => {
      await d.request("last");
      await d.callout("refused");
    },
  },
  "client-gone-while-calling": {
    title: "The answer to a callout comes also if its stream has gone",
    script: [
      "request_headers http-call provider /callout/never 300",
      "request_headers pause",
      "http_call_response effective",
      "http_call_response header 6 :status",
    ],
    run: async (d) => {
      await d.request("last");
      await d.clientReset();
      await d.callout("never");
    },
  },
  properties: {
    title: "Properties of the request, and filter state that was set before",
    script: [
      "request_headers property request/path",
      "request_headers property request/url_path",
      "request_headers property request/method",
      "request_headers property request/host",
      "request_headers property request/scheme",
      "request_headers property request/protocol",
      "request_headers property request/headers/x-a",
      "request_headers property request/headers/x-none",
      "request_headers property request/nothing",
      "request_headers property plugin_name",
      "request_headers property plugin_root_id",
      "request_headers property plugin_vm_id",
      "request_headers property xds/route_name",
      "request_headers property route_name",
      "request_headers property cluster_name",
      "request_headers property listener_direction integer",
      "request_headers property response/code",
      "request_headers property response/code_details",
      "request_headers property x",
      "request_headers state x 1",
      "request_headers property x",
      "request_headers property wasm/x",
      "request_headers property wasm.x",
      "request_headers property filter_state/wasm.x",
      "response_headers property response/code integer",
      "response_headers property response/headers/x-b",
      "response_headers property response/code_details",
      "log state x at the end",
      "log property x",
      "log property response/code integer",
      "log property request/path",
    ],
    run: exchange,
  },
  "headers-in-log": {
    title: "At the access log headers can be read and not changed",
    script: [
      "log header 0 :path",
      "log header 2 :status",
      "log header 2 x-b",
      "log set-header 2 x-b no",
      "log header 0 x-none",
      "log body 1",
    ],
    run: exchange,
  },
  "shared-data": {
    title: "Shared data is compared and swapped",
    script: [
      "request_headers shared a",
      "request_headers share a one plain",
      "request_headers shared a",
      "request_headers share a two cas",
      "request_headers share a three wrong",
      "request_headers shared a",
      "request_headers share a four plain",
      "request_headers shared a",
    ],
    run: exchange,
  },
  "foreign-functions": {
    title: "A foreign function that is there, and one that is not",
    script: ["request_headers foreign clear_route_cache", "request_headers foreign nothing_like_it"],
    run: exchange,
  },
  "no-buffer": {
    title: "There is no body to read or change but in a body callback",
    script: [
      "request_headers body 0",
      "request_headers set-body 0 0 0 x",
      "request_body#1 body 1",
      "request_body#1 set-body 1 0 0 x",
      "response_headers body 0",
      "response_headers body 1",
      "response_body#1 body 0",
      "response_body#1 set-body 0 0 0 x",
    ],
    run: exchange,
  },
  "no-headers": {
    title: "There are no headers of an answer before it, and none of a request that went on",
    script: [
      "request_headers header 2 :status",
      "request_headers set-header 2 x-b early",
      "response_headers header 0 :path",
      "response_headers set-header 0 x-a late",
    ],
    run: exchange,
  },
  "close-request": {
    title: "Closing a stream at its request resets it without an answer",
    script: ["request_headers close 0", "request_headers pause", "log property response/code_details"],
    run: async (d) => {
      await d.request();
    },
  },
  "reply-while-answer-is-held": {
    title: "An answer whose body is held, and whose headers went, can only be reset by a local reply",
    script: ["response_body#1 pause", "response_body#2 reply 502 refused No.", "response_body#2 pause"],
    run: async (d) => {
      await question(d);
      await d.response();
      await d.responseBody("one");
      await d.responseBody("two");
    },
  },
  "answer-too-large": {
    title: "An answer over the limit that is held with its headers becomes the proxy's own refusal",
    listener: "small",
    script: ["response_headers pause", "response_body pause", "log property response/code_details"],
    run: async (d) => {
      await question(d);
      await d.response();
      await d.responseBody("x".repeat(400));
      await d.responseBody("y".repeat(3000));
    },
  },
  "resumed-unpaused": {
    title: "Going on with a stream that is not paused does nothing",
    script: ["request_headers resume 0", "request_body#1 resume 0", "response_body#1 resume 1"],
    run: exchange,
  },
  "resumed-in-its-own-callback": {
    title: "A pause after a resume in the same callback is over when it returns",
    script: ["request_headers resume 0", "request_headers pause", "request_body#1 resume 0", "request_body#1 pause"],
    run: exchange,
  },
};

async function question(d: Driver): Promise<void> {
  await d.request();
  await d.requestBody("ab");
  await d.requestBody("cd");
  await d.requestEnd();
}

async function answer(d: Driver): Promise<void> {
  await d.response();
  await d.responseBody("one");
  await d.responseBody("two");
  await d.responseEnd();
}

async function exchange(d: Driver): Promise<void> {
  await question(d);
  await answer(d);
}
