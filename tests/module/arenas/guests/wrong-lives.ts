// Uses of what is freed, and of arenas themselves.
import { discard, keep, newArena, release } from "../../../../assembly/memory/arena";
import { Holder, Leaf, begin, end, fresh, inStream, mine, out, stream } from "./world";

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
  inStream();
  const big = new ArrayBuffer(10000);
  out();
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
