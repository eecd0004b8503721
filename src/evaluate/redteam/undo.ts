/** What a run made on the server, and how each is taken away again. */
export type Undo = {
  /** `name` is said where it could not be taken away: a kind and an id. `inside`: the name of what holds it, which goes with all it holds. */
  add(name: string, take: () => Promise<boolean>, inside?: string): void;
  /** Last made, first taken. Names what is left. Safe to call twice. */
  all(): Promise<readonly string[]>;
};

export function createUndo(): Undo {
  const made: { readonly name: string; readonly take: () => Promise<boolean>; readonly inside: string | undefined }[] = [];
  return {
    add: (name, take, inside) => void made.push({ name, take, inside }),
    async all() {
      const left: { readonly name: string; readonly inside: string | undefined }[] = [];
      const gone = new Set<string>();
      for (let each = made.pop(); each !== undefined; each = made.pop()) {
        if (await each.take().catch(() => false)) gone.add(each.name);
        else left.push(each);
      }
      return left.filter(({ inside }) => inside === undefined || !gone.has(inside)).map(({ name }) => name);
    },
  };
}

/** For what is made inside of something that the run made too, such as a tenant. */
export const undoInside = (undo: Undo, inside: string): Undo => ({ ...undo, add: (name, take) => undo.add(name, take, inside) });

/** The name under which a tenant's undoing is noted. */
export const tenantName = (slug: string): string => `tenant ${slug}`;
