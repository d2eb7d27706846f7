export { Admin, parsePrometheus, type Sample } from "./admin.ts";
export { type EnvoyBinary, FETCHED_ENVOY, findEnvoy, isOlder, OLDEST_ENVOY, OperatorError } from "./find.ts";
export {
  asText,
  envoyFile,
  type Gateway,
  type GatewayOptions,
  loadGateway,
  type Part,
  plainCluster,
  Update,
  WatchedListeners,
} from "./gateway.ts";
export { Journal, LineSplitter } from "./journal.ts";
export { type AccessEntry, type Envoy, type EnvoyOptions, startEnvoy, until } from "./run.ts";
