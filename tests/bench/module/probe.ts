// Weir as it is shipped, with one question more: how many bytes its arenas hold.
export * from "../../../assembly/index";
export { bytesHeld } from "../../../assembly/memory/arena";
