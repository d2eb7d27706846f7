// Each exported function makes one mistake, or does one thing that is right. The test says which ones the checked build must end.
import "../../../../assembly/abi/abort";
import {
  Arena,
  beginCallback,
  bytesHeld,
  discard,
  endCallback,
  enter,
  enterCall,
  keep,
  leave,
  newArena,
  release,
} from "../../../../assembly/memory/arena";
import { ContextTable } from "../../../../assembly/memory/contexts";

class Leaf {
  constructor(public value: i32) {}
}

class Named {
  constructor(public name: string) {}
}

class Holder {
  leaf: Leaf | null = null;
  text: string = "";
  list: Leaf[] = [];
  names: Map<string, i32> = new Map<string, i32>();
  numbers: Map<i32, i32> = new Map<i32, i32>();
  set: Set<i32> = new Set<i32>();
  slots: StaticArray<string> = new StaticArray<string>(4);
  bytes: Uint8Array = new Uint8Array(4);
}


@unmanaged
class Raw {
  text: string;
}

const plugin: Arena = newArena(null, 0);
let stream: Arena = newArena(plugin, 0);
let other: Arena = newArena(plugin, 0);

const HOLDERS = new ContextTable<Holder>();

enum Of {
  Stream = 1,
  OtherStream,
  Plugin,
  LateStream,
}

let globalLeaf: Leaf | null = null;
let globalText: string = "";

function make(id: Of, arena: Arena): void {
  const outer = enter(arena);
  HOLDERS.set(id, new Holder());
  leave(outer);
}

/** Two streams of one plugin, an object in each. */
export function setup(): void {
  const outer = beginCallback();
  stream = newArena(plugin, 0);
  other = newArena(plugin, 0);
  make(Of.Stream, stream);
  make(Of.OtherStream, other);
  make(Of.Plugin, plugin);
  endCallback(outer);
}

function holder(id: Of): Holder {
  return HOLDERS.get(id)!;
}

function mine(): Holder {
  return holder(Of.Stream);
}

/** A new string in the arena that is current. */
function fresh(text: string): string {
  return text + bytesHeld().toString();
}

let begun: Arena = changetype<Arena>(0);
let entered: Arena = changetype<Arena>(0);

function begin(): void {
  begun = beginCallback();
}

function end(): void {
  endCallback(begun);
}

function inStream(): void {
  entered = enter(stream);
}

function out(): void {
  leave(entered);
}

// ---- stores of what lives shorter ----

export function wrong_call_object_in_field_of_stream(): void {
  begin();
  mine().leaf = new Leaf(1);
  end();
}
export function wrong_call_string_in_field_of_stream(): void {
  begin();
  mine().text = fresh("a");
  end();
}
export function wrong_call_object_in_field_of_plugin(): void {
  begin();
  holder(Of.Plugin).leaf = new Leaf(1);
  end();
}
export function wrong_stream_object_in_field_of_plugin(): void {
  begin();
  inStream();
  holder(Of.Plugin).leaf = new Leaf(2);
  out();
  end();
}
export function wrong_object_of_another_stream(): void {
  begin();
  holder(Of.OtherStream).list = mine().list;
  end();
}
export function wrong_string_of_another_stream(): void {
  begin();
  inStream();
  const text = fresh("a");
  out();
  holder(Of.OtherStream).text = text;
  end();
}
export function wrong_push(): void {
  begin();
  mine().list.push(new Leaf(3));
  end();
}
export function wrong_index(): void {
  begin();
  mine().list[0] = new Leaf(3);
  end();
}
export function wrong_unshift(): void {
  begin();
  mine().list.unshift(new Leaf(3));
  end();
}
export function wrong_fill(): void {
  begin();
  mine().slots.fill(fresh("x"));
  end();
}
export function wrong_static_array_index(): void {
  begin();
  mine().slots[1] = fresh("x");
  end();
}
export function wrong_unchecked_index(): void {
  begin();
  unchecked((mine().slots[1] = fresh("x")));
  end();
}
export function wrong_typed_array(): void {
  begin();
  mine().bytes = new Uint8Array(8);
  end();
}
export function wrong_literal_in_stream(): void {
  begin();
  const leaf = new Leaf(4);
  inStream();
  const list: Leaf[] = [leaf];
  out();
  mine().list = list;
  end();
}
export function wrong_constructor_in_stream(): void {
  begin();
  const text = fresh("m");
  inStream();
  new Named(text);
  out();
  end();
}
export function wrong_concat_in_stream(): void {
  begin();
  const list: Leaf[] = [new Leaf(1)];
  inStream();
  mine().list.concat(list);
  out();
  end();
}
export function wrong_slice_in_stream(): void {
  begin();
  const list: Leaf[] = [new Leaf(1)];
  inStream();
  list.slice();
  out();
  end();
}
export function wrong_keys_in_stream(): void {
  begin();
  const map = new Map<string, i32>();
  map.set(fresh("k"), 1);
  inStream();
  map.keys();
  out();
  end();
}
export function wrong_values_in_stream(): void {
  begin();
  const map = new Map<i32, Leaf>();
  map.set(1, new Leaf(1));
  inStream();
  map.values();
  out();
  end();
}

