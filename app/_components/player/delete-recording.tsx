"use client";

import { Trash2 } from "lucide-react";
import { useState } from "react";
import { RemoveRecordings } from "@/app/_components/recordings/remove-recordings";
import type { RemovalControl } from "@/app/_components/recordings/use-removal";
import { Button } from "@/app/_components/ui/button";
import type { RecordingJson } from "@/lib/recordings/recording-schema";

interface DeleteRecordingProps {
  readonly recording: RecordingJson;
  readonly removal: RemovalControl;
}

/** Deletes a recording after asking. */
export function DeleteRecording({ recording, removal }: DeleteRecordingProps) {
  const [asking, setAsking] = useState(false);
  const busy = removal.removal !== null;
  return (
    <>
      <Button icon={Trash2} busy={busy} onClick={() => setAsking(true)}>
        Delete
      </Button>
      <RemoveRecordings
        recordings={asking ? [recording] : []}
        busy={busy}
        onClose={() => setAsking(false)}
        onRemove={removal.begin}
      />
    </>
  );
}
