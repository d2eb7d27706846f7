// Mistakes that the checks cannot see.
import { discard, release } from "../../../../assembly/memory/arena";
import { Holder, Leaf, begin, end, fresh, inStream, mine, out, stream } from "./world";


@unmanaged
class Raw {
  text: string;
}

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
  inStream();
  const big = new ArrayBuffer(10000);
  out();
  const address = changetype<usize>(big);
  store<u8>(address, 7);
  discard(big);
  const value = load<u8>(address);
  end();
  return value;
}