// ---- tables ----

export function wrong_map_key_of_call(): void {
  begin();
  mine().names.set(fresh("x"), 1);
  end();
}
export function wrong_map_key_is_constant(): void {
  begin();
  mine().names.set("constant", 1);
  end();
}
export function wrong_map_of_numbers_grows(): void {
  begin();
  for (let i = 0; i < 40; i++) mine().numbers.set(i, 1);
  end();
}
export function wrong_map_clear(): void {
  begin();
  mine().numbers.clear();
  end();
}
export function wrong_set_grows(): void {
  begin();
  for (let i = 0; i < 40; i++) mine().set.add(i);
  end();
}

// ---- globals ----

export function wrong_global_object(): void {
  begin();
  globalLeaf = new Leaf(9);
  end();
}
export function wrong_global_string(): void {
  begin();
  globalText = fresh("g");
  end();
}
export function wrong_global_of_stream(): void {
  begin();
  inStream();
  globalLeaf = new Leaf(1);
  out();
  release(stream);
  end();
}

// ---- what is freed, and arenas themselves ----

export function wrong_object_outside_of_callback(): void {
  fresh("x");
}
export function wrong_freed_object_is_kept_in_field(): void {
  begin();
  const leaf = new Leaf(5);
  end();
  begin();
  mine().leaf = leaf;
  end();
}
export function wrong_freed_object_is_changed(): void {
  begin();
  const gone = new Holder();
  end();
  begin();
  gone.leaf = null;
  end();
}
export function wrong_freed_string_is_kept(): void {
  begin();
  const text = fresh("x");
  end();
  begin();
  keep(text, stream);
  end();
}
export function wrong_freed_array_grows(): void {
  begin();
  const list: i32[] = [];
  end();
  begin();
  list.push(1);
  end();
}
export function wrong_double_release(): void {
  begin();
  release(stream);
  release(stream);
  end();
}
export function wrong_release_of_freed(): void {
  begin();
  release(stream);
  end();
  begin();
  release(stream);
  end();
}
export function wrong_enter_freed(): void {
  begin();
  release(stream);
  end();
  begin();
  inStream();
  end();
}
export function wrong_arena_in_freed(): void {
  begin();
  release(stream);
  end();
  begin();
  newArena(stream, 0);
  end();
}
export function wrong_double_discard(): void {
  begin();
  const big = new ArrayBuffer(10000);
  discard(big);
  discard(big);
  end();
}
export function wrong_enter_without_leave(): void {
  begin();
  inStream();
  end();
}
export function wrong_end_without_begin(): void {
  begin();
  end();
  end();
}

// ---- what the checks cannot see ----

export function unseen_splice_into_stream(): void {
  begin();
  const list: Leaf[] = [new Leaf(1)];
  inStream();
  list.splice(0);
  out();
  end();
}
export function unseen_field_of_unmanaged(): void {
  begin();
  changetype<Raw>(heap.alloc(16)).text = fresh("u");
  end();
}
export function unseen_raw_store(): void {
  begin();
  store<string>(changetype<usize>(mine()), fresh("u"), offsetof<Holder>("text"));
  end();
}
export function unseen_few_numbers_in_map(): void {
  begin();
  mine().numbers.set(1, 1);
  end();
}
export function unseen_use_after_callback(): i32 {
  begin();
  const leaf = new Leaf(5);
  end();
  return leaf.value;
}
export function unseen_use_after_release(): usize {
  begin();
  const gone = mine();
  end();
  release(stream);
  return changetype<usize>(gone.text);
}
export function unseen_use_after_discard(): i32 {
  begin();
  const big = new Uint8Array(10000);
  big[0] = 7;
  discard(big.buffer);
  const value = big[0];
  end();
  return value;
}

