import type { Metadata } from "next";
import { forbidden, notFound } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import { addressOf, type PageSearch, searchText } from "@/app/_components/page-search";
import { parsePlayTime } from "@/app/_components/player/play-time";
import { RecordingView } from "@/app/_components/player/recording-view";
import { type Actor, may } from "@/lib/auth/permissions";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { isAppError } from "@/lib/errors/app-error";
import { mayHoldUsers } from "@/lib/holds/hold-policy";
import { getRecording } from "@/lib/recordings/get-recording";
import { recordingToJson } from "@/lib/recordings/recording-json";
import { mayAccess } from "@/lib/recordings/recording-policy";
import type { Recording } from "@/lib/recordings/recording-repository";

interface RecordingPageProps {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: PageSearch;
}

export async function generateMetadata(props: RecordingPageProps): Promise<Metadata> {
  const { recording } = await findOn(props);
  return { title: recording.description || `Recording of ${recording.appName}` };
}

/** One recording: the player, or its state until there is something to play. */
export default async function RecordingPage(props: RecordingPageProps) {
  const { actor, recording } = await findOn(props);
  const search = await props.searchParams;
  return (
    <RecordingView
      initial={recordingToJson(recording)}
      may={{
        describe: mayAccess(actor, "send", recording),
        download: mayAccess(actor, "download", recording),
        delete: mayAccess(actor, "delete", recording),
        hold: mayAccess(actor, "hold", recording),
        holdUser: mayHoldUsers(actor),
        seeViewings: may(actor, "audit.view"),
      }}
      startAt={parsePlayTime(searchText(search, "t"))}
    />
  );
}

/** The recording that the address names; the whole address, with its moment, is come back to after signing in. */
async function findOn({ params, searchParams }: RecordingPageProps) {
  const { id } = await params;
  return find(id, addressOf(`/recordings/${id}`, await searchParams));
}

type Found = { readonly actor: Actor; readonly recording: Recording };

const find = cache(async (id: string, address: string): Promise<Found> => {
  const actor = await requirePage("/recordings/[id]", address);
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
