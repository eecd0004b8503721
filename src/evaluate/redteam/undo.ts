/** What a run made on the server, and how each is taken away again. */
export type Undo = {
  /** `name` is said where it could not be taken away: a kind and an id. */
  add(name: string, take: () => Promise<boolean>): void;
  /** Last made, first taken. Names what is left. Safe to call twice. */
  all(): Promise<readonly string[]>;
};

export function createUndo(): Undo {
  const made: { readonly name: string; readonly take: () => Promise<boolean> }[] = [];
  return {
    add: (name, take) => void made.push({ name, take }),
    async all() {
      const left: string[] = [];
      for (let each = made.pop(); each !== undefined; each = made.pop()) {
        const taken = await each.take().catch(() => false);
        if (!taken) left.push(each.name);
      }
      return left;
    },
  };
}
