/**
 * What a spec's module may import beside as-pect's own: the proxy's functions, which a unit test must not reach. A spec that imports a
 * layer with a host below it still links.
 *
 * @param {Uint8Array} binary
 * @param {WebAssembly.Memory} memory
 * @returns {Record<string, Record<string, unknown>>}
 */
export function importsOf(binary, memory) {
  const imports = { env: { memory } };
  for (const { module, name, kind } of WebAssembly.Module.imports(new WebAssembly.Module(binary))) {
    const isProxy = module === "env" && name.startsWith("proxy_");
    if (kind !== "function" || !(isProxy || module === "wasi_snapshot_preview1")) continue;
    imports[module] ??= {};
    imports[module][name] = () => {
      throw new Error(`a unit test called the host: ${module}.${name}`);
    };
  }
  return imports;
}
