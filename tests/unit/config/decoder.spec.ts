import { Bytes } from "../../../assembly/bytes/bytes";
import { decode } from "../../../assembly/config/decoder";
import { DAY_MS, SECOND_MS } from "../../../assembly/config/fields";
import {
  SampleDetector,
  SampleInspection,
  SampleLimit,
  SampleRateLimit,
  SampleSettings,
  SampleSource,
} from "./sample-settings";

function settingsOf(json: string): SampleSettings {
  const settings = new SampleSettings();
  expect(decode(Bytes.fromString(json), settings).join("\n")).toBe("");
  return settings;
}

function limiterOf(fields: string): SampleRateLimit {
  return settingsOf('{"processors":[{"type":"rateLimit",' + fields + "}]}").processor(0) as SampleRateLimit;
}

function inspectionOf(fields: string): SampleInspection {
  return settingsOf('{"processors":[{"type":"inspection"' + fields + "}]}").processor(0) as SampleInspection;
}

const LIMITS = '"limits":[{"key":["model","header:x-é"],"tokens":9007199254740991,"window":"1d","weight":0.25}]';

describe("settings", () => {
  it("have their fallbacks without a configuration", () => {
    const settings = settingsOf("");
    expect(settings.holdHeaders).toBe(false);
    expect(settings.endStreams).toBe(0);
    expect(settings.maxRequestBytes).toBe(8388608);
    expect(settings.consumer.length).toBe(0);
    expect(settings.processors.length).toBe(0);
  });

  it("take what is configured", () => {
    const settings = settingsOf('{"holdHeaders":true,"endStreams":"stop","maxRequestBytes":1.5e3}');
    expect(settings.holdHeaders).toBe(true);
    expect(settings.endStreams).toBe(1);
    expect(settings.maxRequestBytes).toBe(1500);
  });

  it("take lists of alternatives", () => {
    const sources = settingsOf('{"consumer":[{"header":"x"},{"metadata":["a","b"]},{"credential":true}]}').consumer;
    expect(sources.length).toBe(3);
    expect((sources[0] as SampleSource).header).toBe("x");
    expect((sources[1] as SampleSource).metadata.join("/")).toBe("a/b");
    expect((sources[2] as SampleSource).credential).toBe(true);
    expect((sources[2] as SampleSource).header).toBe("");
  });

  it("take objects in objects", () => {
    const limiter = limiterOf(LIMITS + ',"name":"ключ","when":{"paths":["/v1/*"],"headers":{"b":"1","a":""}}');
    expect(limiter.name).toBe("ключ");
    expect(limiter.hasWhen).toBe(true);
    expect(limiter.when.paths.join(" ")).toBe("/v1/*");
    expect(limiter.when.headers.keys.join(" ")).toBe("b a");
    expect(limiter.when.headers.values.join(" ")).toBe("1 ");
    const limit = limiter.limits[0] as SampleLimit;
    expect(limit.key.join(" ")).toBe("model header:x-é");
    expect(limit.tokens).toBe(9007199254740991);
    expect(limit.windowMs).toBe(DAY_MS);
    expect(limit.weight).toBe(0.25);
    expect(limit.burst).toBe(0);
  });

  it("of an absent object have their fallbacks", () => {
    const limiter = limiterOf(LIMITS);
    expect(limiter.name).toBe("limit");
    expect(limiter.hasWhen).toBe(false);
    expect(limiter.isShared).toBe(false);
    expect(limiter.store.timeoutMs).toBe(50);
    expect(limiter.store.cluster).toBe("");
  });

  it("know a word from the object in whose place it stands", () => {
    expect(limiterOf(LIMITS + ',"store":"local"').isShared).toBe(false);
    const shared = limiterOf(LIMITS + ',"store":{"cluster":"limiter","timeout":"2s"}');
    expect(shared.isShared).toBe(true);
    expect(shared.store.cluster).toBe("limiter");
    expect(shared.store.timeoutMs).toBe(2 * SECOND_MS);
  });

  it("take words as numbers, and none where the list is empty", () => {
    expect(inspectionOf("").roles).toStrictEqual([1, 2]);
    expect(inspectionOf(',"roles":["tool","system"]').roles).toStrictEqual([2, 0]);
    expect(inspectionOf(',"roles":[]').roles.length).toBe(0);
    const detectors = inspectionOf(',"detectors":[{"detect":["secret"],"action":"refuse"}]').detectors;
    expect((detectors[0] as SampleDetector).detect).toStrictEqual([1]);
    expect((detectors[0] as SampleDetector).action).toBe(1);
    expect((detectors[0] as SampleDetector).threshold).toBe(0.5);
  });

  it("hold values that can be worked with while there are errors", () => {
    const settings = new SampleSettings();
    const json =
      '{"maxRequestBytes":0,"endStreams":5,"consumer":7,"processors":[{"type":"rateLimit","limits":[{}]},3]}';
    expect(decode(Bytes.fromString(json), settings).length).toBe(7);
    expect(settings.maxRequestBytes).toBe(8388608);
    expect(settings.endStreams).toBe(0);
    expect(settings.processors.length).toBe(1);
    expect((settings.processor(0) as SampleRateLimit).limits.length).toBe(1);
  });
});
