import { type HfRef, parseModelRef } from "@llama-orch/catalog-core";
import { describe, expect, test } from "vitest";
import { explainFailure } from "./explain-failure.ts";

const cli = { path: "/usr/bin/hf", version: [2, 4, 0] } as const;
const ref = parseModelRef("hf:org/model@v1/model.gguf") as HfRef;

/** What the CLI's traceback ends with, or all that it says. Recorded from releases of `huggingface_hub` against `tools/test-hub`. */
const recorded: readonly (readonly [release: string, stderr: string, code: string])[] = [
  [
    "0.25",
    "huggingface_hub.errors.RepositoryNotFoundError: 401 Client Error. (Request ID: Root=1)\n\nRepository Not Found for url: http://h/org/model/resolve/v1/model.gguf.\nPlease make sure you specified the correct `repo_id` and `repo_type`.\nIf you are trying to access a private or gated repo, make sure you are authenticated.\nInvalid username or password.",
    "HF_REPOSITORY_NOT_FOUND",
  ],
  [
    "1.10",
    "Error: Repository not found. If the repo is private, make sure you are authenticated and your token has the required permissions.",
    "HF_REPOSITORY_NOT_FOUND",
  ],
  [
    "2.4",
    "Hint: The `hf-cli` skill is not installed.\nError: Model 'org/model' not found.\nIf the repo is private, make sure you are authenticated and your token has the required permissions.",
    "HF_REPOSITORY_NOT_FOUND",
  ],
  [
    "0.36",
    "huggingface_hub.errors.EntryNotFoundError: 404 Client Error. (Request ID: Root=1)\n\nEntry Not Found for url: http://h/org/model/resolve/v1/model.gguf.",
    "HF_FILE_NOT_FOUND",
  ],
  ["1.33", "Error: File not found in repository.\nURL: http://h/org/model/resolve/v1/model.gguf", "HF_FILE_NOT_FOUND"],
  [
    "2.4",
    "Error: File not found in model 'org/model'.\nURL: http://h/org/model/resolve/v1/model.gguf",
    "HF_FILE_NOT_FOUND",
  ],
  [
    "0.33",
    "huggingface_hub.errors.RevisionNotFoundError: 404 Client Error.\n\nRevision Not Found for url: http://h/x.\n\nInvalid rev id: v1",
    "HF_REVISION_NOT_FOUND",
  ],
  ["1.10", "Error: Revision not found in repository. Check the revision parameter.", "HF_REVISION_NOT_FOUND"],
  ["2.4", "Error: Revision not found in model 'org/model'.", "HF_REVISION_NOT_FOUND"],
  [
    "0.25",
    "huggingface_hub.errors.GatedRepoError: 401 Client Error. (Request ID: Root=1)\n\nCannot access gated repo for url http://h/x.\nAccess to model org/model is restricted. You must have access to it and be authenticated to access it. Please log in.",
    "HF_GATED",
  ],
  ["1.33", "Error: Access denied. This repository requires approval.", "HF_GATED"],
  ["2.4", "Error: Access denied. Model 'org/model' requires approval.", "HF_GATED"],
  [
    "0.36",
    "huggingface_hub.errors.DisabledRepoError: 403 Client Error.\n\nAccess to this resource is disabled.\n\nThe above exception was the direct cause of the following exception:\n\nhuggingface_hub.errors.LocalEntryNotFoundError: An error happened while trying to locate the file on the Hub",
    "HF_REPOSITORY_DISABLED",
  ],
  [
    "1.10",
    "huggingface_hub.errors.HfHubHTTPError: Client error '401 Unauthorized' for url 'http://h/x'\nInvalid credentials in Authorization header",
    "HF_TOKEN_INVALID",
  ],
  [
    "0.25",
    "huggingface_hub.errors.OfflineModeIsEnabled: Cannot reach http://h/x: offline mode is enabled. To disable it, please unset the `HF_HUB_OFFLINE` environment variable.\n\nhuggingface_hub.errors.LocalEntryNotFoundError: An error happened",
    "HF_OFFLINE",
  ],
  [
    "2.4",
    "Error: Local entry not found. Cannot reach http://h/x: offline mode is enabled. To disable it, please unset the `HF_HUB_OFFLINE` environment variable.",
    "HF_OFFLINE",
  ],
  [
    "0.33",
    "requests.exceptions.HTTPError: 429 Client Error: Too Many Requests for url: http://h/x\n\nhuggingface_hub.errors.LocalEntryNotFoundError: An error happened",
    "HF_RATE_LIMITED",
  ],
  [
    "2.4",
    "Error: Local entry not found. (Request ID: Root=1)\n\n429 Too Many Requests: you have reached your 'resolvers' rate limit.\nRetry after 55 seconds (0/3000 requests remaining in current 300s window).",
    "HF_RATE_LIMITED",
  ],
  [
    "0.25",
    "requests.exceptions.ConnectionError: (MaxRetryError('HTTPConnectionPool(host=\\'127.0.0.1\\', port=9): Max retries exceeded with url: /x",
    "HF_NETWORK",
  ],
  [
    "1.10",
    "'[Errno 111] Connection refused' thrown while requesting HEAD http://127.0.0.1:9/x\nRuntimeError: Cannot send a request, as the client has been closed.",
    "HF_NETWORK",
  ],
  ["2.4", "Error: Local entry not found. [Errno 111] Connection refused", "HF_NETWORK"],
  ["2.4", "Error: Local entry not found. Server error '503 Service Unavailable' for url 'http://h/x'", "HF_NETWORK"],
  ["any", "OSError: [Errno 28] No space left on device: '/cache/ingest/x'", "FILE_NO_SPACE"],
  [
    "2.4",
    "UserWarning: Not enough free disk space to download the file.\nError: Access denied. Model 'org/model' requires approval.",
    "HF_GATED",
  ],
  ["any", "UserWarning: Not enough free disk space to download the file.", "FILE_NO_SPACE"],
  ["any", "OSError: [Errno 122] Disk quota exceeded", "FILE_NO_SPACE"],
  [
    "2.4",
    "Error: Client error '403 Forbidden' for url 'http://h/x'\nHint: set HF_DEBUG=1 as environment variable for full traceback.",
    "HF_FORBIDDEN",
  ],
  ["any", "Command 'git' not found.", "HF_CLI_FAILED"],
  ["any", "SyntaxError: invalid syntax", "HF_CLI_FAILED"],
  ["any", "", "HF_CLI_FAILED"],
];

