import { RECORDING_STATUSES } from "@/lib/recordings/recording-schema";

/** Longer than anything that is searched for; the API refuses more. */
export const MAX_SEARCH_LENGTH = 200;

type RecordingStatus = (typeof RECORDING_STATUSES)[number];

/** The states a list's address asks for, `ready,failed`; unknown words are left out. */
export function parseStatuses(text: string): readonly RecordingStatus[] {
  const words = text.split(",");
  return RECORDING_STATUSES.filter((status) => words.includes(status));
}

/** The same address with one state more or less. */
export function toggleStatus(text: string, status: RecordingStatus): string {
  const statuses = parseStatuses(text);
  const next = statuses.includes(status)
    ? statuses.filter((each) => each !== status)
    : RECORDING_STATUSES.filter((each) => each === status || statuses.includes(each));
  return next.join(",");
}
