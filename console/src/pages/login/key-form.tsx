import { useState } from "react";
import { loginText as text } from "#text/login.ts";
import { post } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Field, Input } from "../../ui/field.tsx";

/** Signs in by a key, which is sent once and kept nowhere. */
export function KeyForm({ onSignedIn, onTry }: { onSignedIn(): void; onTry(): void }) {
  const [key, setKey] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const signIn = async (): Promise<void> => {
    setBusy(true);
    setFailure(undefined);
    onTry();
    try {
      await post("/console/session", { key: key.trim() });
      setKey("");
      onSignedIn();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void signIn();
      }}
    >
      <Field label={text.key} hint={text.keyHint} error={failure}>
        {(control) => (
          <Input
            {...control}
            type="password"
            value={key}
            onChange={(event) => setKey(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            maxLength={8192}
            required
            className="font-mono"
          />
        )}
      </Field>
      <Button kind="primary" type="submit" busy={busy} disabled={key.trim() === ""} className="w-full">
        {text.signIn}
      </Button>
    </form>
  );
}
