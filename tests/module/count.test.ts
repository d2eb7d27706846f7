/** `npm run count` as a person sees it, and its tokens beside those of npm's tiktoken. */
import { deepEqual, equal, match } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { get_encoding, type TiktokenEncoding } from "tiktoken";
import { Counter, ENCODINGS } from "../../build/count/module.ts";
import { ROOT } from "../run/files.ts";

const directory = mkdtempSync(join(tmpdir(), "weir-count-"));
after(() => rmSync(directory, { recursive: true }));

const TEXTS = [
  "",
  "Hello, world!",
  "a b\n\nc\t|d\\e\r\n",
  "\u{1f469}\u{200d}\u{1f680} Zażółć gęślą jaźń \u4f60\u597d",
  "<|endoftext|> counts as text",
  `${"=".repeat(5000)}${" ".repeat(3000)}x`,
];

const counter = await Counter.start();

for (const encoding of ENCODINGS) {
  test(`${encoding}: shows the tokens that the reference makes, and counts as many`, () => {
    const reference = get_encoding(encoding as TiktokenEncoding);
    for (const text of TEXTS) {
      const bytes = Buffer.from(text);
      const expected = [...reference.encode(text, [], [])];
      const tokens = counter.tokens(encoding, bytes);
      deepEqual(
        tokens.map(({ id }) => id),
        expected,
      );
      equal(Buffer.concat(tokens.map((token) => token.bytes)).toString(), text);
      equal(counter.count(encoding, [bytes]), expected.length);
    }
    reference.free();
  });
}

test("a text longer than the room for one is counted whole", () => {
  const bytes = Buffer.from("All work and no play makes Jack a dull boy. ".repeat(70_000));
  const reference = get_encoding("o200k_base");
  equal(counter.count("o200k_base", [bytes]), reference.encode(bytes.toString(), [], []).length);
  reference.free();
});

test("tokens are told line by line, what cannot be seen by escapes, and parts of characters by their bytes", () => {
  const file = join(directory, "text");
  writeFileSync(file, "a|b\n\u200bend \u{1f9ff}");
  const { stdout, status } = count([file, "--encoding", "o200k_base"]);
  equal(status, 0);
  const [head, ...lines] = stdout.trimEnd().split("\n");
  match(head as string, /^o200k_base: \d+ tokens, 15 bytes$/);
  equal(lines[0], "|a|\\||b|\\n|");
  match(lines[1] as string, /^\|\\u\{200b\}\|end\|.*<[0-9a-f]{2}>/);
});

test("standard input is counted in all encodings, or in a model's", () => {
  match(count([], "Hi").stdout, /^o200k_base: 1 token, 2 bytes\n\|Hi\|\ncl100k_base: 1 token, 2 bytes\n\|Hi\|\n$/);
  equal(count(["--model", "gpt-4o-mini", "--total"], "Hi").stdout, "o200k_base: 1 token, 2 bytes\n");
  equal(count(["--model", "gpt-4-turbo", "--total", "-"], "Hi").stdout, "cl100k_base: 1 token, 2 bytes\n");
});

const WRONG: [args: string[], said: RegExp][] = [
  [[join(directory, "nothing")], /^There is no file .*nothing\.$/],
  [[directory], /is a folder; name a file\.$/],
  [["--encoding", "p50k"], /^There is no encoding "p50k"; there are o200k_base and cl100k_base\.$/],
  [["--model", "claude-sonnet-4"], /^The encoding of "claude-sonnet-4" is not published: .* --encoding o200k_base or/],
  [["--model", "gpt-4o", "--encoding", "o200k_base"], /^A model has its encoding/],
  [["a", "b"], /^There is one text to count, not 2\./],
  [["--wrong"], /--wrong[^]*--help/],
];

for (const [args, said] of WRONG) {
  test(`says what is wrong with: ${args.join(" ").replace(directory, "FOLDER")}`, () => {
    const { stderr, stdout, status } = count(args, "text");
    match(stderr.trim(), said);
    equal(stdout, "");
    equal(status, 1);
  });
}

function count(args: string[], input = ""): { stdout: string; stderr: string; status: number | null } {
  const command = ["--import", "tsx", "build/count/main.ts", ...args];
  return spawnSync(process.execPath, command, { cwd: ROOT, input, encoding: "utf8" });
}
