import type { AccessEntry } from "../envoy/index.ts";

interface Column {
  title: string;
  width: number;
  align: "left" | "right";
  value: (entry: AccessEntry) => string;
}

const columns: Column[] = [
  { title: "time", width: 8, align: "left", value: (entry) => timeOf(entry.time) },
  { title: "consumer", width: 16, align: "left", value: (entry) => text(entry.consumer) },
  { title: "operation", width: 11, align: "left", value: (entry) => text(entry.operation) },
  { title: "model", width: 22, align: "left", value: (entry) => text(entry.response_model ?? entry.request_model) },
  { title: "input", width: 7, align: "right", value: (entry) => text(entry.input_tokens) },
  { title: "output", width: 7, align: "right", value: (entry) => text(entry.output_tokens) },
  { title: "first token", width: 11, align: "right", value: (entry) => milliseconds(entry.time_to_first_token_ms) },
  { title: "duration", width: 9, align: "right", value: (entry) => milliseconds(entry.duration_ms) },
  { title: "outcome", width: 0, align: "left", value: outcomeOf },
];

/** The titles of the columns that `tableLine` fills. */
export function tableHeader(): string {
  return columns.map((column) => fit(column.title, column)).join("  ");
}

/** One request as one line; what is not known is `-`. */
export function tableLine(entry: AccessEntry): string {
  return columns.map((column) => fit(column.value(entry), column)).join("  ");
}

/** Weir's outcome, or where Weir had none the HTTP status with the path. */
function outcomeOf(entry: AccessEntry): string {
  const parts = [entry.outcome, entry.refusal].filter(known).map(String);
  if (parts.length === 0) parts.push(`${text(entry.status)} ${text(entry.method)} ${text(entry.path)}`);
  else if (entry.status !== 200) parts.push(`(${text(entry.status)})`);
  if (known(entry.observed)) parts.push(`observed: ${entry.observed}`);
  if (known(entry.flags)) parts.push(`[${entry.flags}]`);
  return parts.join(" ");
}

function fit(value: string, column: Column): string {
  const short = column.width > 0 && value.length > column.width ? `${value.slice(0, column.width - 1)}…` : value;
  return column.align === "left" ? short.padEnd(column.width) : short.padStart(column.width);
}

function timeOf(time: string | number | null | undefined): string {
  const date = new Date(String(time));
  return Number.isNaN(date.getTime()) ? "-" : date.toTimeString().slice(0, 8);
}

function milliseconds(value: string | number | null | undefined): string {
  return known(value) ? `${text(value)} ms` : "-";
}

function text(value: string | number | null | undefined): string {
  return known(value) ? printable(String(value)) : "-";
}

function known(value: string | number | null | undefined): boolean {
  return value !== undefined && value !== null && value !== "" && value !== "-";
}

/** A client chooses consumer, model and path: nothing of them may steer the terminal. */
function printable(value: string): string {
  return value.replace(/[\p{Cc}\p{Cf}]/gu, "?");
}
