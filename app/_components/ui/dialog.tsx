"use client";

import { AlertDialog as BaseAlertDialog } from "@base-ui/react/alert-dialog";
import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { Button, buttonClasses } from "./button";
import { InDialog } from "./popup-container";

const backdropClasses =
  "fixed inset-0 z-40 bg-scrim transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0";
const popupClasses =
  "fixed inset-x-4 z-40 mx-auto overflow-y-auto rounded-md bg-raised p-4 text-ink shadow-popup outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0";

const SIZES = {
  form: "top-[12dvh] max-h-[80dvh] max-w-md",
  wide: "top-[4dvh] max-h-[92dvh] max-w-4xl",
} as const;

interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description?: ReactNode;
  /** `wide` is for something to look at. */
  readonly size?: keyof typeof SIZES;
  readonly children: ReactNode;
}

const FIELDS = "[role=combobox], input:not([aria-hidden]), textarea";

/** A question or a small form over the page: the keyboard begins in its first field. Escape and a click beside it close it. */
export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, description, size = "form", children } = props;
  const popup = useRef<HTMLDivElement>(null);
  return (
    <BaseDialog.Root open={open} onOpenChange={onOpenChange}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={backdropClasses} />
        <BaseDialog.Popup
          ref={popup}
          initialFocus={(openedBy) =>
            // A finger would open the telephone's keyboard over the question.
            openedBy === "touch" || (popup.current?.querySelector<HTMLElement>(FIELDS) ?? true)
          }
          className={`${popupClasses} ${SIZES[size]}`}
        >
          <div className="mb-3 flex items-start gap-2">
            <div className="min-w-0 flex-1 pt-1">
              <BaseDialog.Title className="text-base font-semibold">{title}</BaseDialog.Title>
              {description !== undefined && (
                <BaseDialog.Description className="mt-1 text-base text-ink-muted">
                  {description}
                </BaseDialog.Description>
              )}
            </div>
            <BaseDialog.Close aria-label="Close" className={buttonClasses("quiet", "square")}>
              <X aria-hidden className="size-4" />
            </BaseDialog.Close>
          </div>
          <InDialog value={true}>{children}</InDialog>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

/** The row of buttons at the end of a dialog. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className="mt-4 flex flex-wrap justify-end gap-2">{children}</div>;
}

interface ConfirmDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  /** The question, such as "Delete this recording?". */
  readonly title: string;
  /** What goes, what stays and whether it can be taken back. */
  readonly description: ReactNode;
  /** The action in words, such as "Delete recording". */
  readonly confirmLabel: string;
  /** Closes the dialog when it resolves; when it rejects, the error's sentence is shown in place. */
  readonly onConfirm: () => Promise<void>;
  /** Shown under the description, such as how far it is. */
  readonly children?: ReactNode;
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, title, description, confirmLabel, onConfirm, children } = props;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const change = (next: boolean) => {
    setProblem(null);
    onOpenChange(next);
  };
  const confirm = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await onConfirm();
      onOpenChange(false);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : "That did not work. Try again.");
    } finally {
      setBusy(false);
    }
  };
  return (
    <BaseAlertDialog.Root open={open} onOpenChange={change}>
      <BaseAlertDialog.Portal>
        <BaseAlertDialog.Backdrop className={backdropClasses} />
        <BaseAlertDialog.Popup className={`${popupClasses} ${SIZES.form}`}>
          <BaseAlertDialog.Title className="text-base font-semibold">{title}</BaseAlertDialog.Title>
          <BaseAlertDialog.Description className="mt-1 text-base text-ink-muted" render={<div />}>
            {description}
          </BaseAlertDialog.Description>
          {children}
          <p role="alert" className="mt-2 text-base text-failed empty:hidden">
            {problem}
          </p>
          <DialogActions>
            <BaseAlertDialog.Close className={buttonClasses("outline")}>
              Cancel
            </BaseAlertDialog.Close>
            <Button look="strong" busy={busy} onClick={() => void confirm()}>
              {confirmLabel}
            </Button>
          </DialogActions>
        </BaseAlertDialog.Popup>
      </BaseAlertDialog.Portal>
    </BaseAlertDialog.Root>
  );
}
