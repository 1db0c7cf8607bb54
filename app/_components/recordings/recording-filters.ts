import {
  RECORDING_FLAGS,
  RECORDING_SORTS,
  RECORDING_STATUSES,
  type RecordingFlag,
  type RecordingSort,
} from "@/lib/recordings/recording-schema";
import { allowedText } from "../list/allowed-text";

/** What the address of a list of recordings may hold. Days are UTC's; `to` is the last one shown; sizes in MiB. */
export const RECORDING_FILTERS = [
  "q",
  "status",
  "user",
  "app",
  "cluster",
  "from",
  "to",
  "min",
  "max",
  "flags",
] as const;
export type RecordingFilter = (typeof RECORDING_FILTERS)[number];

const MEBIBYTE = 1024 * 1024;
const DAY_MS = 86_400_000;
/** More than any recording has; keeps bytes a safe integer. */
const MAX_MEBIBYTES = 1e9;

/** Longer than anything that is searched for; the API refuses more. */
export const MAX_SEARCH_LENGTH = 200;

/** The API's query for an address: what the API would refuse is left out. */
export function recordingQueryOf(
  get: (name: RecordingFilter | "sort") => string,
): Readonly<Record<string, string>> {
  const sort = parseSort(get("sort"));
  return {
    q: allowedText(get("q"), MAX_SEARCH_LENGTH),
    status: parseStatuses(get("status")).join(","),
    user: allowedText(get("user"), MAX_SEARCH_LENGTH),
    app_id: allowedText(get("app"), MAX_SEARCH_LENGTH),
    cluster: allowedText(get("cluster"), MAX_SEARCH_LENGTH),
    from: dayText(get("from"), 0),
    to: dayText(get("to"), DAY_MS),
    min_bytes: bytesText(get("min")),
    max_bytes: bytesText(get("max")),
    flags: parseFlags(get("flags")).join(","),
    sort: sort === "newest" ? "" : sort,
  };
}

/** The order an address asks for; the newest first when it does not. */
export function parseSort(text: string): RecordingSort {
  return RECORDING_SORTS.find((sort) => sort === text) ?? "newest";
}

/** The flags an address asks for, `interrupted,truncated`; unknown words are left out. */
export function parseFlags(text: string): readonly RecordingFlag[] {
  const words = text.split(",");
  return RECORDING_FLAGS.filter((flag) => words.includes(flag));
}

/** The same address with one flag more or less. */
export function toggleFlag(text: string, flag: RecordingFlag): string {
  const flags = parseFlags(text);
  const next = RECORDING_FLAGS.filter((each) => (each === flag) !== flags.includes(each));
  return next.join(",");
}

/** A day such as `2026-11-21` as its midnight, `laterMs` later; empty for anything else. */
function dayText(text: string, laterMs: number): string {
  const dayMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return Number.isNaN(dayMs) ? "" : new Date(dayMs + laterMs).toISOString();
}

function bytesText(mebibytes: string): string {
  const size = /^\d+([.]\d+)?$/.test(mebibytes) ? Number(mebibytes) : NaN;
  return size <= MAX_MEBIBYTES ? String(Math.round(size * MEBIBYTE)) : "";
}

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
