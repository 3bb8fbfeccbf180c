import type { EventBody, ProvisionEvent } from "@llama-orch/catalog-core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeTerminal } from "../testing/fake-terminal.ts";
import { TextReporter } from "./text-reporter.ts";

const clearLine = "\r\u001b[K";

beforeEach(() => {
  vi.stubEnv("TERM", "xterm");
  vi.stubEnv("NO_COLOR", undefined);
});
afterEach(() => vi.unstubAllEnvs());

describe("on a terminal", () => {
  test("progress is one line that is redrawn, with name, percent, bytes, rate and the time left", () => {
    const { reporter, pass, written } = reporterOn({ isTTY: true, columns: 100 });
    reporter.progress({ activity: "hashing", path: "model.gguf", doneBytes: 0, totalBytes: 4e9 });
    pass(1000);
    reporter.progress({ activity: "hashing", path: "model.gguf", doneBytes: 1e9, totalBytes: 4e9 });
    expect(written()).toBe(
      "\rhashing model.gguf  0 %  0 B of 4.0 GB\u001b[K" +
        "\rhashing model.gguf  25 %  1.0 GB of 4.0 GB  1.0 GB/s  3.0 s left\u001b[K",
    );
  });

  test("where nobody knows the whole, it is what has come so far, and the rate", () => {
    const { reporter, pass, written } = reporterOn({ isTTY: true, columns: 100 });
    const received = (path: string, receivedBytes: number): void =>
      reporter.event({ ...event(unknownTotal(path, receivedBytes)), id: "hf:org/repo" });
    received("a.safetensors", 0);
    pass(2500);
    received("b.safetensors", 35e6);
    expect(written()).toBe(
      "\rfetching a.safetensors  0 B so far\u001b[K\rfetching b.safetensors  35.0 MB so far  14.0 MB/s\u001b[K",
    );
  });

  test("the wait for a process that does not know the whole either is shown in the same words", () => {
    const { reporter, written } = reporterOn({ isTTY: true, columns: 100 });
    reporter.event(event({ type: "wait-progress", holderPid: 4711, doneBytes: 1e9, totalBytes: null }));
    expect(written()).toBe("\rwaiting for process 4711  1.0 GB so far\u001b[K");
  });

  test("a line that stays takes the place of the one that is redrawn", () => {
    const { reporter, written } = reporterOn({ isTTY: true, columns: 100 });
    reporter.progress({ activity: "fetching", path: "a", doneBytes: 5, totalBytes: null });
    reporter.note("done");
    reporter.clear();
    expect(written()).toBe(`\rfetching a  5 B so far\u001b[K${clearLine}done\n`);
  });

  test("a line never wraps, however long the name and narrow the terminal", () => {
    for (const columns of [20, 60, 80, 120]) {
      const { reporter, pass, written } = reporterOn({ isTTY: true, columns });
      reporter.progress({ activity: "hashing", path: "x".repeat(300), doneBytes: 1, totalBytes: 4e9 });
      pass(1000);
      reporter.progress({ activity: "hashing", path: "x".repeat(300), doneBytes: 1e9, totalBytes: 4e9 });
      for (const line of written().split(/\r|\u001b\[K/)) expect(line.length).toBeLessThan(columns);
    }
  });

  test("the wait for another process is shown with that process's progress", () => {
    const { reporter, pass, written } = reporterOn({ isTTY: true, columns: 100 });
    reporter.event(event({ type: "wait-started", holderPid: 4711 }));
    pass(1000);
    reporter.event(event({ type: "wait-progress", holderPid: 4711, doneBytes: 1e9, totalBytes: 4e9 }));
    reporter.event(event({ type: "wait-given-up", holderPid: 4711 }));
    expect(written()).toContain("waiting for process 4711, which is bringing file:/m\n");
    expect(written()).toContain("waiting for process 4711  25 %  1.0 GB of 4.0 GB");
    expect(written()).toContain("has shown no life for long.");
  });

  test("redraws ten times a second at most", () => {
    const { reporter, pass, lines } = reporterOn({ isTTY: true, columns: 80 });
    for (let doneBytes = 0; doneBytes < 100; doneBytes += 1) {
      reporter.progress({ activity: "hashing", path: "m", doneBytes, totalBytes: 100 });
      pass(10);
    }
    expect(lines).toHaveLength(10);
  });

  test("a file name cannot colour or move anything", () => {
    const { reporter, written } = reporterOn({ isTTY: true, columns: 80 });
    reporter.progress({ activity: "hashing", path: "a\u001b[2J\nb", doneBytes: 1, totalBytes: 2 });
    reporter.warn("x\u001b[31m\ny", "z");
    expect(written()).toContain("hashing a b  50 %");
    expect(written()).toContain("warning:\u001b[39m x y\n");
  });

  test("labels are coloured, unless NO_COLOR is set", () => {
    const coloured = reporterOn({ isTTY: true });
    coloured.reporter.warn("x", "y");
    expect(coloured.written()).toBe("\u001b[33mwarning:\u001b[39m x\n\u001b[36mhint:\u001b[39m y\n");
    vi.stubEnv("NO_COLOR", "1");
    const plain = reporterOn({ isTTY: true });
    plain.reporter.warn("x", "y");
    expect(plain.written()).toBe("warning: x\nhint: y\n");
  });
});

describe("files that arrive side by side, on a terminal,", () => {
  test("have a line each and one for all of them, as long as there are several", () => {
    const { screen, receive, pass } = filesOn({ columns: 80 });
    receive("a.safetensors", 0, 4e9, { overall: 0 });
    expect(screen()).toEqual(["fetching a.safetensors  0 %  0 B of 10.0 GB"]);
    pass(1000);
    receive("sub/b.safetensors", 5e8, 6e9, { overall: 1e9 });
    expect(screen()).toEqual([
      "  a.safetensors        0 %  0 B of 4.0 GB",
      "  sub/b.safetensors    8 %  500 MB of 6.0 GB",
      "in all  10 %  1.0 GB of 10.0 GB  1.0 GB/s  9.0 s left",
    ]);
    pass(1000);
    receive("a.safetensors", 4e9, 4e9, { overall: 5e9 });
    expect(screen()).toEqual(["fetching a.safetensors  50 %  5.0 GB of 10.0 GB  2.5 GB/s  2.0 s left"]);
  });

  test("say which try it is, from the second one on; a single one does so too", () => {
    const { screen, receive, pass } = filesOn({ columns: 80 });
    receive("a", 1, 10, { overall: 1, attempt: 3 });
    expect(screen()).toEqual(["fetching a  0 %  1 B of 10.0 GB  try 3"]);
    pass(200);
    receive("b", 5, 10, { overall: 6 });
    expect(screen().slice(0, 2)).toEqual(["  a   10 %  1 B of 10 B  try 3", "  b   50 %  5 B of 10 B"]);
  });

  test("make room for lines that stay, and come again below", () => {
    const { reporter, screen, receive, pass } = filesOn({ columns: 80 });
    receive("a", 1, 10, { overall: 1 });
    pass(200);
    receive("b", 1, 10, { overall: 2 });
    reporter.warn("x", "y");
    expect(screen()).toEqual(["warning: x", "hint: y"]);
    pass(200);
    receive("b", 2, 10, { overall: 3 });
    expect(screen()).toHaveLength(5);
    reporter.clear();
    expect(screen()).toEqual(["warning: x", "hint: y"]);
  });

  test("are shown up to eight lines, fewer where the terminal is low, and the rest is counted", () => {
    for (const { rows, shown } of [
      { rows: 24, shown: 7 },
      { rows: 7, shown: 4 },
    ]) {
      const { screen, receive, pass } = filesOn({ columns: 80, rows });
      for (let file = 1; file <= 20; file += 1) receive(`file-${file}`, 1, 10, { overall: file });
      pass(200);
      receive("file-20", 2, 10, { overall: 21 });
      expect(screen()).toHaveLength(shown + 2);
      expect(screen()[shown]).toBe(`  … and ${20 - shown} more`);
    }
  });

  test("never wrap, and are told apart by the ends of their names", () => {
    for (const columns of [24, 40, 80]) {
      const { screen, receive, pass } = filesOn({ columns });
      receive(`${"x".repeat(300)}-00001-of-00002`, 1e9, 4e9, { overall: 1e9 });
      pass(1000);
      receive(`${"x".repeat(300)}-00002-of-00002`, 1e9, 4e9, { overall: 2e9, attempt: 2 });
      expect(screen()).toHaveLength(3);
      for (const line of screen()) expect(line.length).toBeLessThan(columns);
      expect(screen()[0]).toMatch(/^ {2}….*1-of-00002 /);
      expect(screen()[1]).toMatch(/^ {2}….*2-of-00002 /);
    }
  });

  test("are forgotten when the next fetch begins", () => {
    const { reporter, screen, receive, pass } = filesOn({ columns: 80 });
    receive("a", 1, 10, { overall: 1 });
    reporter.event(event({ type: "fetch-started", fetcher: "f", source: "/m" }));
    pass(200);
    receive("b", 1, 10, { overall: 1 });
    expect(screen()).toHaveLength(1);
  });
});

describe("off a terminal", () => {
  test("progress is a plain line every five seconds", () => {
    const { reporter, pass, lines } = reporterOn({});
    for (let second = 0; second <= 12; second += 1) {
      reporter.progress({ activity: "hashing", path: "m", doneBytes: second * 1e9, totalBytes: 20e9 });
      pass(1000);
    }
    expect(lines).toEqual([
      "hashing m  25 %  5.0 GB of 20.0 GB  1.0 GB/s  15 s left\n",
      "hashing m  50 %  10.0 GB of 20.0 GB  1.0 GB/s  10 s left\n",
    ]);
  });

  test("a dumb terminal gets plain lines, too", () => {
    vi.stubEnv("TERM", "dumb");
    const { reporter, written } = reporterOn({ isTTY: true });
    reporter.progress({ activity: "hashing", path: "m", doneBytes: 1, totalBytes: 2 });
    reporter.warn("x", "y");
    expect(written()).toBe("warning: x\nhint: y\n");
  });

  test("events become sentences, those for programs nothing", () => {
    const { reporter, written } = reporterOn({});
    const report = {
      stagedBytes: 0,
      durationMs: 2100,
      cached: false,
      trust: "verified",
      digest: "sha256:a",
      sizeBytes: 3e9,
    } as const;
    reporter.event(event({ type: "ensure-started", reference: "m" }));
    reporter.event(event({ type: "plan-made", source: "/m", files: 2, totalBytes: 3e9 }));
    reporter.event(event({ type: "fetch-started", fetcher: "f", source: "/m" }));
    reporter.event(event({ type: "entry-reactivated" }));
    reporter.event(event({ type: "source-changed", previous: "sha256:a", current: "sha256:b" }));
    reporter.event(
      event({ type: "ensure-finished", localPath: "/m", report: { ...report, verification: { outcome: "pass" } } }),
    );
    expect(written()).toBe(
      [
        "ensuring file:/m (2 files, 3.0 GB)",
        "file:/m was retired, and is active again",
        "warning: file:/m has changed since it was registered: it was sha256:a, and is sha256:b.",
        "hint: Give --digest to make such a change an error.",
        "ready: file:/m (verified, 2.1 s)",
        "",
      ].join("\n"),
    );
  });

  test("of what is not known beforehand, the plan says so", () => {
    const { reporter, written } = reporterOn({});
    reporter.event(event({ type: "plan-made", source: "/m", files: 1, totalBytes: null }));
    reporter.event(event({ type: "plan-made", source: "/m", files: null, totalBytes: null }));
    expect(written()).toBe(
      "ensuring file:/m (1 file, size not known yet)\nensuring file:/m (files and size not known yet)\n",
    );
  });

  test("files that arrive side by side are shown by their sum", () => {
    const { reporter, pass, lines } = reporterOn({});
    const file = { receivedBytes: 1, totalBytes: 2, attempt: 1 };
    const received = (path: string, receivedBytes: number): void =>
      reporter.event(event({ type: "fetch-progress", ...file, path, overall: { receivedBytes, totalBytes: 1e10 } }));
    received("a", 0);
    pass(5000);
    received("b", 5e9);
    expect(lines).toEqual(["copying b  50 %  5.0 GB of 10.0 GB  1.0 GB/s  5.0 s left\n"]);
  });

  test("what comes from elsewhere is fetched, not copied", () => {
    const { reporter, written } = reporterOn({ isTTY: true, columns: 100 });
    const overall = { receivedBytes: 1, totalBytes: 2 };
    const progress = { type: "fetch-progress", path: "a", receivedBytes: 1, totalBytes: 2, attempt: 1 } as const;
    reporter.event({ ...event({ ...progress, overall }), id: "hf:org/repo/a" });
    expect(written()).toContain("\rfetching a  50 %  1 B of 2 B");
  });

  test("what need not be brought is told: content of other models, and what an earlier attempt left", () => {
    const { reporter, written } = reporterOn({});
    reporter.event(event({ type: "content-reused", files: 2, sizeBytes: 3e9 }));
    reporter.event(event({ type: "fetch-finished", movedBytes: 1e9, reusedBytes: 3e9 }));
    expect(written()).toBe(
      "already here under another model: 2 files, 3.0 GB\nresumed: 3.0 GB were here already, 1.0 GB came now\n",
    );
  });

  test("nothing is said of an arrival from its first byte, nor of a model that is used in place", () => {
    const { reporter, written } = reporterOn({});
    reporter.event(event({ type: "fetch-finished", movedBytes: 4e9, reusedBytes: 0 }));
    reporter.event(event({ type: "fetch-finished", movedBytes: 0, reusedBytes: 4e9 }));
    expect(written()).toBe("");
  });
});

interface Received {
  /** Of all files, of 10 GB. */
  readonly overall: number;
  readonly attempt?: number;
}

/** A reporter on a terminal that can be looked at. */
function filesOn(size: { columns: number; rows?: number }): {
  reporter: TextReporter;
  screen: () => readonly string[];
  receive: (path: string, receivedBytes: number, totalBytes: number, received: Received) => void;
  pass: (ms: number) => void;
} {
  let nowMs = 0;
  const terminal = new FakeTerminal(size);
  vi.stubEnv("NO_COLOR", "1");
  const reporter = new TextReporter(terminal, () => nowMs);
  return {
    reporter,
    screen: () => terminal.screen,
    receive(path, receivedBytes, totalBytes, { overall, attempt = 1 }) {
      const all = { receivedBytes: overall, totalBytes: 10e9 };
      const body = { type: "fetch-progress", path, receivedBytes, totalBytes, attempt, overall: all } as const;
      reporter.event({ ...event(body), id: "hf:org/repo" });
    },
    pass: (ms) => void (nowMs += ms),
  };
}

/** Of a source that does not tell sizes beforehand. */
function unknownTotal(path: string, receivedBytes: number): EventBody {
  const file = { path, receivedBytes, totalBytes: null, attempt: 1 };
  return { type: "fetch-progress", ...file, overall: { receivedBytes, totalBytes: null } };
}

function reporterOn(stream: { isTTY?: boolean; columns?: number }): {
  reporter: TextReporter;
  lines: string[];
  written: () => string;
  pass: (ms: number) => void;
} {
  const lines: string[] = [];
  let nowMs = 0;
  const reporter = new TextReporter({ ...stream, write: (text) => lines.push(text) }, () => nowMs);
  return { reporter, lines, written: () => lines.join(""), pass: (ms) => (nowMs += ms) };
}

function event(body: EventBody): ProvisionEvent {
  return { id: "file:/m", correlationId: "c", atMs: 0, ...body };
}
