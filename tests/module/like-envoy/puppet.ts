import { buildModule } from "../../../build/wasm/build.ts";

/** The path of the guest that does what its configuration says; it never frees anything, so that nothing but the host is tested. */
export async function puppet(): Promise<string> {
  const entry = "tests/module/host/guests/puppet.ts";
  return (await buildModule({ variant: "collected", entry, options: { runtime: "stub" } })).path;
}