// ---- what is right ----

export function right_keep(): i32 {
  begin();
  mine().text = keep(fresh("a"), stream);
  end();
  const same = mine().text;
  begin();
  const kept = keep(same, stream);
  end();
  return mine().text.startsWith("a") && kept == same ? 1 : 0;
}
export function right_keep_constant(): i32 {
  begin();
  mine().text = keep("constant", stream);
  end();
  return mine().text.length;
}
export function right_array_grows_in_its_arena(): i32 {
  begin();
  inStream();
  const leaf = new Leaf(6);
  out();
  for (let i = 0; i < 1000; i++) mine().list.push(leaf);
  end();
  return mine().list.length + mine().list[999].value;
}
export function right_template(): i32 {
  begin();
  const text = `a${1}b${2}c${"x" + (3).toString()}`;
  const twice = `a${text}b${1}c${text}`;
  const length = twice.length;
  end();
  return length;
}
export function right_call_points_to_all(): i32 {
  begin();
  const scratch = new Holder();
  scratch.list = mine().list;
  scratch.text = holder(Of.Plugin).text;
  const map = new Map<string, Holder>();
  map.set(mine().text, mine());
  const size = map.size;
  end();
  return size;
}
export function right_map_in_its_arena(): i32 {
  begin();
  inStream();
  for (let i = 0; i < 100; i++) mine().names.set("k" + i.toString(), i);
  out();
  const size = mine().names.size + mine().names.get("k77");
  end();
  return size;
}
export function right_scratch_inside_of_stream(): i32 {
  begin();
  inStream();
  const outer = enterCall();
  const parts: string[] = [];
  for (let i = 0; i < 100; i++) parts.push(i.toString());
  const text = parts.join(",");
  leave(outer);
  mine().text = keep(text, stream);
  out();
  end();
  return mine().text.length;
}
/** A stream inside of a plugin that goes first still reads what the plugin holds. */
export function right_plugin_released_before_its_stream(): i32 {
  begin();
  const config = newArena(null, 0);
  const late = newArena(config, 0);
  const outer = enter(config);
  const text = keep("conf" + (1234).toString(), config);
  leave(outer);
  make(Of.LateStream, late);
  holder(Of.LateStream).text = text;
  release(config);
  end();
  const length = holder(Of.LateStream).text.length;
  begin();
  release(late);
  end();
  return length;
}
/** The plugin is put off, and a stream is made inside of it meanwhile, and put off too: each is freed once. */
export function right_releases_in_any_order(): i32 {
  begin();
  const first = newArena(null, 0);
  release(first);
  const second = newArena(first, 0);
  release(second);
  const third = newArena(null, 0);
  const fourth = newArena(third, 0);
  release(fourth);
  release(third);
  end();
  begin();
  const fifth = newArena(null, 0);
  release(fifth);
  const sixth = newArena(fifth, 0);
  end();
  begin();
  const outer = enter(sixth);
  const leaf = new Leaf(6);
  leave(outer);
  release(sixth);
  end();
  return 1;
}
export function right_big_objects_go_in_any_order(): i32 {
  begin();
  const arena = newArena(null, 0);
  const outer = enter(arena);
  const all: ArrayBuffer[] = [];
  for (let i = 0; i < 40; i++) all.push(new ArrayBuffer(3000 + i * 100));
  for (let i = 0; i < 40; i += 3) discard(all[i]);
  for (let i = 39; i >= 0; i--) if (i % 3 == 1) discard(all[i]);
  const more = new Uint8Array(5000);
  let sum = 0;
  for (let i = 0; i < more.length; i++) sum += more[i];
  leave(outer);
  release(arena);
  end();
  return sum;
}

// ---- for the tests of memory ----

/** Bytes that arenas hold. */
export function held(): usize {
  return bytesHeld();
}

/** What a mistake reads where nothing checks: the string of a callback that has returned. */
export function stale_text(): i32 {
  begin();
  const secret = fresh("secret-of-somebody-else-");
  end();
  let seen = 0;
  for (let i = 0; i < 24; i++) seen |= load<u16>(changetype<usize>(secret) + i * 2);
  return seen;
}
