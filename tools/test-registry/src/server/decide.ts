import type {
  Fault,
  FaultEffect,
  FaultServer,
  InjectedFault,
  ReceivedRequest,
} from "../../../fault-server/src/index.ts";

/** What becomes of a request, before the fault server looks for a file at its path. */
export interface Decision {
  /** It is not given what it asks for. */
  readonly refused: boolean;
  /** What is done to it alone: a `status` is the whole answer. None, and the file is sent. */
  readonly effects: readonly FaultEffect[];
}

export const granted: Decision = { refused: false, effects: [] };

export function refuse(effect: FaultEffect): Decision {
  return { refused: true, effects: [effect] };
}

export function answerWith(...effects: readonly FaultEffect[]): Decision {
  return { refused: false, effects };
}

/** A fault server whose answers depend on more than the path. */
export interface DecidingServer {
  /** Makes requests go wrong that are not refused anyway: a fault is not used up by a challenge. */
  inject(fault: RegistryFault): InjectedFault;
}

export type RegistryFault = Fault & {
  /** Also on requests that are answered by 401, 403 or 404. @default false */
  readonly evenRefused?: boolean;
};

/**
 * @param decide is asked for each request. Its predicate is called when a request has come, right before the faults that it
 *   meets are looked up: what is injected there for that one request acts on it, and so do all others on the answer.
 */
export function deciding(server: FaultServer, decide: (request: ReceivedRequest) => Decision): DecidingServer {
  const refused = new WeakSet<ReceivedRequest>();
  server
    .requestArrived((request) => {
      const decision = decide(request);
      if (decision.refused) refused.add(request);
      for (const effect of decision.effects) server.inject({ ...effect, when: (met) => met === request, times: 1 });
      return false;
    })
    .catch(() => {}); // the server was closed
  return {
    inject({ evenRefused = false, when = () => true, ...effect }) {
      return server.inject({ ...effect, when: (request) => (evenRefused || !refused.has(request)) && when(request) });
    },
  };
}
