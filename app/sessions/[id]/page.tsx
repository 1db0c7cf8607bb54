import type { Metadata } from "next";
import { forbidden, notFound } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import { SessionTab } from "@/app/_components/session-tab/session-tab";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { isAppError } from "@/lib/errors/app-error";
import { findRecordingWish } from "@/lib/recordings/recording-wish";
import { getSession } from "@/lib/sessions/get-session";
import { sessionToJson } from "@/lib/sessions/session-json";
import type { SessionJson } from "@/lib/sessions/session-schema";

interface SessionPageProps {
  readonly params: Promise<{ readonly id: string }>;
}

export async function generateMetadata({ params }: SessionPageProps): Promise<Metadata> {
  const session = await find((await params).id);
  return { title: session.app_name };
}

/** A session in its own browser tab: the desktop has the whole window. */
export default async function SessionPage({ params }: SessionPageProps) {
  const session = await find((await params).id);
  const { userId } = await requirePage("/sessions/[id]", `/sessions/${session.id}`);
  const { config, db } = services();
  const { enabled, maxSizeBytes } = config.recording;
  if (!enabled) return <SessionTab session={session} recording={null} />;
  const { wanted: isWanted } = await findRecordingWish(db, session.id);
  return <SessionTab session={session} recording={{ maxSizeBytes, userId, isWanted }} />;
}

const find = cache(async (id: string): Promise<SessionJson> => {
  const actor = await requirePage("/sessions/[id]", `/sessions/${id}`);
  if (!z.uuid().safeParse(id).success) notFound();
  try {
    return sessionToJson(await getSession(services(), actor, id));
  } catch (error) {
    if (isAppError(error) && error.code === "not_found") notFound();
    if (isAppError(error) && error.code === "forbidden") forbidden();
    throw error;
  }
});
