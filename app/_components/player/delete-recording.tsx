"use client";

import { Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { deleteRecording } from "@/app/_components/recordings/delete-recording";
import { Button } from "@/app/_components/ui/button";
import { ConfirmDialog } from "@/app/_components/ui/dialog";
import { formatBytes } from "@/app/_components/ui/format";
import { useToasts } from "@/app/_components/ui/toast";
import type { RecordingJson } from "@/lib/recordings/recording-schema";

/** Deletes a recording after asking, and goes back to the list. */
export function DeleteRecording({ recording }: { readonly recording: RecordingJson }) {
  const [asking, setAsking] = useState(false);
  const router = useRouter();
  const toasts = useToasts();
  const remove = async () => {
    await deleteRecording(recording.id);
    toasts.say("The recording was deleted.");
    router.push("/recordings");
    router.refresh();
  };
  return (
    <>
      <Button icon={Trash2} onClick={() => setAsking(true)}>
        Delete
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Delete this recording?"
        description={`${recording.filename}, ${formatBytes(recording.size_bytes)}, is deleted for good.`}
        confirmLabel="Delete recording"
        onConfirm={remove}
      />
    </>
  );
}
