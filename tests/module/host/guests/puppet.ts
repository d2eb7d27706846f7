// A guest that does at each callback what its configuration says, and tells all of it in the proxy's log. The same runs in a real
// Envoy and in the miniature, which must not differ.
//
//     [name]                           the script of streams whose :path is /name
//     request_body#2 pause             at the second of these callbacks
//     response_headers set-header 2 x-a b
import "../../../../assembly/abi/abort";
import { calls, say } from "./calls";

export function proxy_abi_version_0_2_1(): void {}

export function malloc(size: usize): usize {
  return heap.alloc(size);
}

let configuration: string[] = [];
const streams = new Map<u32, Puppet>();
/** The last stream that had a callback: the answer to a callout comes to its plugin. */
let last: Puppet = new Puppet(0);

class Puppet {
  name: string = "";
  script: string[] = [];
  private counts: Map<string, i32> = new Map();

  constructor(readonly id: u32) {}

  /** Takes the script of a name. */
  find(name: string): void {
    this.name = name;
    let isMine = false;
    for (let i = 0; i < configuration.length; i++) {
      const line = configuration[i];
      if (line.startsWith("[")) isMine = line == "[" + name + "]";
      else if (isMine && line != "") this.script.push(line);
    }
  }

  /** Plays a callback; true if the script says that it pauses. */
  play(callback: string, told: string): bool {
    const count = this.counts.has(callback) ? this.counts.get(callback) + 1 : 1;
    this.counts.set(callback, count);
    say(this.name, callback + told);
    let pauses = false;
    for (let i = 0; i < this.script.length; i++) {
      const words = this.script[i].split(" ");
      if (words[0] != callback && words[0] != callback + "#" + count.toString()) continue;
      if (words[1] == "pause") pauses = true;
      else calls(this.name, this.id, words.slice(1));
    }
    return pauses;
  }
}

function play(id: u32, callback: string, told: string): i32 {
  if (!streams.has(id)) {
    last.play(callback, told);
    return 0;
  }
  last = streams.get(id);
  return i32(last.play(callback, told));
}

function about(size: i32, isLast: i32): string {
  return " " + size.toString() + (isLast != 0 ? " last" : "");
}

export function proxy_on_vm_start(_id: u32, _size: i32): i32 {
  return 1;
}

export function proxy_on_configure(_id: u32, size: i32): i32 {
  configuration = calls("", 0, ["plugin-configuration", size.toString()]).split("\n");
  return 1;
}

export function proxy_on_context_create(id: u32, parent: u32): void {
  if (parent != 0) streams.set(id, new Puppet(id));
}

export function proxy_on_request_headers(id: u32, _count: i32, isLast: i32): i32 {
  if (streams.has(id)) streams.get(id).find(calls("", 0, ["path"]));
  return play(id, "request_headers", isLast != 0 ? " last" : "");
}

export function proxy_on_request_body(id: u32, size: i32, isLast: i32): i32 {
  return play(id, "request_body", about(size, isLast));
}

export function proxy_on_request_trailers(id: u32, _count: i32): i32 {
  return play(id, "request_trailers", "");
}

export function proxy_on_response_headers(id: u32, _count: i32, isLast: i32): i32 {
  return play(id, "response_headers", isLast != 0 ? " last" : "");
}

export function proxy_on_response_body(id: u32, size: i32, isLast: i32): i32 {
  return play(id, "response_body", about(size, isLast));
}

export function proxy_on_response_trailers(id: u32, _count: i32): i32 {
  return play(id, "response_trailers", "");
}

export function proxy_on_http_call_response(id: u32, _call: u32, count: i32, size: i32, _trailers: i32): void {
  // How many headers a stock answer has is the proxy's affair; that there are none means that there was no answer.
  play(id, "http_call_response", (count == 0 ? " none" : " some") + about(size, 0));
}

export function proxy_on_grpc_receive(id: u32, _call: u32, size: i32): void {
  play(id, "grpc_receive", about(size, 0));
}

export function proxy_on_grpc_close(id: u32, _call: u32, status: i32): void {
  play(id, "grpc_close", " " + status.toString());
}

export function proxy_on_log(id: u32): void {
  play(id, "log", "");
}

export function proxy_on_done(id: u32): i32 {
  if (streams.has(id)) play(id, "done", "");
  return 1;
}

export function proxy_on_delete(id: u32): void {
  if (!streams.has(id)) return;
  play(id, "delete", "");
  streams.delete(id);
}
