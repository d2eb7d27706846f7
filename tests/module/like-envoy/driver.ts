/** Client and upstream of one stream, as a scenario moves them. Each step waits until the proxy has done what it does about it. */
export interface Driver {
  /** The request's head; its path is the scenario's. */
  request(isLast?: "last"): Promise<void>;
  requestBody(text: string): Promise<void>;
  /** The end of the request's body, on its own. */
  requestEnd(): Promise<void>;
  requestTrailers(): Promise<void>;
  response(isLast?: "last"): Promise<void>;
  responseBody(text: string): Promise<void>;
  responseEnd(): Promise<void>;
  responseTrailers(): Promise<void>;
  clientReset(): Promise<void>;
  upstreamReset(): Promise<void>;
  /** Nothing happens until the stream's idle timeout is over. */
  idle(): Promise<void>;
  /** The callout that is under way ends in this way. */
  callout(end: CalloutEnd): Promise<void>;
}

/** `ok`: 200 and `fine`. The path of a callout, `/callout/ok`, says how it ends. */
export type CalloutEnd = "ok" | "never" | "reset" | "refused";

/** Where the filter is. `small`: 1,000 bytes are held at most. */
export type Listener = "withFlag" | "withoutFlag" | "small";

export const SMALL_BYTES = 1_000;

/** What is done to one stream, and by what guest. */
export interface Scenario {
  /** What it shows. */
  title: string;
  listener?: Listener;
  /** The guest's script. */
  script: string[];
  run(driver: Driver): Promise<void>;
}

/** What came of it. */
export interface Outcome {
  /** What the guest told. */
  guest: string[];
  upstream: Side;
  client: Side;
  /** What the access log says. */
  details: string;
  state: string;
}

/** What a side was given. */
export interface Side {
  headers: string[];
  body: string;
  trailers: string[];
  end: "nothing" | "open" | "clean" | "reset";
}

/** The headers that are compared; a real proxy adds more. */
const COMPARED = new Set([":status", "x-a", "x-b", "content-length", "content-type"]);

/** Header fields in the form that is compared. */
export function compared(fields: Iterable<readonly [string, string]>): string[] {
  return [...fields]
    .filter(([name]) => COMPARED.has(name))
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
}

/** The outcome as a file shows it. */
export function asText(scenario: Scenario, outcome: Outcome): string {
  const side = ({ headers, body, trailers, end }: Side): string[] =>
    [...headers, `| ${body}`, ...trailers.map((line) => `trailer ${line}`), `end: ${end}`].map((line) => `  ${line}`);
  const lines = [
    `${scenario.title} (${scenario.listener ?? "withFlag"})`,
    "",
    "script",
    ...scenario.script.map((line) => `  ${line}`),
    "",
    "guest",
    ...outcome.guest.map((line) => `  ${line}`),
    "",
    "upstream",
    ...side(outcome.upstream),
    "",
    "client",
    ...side(outcome.client),
    "",
    `details: ${outcome.details}`,
    `filter state x: ${outcome.state}`,
    "",
  ];
  return lines.join("\n");
}

/** The configuration of a guest that knows all scripts. */
export function configurationOf(scenarios: Record<string, Scenario>): string {
  return Object.entries(scenarios)
    .flatMap(([name, { script }]) => [`[${name}]`, ...script])
    .join("\n");
}
