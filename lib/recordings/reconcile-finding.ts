import { assertNever } from "@/lib/errors/assert-never";
import type { Remnant } from "@/lib/storage/recording-store";
import type { RecordingStatus } from "./recording-state";

/** One thing that the database and the storage do not agree on, or that nobody needs any more. */
export type Finding =
  /** A ready recording without its file. */
  | {
      readonly kind: "file_missing";
      readonly recordingId: string;
      readonly key: string;
      /** Whether there are bytes of it in another form. */
      readonly hasRemnants: boolean;
    }
  | {
      readonly kind: "size_differs";
      readonly recordingId: string;
      readonly key: string;
      readonly rowBytes: number;
      readonly fileBytes: number;
    }
  /** An unfinished recording that lacks bytes it had acknowledged. */
  | {
      readonly kind: "bytes_missing";
      readonly recordingId: string;
      readonly key: string;
      readonly status: RecordingStatus;
    }
  /** Its row names a storage that the product does not use now. */
  | {
      readonly kind: "other_storage";
      readonly recordingId: string;
      readonly key: string;
      readonly backend: "local" | "s3";
    }
  | { readonly kind: "poster_missing"; readonly recordingId: string; readonly key: string }
  /** A poster whose row was not told of it, by a process that died. */
  | { readonly kind: "poster_unnamed"; readonly recordingId: string; readonly key: string }
  /** What is stored under a key that no row has. */
  | {
      readonly kind: "orphan";
      readonly key: string;
      readonly items: number;
      readonly sizeBytes: number;
      readonly modifiedAt: Date;
    }
  /** What a recording was made from and is no part of it any more. */
  | { readonly kind: "leftover"; readonly recordingId: string; readonly remnant: Remnant }
  /** What a process that died left of its own. */
  | { readonly kind: "debris"; readonly remnant: Remnant }
  | { readonly kind: "foreign"; readonly name: string; readonly sizeBytes: number | null };

export type FindingKind = Finding["kind"];

/**
 * Who is to act on a kind of finding: a `person`; `--apply`, which loses nothing; or nobody, because it is
 * only worth knowing.
 */
export const REMEDY = {
  file_missing: "person",
  size_differs: "person",
  bytes_missing: "person",
  other_storage: "person",
  orphan: "person",
  poster_missing: "person",
  poster_unnamed: "apply",
  leftover: "apply",
  debris: "apply",
  foreign: "nobody",
} as const satisfies Record<FindingKind, "person" | "apply" | "nobody">;

export const FINDING_KINDS = Object.keys(REMEDY) as readonly FindingKind[];

/** What was found, as a sentence. */
export function describeFinding(finding: Finding): string {
  switch (finding.kind) {
    case "file_missing": {
      const rest = finding.hasRemnants ? " There are bytes of it in another form." : "";
      return `Recording ${finding.recordingId} is ready, but its file ${finding.key} is not there.${rest}`;
    }
    case "size_differs":
      return `Recording ${finding.recordingId} has ${finding.rowBytes} bytes, but its file ${finding.key} has ${finding.fileBytes}.`;
    case "bytes_missing":
      return `Recording ${finding.recordingId} is ${finding.status}, but bytes that had arrived are not under ${finding.key} any more.`;
    case "other_storage":
      return `Recording ${finding.recordingId} is kept in ${finding.backend} storage, which is not the one in use.`;
    case "poster_missing":
      return `The picture ${finding.key} of recording ${finding.recordingId} is not there.`;
    case "poster_unnamed":
      return `Recording ${finding.recordingId} does not know of its picture ${finding.key}.`;
    case "orphan":
      return `No recording has the key ${finding.key}, under which ${finding.sizeBytes} bytes are stored (${finding.items} item${finding.items === 1 ? "" : "s"}, the last from ${finding.modifiedAt.toISOString()}).`;
    case "leftover":
      return `Recording ${finding.recordingId} does not need ${describeRemnant(finding.remnant)} any more.`;
    case "debris":
      return `Nobody will ever need ${describeRemnant(finding.remnant)}.`;
    case "foreign":
      return `${finding.name || "An object without a name"} was not made by the product.`;
    default:
      return assertNever(finding);
  }
}

function describeRemnant(remnant: Remnant): string {
  const { form, name, modifiedAt } = remnant;
  const since = `of ${modifiedAt.toISOString().slice(0, 10)}`;
  switch (form) {
    case "unfinished":
    case "temporary":
    case "probe":
      return `${name} ${since}`;
    case "upload":
      return `the multipart upload ${remnant.uploadId} of ${name} ${since}`;
    default:
      return assertNever(form);
  }
}

/** What an operator can do about a kind of finding, as a sentence. */
export function adviceOn(kind: FindingKind): string {
  switch (kind) {
    case "file_missing":
    case "bytes_missing":
      return "See that the right volume or bucket is in place, then restore the file from a backup under the same name. The recording plays again at once; or delete it in the product.";
    case "size_differs":
      return "The file was changed from outside. Restore it from a backup under the same name.";
    case "other_storage":
      return "Set SORTIE_RECORDING_STORAGE_BACKEND back to play it, or delete the recording.";
    case "poster_missing":
      return "Restore it from a backup; the recording itself is not touched by this.";
    case "poster_unnamed":
      return "--apply tells the recording.";
    case "orphan":
      return "It may belong to another database on the same storage, or to rows that a restored backup lacks. It is never removed by the product: remove it by hand once you know that nothing needs it.";
    case "leftover":
    case "debris":
      return "--apply removes it.";
    case "foreign":
      return "It is left alone.";
    default:
      return assertNever(kind);
  }
}
