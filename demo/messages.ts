import { type Answer, answerChat, BadRequest, type ChatRequest, inputTextOf } from "./chat.ts";
import type { Spoken } from "./spoken.ts";
import type { Steering } from "./steering.ts";

/** Answers a request of Anthropic's messages: https://docs.anthropic.com/en/api/messages. Throws `BadRequest`. */
export function answerMessages(json: Record<string, unknown>, steering: Steering): Spoken {
  if (!Number.isInteger(json.max_tokens) || (json.max_tokens as number) < 1) {
    throw new BadRequest("max_tokens: Field required");
  }
  if (!Array.isArray(json.messages) || json.messages.length === 0) throw new BadRequest("messages: Field required");
  const tools = (Array.isArray(json.tools) ? json.tools : []) as { name?: string }[];
  const choice = json.tool_choice as { type?: string; name?: string } | undefined;
  const request: ChatRequest = {
    model: json.model as string,
    messages: [
      ...(json.system === undefined ? [] : [{ role: "system", content: inputTextOf(json.system) }]),
      ...(json.messages as { role: string; content: unknown }[]).map(({ role, content }) => ({
        role,
        content: inputTextOf(content),
      })),
    ],
    stream: json.stream === true,
    includeUsage: true,
    maxTokens: json.max_tokens as number,
    choices: 1,
    stop: (Array.isArray(json.stop_sequences) ? json.stop_sequences : []) as string[],
    seed: null,
    tools: tools.map(({ name, ...more }) => ({ type: "function", function: { name, ...more } })),
    toolChoice:
      choice?.type === "tool" ? { function: { name: choice.name } } : choice?.type === "any" ? "required" : "auto",
  };
  const answer = answerChat(request, steering);
  return {
    isStreamed: request.stream,
    headers: { "request-id": answer.id.replace("chatcmpl-", "req_") },
    whole: () => `${JSON.stringify(messageOf(answer, steering), null, 2)}\n`,
    events: () => eventsOf(answer, steering),
  };
}

/** An error as Anthropic writes it: https://docs.anthropic.com/en/api/errors */
export function messagesError(status: number, message: string): string {
  const types: Record<number, string> = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    529: "overloaded_error",
  };
  return `${JSON.stringify({ type: "error", error: { type: types[status] ?? "api_error", message } })}\n`;
}

/** Anthropic's input leaves out what was read from its cache. */
function usageOf(answer: Answer, steering: Steering, output: number): object {
  const { prompt_tokens: input = 0 } = answer.usage as Record<string, number>;
  const cached = Math.min(steering.cachedTokens, input);
  return {
    input_tokens: input - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: output,
  };
}

function messageOf(answer: Answer, steering: Steering, state: "begun" | "done" = "done"): object {
  const text = answer.choices[0]?.tokens.join("") ?? "";
  const { completion_tokens: output = 0 } = answer.usage as Record<string, number>;
  return {
    id: answer.id.replace("chatcmpl-", "msg_"),
    type: "message",
    role: "assistant",
    model: answer.model,
    content: state === "begun" ? [] : [blockOf(answer, text)],
    stop_reason: state === "begun" ? null : stopReason(answer),
    stop_sequence: null,
    ...(steering.omitUsage && state === "done"
      ? {}
      : { usage: usageOf(answer, steering, state === "begun" ? 1 : output) }),
  };
}

function blockOf(answer: Answer, text: string): object {
  if (!answer.tool) return { type: "text", text };
  return { type: "tool_use", id: answer.tool.id, name: answer.tool.name, input: argumentsOf(text) };
}

/** Arguments that were cut off by the bound of tokens are none. */
function argumentsOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function stopReason(answer: Answer): string {
  if (answer.choices[0]?.finishReason === "length") return "max_tokens";
  return answer.tool ? "tool_use" : "end_turn";
}

function* eventsOf(answer: Answer, steering: Steering): Generator<string> {
  const event = (type: string, more: object = {}): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
  const tokens = answer.choices[0]?.tokens ?? [];
  const { completion_tokens: output = 0 } = answer.usage as Record<string, number>;
  yield event("message_start", { message: messageOf(answer, steering, "begun") });
  const content_block = answer.tool ? { ...blockOf(answer, ""), input: {} } : { type: "text", text: "" };
  yield event("content_block_start", { index: 0, content_block });
  yield event("ping");
  for (const token of tokens) {
    const delta = answer.tool ? { type: "input_json_delta", partial_json: token } : { type: "text_delta", text: token };
    yield event("content_block_delta", { index: 0, delta });
  }
  yield event("content_block_stop", { index: 0 });
  const usage = steering.omitUsage ? {} : { usage: { output_tokens: output } };
  yield event("message_delta", { delta: { stop_reason: stopReason(answer), stop_sequence: null }, ...usage });
  if (!steering.omitDone) yield event("message_stop");
}
