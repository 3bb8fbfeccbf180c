export { type ChecksumAlgorithm, type ChecksumText } from "@llama-orch/hashing";
export { type NetworkFetcherOptions, transferOptionsOf } from "./fetcher-options.ts";
export { type TransferErrorCode } from "./errors.ts";
export { type AddressPolicy } from "./connections/address-policy.ts";
export { proxyFromEnvironment, type ProxyRules } from "./connections/proxy.ts";
export { HttpClient, httpClient } from "./http/http-client.ts";
export { type HttpClientOptions } from "./http/http-client-options.ts";
export { type HttpAnswer } from "./http/exchange.ts";
export { type HttpRequest } from "./http/request-head.ts";
export { type ResponseHead } from "./http/response-head.ts";
export { askServer, type Question, type Reply } from "./download/ask-server.ts";
export { type Refusal } from "./download/status-failure.ts";
export { type FileProbe, probeFile } from "./download/probe-file.ts";
export { type BringOptions, bringFiles, type BroughtFile, type WantedFile } from "./files/bring-files.ts";
export { transferFile } from "./download/transfer-file.ts";
export {
  parseTransferOptions,
  type ResolveUrl,
  type TransferOptions,
  type TransferProgress,
  type TransferResult,
  type TransferSource,
} from "./download/transfer-options.ts";
