// What is right: it passes in all builds, and comes to the same.
import {
  bytesHeld,
  discard,
  enter,
  enterCall,
  keep,
  leave,
  newArena,
  release,
} from "../../../../assembly/memory/arena";
import { Holder, Leaf, Of, begin, end, fresh, holder, inStream, make, mine, out, stream } from "./world";

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
  // Now those whose neighbours in the list are gone.
  for (let i = 2; i < 38; i += 3) discard(all[i]);
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
