// The filter with one more processor: what the pipeline does with each verdict is tested without a processor that needs it.
import "../../../assembly/memory/arena";
import "../../../assembly/abi/abort";
import { install } from "../../../assembly/abi/exports";
import { Variant } from "../../../assembly/config/fields";
import { WeirGuest } from "../../../assembly/guest";
import { EnvoyHost } from "../../../assembly/host/envoy";
import { Registry } from "../../../assembly/pipeline/registry";
import { Weir } from "../../../assembly/pipeline/weir";
import { REGISTRY } from "../../../assembly/registry";
import { Probe } from "./probe";

export * from "../../../assembly/abi/exports";

const HOST = new EnvoyHost();
const PROBE = new Variant("probe", "Does as it is told.", () => new Probe());

install(new WeirGuest(HOST, new Weir(HOST, new Registry(REGISTRY.processors.concat([PROBE]), REGISTRY.formats))));
