// Two streams of one plugin, with an object in each, for the mistakes and the rest to be made with.
import {
  Arena,
  beginCallback,
  bytesHeld,
  endCallback,
  enter,
  leave,
  newArena,
} from "../../../../assembly/memory/arena";
import { ContextTable } from "../../../../assembly/memory/contexts";

export class Leaf {
  constructor(public value: i32) {}
}

export class Named {
  constructor(public name: string) {}
}

export class Holder {
  leaf: Leaf | null = null;
  text: string = "";
  list: Leaf[] = [];
  names: Map<string, i32> = new Map<string, i32>();
  numbers: Map<i32, i32> = new Map<i32, i32>();
  set: Set<i32> = new Set<i32>();
  slots: StaticArray<string> = new StaticArray<string>(4);
  bytes: Uint8Array = new Uint8Array(4);
}

export const plugin: Arena = newArena(null, 0);
export let stream: Arena = newArena(plugin, 0);
export let other: Arena = newArena(plugin, 0);

const HOLDERS = new ContextTable<Holder>();

export enum Of {
  Stream = 1,
  OtherStream,
  Plugin,
  LateStream,
}

export function make(id: Of, arena: Arena): void {
  const outer = enter(arena);
  HOLDERS.set(id, new Holder());
  leave(outer);
}

/** Two streams of one plugin, an object in each. */
export function setup(): void {
  const outer = beginCallback();
  stream = newArena(plugin, 0);
  other = newArena(plugin, 0);
  make(Of.Stream, stream);
  make(Of.OtherStream, other);
  make(Of.Plugin, plugin);
  endCallback(outer);
}

export function holder(id: Of): Holder {
  return HOLDERS.get(id)!;
}

export function mine(): Holder {
  return holder(Of.Stream);
}

/** A new string in the arena that is current. */
export function fresh(text: string): string {
  return text + bytesHeld().toString();
}

let begun: Arena = changetype<Arena>(0);
let entered: Arena = changetype<Arena>(0);

export function begin(): void {
  begun = beginCallback();
}

export function end(): void {
  endCallback(begun);
}

export function inStream(): void {
  entered = enter(stream);
}

export function out(): void {
  leave(entered);
}
