// Asks the host for what it does not have.
import "../../../../assembly/abi/abort";

// @ts-ignore: decorator
@external("env", "proxy_open_file")
declare function openFile(name: i32): i32;

export function open(): i32 {
  return openFile(1);
}
