import { Bytes } from "../../../assembly/bytes/bytes";
import { JsonError, JsonKind } from "../../../assembly/wire/json-kinds";
import { JsonNode, JsonTree } from "../../../assembly/wire/json-tree";

function parse(text: string): JsonNode {
  return JsonTree.parse(Bytes.fromString(text)).root!;
}

describe("a tree", () => {
  test("holds every value with its name and place", () => {
    const root = parse('{"a": [1, -2.5, "x\\n"], "b": {"c": true, "d": null}}');
    expect(root.kind).toBe(JsonKind.Object);
    expect(root.children.length).toBe(2);
    const a = root.member("a")!;
    expect(a.kind).toBe(JsonKind.Array);
    expect(a.at).toBe(6);
    expect(a.end).toBe(22);
    expect(a.keyAt).toBe(1);
    expect(a.children[0].integer).toBe(1);
    expect(a.children[1].number).toBe(-2.5);
    expect(a.children[1].isInteger).toBe(false);
    expect(a.children[2].text).toBe("x\n");
    expect(a.children[2].keyAt).toBe(-1);
    const b = root.member("b")!;
    expect(b.member("c")!.boolean).toBe(true);
    expect(b.member("d")!.kind).toBe(JsonKind.Null);
    expect(b.member("e") == null).toBe(true);
  });

  test("keeps duplicate names, and finds them", () => {
    const root = parse('{"a":1,"b":2,"\\u0061":3}');
    expect(root.children.length).toBe(3);
    expect(root.duplicate()!.integer).toBe(3);
    expect(parse('{"a":{"b":1},"b":1}').duplicate() == null).toBe(true);
  });

  test("holds strings of any length", () => {
    expect(parse('["' + "é".repeat(5000) + '"]').children[0].text.length).toBe(5000);
  });

  test("is not there if the document is broken", () => {
    const tree = JsonTree.parse(Bytes.fromString('{"a":}'));
    expect(tree.root == null).toBe(true);
    expect(tree.error).toBe(JsonError.UnexpectedCharacter);
    expect(tree.errorAt).toBe(5);
    expect(JsonTree.parse(Bytes.fromString("")).error).toBe(JsonError.UnexpectedEnd);
  });
});
