// Each exported function makes one mistake, or does one thing that is right. The test says which ones the checked build must end.
import "../../../../assembly/abi/abort";

export { setup } from "./world";
export * from "./wrong-stores";
export * from "./wrong-lives";
export * from "./unseen";
export * from "./right";
