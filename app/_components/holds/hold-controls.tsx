"use client";

import { Lock, LockOpen } from "lucide-react";
import { type SubmitEvent, useEffect, useState } from "react";
import { z } from "zod";
import { type HoldJson, holdSchema, type HoldTarget } from "@/lib/holds/hold-schema";
import type { RecordingJson } from "@/lib/recordings/recording-schema";
import { callApi, problemSentence, readApi } from "../api-client";
import { Button } from "../ui/button";
import { ConfirmDialog, Dialog, DialogActions } from "../ui/dialog";
import { Field, Textarea } from "../ui/field";
import { Select } from "../ui/select";
import { RelativeTime } from "../ui/time";

interface HoldControlsProps {
  readonly recording: RecordingJson;
  /** A hold on all that a user records reaches into every cluster. */
  readonly mayHoldUser: boolean;
  /** Whether something holds it has changed. */
  readonly onChange: (held: boolean) => void;
}

/** The legal holds that keep a recording, for those who may place and lift them. */
export function HoldControls({ recording, mayHoldUser, onChange }: HoldControlsProps) {
  const [holds, setHolds] = useState<readonly HoldJson[]>([]);
  const [placing, setPlacing] = useState(false);
  const [lifting, setLifting] = useState<HoldJson | null>(null);
  const path = `/api/admin/holds?recording_id=${recording.id}`;
  const update = async () => {
    const found = await readApi(path, z.array(holdSchema));
    setHolds(found);
    onChange(found.length > 0);
  };
  useEffect(() => {
    const leaving = new AbortController();
    readApi(path, z.array(holdSchema), { signal: leaving.signal })
      .then(setHolds)
      .catch(() => undefined);
    return () => leaving.abort();
  }, [path]);
  const lift = async () => {
    try {
      await callApi(`/api/admin/holds/${lifting?.id}/lift`, { method: "POST" });
      await update();
    } catch (error) {
      throw new Error(problemSentence(error), { cause: error });
    }
  };
  return (
    <>
      {holds.length > 0 && (
        <ul aria-label="Legal holds" className="flex w-full flex-col gap-2">
          {holds.map((hold) => (
            <li key={hold.id} className="flex items-start gap-2">
              <span className="min-w-0 flex-1 text-pretty">
                On {WHAT[hold.target_type]}: “{hold.reason}”, placed by {hold.placed_by}{" "}
                <RelativeTime at={hold.placed_at} />.
              </span>
              <Button icon={LockOpen} onClick={() => setLifting(hold)}>
                Lift…
              </Button>
            </li>
          ))}
        </ul>
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
      <ConfirmDialog
        open={lifting !== null}
        onOpenChange={(open) => {
          if (!open) setLifting(null);
        }}
        title="Lift this legal hold?"
        description="What no other hold keeps can be deleted again, and the next sweep deletes what is past its time."
        confirmLabel="Lift hold"
        onConfirm={lift}
      />
    </>
  );
}

const WHAT: Readonly<Record<HoldTarget, string>> = {
  recording: "this recording",
  session: "its session",
  user: "all that its user records",
};

interface PlaceHoldFormProps extends Pick<HoldControlsProps, "recording" | "mayHoldUser"> {
  readonly onPlaced: () => Promise<void>;
}

function PlaceHoldForm({ recording, mayHoldUser, onPlaced }: PlaceHoldFormProps) {
  const [type, setType] = useState<HoldTarget>("recording");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const ids = { recording: recording.id, session: recording.session_id, user: recording.user_id };
  const options = [
    { value: "recording", label: "This recording" },
    { value: "session", label: "All recordings of its session" },
    ...(mayHoldUser
      ? [{ value: "user", label: `All that ${recording.username} records` } as const]
      : []),
  ] as const;
  const place = async (reason: string) => {
    if (reason.trim() === "") {
      setProblem("Say why: whoever wants to lift the hold has to know.");
      return;
    }
    setBusy(true);
    try {
      const body = { target_type: type, target_id: ids[type], reason };
      await readApi("/api/admin/holds", holdSchema, { method: "POST", body });
      await onPlaced();
    } catch (error) {
      setProblem(problemSentence(error));
      setBusy(false);
    }
  };
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
        event.preventDefault();
        const reason = new FormData(event.currentTarget).get("reason");
        void place(typeof reason === "string" ? reason : "");
      }}
    >
      <Field label="What to hold">
        <Select options={options} value={type} onChange={setType} />
      </Field>
      <Field label="Reason" error={problem}>
        <Textarea name="reason" maxLength={500} />
      </Field>
      <DialogActions>
        <Button type="submit" look="solid" busy={busy}>
          Place hold
        </Button>
      </DialogActions>
    </form>
  );
}
