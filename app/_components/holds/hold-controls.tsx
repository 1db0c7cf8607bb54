"use client";

import { Lock } from "lucide-react";
import { useState } from "react";
import type { HoldJson, HoldTarget } from "@/lib/holds/hold-schema";
import type { RecordingJson } from "@/lib/recordings/recording-schema";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { Select } from "../ui/select";
import { placeHold } from "./hold-requests";
import { HoldRows } from "./hold-rows";
import { LiftHold } from "./lift-hold";
import { ReasonForm } from "./reason-form";
import { useHolds } from "./use-holds";

interface HoldControlsProps {
  readonly recording: RecordingJson;
  /** A hold on all that a user records reaches into every cluster. */
  readonly mayHoldUser: boolean;
  /** Whether something holds it has changed. */
  readonly onChange: (held: boolean) => void;
}

const WHAT: Readonly<Record<HoldTarget, string>> = {
  recording: "this recording",
  session: "its session",
  user: "all that its user records",
};

/** The legal holds that keep a recording, for those who may place and lift them. */
export function HoldControls({ recording, mayHoldUser, onChange }: HoldControlsProps) {
  const { loaded, read } = useHolds({ type: "recording", id: recording.id });
  const [placing, setPlacing] = useState(false);
  const [lifting, setLifting] = useState<HoldJson | null>(null);
  const update = async () => onChange((await read()).length > 0);
  return (
    <>
      {loaded.kind === "failed" && (
        <p role="alert" className="text-failed">
          {loaded.sentence}
        </p>
      )}
      {loaded.kind === "ready" && loaded.holds.length > 0 && (
        <HoldRows holds={loaded.holds} what={WHAT} onLift={setLifting} />
      )}
      <Button icon={Lock} onClick={() => setPlacing(true)}>
        Place hold…
      </Button>
      <Dialog
        open={placing}
        onOpenChange={setPlacing}
        title="Place a legal hold"
        description="Nobody can delete what is held, and no retention does, until the hold is lifted."
      >
        <PlaceHoldForm
          recording={recording}
          mayHoldUser={mayHoldUser}
          onPlaced={async () => {
            setPlacing(false);
            await update();
          }}
        />
      </Dialog>
      <LiftHold hold={lifting} onClose={() => setLifting(null)} onLifted={update} />
    </>
  );
}

interface PlaceHoldFormProps extends Pick<HoldControlsProps, "recording" | "mayHoldUser"> {
  readonly onPlaced: () => Promise<void>;
}

function PlaceHoldForm({ recording, mayHoldUser, onPlaced }: PlaceHoldFormProps) {
  const [type, setType] = useState<HoldTarget>("recording");
  const ids = { recording: recording.id, session: recording.session_id, user: recording.user_id };
  const options = [
    { value: "recording", label: "This recording" },
    { value: "session", label: "All recordings of its session" },
    ...(mayHoldUser
      ? [{ value: "user", label: `All that ${recording.username} records` } as const]
      : []),
  ] as const;
  return (
    <ReasonForm
      submitLabel="Place hold"
      onSubmit={async (reason) => {
        await placeHold({ type, id: ids[type] }, reason);
        await onPlaced();
      }}
    >
      <Field label="What to hold">
        <Select options={options} value={type} onChange={setType} />
      </Field>
    </ReasonForm>
  );
}
