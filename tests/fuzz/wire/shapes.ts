import { JsonShape } from "../../../assembly/wire/json-shape";

/** What a gateway wants of a chat request; fields are the numbers that the scripts expect. */
export const CHAT_BODY = new JsonShape()
  .want("", 0)
  .want("model", 1)
  .want("stream", 2)
  .want("stream_options", 3)
  .want("stream_options.include_usage", 4)
  .want("max_tokens", 5)
  .want("messages[]", 6)
  .want("messages[].role", 7)
  .wantText("messages[].content", 8)
  .wantText("messages[].content[].text", 9)
  .want("[]", 10)
  .want("[][]", 11)
  .want("a", 12)
  .want("a.b[].c", 13);

/** What a gateway wants of a chunk of a streamed answer. */
export const CHUNK = new JsonShape()
  .wantText("choices[].delta.content", 0)
  .want("choices[].finish_reason", 1)
  .want("usage", 2)
  .want("usage.prompt_tokens", 3)
  .want("usage.completion_tokens", 4)
  .want("model", 5);
