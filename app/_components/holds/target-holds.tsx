"use client";

import { useState } from "react";
import type { HoldJson, HoldTarget } from "@/lib/holds/hold-schema";
import { Dialog } from "../ui/dialog";
import { Skeleton } from "../ui/skeleton";
import { useToasts } from "../ui/toast";
import { useLasting } from "../ui/use-lasting";
import { type Holdable, placeHold } from "./hold-requests";
import { HoldRows } from "./hold-rows";
import { LiftHold } from "./lift-hold";
import { ReasonForm } from "./reason-form";
import { useHolds } from "./use-holds";

/** A session or a user, as people call it. */
export interface NamedHoldable extends Holdable {
  readonly type: "session" | "user";
  readonly name: string;
}

interface TargetHoldsProps {
  /** Whose holds are asked for; null while nobody asks. */
  readonly target: NamedHoldable | null;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

const WHAT: Readonly<Record<HoldTarget, string>> = {
  recording: "one recording",
  session: "the session",
  user: "the user",
};

const COVERS: Readonly<Record<NamedHoldable["type"], string>> = {
  session: "A hold covers every recording of the session, also those made later.",
  user: "A hold covers all that the user has recorded and will record.",
};

/** The legal holds on a session or a user: placed and lifted here. */
export function TargetHolds({ target, onClose, onChanged }: TargetHoldsProps) {
  const shown = useLasting(target);
  return (
    <Dialog
      open={target !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Legal holds on ${shown?.name ?? ""}`}
      description={
        shown === null
          ? ""
          : `${COVERS[shown.type]} Nobody can delete those, and no retention does, until it is lifted.`
      }
    >
      {shown !== null && (
        <HoldsOf key={shown.id} target={shown} onClose={onClose} onChanged={onChanged} />
      )}
    </Dialog>
  );
}

interface HoldsOfProps extends Pick<TargetHoldsProps, "onClose" | "onChanged"> {
  readonly target: NamedHoldable;
}

function HoldsOf({ target, onClose, onChanged }: HoldsOfProps) {
  const toasts = useToasts();
  const { loaded, read } = useHolds(target);
  const [lifting, setLifting] = useState<HoldJson | null>(null);
  if (loaded.kind === "loading") return <Skeleton width="100%" />;
  if (loaded.kind === "failed") {
    return (
      <p role="alert" className="text-failed">
        {loaded.sentence}
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      {loaded.holds.length > 0 && <HoldRows holds={loaded.holds} what={WHAT} onLift={setLifting} />}
      <ReasonForm
        submitLabel={loaded.holds.length === 0 ? "Place hold" : "Place another hold"}
        onSubmit={async (reason) => {
          await placeHold(target, reason);
          onClose();
          onChanged();
          toasts.say(`${target.name} is on hold.`);
        }}
      />
      <LiftHold
        hold={lifting}
        onClose={() => setLifting(null)}
        onLifted={async () => {
          onChanged();
          await read();
        }}
      />
    </div>
  );
}
