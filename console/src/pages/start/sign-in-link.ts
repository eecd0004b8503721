import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { post } from "../../api/client.ts";
import { startOver } from "../../app/start-over.ts";

/** `#code=…`, which never left the browser. */
const readCode = (): string | undefined => /^#code=([\w-]{1,512})$/.exec(globalThis.location.hash)?.[1];

/** Signs this browser in where the address brought a code, and takes the code out of the address and the history. */
export function useSignInLink(): { readonly busy: boolean; readonly error: unknown } {
  const [code] = useState(readCode);
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: code !== undefined, error: undefined });
  const queries = useQueryClient();
  // It works once: a second rendering must not use it a second time.
  const begun = useRef(false);
  useEffect(() => {
    if (code === undefined || begun.current) return;
    begun.current = true;
    globalThis.history.replaceState(globalThis.history.state, "", globalThis.location.pathname);
    const signIn = async (): Promise<void> => {
      try {
        await post("/console/session/link", { code });
        await startOver(queries);
        setState({ busy: false, error: undefined });
      } catch (error) {
        setState({ busy: false, error });
      }
    };
    void signIn();
  }, [code, queries]);
  return state;
}
