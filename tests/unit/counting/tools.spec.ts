import { Bytes } from "../../../assembly/bytes/bytes";
import { ByteWriter } from "../../../assembly/bytes/writer";
import { writeTools } from "../../../assembly/counting/tool-text";
import { JsonNode, JsonTree } from "../../../assembly/wire/json-tree";

function textOf(tools: string): string {
  const out = new ByteWriter();
  writeTools(JsonTree.parse(Bytes.fromString(tools)).root as JsonNode, out);
  return out.toBytes().toString();
}

const WEATHER =
  '{"name":"get_weather","description":"Gets the weather.","PARAMETERS":{"type":"object","required":["city"],"properties":{' +
  '"city":{"type":"string","description":"A city."},"unit":{"type":"string","enum":["c","f"],"default":"c"},' +
  '"days":{"type":"array","items":{"type":"integer"}},"at":{"anyOf":[{"type":"string"},{"type":"null"}]},' +
  '"place":{"type":"object","properties":{"lat":{"type":"number"}}}}}}';
const WEATHER_TEXT =
  "namespace functions {\n\n// Gets the weather.\ntype get_weather = (_: {\n// A city.\ncity: string,\n" +
  'unit?: "c" | "f", // default: c\ndays?: number[],\nat?: string | null,\nplace?: {\nlat?: number,\n},\n}) => any;\n\n' +
  "} // namespace functions";

describe("tools", () => {
  test("are written as types, whichever API defines them", () => {
    const openai = '[{"type":"function","function":' + WEATHER.replace("PARAMETERS", "parameters") + "}]";
    const functions = "[" + WEATHER.replace("PARAMETERS", "parameters") + "]";
    const anthropic = "[" + WEATHER.replace("PARAMETERS", "input_schema") + "]";
    const gemini = '[{"functionDeclarations":[' + WEATHER.replace("PARAMETERS", "parametersJsonSchema") + "]}]";
    expect(textOf(openai)).toBe(WEATHER_TEXT);
    expect(textOf(functions)).toBe(WEATHER_TEXT);
    expect(textOf(anthropic)).toBe(WEATHER_TEXT);
    expect(textOf(gemini)).toBe(WEATHER_TEXT);
  });

  test("without parameters take none", () => {
    const text = "namespace functions {\n\ntype now = () => any;\n\n} // namespace functions";
    expect(textOf('[{"name":"now"}]')).toBe(text);
    expect(textOf('[{"name":"now","parameters":{"type":"object","properties":{}}}]')).toBe(text);
  });

  test("that are nonsense are written somehow", () => {
    const nonsense = ["[]", "[1,null]", "{}", '[{"function":3}]', '[{"name":{},"parameters":{"properties":{"a":[]}}}]'];
    for (let i = 0; i < nonsense.length; i++) expect(textOf(nonsense[i]).length).toBeGreaterThan(0);
  });

  test("that are nested without end are written to a bound", () => {
    let schema = '{"type":"string"}';
    for (let i = 0; i < 60; i++) schema = '{"type":"object","properties":{"a":' + schema + "}}";
    expect(textOf('[{"name":"f","parameters":' + schema + "}]").length).toBeLessThan(2000);
  });
});
