/** Runs `load` once for all callers that ask for the same key while it is under way. Results are not kept. */
export function createSingleFlight<T>(): (key: string, load: () => Promise<T>) => Promise<T> {
  const running = new Map<string, Promise<T>>();
  return (key, load) => {
    const found = running.get(key);
    if (found !== undefined) return found;
    const started = load().finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}
