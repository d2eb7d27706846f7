/** A line of output that begins with this is a report, in JSON, and not the output of a test. */
const PREFIX = "\u0001report ";

/** Reports each test to run.ts by lines of JSON: as-pect's own reporters write for the eye. */
class LineReporter {
  onEnter() {}

  onExit(_context, node) {
    for (const todo of node.todos) write({ kind: "todo", name: todo });
    const isGroup = node.type === 1;
    if (isGroup && (node.pass || node.children.some((child) => child.ran && !child.pass))) return;
    write({
      kind: isGroup ? "group" : "test",
      name: nameOf(node),
      passed: node.pass,
      details: node.pass ? "" : detailsOf(node),
      logs: node.logs.map((log) => log.stringify({ indent: 0 })),
    });
  }

  onFinish(context) {
    write({
      kind: "file",
      name: context.fileName,
      passed: context.pass,
      tests: context.testCount,
      details: context.errors.map((error) => `${error.type}: ${error.message}\n${error.stackTrace}`).join("\n"),
    });
  }
}

function write(report) {
  process.stdout.write(`${PREFIX}${JSON.stringify(report)}\n`);
}

function nameOf(node) {
  const names = [];
  for (let at = node; at; at = at.parent) if (at.name) names.unshift(at.name);
  return names.join(" ");
}

function detailsOf(node) {
  const lines = [];
  if (node.actual) lines.push(`actual:   ${node.actual.stringify({ indent: 0 })}`);
  if (node.expected)
    lines.push(`expected: ${node.expected.negated ? "not " : ""}${node.expected.stringify({ indent: 0 })}`);
  if (node.negated) lines.push("expected it to trap");
  if (node.message) lines.push(node.message);
  if (node.stackTrace) lines.push(node.stackTrace);
  return lines.join("\n");
}

export default new LineReporter();
