"use client";

import {
  CircleCheck,
  Download,
  LoaderCircle,
  RotateCw,
  Trash2,
  TriangleAlert,
  X,
} from "lucide-react";
import { useEffect, useState } from "react";
import { Button, ButtonLink, IconButton } from "@/app/_components/ui/button";
import { classes } from "@/app/_components/ui/classes";
import { ConfirmDialog } from "@/app/_components/ui/dialog";
import { formatBytes } from "@/app/_components/ui/format";
import type { Recovery, RecoveryOptions, Unfinished } from "@/lib/recorder/recovery";
import { useRecovery } from "@/lib/recorder/use-recovery";
import { recoveryAnnouncement, recoveryInWords } from "./recovery-words";
import { saveFile } from "./save-file";

interface RecoveryStripProps extends RecoveryOptions {
  /** Pages of the shell have the rail at their start, or a bar at the bottom. */
  readonly beside?: "rail" | "nothing";
  /** A recording that failed on this very page, whose rest can be sent like that of any other. */
  readonly failedHere?: FailedHere | null;
}

interface FailedHere {
  readonly recordingId: string;
  /** It did not fail after all. */
  readonly onSaved: () => void;
}

/** Finishes recordings that an earlier page left in this browser, and says so in a corner of the page. */
export function RecoveryStrip(props: RecoveryStripProps) {
  const { userId, limitBytes, beside = "rail", failedHere = null } = props;
  const options = { userId, limitBytes };
  const { recovery, unfinished } = useRecovery(options, failedHere?.recordingId ?? null);
  const isSavedHere = unfinished.some(
    ({ recordingId, state }) => recordingId === failedHere?.recordingId && state.phase === "saved",
  );
  const onSaved = failedHere?.onSaved;
  useEffect(() => {
    if (isSavedHere) onSaved?.();
  }, [isSavedHere, onSaved]);
  return (
    <>
      <p role="status" className="sr-only">
        {unfinished.map((one) => recoveryAnnouncement(one)).join(" ")}
      </p>
      {unfinished.length > 0 && (
        <section
          aria-label="Unfinished recordings"
          className={classes(
            "fixed inset-x-3 z-30 flex max-h-[60dvh] flex-col gap-2 overflow-y-auto p-1 sm:end-auto sm:bottom-4 sm:w-96",
            beside === "rail"
              ? "bottom-[calc(var(--bar)+1rem)] sm:start-[calc(var(--rail)+1rem)]"
              : "bottom-4 sm:start-4",
          )}
        >
          {unfinished.map((one) => (
            <Card
              key={one.recordingId}
              unfinished={one}
              recovery={recovery}
              leaves={beside === "rail"}
            />
          ))}
        </section>
      )}
    </>
  );
}

interface CardProps {
  readonly unfinished: Unfinished;
  readonly recovery: Recovery;
  /** Watching may take the place of this page. */
  readonly leaves: boolean;
}

function Card(props: CardProps) {
  const { unfinished, recovery } = props;
  const { title, text } = recoveryInWords(unfinished);
  const { recordingId, state } = unfinished;
  return (
    <article aria-label={title} className="shrink-0 rounded-md bg-raised p-3 text-ink shadow-popup">
      <div className="flex gap-2">
        <StateIcon phase={state.phase} />
        <div className="min-w-0 flex-1">
          <p className="font-medium">{title}</p>
          <p className="mt-0.5 text-pretty text-ink-muted empty:hidden">{text}</p>
        </div>
        <div className="-me-1.5 -mt-1.5">
          <IconButton icon={X} label="Hide this" onClick={() => recovery.hide(recordingId)} />
        </div>
      </div>
      <Progress state={state} />
      <Actions {...props} />
    </article>
  );
}

function StateIcon({ phase }: { readonly phase: Unfinished["state"]["phase"] }) {
  switch (phase) {
    case "sending":
      return <LoaderCircle aria-hidden className="mt-0.5 size-4 animate-spin text-uploading" />;
    case "saved":
      return <CircleCheck aria-hidden className="mt-0.5 size-4 text-ready" />;
    case "gone":
    case "failed":
      return <TriangleAlert aria-hidden className="mt-0.5 size-4 text-failed" />;
  }
}

function Progress({ state }: Pick<Unfinished, "state">) {
  if (state.phase !== "sending" || state.progress === null) return null;
  const { safeBytes, totalBytes } = state.progress;
  return (
    <div
      role="progressbar"
      aria-label="Safe on the server"
      aria-valuemin={0}
      aria-valuemax={totalBytes}
      aria-valuenow={safeBytes}
      aria-valuetext={`${formatBytes(safeBytes)} of ${formatBytes(totalBytes)}`}
      className="mt-2 h-0.5 overflow-hidden bg-line"
    >
      <div
        className="h-full bg-uploading transition-[width]"
        style={{ width: `${(safeBytes / totalBytes) * 100}%` }}
      />
    </div>
  );
}

function Actions({ unfinished, recovery, leaves }: CardProps) {
  const { recordingId, state } = unfinished;
  if (state.phase === "sending") return null;
  if (state.phase === "saved") {
    return (
      <div className="mt-2 flex justify-end">
        <ButtonLink
          href={`/recordings/${recordingId}`}
          onClick={() => recovery.hide(recordingId)}
          {...(leaves ? {} : { target: "_blank", rel: "noopener" })}
        >
          Watch it{!leaves && <span className="sr-only"> (opens in a new tab)</span>}
        </ButtonLink>
      </div>
    );
  }
  return (
    <div className="mt-2 flex flex-wrap justify-end gap-2">
      <Discard unfinished={unfinished} recovery={recovery} />
      {(state.phase === "failed" || state.isOurs) && (
        <DownloadKept unfinished={unfinished} recovery={recovery} />
      )}
      {state.phase === "failed" && (
        <Button look="solid" icon={RotateCw} onClick={() => recovery.retry(recordingId)}>
          Try again
        </Button>
      )}
    </div>
  );
}

type Kept = Pick<CardProps, "unfinished" | "recovery">;

function DownloadKept({ unfinished, recovery }: Kept) {
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    const kept = await recovery.kept(unfinished.recordingId).catch(() => null);
    setBusy(false);
    if (kept === null) recovery.retry(unfinished.recordingId);
    else saveFile(kept.stream, kept.filename);
  };
  return (
    <Button icon={Download} busy={busy} onClick={() => void download()}>
      Download
    </Button>
  );
}

function Discard({ unfinished, recovery }: Kept) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button icon={Trash2} look="quiet" onClick={() => setAsking(true)}>
        Discard
      </Button>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title="Discard what this browser keeps?"
        description={`${formatBytes(unfinished.keptBytes)} of the recording are deleted from this computer, for good. What is on the server stays there.`}
        confirmLabel="Discard"
        onConfirm={() => recovery.discard(unfinished.recordingId)}
      />
    </>
  );
}
