/** What stands in the paths of APIs that have versions or live beside others. */
const PLACES = [
  "v1",
  "v2",
  "v1beta",
  "v1beta1",
  "v1alpha",
  "openai",
  "api",
  "model",
  "models",
  "deployments",
  "inference",
];

/** What the operations of models are called, in lower case: a segment of a path, or what stands behind a colon in one. */
const OPERATIONS = [
  "chat",
  "completions",
  "completion",
  "messages",
  "responses",
  "embeddings",
  "embedding",
  "embed",
  "rerank",
  "moderations",
  "images",
  "audio",
  "videos",
  "generate",
  "generatecontent",
  "streamgeneratecontent",
  "embedcontent",
  "batchembedcontents",
  "predict",
  "rawpredict",
  "streamrawpredict",
  "invoke",
  "converse",
  "ocr",
  "fim",
];

/**
 * Whether `path` (without its query) looks like a call to a model: one of its segments is a version or the like, a later one the name of an
 * operation, whatever the letter case. It is a guess, made for paths that no dialect claims.
 */
export function looksLikeCall(path: string): bool {
  let isPlaced = false;
  let at = 1;
  while (at < path.length) {
    let end = at;
    while (end < path.length && path.charCodeAt(end) != 0x2f /* / */ && path.charCodeAt(end) != 0x3a /* : */) end++;
    if (isPlaced && isOneOf(OPERATIONS, path, at, end)) return true;
    if (isOneOf(PLACES, path, at, end)) isPlaced = true;
    at = end + 1;
  }
  return false;
}

function isOneOf(words: string[], path: string, at: i32, end: i32): bool {
  for (let i = 0; i < words.length; i++) {
    const word = unchecked(words[i]);
    if (word.length == end - at && isWord(word, path, at)) return true;
  }
  return false;
}

function isWord(word: string, path: string, at: i32): bool {
  for (let i = 0; i < word.length; i++) {
    const c = path.charCodeAt(at + i);
    if (c != word.charCodeAt(i) && (c < 0x41 || c > 0x5a || (c | 0x20) != word.charCodeAt(i))) return false;
  }
  return true;
}
