// Host calls with typed arguments and managed results; no address leaves this folder. What the host writes into memory that it asked
// for (`malloc`) is an ArrayBuffer of the arena that was current, unless a function says otherwise. No call fails loudly.
export * from "./calls/buffers";
export * from "./calls/callouts";
export * from "./calls/header-block";
export * from "./calls/headers";
export * from "./calls/metrics";
export * from "./calls/properties";
export * from "./calls/shared";
export * from "./calls/streams";
export * from "./calls/vm";
