import { Variant } from "../config/fields";
import { OpenAiChat } from "../llm/openai-chat";
import { OpenAiCompletions } from "../llm/openai-completions";
import { OpenAiEmbeddings } from "../llm/openai-embeddings";
import { Registry } from "../pipeline/registry";
import { AccessControl } from "../processors/access-control";
import { TokenCount } from "../processors/token-count";

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
  ],
  [new OpenAiChat(), new OpenAiCompletions(), new OpenAiEmbeddings()],
);
