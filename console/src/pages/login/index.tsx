import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { LogIn } from "lucide-react";
import { loginText as text } from "#text/login.ts";
import { useMe } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { useSettings, type Settings } from "../../app/settings.ts";
import { startOver } from "../../app/start-over.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Page } from "../../ui/page.tsx";
import { SkeletonRows } from "../../ui/states.tsx";
import { KeyForm } from "./key-form.tsx";
import { SignedIn } from "./signed-in.tsx";

const isProblem = (word: string): word is keyof typeof text.problems => Object.hasOwn(text.problems, word);

/** Where somebody was going: a page of the console, whatever the address says. */
export const toNext = (next: string): string => (/^\/(?![/\\])/.test(next) ? next.replace(/^\/console(?=\/)/, "") : "/");

export function LoginPage() {
  const { data: settings, isPending } = useSettings();
  const { data: me } = useMe();
  const [problem, setProblem] = useSearchText("problem");
  const [next] = useSearchText("next", "/");
  const queries = useQueryClient();
  const router = useRouter();
  const goOn = (): void => router.history.push(`/console${toNext(next)}`);
  const signedIn = (): void => {
    goOn();
    void startOver(queries);
  };
  const isIn = me !== undefined;
  const title = isIn ? text.addTitle : settings === undefined ? text.plainTitle : text.title(settings.name);
  // Whom one signs in by comes with the settings: nothing may move under a finger that is about to press.
  if (isPending)
    return (
      <div className="mx-auto w-full max-w-xl">
        <Page title={title}>
          <SkeletonRows rows={4} />
        </Page>
      </div>
    );
  return (
    <div className="mx-auto w-full max-w-xl">
      <Page title={title} lead={isIn ? text.addLead : undefined}>
        {problem !== "" && (
          <p role="alert" className="rounded-lg border border-bad/40 bg-bad-soft px-4 py-3 text-sm text-ink">
            {text.problems[isProblem(problem) ? problem : "other"]}
          </p>
        )}
        {isIn && <SignedIn me={me} onGoOn={goOn} />}
        <Card>
          <div className="grid gap-4">
            <Issuers issuers={settings?.issuers ?? []} />
            <KeyForm onSignedIn={signedIn} onTry={() => setProblem("")} />
          </div>
        </Card>
        <section aria-labelledby="what-keys" className="grid gap-2 px-1">
          <h2 id="what-keys" className="text-xs font-medium text-ink-faint">
            {text.whatKeys}
          </h2>
          <dl className="grid gap-2 text-sm">
            {text.keys.map(([name, say]) => (
              <div key={name} className="grid gap-x-3 sm:grid-cols-[7rem_1fr]">
                <dt className="font-medium">{name}</dt>
                <dd className="text-ink-soft">{say}</dd>
              </div>
            ))}
          </dl>
          {!isIn && (
            <p className="mt-1 text-sm text-ink-soft">
              {text.noKey} <code className="rounded bg-sunken px-1 font-mono text-xs text-ink">{text.noKeyCommand}</code>
            </p>
          )}
        </section>
      </Page>
    </div>
  );
}

/** Links, not requests: the browser leaves for the issuer, and comes back signed in. */
function Issuers({ issuers }: { readonly issuers: Settings["issuers"] }) {
  if (issuers.length === 0) return null;
  return (
    <>
      <div className="grid gap-2">
        {issuers.map(({ issuer, label }) => (
          <Button key={issuer} kind="primary" asChild className="w-full">
            <a href={`/console/login/issuer?issuer=${encodeURIComponent(issuer)}`}>
              <LogIn className="size-4" aria-hidden />
              <span className="foreign truncate">{text.withIssuer(label)}</span>
            </a>
          </Button>
        ))}
      </div>
      <div className="flex items-center gap-3 text-xs text-ink-faint">
        <span className="h-px flex-1 bg-line" />
        {text.or}
        <span className="h-px flex-1 bg-line" />
      </div>
    </>
  );
}
