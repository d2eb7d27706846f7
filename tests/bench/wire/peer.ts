/** json-as, the fastest JSON library of AssemblyScript, on the same document: typed, so at its best. */
import { JSON } from "json-as";


@json
class Message {
  role: string = "";
  content: string = "";
}


@json
class Chat {
  model: string = "";
  stream: bool = false;
  max_tokens: i32 = 0;
  messages: Message[] = [];
}

const input = new ArrayBuffer(1 << 20);

export function inputAddress(): usize {
  return changetype<usize>(input);
}

/** Decodes and parses the first `length` bytes `times` times; returns the number of messages. */
export function parse(length: i32, times: i32): i32 {
  let messages = 0;
  for (let i = 0; i < times; i++) {
    const text = String.UTF8.decodeUnsafe(changetype<usize>(input), <usize>length);
    messages = JSON.parse<Chat>(text).messages.length;
    if ((i & 15) == 15) __collect();
  }
  return messages;
}
