/** What becomes of the part of a message that a callback was about. */
export enum Flow {
  Continue,
  /** It is held until the direction is resumed, or answered. */
  Pause,
}
