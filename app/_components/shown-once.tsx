"use client";

import { Check, Copy } from "lucide-react";
import { Button } from "./ui/button";
import { Dialog, DialogActions } from "./ui/dialog";
import { useCopy } from "./ui/use-copy";
import { useLasting } from "./ui/use-lasting";

/** A secret that nobody can look up again. */
export interface Secret {
  readonly title: string;
  /** What to do with it. */
  readonly description: string;
  readonly value: string;
  readonly copyLabel: string;
}

interface ShownOnceProps {
  readonly secret: Secret | null;
  readonly onClose: () => void;
}

/** Shows a secret once, to be copied. */
export function ShownOnce({ secret, onClose }: ShownOnceProps) {
  const { copied, copy, spoken } = useCopy({ inFull: true });
  const shown = useLasting(secret);
  return (
    <Dialog
      open={secret !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={shown?.title ?? ""}
      description={shown?.description}
    >
      <code className="block rounded-md border border-line bg-page px-3 py-2 font-mono text-base wrap-anywhere select-all">
        {shown?.value}
      </code>
      <DialogActions>
        <Button icon={copied ? Check : Copy} onClick={() => copy(shown?.value ?? "")}>
          {shown?.copyLabel}
        </Button>
        {spoken}
        <Button look="solid" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
