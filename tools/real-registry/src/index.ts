export { writeOciLayout } from "./push/oci-layout.ts";
export { copyWithOras, type OrasPush, pushImageWithSkopeo, pushWithOras } from "./push/push.ts";
export { type RealTools, realTools, toolsOrSkip } from "./real-tools.ts";
export { type RealRegistry, type RealRegistryOptions, startRealRegistry } from "./server/real-registry.ts";
export { type RealTokenServer } from "./server/token-server.ts";
