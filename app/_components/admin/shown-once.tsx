"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "../ui/button";
import { Dialog, DialogActions } from "../ui/dialog";
import { useCopy } from "../ui/use-copy";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

interface ShownOnceProps {
  readonly credentials: Credentials | null;
  readonly onClose: () => void;
}

/** A password that nobody can look up again. */
export function ShownOnce({ credentials, onClose }: ShownOnceProps) {
  const { copied, copy, spoken } = useCopy({ inFull: true });
  // The words stay while the dialog leaves.
  const [shown, setShown] = useState(credentials);
  if (credentials !== null && credentials !== shown) setShown(credentials);
  return (
    <Dialog
      open={credentials !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Password of ${shown?.username ?? ""}`}
      description="It is shown only now. Hand it over; it can be changed under Account after signing in."
    >
      <code className="block rounded-md border border-line bg-page px-3 py-2 font-mono text-base wrap-anywhere select-all">
        {shown?.password}
      </code>
      <DialogActions>
        <Button icon={copied ? Check : Copy} onClick={() => copy(shown?.password ?? "")}>
          Copy password
        </Button>
        {spoken}
        <Button look="solid" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
