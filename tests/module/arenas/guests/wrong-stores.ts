// Stores of what lives shorter.
import { release } from "../../../../assembly/memory/arena";
import { Leaf, Named, Of, begin, end, fresh, holder, inStream, mine, out, stream } from "./world";

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

let globalLeaf: Leaf | null = null;
let globalText: string = "";

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
