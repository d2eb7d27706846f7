import { Variant } from "../config/fields";
import { AnthropicCountTokens, AnthropicMessages } from "../llm/anthropic-messages";
import { BedrockConverse, BedrockConverseStream, BedrockInvoke, BedrockInvokeStream } from "../llm/bedrock";
import { GeminiCountTokens, GeminiEmbeddings, GeminiGenerateContent } from "../llm/gemini";
import { OpenAiChat } from "../llm/openai-chat";
import { OpenAiCompletions } from "../llm/openai-completions";
import { OpenAiEmbeddings } from "../llm/openai-embeddings";
import { OpenAiImages, OpenAiSpeech, OpenAiTranscription } from "../llm/openai-media";
import { OpenAiModels } from "../llm/openai-models";
import { OpenAiModerations } from "../llm/openai-moderations";
import { OpenAiInputTokens, OpenAiResponses } from "../llm/openai-responses";
import { Registry } from "../pipeline/registry";
import { AccessControl } from "../processors/access-control";
import { TokenCount } from "../processors/token-count";
import { TokenRateLimit } from "../processors/token-rate-limit";

/** All that Weir ships with. A new processor or dialect is one line here, and nothing else in the filter changes. */
export const REGISTRY = new Registry(
  [
    new Variant(
      "accessControl",
      "Decides who may use which model, operation and path: the first rule that matches decides. It sees every request of its " +
        "route, so `default: deny` holds for what Weir cannot read too.",
      () => new AccessControl(),
    ),
    new Variant(
      "tokenCount",
      "Counts the tokens of requests before they go upstream, and of answers while they come: exactly for models whose encoding is " +
        "known. Usage that the provider does not report is then counted, not estimated.",
      () => new TokenCount(),
    ),
    new Variant(
      "tokenRateLimit",
      "Budgets of tokens, by consumer, model and more: reserves before a call goes upstream, watches it while it streams, and settles what it " +
        "used. Behind `tokenCount` it knows the tokens exactly; without it they are estimated.",
      () => new TokenRateLimit(),
    ),
  ],
  [
    new OpenAiChat(),
    new OpenAiCompletions(),
    new OpenAiEmbeddings(),
    new OpenAiResponses(),
    new OpenAiInputTokens(),
    new OpenAiModerations(),
    new OpenAiImages(),
    new OpenAiTranscription(),
    new OpenAiSpeech(),
    new OpenAiModels(),
    new AnthropicMessages(),
    new AnthropicCountTokens(),
    new BedrockConverse(),
    new BedrockConverseStream(),
    new BedrockInvoke(),
    new BedrockInvokeStream(),
    new GeminiGenerateContent(),
    new GeminiCountTokens(),
    new GeminiEmbeddings(),
  ],
);
