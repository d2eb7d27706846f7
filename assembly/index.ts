// First: what other files make at start-up needs an arena to be in.
import "./memory/arena";
import "./abi/abort";
import { install } from "./abi/exports";
import { WeirGuest } from "./guest";
import { EnvoyHost } from "./host/envoy";
import { Weir } from "./pipeline/weir";
import { REGISTRY } from "./registry";

export * from "./abi/exports";

const HOST = new EnvoyHost();

install(new WeirGuest(HOST, new Weir(HOST, REGISTRY)));
