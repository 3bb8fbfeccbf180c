/**
 * Tells a listener, whose troubles are its own: what it throws, or rejects with, changes nothing for whoever tells. An
 * async function is assignable where nothing is expected back, and its rejection would end the process.
 */
export function callListener<T>(listener: (told: T) => unknown, told: T): void {
  try {
    void Promise.resolve(listener(told)).catch(() => {});
  } catch {
    // See above: there is no one to hand it to.
  }
}
