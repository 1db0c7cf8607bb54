"use client";

import { CircleDot, CloudUpload } from "lucide-react";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { isGone, readApi } from "@/app/_components/api-client";
import { usePolling } from "@/app/_components/list/use-polling";
import { RemovalBar } from "@/app/_components/recordings/progress-bar";
import { isLive } from "@/app/_components/recordings/recording-meaning";
import { type RemovalControl, useRemoval } from "@/app/_components/recordings/use-removal";
import { PageFrame } from "@/app/_components/shell/page-frame";
import { ButtonLink } from "@/app/_components/ui/button";
import { formatBytes } from "@/app/_components/ui/format";
import { EmptyState, ErrorState } from "@/app/_components/ui/states";
import { assertNever } from "@/lib/errors/assert-never";
import { type RecordingJson, recordingSchema } from "@/lib/recordings/recording-schema";
import { CopyLink } from "./copy-link";
import { Details, type RecordingRights } from "./details";
import { marksOf } from "./marks";
import { Player } from "./player";
import { hasSound } from "./recording-words";
import { MarkList } from "./timeline-marks";
import { SealAgain } from "./seal-again";

interface RecordingViewProps {
  readonly initial: RecordingJson;
  readonly may: RecordingRights;
  /** Where to start, in seconds; from the address. */
  readonly startAt: number | null;
}

const POLL_MS = 1_000;

/** A recording's page: the player when it is ready, its state in words until then, and its details. */
export function RecordingView({ initial, may, startAt }: RecordingViewProps) {
  const [recording, setRecording] = useState(initial);
  const [gone, setGone] = useState<string | null>(null);
  const removal = usePageRemoval();
  useUpdates(recording, setRecording, setGone);
  const describe = async (description: string) => {
    const init = { method: "PATCH", body: { description } } as const;
    setRecording(await readApi(`/api/recordings/${recording.id}`, recordingSchema, init));
  };
  const title = recording.description || `Recording of ${recording.app_name}`;
  if (gone !== null) {
    return (
      <PageFrame title={title}>
        <ErrorState
          title="This recording is gone"
          action={<ButtonLink href="/recordings">My recordings</ButtonLink>}
        >
          {gone}
        </ErrorState>
      </PageFrame>
    );
  }
  return (
    <PageFrame title={title}>
      <RemovalBar {...removal} />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
        <div className="min-w-0">
          <Screen
            recording={recording}
            startAt={startAt}
            mayRetry={may.delete}
            onRetried={setRecording}
          />
        </div>
        <Details
          recording={recording}
          may={may}
          onDescribe={describe}
          onHeld={(held) => setRecording((before) => ({ ...before, held }))}
          removal={removal}
        />
      </div>
    </PageFrame>
  );
}

/** Deletes as lists do, and goes to the list when it is done. */
function usePageRemoval(): RemovalControl {
  const router = useRouter();
  return useRemoval({
    place: "page",
    onDeleted: () => {
      router.push("/recordings");
      router.refresh();
    },
  });
}

interface ScreenProps extends NotReadyProps {
  readonly startAt: number | null;
}

/** The player, or why there is none. */
function Screen({ recording, startAt, mayRetry, onRetried }: ScreenProps) {
  const video = useRef<HTMLVideoElement>(null);
  const marks = marksOf(recording);
  const seconds = recording.duration_seconds ?? 0;
  if (recording.status !== "ready") {
    return (
      <div className="rounded-md border border-line bg-surface">
        <NotReady recording={recording} mayRetry={mayRetry} onRetried={onRetried} />
      </div>
    );
  }
  return (
    <>
      <Player
        video={video}
        src={`/api/recordings/${recording.id}/download`}
        poster={recording.has_poster ? `/api/recordings/${recording.id}/poster` : null}
        shape={shapeOf(recording)}
        hasSound={hasSound(recording)}
        startAt={startAt}
        label={`Recording of ${recording.app_name} by ${recording.username}`}
        {...(seconds > 0 && { marks: { marks, seconds } })}
      />
      <div className="mt-2 flex flex-wrap items-start justify-between gap-2">
        <MarkList marks={marks} video={video} />
        <CopyLink video={video} />
      </div>
    </>
  );
}

function shapeOf({ width, height }: RecordingJson): number | null {
  return width === null || height === null || height === 0 ? null : width / height;
}

/** What may be gone when it is tried again: the bytes are kept. */
const MENDABLE: ReadonlySet<RecordingJson["fail_reason"]> = new Set([
  "seal_failed",
  "storage_lost",
]);

interface NotReadyProps {
  readonly recording: RecordingJson;
  readonly mayRetry: boolean;
  readonly onRetried: (recording: RecordingJson) => void;
}

function NotReady({ recording, mayRetry, onRetried }: NotReadyProps) {
  switch (recording.status) {
    case "recording":
      return (
        <EmptyState icon={CircleDot} title="Recording now">
          {formatBytes(recording.upload_offset)} are safe on the server. It can be played here as
          soon as it is stopped.
        </EmptyState>
      );
    case "uploading":
      return (
        <EmptyState icon={CloudUpload} title="Uploading">
          {formatBytes(recording.upload_offset)} are safe on the server. The player appears here as
          soon as the rest has arrived.
        </EmptyState>
      );
    case "failed":
      return (
        <ErrorState
          title="This recording failed"
          action={
            mayRetry && MENDABLE.has(recording.fail_reason) ? (
              <SealAgain recordingId={recording.id} onSealed={onRetried} />
            ) : null
          }
        >
          {recording.fail_message ?? "Ask an administrator to look at the server's log."}
        </ErrorState>
      );
    case "ready":
      return null;
    default:
      return assertNever(recording.status);
  }
}

/** Asks once a second for a recording that is still on its way, while somebody looks. */
function useUpdates(
  recording: RecordingJson,
  onUpdate: (recording: RecordingJson) => void,
  onGone: (sentence: string) => void,
): void {
  usePolling(
    async (signal) => {
      try {
        onUpdate(await readApi(`/api/recordings/${recording.id}`, recordingSchema, { signal }));
      } catch (error) {
        // Out of reach for a moment: the next second asks again.
        if (isGone(error)) onGone(error.message);
      }
    },
    isLive(recording) ? POLL_MS : null,
  );
}
