"use client";

import { CircleSlash, LoaderCircle, PlugZap, RotateCw, TriangleAlert } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { problemSentence } from "@/app/_components/api-client";
import { Button, ButtonLink } from "@/app/_components/ui/button";
import { classes } from "@/app/_components/ui/classes";
import { assertNever } from "@/lib/errors/assert-never";
import type { Connection } from "./connection";
import type { SessionNoun } from "./session-noun";

interface OverlayProps {
  readonly connection: Connection;
  readonly appName: string;
  readonly noun: SessionNoun;
  /** What becomes of the recording meanwhile, in a sentence; null where there is none. */
  readonly recordingNote: string | null;
  readonly recordingEnabled: boolean;
  readonly onRetry: () => void;
  readonly onStartAgain: () => Promise<void>;
}

/** Over the session, whenever there is none to use: what happens, in words, and what can be done. */
export function Overlay(props: OverlayProps) {
  const { connection, appName, noun, recordingNote: note, onRetry } = props;
  switch (connection.phase) {
    case "connected":
      return null;
    case "preparing":
      return (
        <Card icon={LoaderCircle} moves title={`Starting ${appName}`} dims={false} note={note}>
          The {noun} appears here as soon as it answers. <Patience />
        </Card>
      );
    case "connecting":
      return (
        <Card
          icon={LoaderCircle}
          moves
          title={`Connecting to ${appName}`}
          dims={connection.attempt > 0}
          note={note}
        >
          {connection.attempt === 0
            ? `The ${noun} runs; its picture is on the way.`
            : "The picture is the last one seen."}
        </Card>
      );
    case "lost":
      return (
        <Card
          icon={PlugZap}
          title="Connection lost"
          note={note}
          actions={
            <Button look="solid" icon={RotateCw} onClick={onRetry}>
              Try now
            </Button>
          }
        >
          The session goes on; the picture is the last one seen. Trying again{" "}
          <Countdown until={connection.retryAt} />.
        </Card>
      );
    case "ended":
      return <EndedCard {...props} message={connection.message} />;
    case "failed":
      return (
        <Card
          icon={TriangleAlert}
          title={`The ${noun} cannot be shown`}
          note={note}
          actions={
            <>
              <Button look="solid" icon={RotateCw} onClick={onRetry}>
                Try again
              </Button>
              <ButtonLink href="/sessions">My sessions</ButtonLink>
            </>
          }
        >
          {connection.message}
        </Card>
      );
    default:
      return assertNever(connection);
  }
}

function EndedCard(props: OverlayProps & { readonly message: string }) {
  const { message, recordingNote, recordingEnabled, onStartAgain } = props;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const startAgain = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await onStartAgain();
    } catch (error) {
      setProblem(problemSentence(error));
      setBusy(false);
    }
  };
  return (
    <Card
      icon={CircleSlash}
      title="Session ended"
      note={recordingNote}
      actions={
        <>
          <Button look="solid" busy={busy} onClick={() => void startAgain()}>
            Start again
          </Button>
          {recordingEnabled ? (
            <ButtonLink href="/recordings">My recordings</ButtonLink>
          ) : (
            <ButtonLink href="/sessions">My sessions</ButtonLink>
          )}
        </>
      }
    >
      {message}
      {problem !== null && (
        <span role="alert" className="mt-2 block text-failed">
          {problem}
        </span>
      )}
    </Card>
  );
}

interface CardProps {
  readonly icon: LucideIcon;
  readonly moves?: boolean;
  /** There is a picture below that is not the present one. */
  readonly dims?: boolean;
  readonly title: string;
  readonly children: ReactNode;
  /** What becomes of the recording; under what the card says itself. */
  readonly note?: string | null;
  readonly actions?: ReactNode;
}

function Card(props: CardProps) {
  const { icon: Icon, moves = false, dims = true, title, children, note = null, actions } = props;
  return (
    <div
      className={classes(
        "absolute inset-0 z-10 grid place-items-center overflow-y-auto p-4",
        dims && "bg-scrim",
      )}
    >
      <div className="w-full max-w-sm rounded-md bg-raised p-5 text-center shadow-popup">
        <Icon
          aria-hidden
          strokeWidth={1.5}
          className={classes("mx-auto mb-3 size-6 text-ink-subtle", moves && "animate-spin")}
        />
        <h1 className="text-lg font-semibold text-ink">{title}</h1>
        <p className="mt-1 text-pretty text-ink-muted">{children}</p>
        {note !== null && <p className="mt-2 text-pretty text-ink-muted">{note}</p>}
        {actions !== undefined && (
          <div className="mt-4 flex flex-wrap justify-center gap-2">{actions}</div>
        )}
      </div>
    </div>
  );
}

const USUAL_START_MS = 15_000;

/** What to expect; after a while, that it takes longer. */
function Patience() {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), USUAL_START_MS);
    return () => clearTimeout(timer);
  }, []);
  return slow
    ? "It takes longer than usual: wait on, or end the session and start it again."
    : "That takes a few seconds.";
}

/** `in 4 s`, counted down; not announced with every second. */
function Countdown({ until }: { readonly until: number }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return <span className="whitespace-nowrap">{seconds === 0 ? "now" : `in ${seconds} s`}</span>;
}
