import type { Steering } from "./steering.ts";
import { hash, tokensOf, usualLength, writeTokens } from "./text.ts";

/** A request that OpenAI would refuse with status 400. */
export class BadRequest extends Error {
  constructor(
    message: string,
    readonly param: string | null = null,
    readonly code: string | null = null,
  ) {
    super(message);
  }
}

/** The part of a chat completion request that the demo provider looks at. */
export interface ChatRequest {
  model: string;
  messages: { role: string; content?: unknown; tool_calls?: unknown; name?: string }[];
  stream: boolean;
  includeUsage: boolean;
  maxTokens: number | null;
  choices: number;
  stop: string[];
  seed: string | null;
  tools: unknown[];
  toolChoice: unknown;
}

/** One answer, ready to be sent whole or in chunks. */
interface Choice {
  /** The text's tokens, or those of the tool call's arguments. */
  tokens: string[];
  finishReason: "stop" | "length" | "tool_calls";
}

/** Everything that both forms of an answer are made from. */
export interface Answer {
  id: string;
  created: number;
  model: string;
  choices: Choice[];
  tool: { id: string; name: string } | null;
  usage: object;
}

/** Reads a request body; throws `BadRequest` as OpenAI would refuse it. */
export function readChatRequest(body: string): ChatRequest {
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(body) as Record<string, unknown>;
  } catch {
    throw new BadRequest("We could not parse the JSON body of your request.");
  }
  if (typeof json !== "object" || json === null || typeof json.model !== "string") {
    throw new BadRequest("you must provide a model parameter");
  }
  if (!Array.isArray(json.messages) || json.messages.length === 0) {
    throw new BadRequest("Missing required parameter: 'messages'.", "messages", "missing_required_parameter");
  }
  const maxTokens = json.max_completion_tokens ?? json.max_tokens ?? null;
  if (maxTokens !== null && !(Number.isInteger(maxTokens) && (maxTokens as number) >= 1)) {
    throw new BadRequest("Invalid 'max_tokens': integer below minimum value.", "max_tokens", "integer_below_min_value");
  }
  const choices = json.n ?? 1;
  if (!Number.isInteger(choices) || (choices as number) < 1 || (choices as number) > 128) {
    throw new BadRequest("Invalid 'n': expected an integer from 1 to 128.", "n", "invalid_value");
  }
  const streamOptions = json.stream_options as { include_usage?: unknown } | null | undefined;
  return {
    model: json.model,
    messages: json.messages as ChatRequest["messages"],
    stream: json.stream === true,
    includeUsage: streamOptions?.include_usage === true,
    maxTokens: maxTokens as number | null,
    choices: choices as number,
    stop: ((Array.isArray(json.stop) ? json.stop : [json.stop]) as unknown[]).filter(
      (one): one is string => typeof one === "string" && one !== "",
    ),
    seed: json.seed === undefined || json.seed === null ? null : JSON.stringify(json.seed),
    tools: Array.isArray(json.tools) ? json.tools : [],
    toolChoice: json.tool_choice ?? "auto",
  };
}

/** Writes the answer. The same request gets the same answer, byte for byte: even id and time come from the seed. */
export function answerChat(request: ChatRequest, steering: Steering): Answer {
  const seed = steering.seed ?? request.seed ?? JSON.stringify(request.messages);
  const name = steering.tool ?? chosenTool(request);
  const id = hash(`${seed}/${request.model}`);
  const choices: Choice[] = [];
  for (let i = 0; i < request.choices; i++) {
    const own = i === 0 ? seed : `${seed}#${i}`;
    choices.push(name === null ? writeChoice(request, steering, own) : callTool(request, own));
  }
  const written = choices.reduce((sum, choice) => sum + choice.tokens.length, 0);
  return {
    id: `chatcmpl-demo${id.toString(36).padStart(7, "0")}`,
    created: 1_700_000_000 + (id % 10_000_000),
    model: request.model,
    choices,
    tool: name === null ? null : { id: `call_demo${id.toString(36)}`, name },
    usage: usageOf(request, steering, written),
  };
}

/** The answer to a request without `stream`. */
export function wholeBody(answer: Answer, steering: Steering): string {
  const choices = answer.choices.map((choice, index) => ({
    index,
    message:
      answer.tool === null
        ? { role: "assistant", content: choice.tokens.join(""), refusal: null, annotations: [] }
        : { role: "assistant", content: null, refusal: null, tool_calls: [toolCall(answer.tool, choice)] },
    logprobs: null,
    finish_reason: choice.finishReason,
  }));
  const { id, created, model, usage } = answer;
  const body = { id, object: "chat.completion", created, model, choices };
  return JSON.stringify(steering.omitUsage ? body : { ...body, usage, system_fingerprint: null }, null, 2) + "\n";
}

