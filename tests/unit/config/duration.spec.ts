import { NO_DURATION, durationText, parseDuration } from "../../../assembly/config/duration";

const NOT_DURATIONS = [
  "",
  "s",
  "1",
  "01s",
  "1.5s",
  "-1s",
  "+1s",
  " 1s",
  "1s ",
  "1 s",
  "1S",
  "1min",
  "1sm",
  "1000000000s",
  "1e3s",
  "٣s",
];

describe("a length of time", () => {
  it("is a whole number and a unit", () => {
    expect(parseDuration("50ms")).toBe(50);
    expect(parseDuration("1s")).toBe(1000);
    expect(parseDuration("1m")).toBe(60000);
    expect(parseDuration("1h")).toBe(3600000);
    expect(parseDuration("1d")).toBe(86400000);
    expect(parseDuration("0s")).toBe(0);
    expect(parseDuration("999999999d")).toBe(86399999913600000);
  });

  it("is nothing else", () => {
    for (let i = 0; i < NOT_DURATIONS.length; i++)
      expect(parseDuration(NOT_DURATIONS[i])).toBe(NO_DURATION, NOT_DURATIONS[i]);
  });

  it("is written with its largest unit", () => {
    expect(durationText(0)).toBe("0s");
    expect(durationText(1500)).toBe("1500ms");
    expect(durationText(90000)).toBe("90s");
    expect(durationText(3600000)).toBe("1h");
    expect(durationText(172800000)).toBe("2d");
  });

  it("is read as it is written", () => {
    for (let ms: i64 = 1; ms < 1000000000; ms = ms * 7 + 60000) expect(parseDuration(durationText(ms))).toBe(ms);
  });
});
