/** Whether this is the checked build (`--use WEIR_CHECKED=1`): arena rules are asserted and freed memory is poisoned. */
// @ts-ignore: decorator
@inline
export const CHECKED: bool = isDefined(WEIR_CHECKED);

/** Whether this build runs on the ordinary collector (`--use WEIR_COLLECTED=1 --runtime minimal`), and arenas mean nothing. */
// @ts-ignore: decorator
@inline
export const COLLECTED: bool = isDefined(WEIR_COLLECTED);

/**
 * Outermost callbacks between two collections of the collected build; 0 is none (`--use WEIR_COLLECT_EVERY=7000`).
 *
 * Every one, unless told: what only an address holds is then gone at the very next callback, and a test's few streams cost little.
 */
// @ts-ignore: decorator
@inline
export const COLLECT_EVERY: i32 = isDefined(WEIR_COLLECT_EVERY) ? WEIR_COLLECT_EVERY : 1;
