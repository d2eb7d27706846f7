/** An answer in one API's words, ready to be sent whole or as events. */
export interface Spoken {
  isStreamed: boolean;
  headers: Record<string, string>;
  whole: () => string;
  events: () => Iterable<string>;
}
