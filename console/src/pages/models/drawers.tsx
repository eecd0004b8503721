import { modelsText as text } from "#text/models.ts";
import { Button } from "../../ui/button.tsx";
import { Facts } from "../../ui/card.tsx";
import { Drawer } from "../../ui/dialog.tsx";
import { modelFacts, modelNow, providerFacts, providerNow, SwitchedNote } from "./facts.tsx";
import { Section, SeenView } from "./seen.tsx";
import { StateWord, stateOfModel, stateOfProvider } from "./state.tsx";
import { SwitchActions } from "./switch-actions.tsx";
import { TestCall } from "./test-call.tsx";
import type { ModelStatus, ProviderStatus } from "./types.ts";

type ModelDrawerProps = { readonly model: ModelStatus; onClose(): void; onProvider(name: string): void };

/** All that is known of a model. */
export function ModelDrawer({ model, onClose, onProvider }: ModelDrawerProps) {
  return (
    <Drawer
      open
      onOpenChange={(open) => !open && onClose()}
      title={text.detail.model(model.model)}
      description={text.detail.at(model.upstream, model.provider)}
      footer={
        <>
          <Button onClick={() => onProvider(model.provider)}>{text.detail.toProvider}</Button>
          <TestCall model={model} />
        </>
      }
    >
      <div className="grid gap-6 [&>*]:min-w-0">
        <SwitchedNote of={model} />
        <Section title={text.detail.now}>
          <p className="text-sm font-medium">
            <StateWord of={stateOfModel(model)} />
          </p>
          <Facts facts={modelNow(model)} />
        </Section>
        <SeenView seen={model} />
        <Section title={text.detail.facts}>
          <Facts facts={modelFacts(model)} />
        </Section>
      </div>
    </Drawer>
  );
}

/** All that is known of a provider, and what may be done about it. */
export function ProviderDrawer({ provider, onClose }: { readonly provider: ProviderStatus; onClose(): void }) {
  return (
    <Drawer
      open
      onOpenChange={(open) => !open && onClose()}
      title={text.detail.provider(provider.provider)}
      description={provider.models.join(", ")}
      footer={<SwitchActions provider={provider} />}
    >
      <div className="grid gap-6 [&>*]:min-w-0">
        <SwitchedNote of={provider} />
        <Section title={text.detail.now}>
          <p className="text-sm font-medium">
            <StateWord of={stateOfProvider(provider)} />
          </p>
          <Facts facts={providerNow(provider)} />
        </Section>
        <SeenView seen={provider} />
        <Section title={text.detail.facts}>
          <Facts facts={providerFacts(provider)} />
        </Section>
      </div>
    </Drawer>
  );
}
