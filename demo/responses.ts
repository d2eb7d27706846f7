import { type Answer, answerChat, BadRequest, type ChatRequest, inputTextOf } from "./chat.ts";
import type { Spoken } from "./spoken.ts";
import type { Steering } from "./steering.ts";
import { tokensOf } from "./text.ts";

/** Answers a request of OpenAI's responses: https://platform.openai.com/docs/api-reference/responses. Throws `BadRequest`. */
export function answerResponses(json: Record<string, unknown>, steering: Steering): Spoken {
  const bound = json.max_output_tokens ?? null;
  if (bound !== null && !(Number.isInteger(bound) && (bound as number) >= 16)) {
    throw new BadRequest("Invalid 'max_output_tokens'.", "max_output_tokens", "integer_below_min_value");
  }
  if (json.input === undefined) {
    throw new BadRequest("Missing required parameter: 'input'.", "input", "missing_required_parameter");
  }
  const items = Array.isArray(json.input) ? json.input : [{ role: "user", content: json.input as string }];
  const tools = (Array.isArray(json.tools) ? json.tools : []) as { name?: string }[];
  const request: ChatRequest = {
    model: json.model as string,
    messages: (items as { role?: string; content?: unknown; arguments?: unknown; output?: unknown }[]).map((item) => ({
      role: item.role ?? "user",
      content: inputTextOf(item.content) || inputTextOf(item.arguments) || inputTextOf(item.output),
    })),
    stream: json.stream === true,
    includeUsage: true,
    maxTokens: bound as number | null,
    choices: 1,
    stop: [],
    seed: null,
    tools: tools.map(({ name, ...more }) => ({ type: "function", function: { name, ...more } })),
    toolChoice: json.tool_choice,
  };
  const answer = answerChat(request, steering);
  return {
    isStreamed: request.stream,
    headers: { "x-request-id": answer.id.replace("chatcmpl-", "req_") },
    whole: () => `${JSON.stringify(responseOf(answer, steering), null, 2)}\n`,
    events: () => eventsOf(answer, steering),
  };
}

function itemOf(answer: Answer, text: string, status: string): object {
  const id = answer.id.replace("chatcmpl-", answer.tool ? "fc_" : "msg_");
  return answer.tool
    ? { id, type: "function_call", call_id: answer.tool.id, name: answer.tool.name, arguments: text, status }
    : { id, type: "message", role: "assistant", status, content: text === "" ? [] : [partOf(text)] };
}

const partOf = (text: string): object => ({ type: "output_text", annotations: [], logprobs: [], text });

function responseOf(answer: Answer, steering: Steering, state: "in_progress" | "done" = "done"): object {
  const choice = answer.choices[0];
  const isCut = choice?.finishReason === "length";
  const usage = answer.usage as Record<string, number>;
  return {
    id: answer.id.replace("chatcmpl-", "resp_"),
    object: "response",
    created_at: answer.created,
    status: state === "in_progress" ? state : isCut ? "incomplete" : "completed",
    error: null,
    incomplete_details: state === "done" && isCut ? { reason: "max_output_tokens" } : null,
    instructions: null,
    model: answer.model,
    output: state === "in_progress" ? [] : [itemOf(answer, choice?.tokens.join("") ?? "", "completed")],
    parallel_tool_calls: true,
    tool_choice: "auto",
    tools: [],
    usage:
      state === "in_progress" || steering.omitUsage
        ? null
        : {
            input_tokens: usage.prompt_tokens,
            input_tokens_details: { cached_tokens: Math.min(steering.cachedTokens, usage.prompt_tokens ?? 0) },
            output_tokens: usage.completion_tokens,
            output_tokens_details: { reasoning_tokens: steering.reasoningTokens },
            total_tokens: usage.total_tokens,
          },
    metadata: {},
  };
}

function* eventsOf(answer: Answer, steering: Steering): Generator<string> {
  let sequence = 0;
  const event = (type: string, more: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...more })}\n\n`;
  const tokens = answer.choices[0]?.tokens ?? tokensOf("");
  const text = tokens.join("");
  const item_id = answer.id.replace("chatcmpl-", answer.tool ? "fc_" : "msg_");
  const place = answer.tool ? { item_id, output_index: 0 } : { item_id, output_index: 0, content_index: 0 };
  yield event("response.created", { response: responseOf(answer, steering, "in_progress") });
  yield event("response.in_progress", { response: responseOf(answer, steering, "in_progress") });
  yield event("response.output_item.added", { output_index: 0, item: itemOf(answer, "", "in_progress") });
  if (answer.tool) {
    for (const delta of tokens) yield event("response.function_call_arguments.delta", { ...place, delta });
    yield event("response.function_call_arguments.done", { ...place, name: answer.tool.name, arguments: text });
  } else {
    yield event("response.content_part.added", { ...place, part: partOf("") });
    for (const delta of tokens) yield event("response.output_text.delta", { ...place, delta, logprobs: [] });
    yield event("response.output_text.done", { ...place, text, logprobs: [] });
    yield event("response.content_part.done", { ...place, part: partOf(text) });
  }
  yield event("response.output_item.done", { output_index: 0, item: itemOf(answer, text, "completed") });
  const isCut = answer.choices[0]?.finishReason === "length";
  yield event(isCut ? "response.incomplete" : "response.completed", { response: responseOf(answer, steering) });
}
