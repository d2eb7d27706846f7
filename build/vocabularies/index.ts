import { readFileSync } from "node:fs";
import { buildModule, type Built, type Order } from "../wasm/build.ts";

export { readImage } from "./tables.ts";

/** Builds a module whose memory holds the image; the order is as for `buildModule`. */
export async function buildWithVocabularies(order: Order): Promise<Built & { wasm: Buffer }> {
  const built = await buildModule({ ...order, tables: order.tables ?? "standard" });
  return { ...built, wasm: readFileSync(built.path) };
}
