import { Bytes } from "../../bytes/bytes";
import * as host from "../imports";
import * as scratch from "../scratch";
import { Status } from "../types";
import { resultBytesOrEmpty } from "./results";

/** What is stored under a key that all workers share, and the number that says which writing of it this is. */
@final
export class SharedValue {
  constructor(
    readonly bytes: Bytes,
    /** For `setSharedData`: the value is set only if nobody has done so since. */
    readonly cas: u32,
  ) {}
}

/** What the VMs of one vm_id share under a key; null if there is nothing. */
export function sharedData(key: string): SharedValue | null {
  const name = scratch.encode(key);
  scratch.clearResults();
  const cas = scratch.resultThirdAddress();
  const status = host.proxy_get_shared_data(
    name.at,
    name.size,
    scratch.resultAddress(),
    scratch.resultSizeAddress(),
    cas,
  );
  return status == Status.Ok ? new SharedValue(resultBytesOrEmpty(), scratch.resultThird()) : null;
}

/** Sets what the VMs of one vm_id share. With `cas` 0 always, else only after that writing: `CasMismatch` says it was not. */
export function setSharedData(key: string, bytes: Bytes, cas: u32): Status {
  const name = scratch.encode(key);
  return host.proxy_set_shared_data(name.at, name.size, bytes.address(0), bytes.length, cas);
}
