import { PartKind, Role } from "../conversation";
import { ConversationShape } from "../conversation-shape";
import { RequestShape } from "../request-shape";

/**
 * Google's servers read the names of JSON members in lowerCamelCase and as they are in the protocol's definition, and an object where a
 * list of one is meant. What is said here is said in all spellings.
 * Source: https://protobuf.dev/programming-guides/json/#field-names
 */
const SYSTEM = ["systemInstruction", "system_instruction"];
const CONTENTS = ["contents[]", "contents"];
const PARTS = [".parts[]", ".parts"];
const CONFIGS = ["generationConfig", "generation_config"];

/** What is read of a request: https://ai.google.dev/api/generate-content#method:-models.generatecontent */
export const GENERATE = wantGenerate(new RequestShape());

/** What it says. */
export const GENERATE_SAID = sayGenerate(new ConversationShape());

/** What is read of texts to embed, one or many: https://ai.google.dev/api/embeddings */
export const EMBED = wantEmbed(new RequestShape());

/** What they say. */
export const EMBED_SAID = sayEmbed(new ConversationShape());

function wantGenerate(shape: RequestShape): RequestShape {
  for (let i = 0; i < CONFIGS.length; i++) {
    shape.maxOutputIn(CONFIGS[i], "maxOutputTokens", "contents").maxOutput(CONFIGS[i] + ".max_output_tokens");
    shape.choices(CONFIGS[i] + ".candidateCount").choices(CONFIGS[i] + ".candidate_count");
  }
  for (let k = 0; k < PARTS.length; k++) {
    for (let i = 0; i < SYSTEM.length; i++) shape.text(SYSTEM[i] + PARTS[k] + ".text");
    for (let i = 0; i < CONTENTS.length; i++) wantPart(shape, CONTENTS[i] + PARTS[k]);
  }
  return shape;
}

function wantPart(shape: RequestShape, part: string): void {
  shape
    .text(part + ".text")
    .value(part + ".functionCall.args")
    .value(part + ".function_call.args")
    .value(part + ".functionResponse.response")
    .value(part + ".function_response.response");
}

function sayGenerate(said: ConversationShape): ConversationShape {
  for (let i = 0; i < SYSTEM.length; i++) {
    said.message(SYSTEM[i], Role.System);
    for (let k = 0; k < PARTS.length; k++) said.part(SYSTEM[i] + PARTS[k] + ".text", PartKind.Text);
  }
  for (let i = 0; i < CONTENTS.length; i++) {
    said.message(CONTENTS[i], Role.User).role(CONTENTS[i] + ".role");
    for (let k = 0; k < PARTS.length; k++) sayPart(said, CONTENTS[i] + PARTS[k]);
  }
  for (let i = 0; i < CONFIGS.length; i++) {
    said
      .schema(CONFIGS[i] + ".responseSchema")
      .schema(CONFIGS[i] + ".response_schema")
      .schema(CONFIGS[i] + ".responseJsonSchema")
      .schema(CONFIGS[i] + ".response_json_schema");
  }
  return said.tools("tools");
}

function sayPart(said: ConversationShape, part: string): void {
  said.part(part + ".text", PartKind.Text);
  sayMedia(said, part + ".inlineData", "data", "mimeType");
  sayMedia(said, part + ".inline_data", "data", "mime_type");
  sayMedia(said, part + ".fileData", "fileUri", "mimeType");
  sayMedia(said, part + ".file_data", "file_uri", "mime_type");
  sayFunction(said, part + ".functionCall", part + ".functionResponse");
  sayFunction(said, part + ".function_call", part + ".function_response");
}

function sayMedia(said: ConversationShape, path: string, data: string, type: string): void {
  said.mediaType(path, type).part(path + "." + data, PartKind.Image);
}

function sayFunction(said: ConversationShape, call: string, response: string): void {
  said
    .part(call + ".name", PartKind.ToolName)
    .value(call + ".args", PartKind.ToolArguments)
    .part(response + ".name", PartKind.Name)
    .value(response + ".response", PartKind.Text);
}

function wantEmbed(shape: RequestShape): RequestShape {
  for (let k = 0; k < PARTS.length; k++) {
    shape.text("content" + PARTS[k] + ".text").text("requests[].content" + PARTS[k] + ".text");
  }
  return shape;
}

function sayEmbed(said: ConversationShape): ConversationShape {
  for (let k = 0; k < PARTS.length; k++) {
    said.alone("content" + PARTS[k] + ".text", Role.User).alone("requests[].content" + PARTS[k] + ".text", Role.User);
  }
  return said;
}
