/** The requests of a server, and who waits for one. */
export interface RequestLog<Request> {
  readonly requests: readonly Request[];
  add(request: Request): void;
  arrived(predicate?: (request: Request) => boolean): Promise<Request>;
  /** Rejects what is still waited for. */
  close(): void;
}

export function requestLog<Request>(): RequestLog<Request> {
  const requests: Request[] = [];
  const waiting = new Set<Waiting<Request>>();
  return {
    requests,
    add(request) {
      requests.push(request);
      for (const waiter of [...waiting].filter(({ predicate }) => predicate(request))) {
        waiting.delete(waiter);
        waiter.resolve(request);
      }
    },
    async arrived(predicate = () => true) {
      const known = requests.find(predicate);
      if (known !== undefined) return known;
      const { promise, resolve, reject } = Promise.withResolvers<Request>();
      waiting.add({ predicate, resolve, reject });
      return promise;
    },
    close() {
      for (const { reject } of waiting) reject(new Error("The server was closed before such a request came."));
      waiting.clear();
    },
  };
}

interface Waiting<Request> {
  readonly predicate: (request: Request) => boolean;
  readonly resolve: (request: Request) => void;
  readonly reject: (error: Error) => void;
}
