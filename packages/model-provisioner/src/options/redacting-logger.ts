import { type Logger, redactText, redactValue } from "@llama-orch/catalog-core";

/** A logger that gets no secret, whoever writes to it; what it throws itself is dropped, since nobody asked for it. */
export function redactingLogger(logger: Logger): Logger {
  const write =
    (level: keyof Logger): Logger["info"] =>
    (message, facts) => {
      try {
        if (facts === undefined) logger[level](redactText(message));
        else logger[level](redactText(message), redactValue(facts));
      } catch {}
    };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
