"use client";

import type { HoldJson } from "@/lib/holds/hold-schema";
import { Dialog } from "../ui/dialog";
import { useLasting } from "../ui/use-lasting";
import { liftHold } from "./hold-requests";
import { ReasonForm } from "./reason-form";

interface LiftHoldProps {
  /** What is to be lifted; null while nothing is. */
  readonly hold: HoldJson | null;
  readonly onClose: () => void;
  readonly onLifted: (hold: HoldJson) => Promise<void> | void;
}

/** Asks why, and lifts a legal hold. */
export function LiftHold({ hold, onClose, onLifted }: LiftHoldProps) {
  const shown = useLasting(hold);
  return (
    <Dialog
      open={hold !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="Lift this legal hold?"
      description="What no other hold keeps can be deleted again, and the next sweep deletes what is past its time."
    >
      {shown !== null && (
        <ReasonForm
          key={shown.id}
          submitLabel="Lift hold"
          onSubmit={async (reason) => {
            await liftHold(shown.id, reason);
            onClose();
            await onLifted(shown);
          }}
        />
      )}
    </Dialog>
  );
}
