"use client";

import { Download, Info } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { ownedOf, useActor } from "@/app/_components/actor";
import { DescriptionEditor } from "@/app/_components/description-editor";
import { HoldControls } from "@/app/_components/holds/hold-controls";
import { recordingFlags } from "@/app/_components/recordings/recording-meaning";
import type { RemovalControl } from "@/app/_components/recordings/use-removal";
import { buttonClasses } from "@/app/_components/ui/button";
import { ByteSize } from "@/app/_components/ui/byte-size";
import { CopyId } from "@/app/_components/ui/copy-id";
import { StatusBadge } from "@/app/_components/ui/status-badge";
import { Duration, Unknown } from "@/app/_components/ui/time";
import { DEFAULT_CLUSTER } from "@/lib/auth/cluster-name";
import type { RecordingJson } from "@/lib/recordings/recording-schema";
import { maySession } from "@/lib/sessions/session-policy";
import { DeleteRecording } from "./delete-recording";
import { ExactTime } from "./exact-time";
import { BACKEND_NAMES, codecInWords } from "./recording-words";
import { Viewings } from "./viewings";

interface DetailsProps {
  readonly recording: RecordingJson;
  readonly may: RecordingRights;
  readonly onDescribe: (description: string) => Promise<void>;
  readonly onHeld: (held: boolean) => void;
  readonly removal: RemovalControl;
}

export interface RecordingRights {
  readonly describe: boolean;
  readonly download: boolean;
  readonly delete: boolean;
  readonly hold: boolean;
  /** All that its user records, in every cluster. */
  readonly holdUser: boolean;
  /** Who watched it. */
  readonly seeViewings: boolean;
}

/** Everything that is known of a recording, and what can be done with it. */
export function Details({ recording, may, onDescribe, onHeld, removal }: DetailsProps) {
  const flags = recordingFlags(recording);
  return (
    <section aria-label="Details" className="flex min-w-0 flex-col gap-4">
      {may.describe ? (
        <DescriptionEditor description={recording.description} onSave={onDescribe} />
      ) : (
        recording.description !== "" && <p>{recording.description}</p>
      )}
      {flags.length > 0 && (
        <ul className="flex flex-col gap-1">
          {flags.map((flag) => (
            <li key={flag.word} className="flex gap-2 text-pretty">
              <Info aria-hidden className="mt-0.5 size-4 shrink-0 text-uploading" />
              {flag.sentence}
            </li>
          ))}
        </ul>
      )}
      <Facts recording={recording} />
      <div className="flex flex-wrap gap-2">
        {may.download && recording.status === "ready" && (
          <a
            href={`/api/recordings/${recording.id}/download?download=1`}
            download={recording.filename}
            className={buttonClasses("outline")}
          >
            <Download aria-hidden className="size-4" />
            Download
          </a>
        )}
        {may.delete && !recording.held && (
          <DeleteRecording recording={recording} removal={removal} />
        )}
        {may.hold && (
          <HoldControls recording={recording} mayHoldUser={may.holdUser} onChange={onHeld} />
        )}
      </div>
      {may.seeViewings && <Viewings recordingId={recording.id} />}
    </section>
  );
}

function Facts({ recording }: { readonly recording: RecordingJson }) {
  const mayOpenSession = maySession(useActor(), "use", ownedOf(recording));
  const { width, height, codec, duration_seconds: seconds } = recording;
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
      <Fact name="State">
        <StatusBadge status={recording.status} />
      </Fact>
      <Fact name="Recorded by">{recording.username}</Fact>
      <Fact name="App">{recording.app_name}</Fact>
      <Fact name="Session">
        {mayOpenSession ? (
          <Link
            href={`/sessions/${recording.session_id}`}
            className="font-mono text-sm text-accent underline underline-offset-2"
          >
            {recording.session_id.slice(0, 8)}
          </Link>
        ) : (
          <CopyId id={recording.session_id} of="session" />
        )}
      </Fact>
      {recording.cluster !== DEFAULT_CLUSTER && <Fact name="Cluster">{recording.cluster}</Fact>}
      <Fact name="When">
        <ExactTime at={recording.created_at} />
      </Fact>
      <Fact name="Duration">
        <Duration ms={seconds === null ? null : seconds * 1000} />
      </Fact>
      <Fact name="Size">
        <ByteSize bytes={recording.size_bytes} />
      </Fact>
      <Fact name="Picture">
        {width === null || height === null ? <Unknown /> : `${width} × ${height}`}
      </Fact>
      <Fact name="Codec">{codec === null ? <Unknown /> : codecInWords(codec)}</Fact>
      <Fact name="Kept on">{BACKEND_NAMES[recording.storage_backend]}</Fact>
      <Fact name="Recording">
        <CopyId id={recording.id} of="recording" />
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-subtle">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
