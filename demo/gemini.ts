import { type Answer, answerChat, BadRequest, inputTextOf } from "./chat.ts";
import type { Spoken } from "./spoken.ts";
import type { Steering } from "./steering.ts";

/** A path of Gemini's, at the Gemini API or at Vertex AI. */
interface Target {
  model: string;
  isStreamed: boolean;
  /** Whether a stream is sent as events, and not as a JSON list. */
  isEvents: boolean;
}

/** What a path with its query asks of Gemini; null if it is none of its paths. */
export function geminiTarget(url: string): Target | null {
  const [path = "", query = ""] = url.split("?");
  const match = /^\/v1[^?]*\/models\/([^/:]+):(generateContent|streamGenerateContent)$/.exec(path);
  if (!match) return null;
  return {
    model: decodeURIComponent(match[1] ?? ""),
    isStreamed: match[2] === "streamGenerateContent",
    isEvents: new URLSearchParams(query).get("alt") === "sse",
  };
}

interface Content {
  role?: string;
  parts?: unknown;
}

/** Answers a request to generate content: https://ai.google.dev/api/generate-content. Throws `BadRequest`. */
export function answerGemini(json: Record<string, unknown>, target: Target, steering: Steering): Spoken {
  if (!Array.isArray(json.contents) || json.contents.length === 0) {
    throw new BadRequest("* GenerateContentRequest.contents: contents is not specified");
  }
  const config = (json.generationConfig ?? {}) as Record<string, unknown>;
  const functions = ((json.tools ?? []) as { functionDeclarations?: object[] }[]).flatMap(
    (tool) => tool.functionDeclarations ?? [],
  );
  const { mode } = ((json.toolConfig as { functionCallingConfig?: object } | undefined)?.functionCallingConfig ??
    {}) as { mode?: string };
  const system = json.systemInstruction as Content | undefined;
  const contents = json.contents as Content[];
  const answer = answerChat(
    {
      model: target.model,
      messages: [...(system === undefined ? [] : [{ ...system, role: "system" }]), ...contents].map(
        ({ role = "user", parts }) => ({ role, content: inputTextOf(parts) }),
      ),
      stream: target.isStreamed,
      includeUsage: true,
      maxTokens: (config.maxOutputTokens as number | undefined) ?? null,
      choices: (config.candidateCount as number | undefined) ?? 1,
      stop: (config.stopSequences as string[] | undefined) ?? [],
      seed: config.seed === undefined ? null : JSON.stringify(config.seed),
      tools: functions.map((one) => ({ type: "function", function: one })),
      toolChoice: mode === "ANY" ? "required" : "auto",
    },
    steering,
  );
  const type: Record<string, string> = target.isEvents ? {} : { "content-type": "application/json; charset=UTF-8" };
  return {
    isStreamed: target.isStreamed,
    headers: target.isStreamed ? type : {},
    whole: () => `${JSON.stringify(wholeOf(answer, steering), null, 2)}\n`,
    events: () => (target.isEvents ? eventsOf(answer, steering) : listOf(answer, steering)),
  };
}

/** An error as Google writes it: https://google.aip.dev/193 */
export function geminiError(code: number, message: string): string {
  const names: Record<number, string> = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
  };
  return `${JSON.stringify({ error: { code, message, status: names[code] ?? "INTERNAL" } }, null, 2)}\n`;
}

/** Gemini counts thoughts beside the tokens of its candidates. */
function usageOf(answer: Answer, steering: Steering): object {
  const { prompt_tokens: input = 0, completion_tokens: output = 0 } = answer.usage as Record<string, number>;
  const cached = Math.min(steering.cachedTokens, input);
  return {
    promptTokenCount: input,
    candidatesTokenCount: output - steering.reasoningTokens,
    totalTokenCount: input + output,
    ...(cached > 0 ? { cachedContentTokenCount: cached } : {}),
    promptTokensDetails: [{ modality: "TEXT", tokenCount: input }],
    ...(steering.reasoningTokens > 0 ? { thoughtsTokenCount: steering.reasoningTokens } : {}),
  };
}

const reasonOf = (choice: Answer["choices"][number]): string =>
  choice.finishReason === "length" ? "MAX_TOKENS" : "STOP";

function tailOf(answer: Answer, steering: Steering, state: "running" | "done"): object {
  return {
    ...(state === "done" && !steering.omitUsage ? { usageMetadata: usageOf(answer, steering) } : {}),
    modelVersion: answer.model,
    responseId: answer.id.replace("chatcmpl-", ""),
  };
}

function wholeOf(answer: Answer, steering: Steering): object {
  const candidates = answer.choices.map((choice, index) => ({
    content: { parts: [partOf(answer, choice.tokens.join(""))], role: "model" },
    finishReason: reasonOf(choice),
    index,
  }));
  return { candidates, ...tailOf(answer, steering, "done") };
}

function partOf(answer: Answer, text: string): object {
  return answer.tool ? { functionCall: { name: answer.tool.name, args: argumentsOf(text) } } : { text };
}

/** Arguments that were cut off by the bound of tokens are none. */
function argumentsOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** The chunks of a stream: text token by token, a call of a function at once, and usage in the last one, as Vertex AI has it. */
function* chunksOf(answer: Answer, steering: Steering): Generator<object> {
  const longest = answer.tool ? 0 : Math.max(...answer.choices.map((choice) => choice.tokens.length));
  for (let at = 0; at < longest; at++) {
    for (const [index, choice] of answer.choices.entries()) {
      const text = choice.tokens[at];
      if (text === undefined) continue;
      const candidates = [{ content: { parts: [{ text }], role: "model" }, index }];
      yield { candidates, ...tailOf(answer, steering, "running") };
    }
  }
  const candidates = answer.choices.map((choice, index) => ({
    content: { parts: [answer.tool ? partOf(answer, choice.tokens.join("")) : { text: "" }], role: "model" },
    finishReason: reasonOf(choice),
    index,
  }));
  yield { candidates, ...tailOf(answer, steering, "done") };
}

function* eventsOf(answer: Answer, steering: Steering): Generator<string> {
  for (const chunk of chunksOf(answer, steering)) yield `data: ${JSON.stringify(chunk)}\r\n\r\n`;
}

function* listOf(answer: Answer, steering: Steering): Generator<string> {
  let before = "[";
  for (const chunk of chunksOf(answer, steering)) {
    yield before + JSON.stringify(chunk, null, 2);
    before = "\n,\r\n";
  }
  if (!steering.omitDone) yield "\n]\n";
}
