import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { startText as text } from "#text/start.ts";
import { useMe } from "../../app/me.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../ui/states.tsx";
import { NoTenant } from "../playground/no-tenant.tsx";
import { AskStep } from "./ask-step.tsx";
import { DocumentsStep } from "./documents-step.tsx";
import { ModelsStep } from "./models-step.tsx";
import { useSignInLink } from "./sign-in-link.ts";
import type { Chosen } from "./question.ts";
import { UseStep } from "./use-step.tsx";

/** The first run: a model or none, a document, a question, a program. */
export function StartPage() {
  const link = useSignInLink();
  const { data: me, isPending } = useMe();
  const [collection, setCollection] = useState<Chosen>();
  const signIn = (
    <Button kind="primary" asChild>
      <Link to="/login" search={{ next: "/start" }}>
        {link.error === undefined ? text.signIn : text.otherWay}
      </Link>
    </Button>
  );
  if (link.busy || (isPending && me === undefined))
    return (
      <Page title={text.title} lead={link.busy ? text.signingIn : text.lead}>
        <SkeletonRows />
      </Page>
    );
  if (me === undefined)
    return (
      <Page title={text.title} lead={text.lead}>
        {link.error !== undefined && <ErrorState error={link.error} title={text.linkFailed} />}
        <Card>
          <EmptyState title={text.signInFirst} action={signIn}>
            {text.signInFirstSay}
          </EmptyState>
        </Card>
      </Page>
    );
  if (me.tenant === undefined)
    return (
      <Page title={text.title} lead={text.lead}>
        <Card>
          <NoTenant me={me} />
        </Card>
      </Page>
    );
  return (
    <Page title={text.title} lead={text.lead}>
      {link.error !== undefined && <ErrorState error={link.error} title={text.linkFailed} />}
      <ModelsStep number={1} />
      <DocumentsStep number={2} collection={collection} onCollection={setCollection} />
      <AskStep number={3} collection={collection} />
      <UseStep number={4} tenant={me.tenant.slug} collection={collection} />
    </Page>
  );
}