/** The events of a streamed answer in order, each with the empty line that ends it. */
export function* streamEvents(answer: Answer, request: ChatRequest, steering: Steering): Generator<string> {
  const { id, created, model, tool } = answer;
  const withUsage = request.includeUsage && !steering.omitUsage;
  const event = (choices: object[], usage: object | null): string => {
    const chunk = { id, object: "chat.completion.chunk", created, model, system_fingerprint: null, choices };
    return `data: ${JSON.stringify(withUsage ? { ...chunk, usage } : chunk)}\n\n`;
  };
  const delta = (index: number, content: object, finish: string | null): string =>
    event([{ index, delta: content, logprobs: null, finish_reason: finish }], null);

  for (let i = 0; i < answer.choices.length; i++) {
    const opening =
      tool === null
        ? { role: "assistant", content: "", refusal: null }
        : { role: "assistant", content: null, tool_calls: [{ index: 0, ...toolCall(tool, null) }], refusal: null };
    yield delta(i, opening, null);
  }
  const longest = Math.max(...answer.choices.map((choice) => choice.tokens.length));
  for (let at = 0; at < longest; at++) {
    for (const [i, choice] of answer.choices.entries()) {
      const text = choice.tokens[at];
      if (text === undefined) continue;
      yield delta(
        i,
        tool === null ? { content: text } : { tool_calls: [{ index: 0, function: { arguments: text } }] },
        null,
      );
    }
  }
  for (const [i, choice] of answer.choices.entries()) yield delta(i, {}, choice.finishReason);
  if (withUsage) yield event([], answer.usage);
  if (!steering.omitDone) yield "data: [DONE]\n\n";
}

function writeChoice(request: ChatRequest, steering: Steering, seed: string): Choice {
  const wanted = steering.chunks ?? usualLength(seed);
  const count = request.maxTokens === null ? wanted : Math.min(wanted, request.maxTokens);
  const tokens = writeTokens(seed, count, steering.chunkBytes);
  const text = tokens.join("");
  const stops = request.stop.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  if (stops.length > 0) return { tokens: cut(tokens, Math.min(...stops)), finishReason: "stop" };
  return { tokens, finishReason: count < wanted ? "length" : "stop" };
}

/** The tokens of the text's first `end` characters; the last may be a part of one. */
function cut(tokens: string[], end: number): string[] {
  const kept: string[] = [];
  let at = 0;
  for (const token of tokens) {
    if (at >= end) break;
    kept.push(token.slice(0, end - at));
    at += token.length;
  }
  return kept;
}

function chosenTool(request: ChatRequest): string | null {
  const named = request.toolChoice as { function?: { name?: unknown } };
  if (typeof named === "object" && typeof named?.function?.name === "string") return named.function.name;
  if (request.toolChoice !== "required") return null;
  const first = request.tools[0] as { function?: { name?: unknown } } | undefined;
  return typeof first?.function?.name === "string" ? first.function.name : null;
}

function callTool(request: ChatRequest, seed: string): Choice {
  const tokens = tokensOf(JSON.stringify({ query: writeTokens(seed, 4, null).join("") }));
  if (request.maxTokens !== null && request.maxTokens < tokens.length) {
    return { tokens: tokens.slice(0, request.maxTokens), finishReason: "length" };
  }
  return { tokens, finishReason: "tool_calls" };
}

function toolCall(tool: { id: string; name: string }, choice: Choice | null): object {
  return { id: tool.id, type: "function", function: { name: tool.name, arguments: choice?.tokens.join("") ?? "" } };
}

/**
 * Counts in the provider's own tokens (text.ts). Input: 3 for the conversation, 3 for each message, the tokens of all
 * text in it, and those of the tool definitions as JSON; images and sound count nothing. Output: the tokens of all
 * choices, and the reasoning tokens that were asked for.
 */
function usageOf(request: ChatRequest, steering: Steering, written: number): object {
  let input = 3;
  for (const message of request.messages) {
    input += 3 + tokensOf(inputTextOf(message.content)).length;
    if (message.tool_calls !== undefined) input += tokensOf(JSON.stringify(message.tool_calls)).length;
  }
  if (request.tools.length > 0) input += tokensOf(JSON.stringify(request.tools)).length;
  const output = written + steering.reasoningTokens;
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: Math.min(steering.cachedTokens, input), audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: steering.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** The text of a message's content, whole or in parts. */
export function inputTextOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { text?: unknown } | null) => (typeof part?.text === "string" ? part.text : "")).join("");
}