test.each(recorded)("%s: %s", (_, stderr, code) => {
  expect(explain(stderr)).toMatchObject({ code, hint: expect.stringMatching(/\S/) });
});

function explain(stderr: string, env: Readonly<Record<string, string>> = {}): ReturnType<typeof explainFailure> {
  return explainFailure({ exitCode: 1, stdout: "", stderr }, { ref, cli, env });
}

describe("the error", () => {
  test("has the facts of the call, and the last lines of what the CLI said", () => {
    const env = { HF_ENDPOINT: "https://mirror.example/" };
    expect(explain("one\nError: Access denied. Model 'org/model' requires approval.", env).facts).toEqual({
      repository: "org/model",
      revision: "v1",
      path: "model.gguf",
      endpoint: "https://mirror.example",
      accessUrl: "https://mirror.example/org/model",
      exitCode: 1,
      stderr: "one\nError: Access denied. Model 'org/model' requires approval.",
    });
  });

  test("says how long the Hub asked to wait", () => {
    const error = explain("429 Too Many Requests: …\nRetry after 55 seconds (0/3000 requests remaining)");
    expect(error).toMatchObject({ facts: { retryAfterSeconds: 55 }, hint: expect.stringContaining("55 s") });
  });

  test("of an unknown kind shows the error itself, and not the advice that follows it", () => {
    const { message } = explain(
      "Traceback (most recent call last):\nSomeError: it broke.\nHint: set HF_DEBUG=1 as environment variable for full traceback.",
    );
    expect(message).toMatch(/: SomeError: it broke\.$/);
  });

  test("holds no half of a secret that stands where the text is cut", () => {
    const secret = "an-unusual-token-0123456789";
    const stderr = `${secret} ${"y".repeat(3_990)}`;
    expect(JSON.stringify(explain(stderr, { HF_TOKEN: secret }).facts)).not.toContain("0123456789");
  });

  test("holds no secret of the CLI's environment, whatever it looks like", () => {
    const secrets = { HF_TOKEN: "an-unusual-token", HTTPS_PROXY: "http://user:proxy-password@proxy.example" };
    const error = explain(`Traceback:\n${secrets.HF_TOKEN} ${secrets.HTTPS_PROXY} Bearer abcdefghijklmnop`, secrets);
    const all = JSON.stringify(error) + error.message;
    for (const secret of ["an-unusual-token", "proxy-password", "abcdefghijklmnop"]) expect(all).not.toContain(secret);
  });
});
