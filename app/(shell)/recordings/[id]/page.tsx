import type { Metadata } from "next";
import { forbidden, notFound } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import { parsePlayTime } from "@/app/_components/player/play-time";
import { RecordingView } from "@/app/_components/player/recording-view";
import type { Actor } from "@/lib/auth/permissions";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { isAppError } from "@/lib/errors/app-error";
import { getRecording } from "@/lib/recordings/get-recording";
import { recordingToJson } from "@/lib/recordings/recording-json";
import { mayAccess } from "@/lib/recordings/recording-policy";
import type { Recording } from "@/lib/recordings/recording-repository";

interface RecordingPageProps {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<{ readonly t?: string | readonly string[] }>;
}

export async function generateMetadata({ params }: RecordingPageProps): Promise<Metadata> {
  const { recording } = await find((await params).id);
  return { title: recording.description || `Recording of ${recording.appName}` };
}

/** One recording: the player, or its state until there is something to play. */
export default async function RecordingPage({ params, searchParams }: RecordingPageProps) {
  const { id } = await params;
  const { t } = await searchParams;
  const { actor, recording } = await find(id);
  return (
    <RecordingView
      initial={recordingToJson(recording)}
      may={{
        describe: mayAccess(actor, "send", recording),
        delete: mayAccess(actor, "delete", recording),
      }}
      startAt={typeof t === "string" ? parsePlayTime(t) : null}
    />
  );
}

const find = cache(async (id: string): Promise<{ actor: Actor; recording: Recording }> => {
  const actor = await requirePage("/recordings/[id]", `/recordings/${id}`);
  const { config, db } = services();
  if (!config.recording.enabled || !z.uuid().safeParse(id).success) notFound();
  try {
    return { actor, recording: await getRecording({ db }, actor, id) };
  } catch (error) {
    if (isAppError(error) && error.code === "not_found") notFound();
    if (isAppError(error) && error.code === "forbidden") forbidden();
    throw error;
  }
});
