import * as host from "./imports";

/** Where the host writes an address, a size and a number. */
const OUT = memory.data(16);

function put(text: string): ArrayBuffer {
  return String.UTF8.encode(text);
}

function at(bytes: ArrayBuffer): usize {
  return changetype<usize>(bytes);
}

/** The text that the host gave. */
function given(): string {
  const size = load<u32>(OUT, 4);
  return size == 0 ? "" : String.UTF8.decodeUnsafe(load<u32>(OUT), size);
}

/** Tells something in the proxy's log. */
export function say(name: string, text: string): void {
  const line = put("puppet " + name + ": " + text);
  host.proxy_log(2, at(line), line.byteLength);
}

/** Words from the `from`-th on. */
function rest(words: string[], from: i32): string {
  return words.slice(from).join(" ");
}

/** Does what one line says; the result is what the host gave. */
export function calls(name: string, id: u32, words: string[]): string {
  const what = words[0];
  const number = words.length > 1 ? I32.parseInt(words[1]) : 0;
  store<u32>(OUT, 0);
  store<u32>(OUT, 0, 4);
  let status: i32 = -1;
  if (what == "plugin-configuration") {
    host.proxy_get_buffer_bytes(7, 0, number, OUT, OUT + 4);
    return given();
  }
  if (what == "path") {
    const key = put(":path");
    host.proxy_get_header_map_value(0, at(key), key.byteLength, OUT, OUT + 4);
    return given().slice(1);
  }
  // What has callbacks inside of it is told before, too.
  if (what == "reply") say(name, "  " + what + " ...");
  if (what == "body") status = host.proxy_get_buffer_bytes(number, 0, 1000, OUT, OUT + 4);
  else if (what == "set-body") status = setBody(number, words);
  else if (what == "header") status = header(number, words);
  else if (what == "set-header") status = setHeader(number, words);
  else if (what == "remove-header") {
    const key = put(words[2]);
    status = host.proxy_remove_header_map_value(number, at(key), key.byteLength);
  } else if (what == "property") status = property(words);
  else if (what == "state") {
    const key = put(words[1]);
    const value = put(rest(words, 2));
    status = host.proxy_set_property(at(key), key.byteLength, at(value), value.byteLength);
  } else if (what == "reply") {
    status = reply(number, words);
    // Callbacks inside of it have used the place.
    store<u32>(OUT, 0, 4);
  }
  if (what == "resume") status = host.proxy_continue_stream(number);
  else if (what == "close") status = host.proxy_close_stream(number);
  else if (what == "effective") status = host.proxy_set_effective_context(id);
  else if (what == "http-call") status = httpCall(words);
  else if (what == "grpc-call") status = grpcCall(words);
  else if (what == "share") status = share(words);
  else if (what == "shared") {
    const key = put(words[1]);
    status = host.proxy_get_shared_data(at(key), key.byteLength, OUT, OUT + 4, OUT + 8);
  } else if (what == "foreign") {
    const key = put(words[1]);
    status = host.proxy_call_foreign_function(at(key), key.byteLength, 0, 0, OUT, OUT + 4);
  }
  const text = given();
  say(name, "  " + words.join(" ") + " -> " + status.toString() + (text == "" ? "" : " " + text));
  return text;
}

function setBody(type: i32, words: string[]): i32 {
  const bytes = put(rest(words, 4));
  const start = <u32>I64.parseInt(words[2]);
  const size = <u32>I64.parseInt(words[3]);
  return host.proxy_set_buffer_bytes(type, start, size, at(bytes), bytes.byteLength);
}

function header(type: i32, words: string[]): i32 {
  const key = put(words[2]);
  return host.proxy_get_header_map_value(type, at(key), key.byteLength, OUT, OUT + 4);
}

function setHeader(type: i32, words: string[]): i32 {
  const key = put(words[2]);
  const value = put(rest(words, 3));
  return host.proxy_replace_header_map_value(type, at(key), key.byteLength, at(value), value.byteLength);
}

/** `property a/b`; with one more word, eight bytes are shown as a number. */
function property(words: string[]): i32 {
  const path = put(words[1].split("/").join("\0"));
  const status = host.proxy_get_property(at(path), path.byteLength, OUT, OUT + 4);
  if (words.length > 2 && load<u32>(OUT, 4) == 8) {
    const number = put(load<u64>(load<u32>(OUT)).toString());
    store<u32>(OUT, <u32>at(number));
    store<u32>(OUT, number.byteLength, 4);
  }
  return status;
}

function reply(code: i32, words: string[]): i32 {
  const details = put(words[2]);
  const body = put(rest(words, 3));
  const none = new ArrayBuffer(4);
  return host.proxy_send_local_response(
    code,
    at(details),
    details.byteLength,
    at(body),
    body.byteLength,
    at(none),
    4,
    -1,
  );
}

/** `http-call cluster path milliseconds`: the cluster is the authority, too. */
function httpCall(words: string[]): i32 {
  const cluster = put(words[1]);
  const headers = pairs([":method", "GET", ":path", words[2], ":authority", words[1]]);
  const none = new ArrayBuffer(4);
  return host.proxy_http_call(
    at(cluster),
    cluster.byteLength,
    at(headers),
    headers.byteLength,
    0,
    0,
    at(none),
    4,
    I32.parseInt(words[3]),
    OUT + 8,
  );
}

/** `grpc-call cluster milliseconds`. */
function grpcCall(words: string[]): i32 {
  const cluster = put(words[1]);
  const service = put("test.Service");
  const method = put("Check");
  const none = new ArrayBuffer(4);
  const timeout = I32.parseInt(words[2]);
  return host.proxy_grpc_call(
    at(cluster),
    cluster.byteLength,
    at(service),
    service.byteLength,
    at(method),
    method.byteLength,
    at(none),
    4,
    0,
    0,
    timeout,
    OUT + 8,
  );
}

/** `share key value plain`, or `cas` with the number that was last read, or `wrong` with another. */
function share(words: string[]): i32 {
  const key = put(words[1]);
  const value = put(words[2]);
  let cas: u32 = 0;
  if (words[3] != "plain") {
    host.proxy_get_shared_data(at(key), key.byteLength, OUT, OUT + 4, OUT + 8);
    cas = load<u32>(OUT, 8) + u32(words[3] == "wrong");
    store<u32>(OUT, 0, 4);
  }
  return host.proxy_set_shared_data(at(key), key.byteLength, at(value), value.byteLength, cas);
}

function pairs(texts: string[]): ArrayBuffer {
  let size = 4;
  const parts = new Array<ArrayBuffer>();
  for (let i = 0; i < texts.length; i++) {
    parts.push(put(texts[i]));
    size += parts[i].byteLength + 5;
  }
  const block = new ArrayBuffer(size);
  store<u32>(at(block), texts.length >> 1);
  let to = at(block) + 4 + texts.length * 4;
  for (let i = 0; i < parts.length; i++) {
    store<u32>(at(block) + i * 4, parts[i].byteLength, 4);
    memory.copy(to, at(parts[i]), parts[i].byteLength);
    to += parts[i].byteLength + 1;
  }
  return block;
}
