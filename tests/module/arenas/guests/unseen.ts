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
  const big = new Uint8Array(10000);
  big[0] = 7;
  discard(big.buffer);
  const value = big[0];
  end();
  return value;
}
