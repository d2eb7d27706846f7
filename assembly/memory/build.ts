/** Whether this is the checked build (`--use WEIR_CHECKED=1`): arena rules are asserted and freed memory is poisoned. */
// @ts-ignore: decorator
@inline
export const CHECKED: bool = isDefined(WEIR_CHECKED);

/** Whether this build runs on the ordinary collector (`--use WEIR_COLLECTED=1 --runtime minimal`), and arenas mean nothing. */
// @ts-ignore: decorator
@inline
export const COLLECTED: bool = isDefined(WEIR_COLLECTED);
