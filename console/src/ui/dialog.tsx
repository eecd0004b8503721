import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useRef, useState, type ReactNode } from "react";
import { uiText as text } from "#text/ui.ts";
import { Button, IconButton } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { InputField } from "./field.tsx";

type DialogProps = {
  readonly open: boolean;
  onOpenChange(open: boolean): void;
  readonly title: string;
  /** What it is about, in a sentence. */
  readonly description?: ReactNode;
  readonly children?: ReactNode;
  readonly footer?: ReactNode;
  readonly wide?: boolean;
};

const Overlay = () => <Radix.Overlay className="fixed inset-0 z-40 bg-black/45" />;

function Frame({ title, description, children, footer }: DialogProps) {
  return (
    <>
      <header className="flex items-start gap-3 border-b border-line px-4 py-3">
        <div className="min-w-0 flex-1">
          <Radix.Title className="foreign text-base font-semibold text-ink">{title}</Radix.Title>
          {/* Without a sentence of its own the title describes it. */}
          <Radix.Description className={description === undefined ? "sr-only" : "mt-0.5 text-sm text-ink-soft"}>
            {description ?? title}
          </Radix.Description>
        </div>
        <Radix.Close asChild>
          <IconButton label={text.close} size="small">
            <X className="size-4" aria-hidden />
          </IconButton>
        </Radix.Close>
      </header>
      {/* Scrolls by the keyboard too. */}
      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4" tabIndex={0}>
        {children}
      </div>
      {footer !== undefined && <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">{footer}</footer>}
    </>
  );
}

/** Who opened it has the focus again when it closes: these have no trigger of their own that would get it. */
function useGivesBack(open: boolean): (event: Event) => void {
  const opener = useRef<Element>(null);
  const wasOpen = useRef(false);
  if (open && !wasOpen.current) opener.current = document.activeElement;
  wasOpen.current = open;
  return (event) => {
    if (!(opener.current instanceof HTMLElement) || !opener.current.isConnected || opener.current === document.body) return;
    event.preventDefault();
    opener.current.focus();
  };
}

const LOOKS = "fixed z-50 flex flex-col bg-raised shadow-pop border-line";

/** What both have: the rest of the page behind a veil, the frame, the focus given back. */
function Modal({ className, ...props }: DialogProps & { readonly className: string }) {
  const giveBack = useGivesBack(props.open);
  return (
    <Radix.Root open={props.open} onOpenChange={props.onOpenChange}>
      <Radix.Portal>
        <Overlay />
        <Radix.Content onCloseAutoFocus={giveBack} className={classNames(LOOKS, className)}>
          <Frame {...props} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const CENTRED = "top-1/2 left-1/2 max-h-[88dvh] w-[calc(100vw-1.5rem)] -translate-x-1/2 -translate-y-1/2 rounded-lg border";
export const Dialog = (props: DialogProps) => (
  <Modal {...props} className={classNames(CENTRED, props.wide === true ? "max-w-3xl" : "max-w-lg")} />
);

/** The same from the right edge, for what belongs to a row of a table. */
export const Drawer = (props: DialogProps) => (
  <Modal {...props} className={classNames("inset-y-0 right-0 w-full border-l", props.wide === true ? "max-w-4xl" : "max-w-xl")} />
);

type ConfirmProps = Omit<DialogProps, "footer" | "wide"> & {
  readonly action: string;
  readonly danger?: boolean;
  /** What has to be typed before it can be done. */
  readonly typed?: string;
  /** Resolves when done: the dialog closes then. A rejection leaves it open. */
  onConfirm(): Promise<unknown> | void;
};

/** Asks before something that cannot be undone, or that others feel. */
export function ConfirmDialog({ action, danger = false, typed, onConfirm, children, ...dialog }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const [written, setWritten] = useState("");
  const [failure, setFailure] = useState<string>();
  const confirm = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      await onConfirm();
      dialog.onOpenChange(false);
      setWritten("");
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      {...dialog}
      footer={
        <>
          <Button onClick={() => dialog.onOpenChange(false)}>{text.cancel}</Button>
          <Button
            kind={danger ? "danger" : "primary"}
            busy={busy}
            disabled={typed !== undefined && written !== typed}
            onClick={() => void confirm()}
          >
            {action}
          </Button>
        </>
      }
    >
      {children}
      {typed !== undefined && (
        <InputField
          label={text.typeToConfirm(typed)}
          value={written}
          onChange={(event) => setWritten(event.target.value)}
          autoComplete="off"
          className="mt-3"
        />
      )}
      {failure !== undefined && (
        <p role="alert" className="mt-3 rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
          {failure}
        </p>
      )}
    </Dialog>
  );
}
